"""Bodies that are longer than their form can hold, sent as raw bytes."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.installation import HOST, Server

MEGABYTE = 1024 * 1024
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=edge"
#: The head of a file in a form; what follows is the file.
FILE = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'


@dataclass
class Oversized:
    """A body of `megabytes` for one address. `announced` is its Content-Length; without one it comes in chunks."""

    path: str
    content_type: str
    megabytes: int
    announced: int | None

    @property
    def head(self) -> bytes:
        length = "Transfer-Encoding: chunked" if self.announced is None else f"Content-Length: {self.announced}"
        lines = [
            f"POST {self.path} HTTP/1.1",
            f"Host: {HOST}",
            "X-Forwarded-Proto: https",
            f"Referer: https://{HOST}/",
            f"Cookie: csrftoken={'a' * 32}; __Host-csrftoken={'a' * 32}",
            f"Content-Type: {self.content_type}",
            length,
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def pieces(self) -> Iterator[bytes]:
        """The body, a megabyte at a time, framed as it was announced."""
        for number in range(self.megabytes):
            begun = FILE if number == 0 and self.content_type == MULTIPART else b""
            piece = begun + b"a" * (MEGABYTE - len(begun))
            yield piece if self.announced is not None else b"%x\r\n%s\r\n" % (len(piece), piece)


#: Name → such a body. The lying one announces a little and sends much.
BODIES = {
    "sign-in, announced": Oversized("/sign-in/", FORM, 200, 200 * MEGABYTE),
    "sign-in, in chunks": Oversized("/sign-in/", FORM, 200, None),
    "sign-in, lying": Oversized("/sign-in/", FORM, 200, 10),
    "sign-in, a file": Oversized("/sign-in/", MULTIPART, 200, 200 * MEGABYTE),
    "a file in chunks": Oversized("/credits/import/", MULTIPART, 200, None),
    "import, announced": Oversized("/credits/import/", MULTIPART, 200, 200 * MEGABYTE),
    "statement, announced": Oversized("/api/v1/credits/statement", "application/json", 200, 200 * MEGABYTE),
    "statement, in chunks": Oversized("/api/v1/credits/statement", "application/json", 200, None),
    "feedback, announced": Oversized("/faq/upgrade-01/feedback/", FORM, 200, 200 * MEGABYTE),
    "no such address": Oversized("/no-such-page/", FORM, 200, 200 * MEGABYTE),
}


@dataclass
class Refusal:
    """The first status that came back, the text after it, and how many bytes could be sent before it came."""

    status: int
    text: str
    sent: int


def send(server: Server, body: Oversized) -> Refusal:
    """Sends the head and then the body until an answer comes or the server hangs up."""
    with connected(server) as client:
        client.sendall(body.head)
        sent = 0
        for piece in body.pieces():
            if _answered(client):
                break
            try:
                client.sendall(piece)
            except OSError:
                break
            sent += len(piece)
        return _read(client, sent)


@contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        yield client


def _answered(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        client.settimeout(30)


def _read(client: socket.socket, sent: int) -> Refusal:
    received = b""
    try:
        while more := client.recv(65536):
            received += more
    except OSError:
        pass
    status = re.match(rb"HTTP/1\.1 (\d{3})", received)
    return Refusal(int(status[1]) if status else 0, received.decode("utf-8", "replace"), sent)
