"""PostgreSQL with a locked table, and PostgreSQL that falls silent, under a server as in production."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import connection

from tests.faults import oversized, postgresql
from tests.faults.stalled import HEAD
from tests.installation import Answer, Installation, Server, wait_until

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
#: Seconds within which an answer must come; the design says 5, a busy machine takes longer.
SOON = 5 + 3
HEAD_OF_HOME = f"GET / HTTP/1.1\r\n{HEAD}\r\n".encode()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql.database() as url:
        yield url


@pytest.fixture(scope="module")
def wire(url: str) -> postgresql.Wire:
    return postgresql.Wire(url)


@pytest.fixture(scope="module")
def server(wire: postgresql.Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    place: Installation = postgresql.installed(tmp_path_factory.mktemp("waits"), wire.url)
    with place.serve() as server:
        for path in ("/", "/faq/upgrade-01/", "/search/?q=abc") * 3:
            assert server.visitor().get(path).status == 200
        yield server


def soon(server: Server, path: str) -> Answer:
    began = time.monotonic()
    answer = server.visitor().get(path)
    assert time.monotonic() - began < SOON
    return answer


def test_a_locked_table_is_said_kindly_and_soon(server: Server, url: str) -> None:
    with postgresql.locked(url, "faq_entry"):
        answer = soon(server, "/faq/upgrade-02/")  # nobody asked for it before, so it is not kept
        assert soon(server, "/healthz").status == 200
        assert soon(server, "/credits/check/").status == 200
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "系统正忙，请稍后再试" in answer.text


def test_readiness_answers_within_its_own_bound(server: Server, url: str) -> None:
    with postgresql.locked(url, "faq_searchstate"):
        assert soon(server, "/readyz").status == 503
    assert soon(server, "/readyz").status == 200


def test_what_was_typed_is_given_back(server: Server, url: str) -> None:
    visitor = server.visitor()
    typed = {"csrfmiddlewaretoken": visitor.token("/credits/check/"), "cycle": "2018", "as_of": "2021年6月30日"}
    with postgresql.locked(url, "credits_trainingcycle"):
        answer = visitor.post("/credits/check/", typed)
    assert answer.status == 503
    assert dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)) == typed


def test_a_database_that_falls_silent_is_given_up_and_found_again(server: Server, wire: postgresql.Wire) -> None:
    wire.alive.clear()
    try:
        assert soon(server, "/").status == 503
        assert soon(server, "/healthz").status == 200
    finally:
        wire.alive.set()
    assert wait_until(lambda: server.visitor().get("/").status == 200, SOON)


def test_an_outage_is_logged_once(server: Server, url: str) -> None:
    assert wait_until(lambda: not_away(server), 30)
    before = server.outages_told()
    with postgresql.locked(url, "faq_category"):
        assert {server.visitor().get("/").status for _ in range(3)} == {503}
    assert server.outages_told() == before + 1, server.log.read_text(encoding="utf-8")
    assert wait_until(lambda: not_away(server), 30)


def not_away(server: Server) -> bool:
    assert server.visitor().get("/").status == 200
    return not (server.log.parent / "var" / "outage").exists()


def test_the_version_is_asked_before_a_request_is_read(server: Server, url: str) -> None:
    """Also for one that the parser refuses, which never reaches the application and must hold up nobody after it."""
    refused = b"GET / HTTP/1.1\r\nno colon in this line\r\n\r\n"
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True

        def has_connections() -> bool:
            with ThreadPoolExecutor(8) as readers:
                list(readers.map(server.visitor().get, ["/"] * 8))
            return len(asked(connection)) == len(server.workers)

        assert wait_until(has_connections, 30)
        before = max(asked(connection))
        for request, status in [(refused, b"400"), (HEAD_OF_HOME, b"200")] * 10:
            with oversized.connected(server) as client:
                client.sendall(request)
                assert client.recv(65536).split(b" ", 2)[1] == status
            after = max(asked(connection))
            assert after > before
            before = after


def asked(connection: Any) -> list[Any]:
    """Returns when each worker began to ask for the version last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT query_start FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'EXECUTE page_version'"
        )
        return [began for (began,) in cursor.fetchall()]
