"""`python -m tests.bench.pages`: requests per second of public pages, beside a bare Django view of the same bytes.

One worker of the real server each, in turns, asked by one client over one connection. `--database postgres://…`
measures there. Lines: pages that are kept, one that is not (the credit form), and searches for what nobody asked before
(`new`), beside the bytes of a search. `--editors 5` adds five editors who save once a second each.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.parse import quote

from tests.installation import GUNICORN, HOST, ROOT, Installation, Server, wait_until

ROUNDS, SECONDS = 5, 1.0
PAGES = {
    "entry": ("/faq/credits-05/", 0.9, 0.8),
    "home": ("/", 0.9, 0.8),
    "category": ("/faq/category/upgrade-login/", 0.9, 0.8),
    "list": ("/faq/", 0.9, 0.8),
    "search, repeated": (f"/search/?q={quote('学历冲抵')}", 0.8, 0.8),
    "credit form": ("/credits/check/", 0.1, 0.1),
    "rules": ("/credits/rules/", 0.9, 0.8),
}
#: Words that make a query, one of each list: 7,800 queries, more than are asked.
QUERY_WORDS = (
    ["", "今年的", "去年的", "我的", "学校的", "教师的"],
    ["学历冲抵", "统筹学分", "自主学分", "校本研修", "国培项目", "全员培训", "托底培训", "听课", "公开课", "讲座"],
    ["", "登录", "密码", "审核", "上报", "备案", "证书", "姓名", "编号", "退休", "借调", "村小", "支教"],
    ["", "怎么办", "怎么算", "在哪里", "多少", "能不能", "可以吗", "是什么", "不对", "没有"],
)
HEAD = (
    "GET {address} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Proto: https\r\n"
    "User-Agent: bench\r\nAccept-Encoding: gzip\r\n"
)


class Client:
    """One connection that asks again and again; `cookie` is the header of somebody who is signed in."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._cookie = f"Cookie: {cookie}\r\n" if cookie else ""
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, address: str) -> bytes:
        """Returns the body; raises AssertionError where the answer is not 200."""
        request = HEAD.format(address=address, host=HOST) + self._cookie + "\r\n"
        self._socket.sendall(request.encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._received()
        head, _, body = data.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head[:200]
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._received()
        return body

    def _received(self) -> bytes:
        data = self._socket.recv(256 * 1024)
        assert data, "the server hung up"
        return data

    def close(self) -> None:
        self._socket.close()


def per_second(port: int, addresses: Iterator[str], seconds: float = SECONDS, cookie: str = "") -> float:
    """Returns how many requests one connection gets answered in a second."""
    client = Client(port, cookie)
    client.ask(next(addresses))
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        client.ask(next(addresses))
        count += 1
    took = time.perf_counter() - began
    client.close()
    return count / took


def always(address: str) -> Iterator[str]:
    while True:
        yield address


@contextmanager
def bare(pages: dict[str, bytes], home: Path, workers: int = 1) -> Iterator[int]:
    """Serves the bytes of each address by a bare view; yields the port."""
    names = {address: f"{number}.body" for number, address in enumerate(pages)}
    for address, name in names.items():
        (home / name).write_bytes(pages[address])
    (home / "addresses.json").write_text(json.dumps(names))
    environment = os.environ | {
        "BARE_PAGES": str(home),
        "SECRET_KEY": "bench",
        "ALLOWED_HOSTS": HOST,
        "JOBS": "off",
        "PYTHONPATH": str(ROOT),
    }
    with socket.create_server(("127.0.0.1", 0)) as listener, (home / "bare.log").open("w") as log:
        process = subprocess.Popen(
            [*GUNICORN, "tests.bench.bare:application", f"--workers={workers}", f"--bind=fd://{listener.fileno()}"],
            cwd=ROOT,
            env=environment,
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=log,
        )
        try:
            port = listener.getsockname()[1]
            assert wait_until(lambda: answers(port, next(iter(pages))), 60), (home / "bare.log").read_text()
            yield port
        finally:
            process.terminate()
            process.wait(60)


def answers(port: int, address: str) -> bool:
    try:
        Client(port).ask(address)
    except (OSError, AssertionError):
        return False
    return True


def new_searches() -> Iterator[str]:
    """Yields the addresses of searches, each for another query that nobody asked before."""
    for words in product(*QUERY_WORDS):
        yield f"/search/?q={quote(''.join(words))}"


def compare(server: Server, bare_port: int, address: str, asked: Iterator[str] | None = None) -> tuple[float, float]:
    """Returns requests per second of ours and of the bare view, the medians of rounds in turns.

    Ours is asked for the addresses `asked`, if these are not always the same.
    """
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(per_second(bare_port, always(address)))
        ours.append(per_second(server.port, asked or always(address)))
    return statistics.median(ours), statistics.median(theirs)


@contextmanager
def editors(place: Installation, number: int) -> Iterator[None]:
    """Saves an entry once a second for each of several editors, in one process of its own."""
    script = (
        "import django, time; django.setup()\n"
        "from faq.models import Entry\n"
        "rows = list(Entry.objects.order_by('pk'))\n"
        "while True:\n"
        f"    for row in rows[-{number}:]:\n"
        f"        row.save(); time.sleep(1 / {number})\n"
    )
    process = place.start("-c", script, DJANGO_SETTINGS_MODULE="helpdesk.settings")
    try:
        time.sleep(3)
        assert process.poll() is None, process.communicate()
        yield
    finally:
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--editors", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "ours")
        home.mkdir()
        environment = {"DATABASE_URL": chosen.database} if chosen.database else {}
        place = Installation(home, RATE_LIMITS="off", **environment)
        place.set_up()
        bodies = Path(folder, "bare")
        bodies.mkdir()
        with place.serve(workers=1) as server:
            client = Client(server.port)
            pages = {address: client.ask(address) for address, _, _ in PAGES.values()}
            client.close()
            with bare(pages, bodies) as port:
                _print(place, server, pages, port, chosen.editors, on_postgresql=bool(chosen.database))


def _print(
    place: Installation, server: Server, pages: dict[str, bytes], port: int, number: int, *, on_postgresql: bool
) -> None:
    print(f"{'page':20} {'bytes':>7} {'bare/s':>8} {'ours/s':>8} {'ratio':>6} {'target':>6}")

    def measure(name: str, address: str, target: float, asked: Iterator[str] | None = None) -> None:
        ours, theirs = compare(server, port, address, asked)
        size = len(pages[address])
        print(f"{name:20} {size:7} {theirs:8.0f} {ours:8.0f} {ours / theirs:6.2f} {target:6.1f}", flush=True)

    for name, (address, sqlite, postgresql) in PAGES.items():
        measure(name, address, postgresql if on_postgresql else sqlite)
    measure("search, new", PAGES["search, repeated"][0], 0.1, new_searches())
    if number:
        with editors(place, number):
            measure("entry, editors", PAGES["entry"][0], 0.0)


if __name__ == "__main__":
    main()
