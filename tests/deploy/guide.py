"""The commands of docs/部署指南.md, and a machine of its own in a folder on which those marked `tested` are run."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.deploy.units import FOLDER, HOME, Unit
from tests.installation import ROOT, Installation, Server, wait_until

GUIDE = ROOT / "docs" / "部署指南.md"
TEXT = GUIDE.read_text(encoding="utf-8")
Process = subprocess.Popen[bytes]
#: Seconds that a command may take on a busy machine.
PATIENCE = 300


class Block(NamedTuple):
    """A grey box: the chapter it stands in, whether its commands are run here, and the commands."""

    chapter: str
    is_tested: bool
    commands: str


def blocks() -> list[Block]:
    found = []
    for chapter in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        number = chapter.partition("、")[0]
        for info, commands in re.findall(r"^```sh(.*?)\n(.*?)^```", chapter, re.MULTILINE | re.DOTALL):
            found.append(Block(number, "tested" in info, commands))
    return found


def named_commands(text: str) -> set[str]:
    """Commands of the portal that a text calls."""
    return set(re.findall(r"(?:^|[`\s])(?:peixun|python manage\.py) ([a-z_]+)\b", text, re.MULTILINE))


class Machine:
    """A machine as the guide wants it, in a folder: each of its paths stands below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "srv"
        # A copy of deploy/, not a link to it: its commands find the portal by where they stand.
        for path in ("srv", "bin", "backups", "conf.d"):
            (folder / path).mkdir()
        Installation(self.home)
        shutil.copytree(ROOT / "deploy", self.home / "deploy")
        (self.home / ".venv").symlink_to(ROOT / ".venv")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = int(listener.getsockname()[1])
        self.environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "LANG": "C.UTF-8", "HOME": str(folder)}

    def here(self, text: str) -> str:
        """The text with the paths and the port of this machine."""
        changes = {
            "/usr/local/bin/peixun": str(self.folder / "bin" / "peixun"),
            "/var/backups/peixun": str(self.folder / "backups"),
            "/etc/nginx/conf.d": str(self.folder / "conf.d"),
            HOME: str(self.home),
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
        }
        for old, new in changes.items():
            text = text.replace(old, new)
        return text

    def run(self, commands: str, **environment: str) -> str:
        """What the commands print; the first that fails ends them, with AssertionError."""
        script = ["bash", "-euo", "pipefail", "-c", self.here(commands)]
        settings = self.environment | environment
        done = subprocess.run(script, env=settings, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def run_typing(self, commands: str, answers: Sequence[str]) -> str:
        """Runs commands at a terminal, and types an answer at each question, which ends with a colon."""
        script = ["bash", "-euc", self.here(commands)]
        pid, terminal = pty.fork()
        if pid == 0:  # the child: nothing of the tests may go on here
            os.execvpe("bash", script, self.environment)
        shown, left = "", list(answers)
        while True:
            if not select.select([terminal], [], [], PATIENCE)[0]:
                os.kill(pid, signal.SIGKILL)  # it waits for an answer that nobody knows
            try:
                shown += os.read(terminal, 4096).decode(errors="replace")
            except OSError:  # Linux says so when the other side has closed the terminal
                break
            if left and re.search(r"[:：] ?\Z", shown):
                os.write(terminal, f"{left.pop(0)}\n".encode())
                shown += "\n"  # so that what is read next does not end with the same question
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        assert status == 0, shown
        return shown

    @contextmanager
    def service(self, unit: Unit, log: Path, sockets: Sequence[socket.socket] = ()) -> Iterator[Process]:
        """Starts what a unit starts, in its folder, with its settings and its sockets as systemd passes them."""
        settings = dict(line.split("=", 1) for line in unit.sections["Service"].get("Environment", []))
        env = self.environment | settings | {"LISTEN_FDS": str(len(sockets))}
        command = f"export LISTEN_PID=$$; exec {self.here(' '.join(unit.command))}"
        inherited = [place.fileno() for place in sockets]
        with log.open("w") as output:
            process = subprocess.Popen(
                ["bash", "-c", "".join(f"exec {3 + n}<&{fd}; " for n, fd in enumerate(inherited)) + command],
                cwd=self.here(unit.get("Service", "WorkingDirectory")),
                env=env,
                pass_fds=inherited,
                stdout=output,
                stderr=output,
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(timeout=60)

    @contextmanager
    def serving(self) -> Iterator[Server]:
        """The web service behind its socket, ready to answer."""
        log = self.folder / "web.log"
        with (
            socket.create_server(("127.0.0.1", self.port)) as listener,
            self.service(Unit(FOLDER / "peixun.service"), log, [listener]) as process,
        ):
            server = Server(self.port, log, process.pid)
            assert wait_until(lambda: is_ready(log), 120), log.read_text()
            yield server


def is_ready(log: Path) -> bool:
    return "Booting worker" in log.read_text()
