"""The production command against clients that stop half way, bodies without end, and deploys; real processes."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.faults import oversized
from tests.faults.deploys import Readers
from tests.faults.stalled import HEAD, JSON, KINDS, ask, stalled
from tests.installation import DEMO_PASSWORD, Installation, Server, wait_until

pytestmark = pytest.mark.server
LEDGER = b'{"cycle": "2018", "teacher": {"position": "teaching", "formally_employed_on": null,'
LEDGER += b' "sole_teacher_school": false}, "records": []}'


@pytest.fixture(scope="module")
def place(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return installation.twin(tmp_path_factory.mktemp("server"), RATE_LIMITS="off")


@pytest.fixture(scope="module")
def busy(place: Installation) -> Iterator[Server]:
    with place.serve() as server:
        yield server


@pytest.fixture(scope="module")
def impatient(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on the same content that gives a head and a body one second instead of ten."""
    made = installation.twin(tmp_path_factory.mktemp("impatient"))
    module = made.home / "helpdesk" / "server.py"
    text = module.read_text(encoding="utf-8")
    for name in ("HEAD_SECONDS", "BODY_SECONDS"):
        assert text.count(f"{name} = 10\n") == 1
        text = text.replace(f"{name} = 10\n", f"{name} = 1\n")
    module.write_text(text, encoding="utf-8")
    with made.serve() as server:
        yield server


# --- an update ---------------------------------------------------------------------------------------------------


def test_a_worker_goes_on_while_its_files_are_replaced(installation: Installation, tmp_path: Path) -> None:
    """Between the unpacking of a new version and the reload, pages are asked for that this worker never showed."""
    place = installation.twin(tmp_path)
    with place.serve(workers=1) as server:
        for folder in ("templates", "faq", "credits", "helpdesk"):
            for file in (place.home / folder).rglob("*.*"):
                if file.suffix in (".html", ".txt", ".py") and "migrations" not in file.parts:
                    file.write_text("{% of_another_version %} raise SyntaxError", encoding="utf-8")
        visitor = server.visitor()
        paths = ["/", "/faq/", "/faq/credits-05/", "/search/?q=学分", "/credits/check/", "/credits/rules/", "/ask/"]
        paths += ["/sign-in/", "/privacy/", "/guide/", "/admin/login/", "/api/v1/search?q=学分", "/sitemap.xml"]
        answered = {path: visitor.get(quote(path, safe="/?=")).status for path in paths}
        assert answered == dict.fromkeys(answered, 200), server.log.read_text()[-3000:]
        form = {"csrfmiddlewaretoken": visitor.token("/sign-in/"), "username": "county", "password": DEMO_PASSWORD}
        assert visitor.post("/sign-in/", form).status == 302
        paths = ["/credits/work/", "/credits/teachers/", "/credits/import/", "/questions/", "/account/"]
        answered |= {path: visitor.get(path).status for path in paths}
        assert visitor.get("/no/such/page").status == 404
    assert answered == dict.fromkeys(answered, 200)


# --- clients that stop half way ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_fifty_stalled_clients_are_not_felt(busy: Server, kind: str) -> None:
    with stalled(busy, kind, 50):
        answers = ask(busy, 1)
    print(f"{kind}: median {answers.median:.3f} s, slowest {answers.slowest:.3f} s")
    assert answers.failed == []


def test_fifty_of_each_kind_at_once_are_not_felt(busy: Server) -> None:
    with ExitStack() as stack:
        for kind in KINDS:
            stack.enter_context(stalled(busy, kind, 50))
        answers = ask(busy, 2)
    print(f"all at once: median {answers.median:.3f} s, slowest {answers.slowest:.3f} s")
    assert answers.failed == []


@pytest.mark.parametrize("kind", ["idle", "half a head", "half a body"])
def test_who_stops_half_way_is_cut(impatient: Server, kind: str) -> None:
    with stalled(impatient, kind, 1) as (client,):
        client.settimeout(30)
        answer = client.recv(1000)
    assert answer == b"" if kind == "idle" else answer.startswith(b"HTTP/1.1 408 ")


def test_one_byte_now_and_then_gains_no_time(impatient: Server) -> None:
    with stalled(impatient, "half a head", 1) as (client,):
        client.settimeout(0.2)
        answer = b""
        end = time.monotonic() + 30
        while not answer and time.monotonic() < end:
            client.send(b"a")
            try:
                answer = client.recv(1000)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408 ")


# --- bodies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", oversized.BODIES)
def test_a_body_without_end_is_refused_and_leaves_nothing(place: Installation, busy: Server, name: str) -> None:
    refusal = oversized.send(busy, oversized.BODIES[name])
    assert refusal.status == 413 or (refusal.status == 403 and "lying" in name)
    assert refusal.sent < 64 * oversized.MEGABYTE
    assert list((place.home / "var" / "uploads").iterdir()) == []


def test_what_is_refused_is_not_awaited(busy: Server) -> None:
    with oversized.connected(busy) as client:
        client.sendall(oversized.BODIES["sign-in, announced"].head)
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in answer


def test_chunks_and_requests_in_a_row_are_answered(busy: Server) -> None:
    get = f"GET /healthz HTTP/1.1\r\n{HEAD}\r\n".encode()
    statement = f"POST /api/v1/credits/statement HTTP/1.1\r\n{JSON}".encode()
    counted = statement + b"Content-Length: %d\r\n\r\n%s" % (len(LEDGER), LEDGER)
    framed = b"5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (LEDGER[:5], len(LEDGER) - 5, LEDGER[5:])
    chunked = statement + b"Transfer-Encoding: chunked\r\n\r\n" + framed
    with oversized.connected(busy) as client:
        client.sendall(get + counted + get + chunked)
        answer = b""
        while more := client.recv(65536):
            answer += more
    assert answer.count(b"HTTP/1.1 200 ") == 4


def test_who_asks_before_sending_is_told_to_go_on(busy: Server) -> None:
    head = f"POST /api/v1/credits/statement HTTP/1.1\r\n{JSON}Content-Length: {len(LEDGER)}\r\n"
    with oversized.connected(busy) as client:
        client.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(LEDGER)
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")


# --- deploys -----------------------------------------------------------------------------------------------------


def test_a_reload_under_load_fails_no_request(place: Installation) -> None:
    with place.serve() as server, Readers(server) as readers:
        time.sleep(1)
        old = set(server.workers)
        os.kill(server.pid, signal.SIGHUP)
        assert wait_until(lambda: not old & set(server.workers), 60)
        time.sleep(0.5)
    print(f"{readers.answered}, slowest {readers.slowest:.1f} s")
    assert set(readers.answered) == {"200"}


def test_workers_told_to_stop_finish_what_was_begun(place: Installation) -> None:
    with place.serve(workers=1) as server, oversized.connected(server) as client:
        head = f"POST /api/v1/credits/statement HTTP/1.1\r\n{JSON}Content-Length: {len(LEDGER)}\r\n\r\n".encode()
        client.sendall(head + LEDGER[:10])
        time.sleep(0.5)
        for worker in server.workers:
            os.kill(worker, signal.SIGTERM)
        time.sleep(1)
        client.sendall(LEDGER[10:])
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" in answer


def test_a_stop_waits_for_no_stalled_client(place: Installation) -> None:
    with place.serve() as server, stalled(server, "half a body", 10):
        began = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        gone = Path(f"/proc/{server.pid}/status")
        assert wait_until(lambda: not gone.exists() or "zombie" in gone.read_text(), 40)
        print(f"stopped after {time.monotonic() - began:.1f} s")
    assert time.monotonic() - began < 40


# --- outages -----------------------------------------------------------------------------------------------------


def test_an_outage_is_logged_once_and_its_end(place: Installation) -> None:
    with place.serve() as server:
        visitor = server.visitor()
        elsewhere = place.database.rename(place.database.with_suffix(".away"))
        statuses = {visitor.get(path).status for path in ["/", "/faq/", "/search/?q=abc", "/sitemap.xml"] * 20}
        elsewhere.rename(place.database)
        assert statuses == {503}
        assert server.outages_told() == 1, server.log.read_text(encoding="utf-8")
        assert wait_until(lambda: visitor.get("/").status == 200 and "answers again" in server.log.read_text(), 30)
        assert server.log.read_text(encoding="utf-8").count("answers again") == 1


def test_connections_are_as_many_as_before_when_all_is_over(busy: Server) -> None:
    def sockets() -> int:
        links = [link for worker in busy.workers for link in Path(f"/proc/{worker}/fd").iterdir()]
        return sum(1 for link in links if os.path.islink(link) and os.readlink(link).startswith("socket:"))

    busy.visitor().get("/")
    wait_until(lambda: False, 1)
    before = sockets()
    for kind in KINDS:
        with stalled(busy, kind, 20):
            pass
    assert wait_until(lambda: sockets() <= before, 30)
    with socket.create_connection(("127.0.0.1", busy.port)):
        assert busy.visitor().get("/healthz").status == 200
