"""A whole installation in a directory of its own: settings, database, index and servers as in production."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
PARTS = ["manage.py", "gunicorn.conf.py", "helpdesk", "faq", "credits", "templates", "static", "fixtures"]
DEMO_PASSWORD = "demo-password-1"
HOST = "portal.example.invalid"
#: The one production command; what it serves and how stands in gunicorn.conf.py.
GUNICORN = [sys.executable, "-m", "gunicorn"]
#: Part of the command line of what watches over long work beside the server.
SUPERVISOR = b"helpdesk.common.supervisor"
#: Commands that fill an installation, all at once: content and demo accounts, and static files.
SETTING_UP: list[tuple[list[str], dict[str, str]]] = [
    (["bootstrap", "--demo"], {"DEBUG": "on", "DEMO_PASSWORD": DEMO_PASSWORD}),
    (["collectstatic", "--noinput", "-v0"], {}),
]
#: Nothing of the developer's own settings may reach an installation.
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""),
    "LANG": "C.UTF-8",
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ALLOWED_HOSTS": HOST,
    "TRUSTED_PROXIES": "127.0.0.1",
    "JOBS": "off",  # where no test is about long work, none of its processes runs
}


class Installation:
    """Copies of the code in `home`; DEBUG off, HTTPS on behind a proxy on this machine, SQLite below `home`."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = ENVIRONMENT | environment
        self.copy_code()

    def copy_code(self) -> None:
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
            copy(ROOT / part, self.home / part)

    def set_up(self) -> None:
        for step in [self.start("manage.py", *arguments, **environment) for arguments, environment in SETTING_UP]:
            _, errors = step.communicate(timeout=300)
            assert step.returncode == 0, errors

    def twin(self, home: Path, **environment: str) -> Installation:
        """Another one with a copy of the database, whatever this one's servers are doing."""
        twin = Installation(home, **environment)
        (home / "var").mkdir()
        with sqlite3.connect(self.database) as source, sqlite3.connect(twin.database) as target:
            source.backup(target)
        (home / "var" / "static").symlink_to(self.home / "var" / "static")
        return twin

    @property
    def database(self) -> Path:
        return self.home / "var" / "db.sqlite3"

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Starts Python in the installation; `environment` changes variables for this process."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.home,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *arguments, **environment)

    @contextmanager
    def serve(self, *options: str, workers: int = 2) -> Iterator[Server]:
        """gunicorn, ready to answer when this returns."""
        log = self.home / "server.log"
        with socket.create_server(("127.0.0.1", 0)) as listener, log.open("w") as output:
            process = subprocess.Popen(
                [*GUNICORN, *options, f"--workers={workers}", f"--bind=fd://{listener.fileno()}"],
                cwd=self.home,
                env=self.environment,
                pass_fds=[listener.fileno()],
                stdout=output,
                stderr=output,
            )
            try:
                server = Server(listener.getsockname()[1], log, process.pid)
                assert wait_until(server.is_up, 120), log.read_text()
                yield server
            finally:
                process.terminate()
                process.wait(timeout=120)


def children(pid: int) -> list[int]:
    """Returns the process ids of the children of a process, none where it is gone."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command_of(pid: int) -> bytes:
    """Returns the command line of a process, nothing where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@dataclass
class Server:
    port: int
    log: Path
    pid: int

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers that live."""
        return [pid for pid in children(self.pid) if SUPERVISOR not in command_of(pid)]

    @property
    def processes(self) -> list[int]:
        """The process ids of the master, its workers, and of all that works beside them."""
        family = [self.pid]
        for pid in family:
            family += children(pid)
        return family

    def visitor(self) -> ProxiedVisitor:
        return ProxiedVisitor(self.port)

    def outages_told(self) -> int:
        """Returns how often the log gives the reason of an outage: by the request or the keeper that met it first."""
        log = self.log.read_text(encoding="utf-8")
        by_requests = log.count("Traceback") - log.count("The above exception")
        return by_requests + log.count("search keeper: the database does not answer")

    def is_up(self) -> bool:
        """Tell whether a worker answers; on a busy machine the first one takes a while to start."""
        try:
            return self.visitor().get("/healthz").status == 200
        except OSError:
            return False


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class ProxiedVisitor:
    """A browser as the proxy passes it on: keeps cookies, names the site as referrer."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self._send("GET", path, None, headers)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        return self._send("POST", path, urlencode(data or {}, doseq=True).encode(), headers)

    def post_json(self, path: str, value: Any) -> Answer:
        return self._send("POST", path, json.dumps(value).encode(), {"Content_Type": "application/json"})

    def token(self, path: str) -> str:
        """The CSRF token of the form at `path`."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path).text)
        assert found, f"no form at {path}"
        return found[1]

    def sign_in(self, name: str, password: str) -> Answer:
        login = "/admin/login/"
        form = {"csrfmiddlewaretoken": self.token(login), "username": name, "password": password, "next": "/admin/"}
        return self.post(login, form)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        own = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "Referer": f"https://{HOST}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            own["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, own | {name.replace("_", "-"): text for name, text in headers.items()})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def wait_until(holds: Any, seconds: float) -> bool:
    """Waits for `holds()`; returns False where it stays false for `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
