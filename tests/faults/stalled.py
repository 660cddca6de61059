"""Clients that stop half way, and how pages are answered beside them."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.installation import HOST, Server

HEAD = f"Host: {HOST}\r\nX-Forwarded-Proto: https\r\n"
FORM = f"{HEAD}Content-Type: application/x-www-form-urlencoded\r\nCookie: __Host-csrftoken={'a' * 32}\r\n"
JSON = f"{HEAD}Content-Type: application/json\r\n"
#: Name → what such a client sends before it stops; it reads nothing.
KINDS = {
    "idle": "",
    "half a head": f"GET / HTTP/1.1\r\n{HEAD}",
    "half a body": f"POST /credits/check/ HTTP/1.1\r\n{FORM}Content-Length: 1000\r\n\r\nas_of=2021",
    "half a chunked body": f"POST /api/v1/search HTTP/1.1\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n9\r\n{{",
    "taking no answer": f"GET /api/v1/openapi.json HTTP/1.1\r\n{HEAD}\r\n",
    "not closing": f"GET /healthz HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n",
}
PATHS = ("/healthz", "/", "/faq/upgrade-01/", "/search/?q=abc")


@dataclass
class Answers:
    """How long each page took, in seconds, and which were not answered with 200."""

    times: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        return max(self.times)

    @property
    def median(self) -> float:
        return sorted(self.times)[len(self.times) // 2]


@contextmanager
def stalled(server: Server, kind: str, count: int) -> Iterator[list[socket.socket]]:
    """`count` clients of a kind, connected and silent."""
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.socket()) for _ in range(count)]
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(("127.0.0.1", server.port))
            client.sendall(KINDS[kind].encode())
        yield clients


def ask(server: Server, seconds: float) -> Answers:
    """Asks for pages one after another for so long."""
    answers = Answers()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path in PATHS:
            began = time.monotonic()
            try:
                status: object = server.visitor().get(path).status
            except (OSError, http.client.HTTPException) as error:
                status = repr(error)
            answers.times.append(time.monotonic() - began)
            if status != 200:
                answers.failed.append(f"{path}: {status}")
    return answers
