"""Hosts of one portal: each an installation with an index folder of its own, all with one PostgreSQL and one Redis."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from redis import Redis
from redis.exceptions import RedisError

from tests.installation import DEMO_PASSWORD, Installation, ProxiedVisitor, Server, wait_until

REDIS_SERVER = shutil.which("redis-server")


class OwnRedis:
    """A Redis of the tests' own, which keeps nothing on disk and can be killed, frozen and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.client = Redis(port=self._port)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(REDIS_SERVER), "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen([*command, "--dir", str(self._folder)], stdout=subprocess.DEVNULL)
        assert wait_until(self._answers, 30)

    def _answers(self) -> bool:
        with suppress(RedisError):
            return bool(self.client.ping())
        return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Redis is killed, and started again without its counts."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Redis takes connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


@dataclass
class Portal:
    """A portal that several hosts serve."""

    url: str
    redis: OwnRedis
    static: Path

    def host(self, home: Path) -> Installation:
        """A host more, as it is when its code was just copied there: without an index."""
        home.mkdir(exist_ok=True)
        counting = {"CACHE_URL": self.redis.url} if REDIS_SERVER else {}
        made = Installation(home, DATABASE_URL=self.url, **counting)
        (home / "var").mkdir()
        (home / "var" / "static").symlink_to(self.static)
        return made

    def row(self, statement: str, *values: Any) -> Any:
        """The first row of a query; None where it has none."""
        connection = psycopg2.connect(self.url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchone()
        finally:
            connection.close()


def bootstrap(place: Installation) -> None:
    """Content and demo accounts, once for all hosts."""
    done = place.manage("bootstrap", "--demo", DEBUG="on", DEMO_PASSWORD=DEMO_PASSWORD)
    assert done.returncode == 0, done.stderr


class Editor:
    """Somebody who writes and withdraws entries through the admin of one host."""

    def __init__(self, server: Server) -> None:
        self.visitor: ProxiedVisitor = server.visitor()
        assert self.visitor.sign_in("editor", DEMO_PASSWORD).status == 302
        self.token = self.visitor.token("/admin/faq/entry/add/")

    def publish_new(self, ref: str, question: str) -> None:
        form = {"ref": ref, "question": question, "answer": "答", "category": "1"}
        self._send("/admin/faq/entry/add/", form)

    def withdraw(self, pk: int) -> None:
        self._send("/admin/faq/entry/", {"action": "unpublish", "_selected_action": str(pk)})

    def publish(self, pk: int) -> None:
        self._send("/admin/faq/entry/", {"action": "publish", "_selected_action": str(pk)})

    def _send(self, path: str, form: dict[str, str]) -> None:
        answer = self.visitor.post(path, form | {"csrfmiddlewaretoken": self.token})
        assert answer.status == 302, re.findall(r'class="errorlist[^>]*>(.*?)</ul>', answer.text, re.DOTALL)


def processes_below(pid: int) -> list[int]:
    """The process and everything that it started, and these in turn."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it ended in this moment
        return []
    return [pid, *(below for child in children for below in processes_below(int(child)))]


def kill_all(*roots: int) -> list[int]:
    """Ends these processes and all below them as a power cut would; returns their ids."""
    pids = [pid for root in roots for pid in processes_below(root)]
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return pids


def within_one_day() -> None:
    """Waits for midnight (UTC), where limits of a day begin anew, if it comes within the next half minute."""
    left = 24 * 3600 - time.time() % (24 * 3600)
    if left < 30:
        time.sleep(left + 1)
