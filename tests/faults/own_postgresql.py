"""PostgreSQL servers of the faults' own: a primary and a replica that follows it, to be stopped and killed at will."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2

from tests.hosts import processes_below
from tests.installation import wait_until

#: Faster than for real: what a power cut would lose is no matter here.
_OPTIONS = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-c", "log_min_messages=fatal"]


class NoServer(Exception):
    """PostgreSQL's programs are not here, or nobody may run them; the message says which."""


def programs() -> Path:
    """Returns the folder with initdb and pg_basebackup; raises NoServer where there is none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parts[-2]), reverse=True)
    named = shutil.which("pg_basebackup")
    for found in [*installed, *([Path(named).resolve().parent] if named else [])]:
        if (found / "initdb").exists() and (found / "pg_basebackup").exists():
            return found
    raise NoServer("PostgreSQL's initdb and pg_basebackup are not installed")


def account() -> pwd.struct_passwd | None:
    """Returns whose account runs the servers; None for our own. They refuse to run as root, who can choose another."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServer("initdb refuses to run as root, and there is no other account")


class OwnPostgreSQL:
    """One server in a folder of its own, on a port of its own, which trusts everybody on this machine."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self._folder = folder
        self._programs = programs()
        self._account = account()
        folder.mkdir()
        if self._account:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """Makes a new, empty primary."""
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    def follow(self, primary: OwnPostgreSQL) -> None:
        """Makes a replica that follows a running primary."""
        there = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres"]
        self._run("pg_basebackup", *there, "-D", str(self.data), "-R", "-c", "fast", "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        done = self._popen(program, *arguments, output=subprocess.PIPE)
        said, _ = done.communicate()
        assert done.returncode == 0, said.decode()

    def _popen(self, program: str, *arguments: str, output: int) -> subprocess.Popen[bytes]:
        other: dict[str, Any] = {}
        if self._account:
            other = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        command = [str(self._programs / program), *arguments]
        return subprocess.Popen(command, cwd=self._folder, stdout=output, stderr=subprocess.STDOUT, **other)

    def start(self) -> None:
        own = ["-D", str(self.data), "-p", str(self.port), "-c", f"unix_socket_directories={self._folder}"]
        self._process = self._popen("postgres", *own, *_OPTIONS, output=subprocess.DEVNULL)
        assert wait_until(self.answers, 60)

    def answers(self) -> bool:
        with suppress(psycopg2.OperationalError):
            psycopg2.connect(self.url()).close()
            return True
        return False

    def stop(self) -> None:
        """Ends the server as `systemctl stop` does: sessions are cut, everything is written."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Ends the server at once, as a crash would."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server keeps its connections and says nothing."""
        assert self._process is not None
        pids = processes_below(self._process.pid)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def row(self, statement: str, database: str = "postgres") -> Any:
        """Runs a statement outside a transaction, and returns its first row; None where it returns nothing."""
        connection = psycopg2.connect(self.url(database))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone() if cursor.description else None
        finally:
            connection.close()


@contextmanager
def primary_and_replica() -> Iterator[tuple[OwnPostgreSQL, OwnPostgreSQL]]:
    """Both servers, running; raises NoServer where they cannot."""
    programs()
    # Not below the test's own folder, which no other account may enter.
    with tempfile.TemporaryDirectory(prefix="own-postgresql-", dir="/tmp") as name, ExitStack() as stack:
        os.chmod(name, 0o755)
        primary, replica = (OwnPostgreSQL(Path(name) / part) for part in ("primary", "replica"))
        primary.make()
        stack.callback(primary.kill)
        primary.start()
        replica.follow(primary)
        stack.callback(replica.kill)
        replica.start()
        yield primary, replica
