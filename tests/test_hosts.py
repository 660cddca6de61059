"""Several hosts with one PostgreSQL and one Redis: each shows what the others changed, and bears that one dies.

One host more reads public pages from a replica of the database.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest

from tests.faults import postgresql
from tests.faults.deploys import Readers
from tests.faults.own_postgresql import NoServer, OwnPostgreSQL, primary_and_replica
from tests.hosts import REDIS_SERVER, Editor, OwnRedis, Portal, bootstrap, kill_all, within_one_day
from tests.installation import DEMO_PASSWORD, Installation, ProxiedVisitor, Server, wait_until

pytestmark = pytest.mark.server
needs_redis = pytest.mark.skipif(REDIS_SERVER is None, reason="redis-server is not installed")
#: Opinions on one entry that a network may send in a day.
OPINIONS = 60
DAY = 24 * 3600
#: Python for a host: a job of the county's reviewer that waits for a worker.
BEGINNING = """
from django.contrib.auth.models import User
from helpdesk.common import jobs
jobs.AT_ONCE = 0
county = User.objects.get(username="county")
words = {"key": "hosts", "back": "/credits/teachers/", "total": 500, "selection": "all=1&cycle=2018"}
print("job", jobs.start("recompute", "重新计算", county, **words).public_id)
"""
WORKER = ["manage.py", "jobs", "--lease", "2", "--grace", "0", "--nice", "0"]


@dataclass
class Hosts:
    """Two hosts that serve, each with one process so that what it keeps is known."""

    portal: Portal
    #: PostgreSQL and a replica of it; None where they are not the tests' own.
    own: tuple[OwnPostgreSQL, OwnPostgreSQL] | None
    first_place: Installation
    first: Server
    second_place: Installation
    second: Server


def no_postgresql() -> None:
    """Skips where PostgreSQL does not answer; fails where it must."""
    try:
        psycopg2.connect(postgresql.server_url()).close()
    except psycopg2.OperationalError:
        if os.environ.get("REQUIRE_POSTGRESQL"):
            raise
        pytest.skip("no PostgreSQL is reachable")


def own_servers(stack: ExitStack) -> tuple[OwnPostgreSQL, OwnPostgreSQL] | None:
    """PostgreSQL and a replica that tests may stop; None where its programs are not installed."""
    try:
        return stack.enter_context(primary_and_replica())
    except NoServer:
        return None


def empty_database(stack: ExitStack, own: tuple[OwnPostgreSQL, OwnPostgreSQL] | None) -> str:
    """The URL of a database in a server of our own, else in the one that tests use."""
    if own is None:
        no_postgresql()
        return stack.enter_context(postgresql.database())
    own[0].row("CREATE DATABASE portal")
    return own[0].url("portal")


@pytest.fixture(scope="module")
def hosts(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    folder = tmp_path_factory.mktemp("hosts")
    redis = OwnRedis(folder)
    with ExitStack() as stack:
        own = own_servers(stack)
        url = empty_database(stack, own)
        stack.callback(redis.kill)
        if REDIS_SERVER:
            redis.start()
        portal = Portal(url, redis, installation.home / "var" / "static")
        places = [portal.host(folder / name) for name in ("first", "second")]
        bootstrap(places[0])
        first, second = (stack.enter_context(place.serve(workers=1)) for place in places)
        yield Hosts(portal, own, places[0], first, places[1], second)


# --- content -----------------------------------------------------------------------------------------------------


def pages_with(question: str) -> list[str]:
    """Addresses on which an entry with this question stands, beside its own page and the home page."""
    words = quote(question)
    searches = [f"/search/?q={words}", f"/api/v1/search?q={words}", f"/api/v1/suggest?q={words}"]
    return [*searches, "/faq/", "/api/v1/entries/", "/sitemap-entries.xml"]


def showing(server: Server, pages: list[str], ref: str) -> set[str]:
    """Those of the addresses on which the entry stands."""
    answers = {page: server.visitor().get(page) for page in pages}
    assert {answer.status for answer in answers.values()} == {200}
    return {page for page, answer in answers.items() if f"/faq/{ref}/" in answer.text}


def test_what_is_published_on_one_host_is_found_on_the_other(hosts: Hosts) -> None:
    question = "量子打印机怎么换墨盒"
    pages = pages_with(question)
    assert showing(hosts.second, pages * 2, "hosts-new") == set()
    assert hosts.second.visitor().get("/faq/hosts-new/").status == 404
    Editor(hosts.first).publish_new("hosts-new", question)
    assert showing(hosts.second, pages, "hosts-new") == set(pages)
    assert question in hosts.second.visitor().get("/faq/hosts-new/").text


def test_what_is_withdrawn_on_one_host_is_gone_on_the_other(hosts: Hosts) -> None:
    visitor = hosts.second.visitor()
    found = re.search(r'href="/faq/((?:upgrade|credits)-\d+)/', visitor.get("/").text)
    assert found
    pk, question = hosts.portal.row("SELECT id, question FROM faq_entry WHERE ref = %s", found[1])
    pages = ["/", *pages_with(question)]
    assert showing(hosts.second, pages * 2, found[1]) == set(pages)
    editor = Editor(hosts.first)
    editor.withdraw(pk)
    assert visitor.get(f"/faq/{found[1]}/").status == 404
    assert visitor.get(f"/api/v1/entries/{found[1]}/").status == 404
    assert showing(hosts.second, pages, found[1]) == set()
    editor.publish(pk)
    assert visitor.get(f"/faq/{found[1]}/").status == 200
    assert showing(hosts.second, pages, found[1]) == set(pages)


def test_who_signed_in_on_one_host_is_signed_in_on_the_other(hosts: Hosts) -> None:
    elsewhere = hosts.second.visitor()
    assert elsewhere.get("/admin/faq/entry/").status == 302
    elsewhere.cookies = Editor(hosts.first).visitor.cookies
    assert elsewhere.get("/admin/faq/entry/").status == 200


def test_a_fresh_host_answers_its_first_search(hosts: Hosts, tmp_path: Path) -> None:
    fresh = hosts.portal.host(tmp_path)
    assert not (tmp_path / "var" / "search").exists()
    with fresh.serve(workers=1) as server:
        began = time.monotonic()
        answer = server.visitor().get(f"/api/v1/search?q={quote('密码不对')}").json()
        print(f"first search after {time.monotonic() - began:.2f} s")
    there = hosts.first.visitor().get(f"/api/v1/search?q={quote('密码不对')}").json()
    assert answer["results"] == there["results"] != []


# --- Redis -------------------------------------------------------------------------------------------------------


def opinions(hosts: Hosts, network: str, number: int) -> list[int]:
    """Sends so many opinions on an entry from a network, in turns to both hosts; returns the statuses."""
    servers = [hosts.first, hosts.second]
    path = "/faq/credits-01/feedback/"
    sent = {"helpful": "1"}
    return [servers[n % 2].visitor().post(path, sent, X_Forwarded_For=network).status for n in range(number)]


def counted_in_the_database(hosts: Hosts) -> int:
    """Counts kept there for the whole of today: those of shorter windows are swept meanwhile."""
    midnight = int(time.time() // DAY + 1) * DAY
    asked = "SELECT coalesce(sum(count), 0) FROM common_ratecounter WHERE expires_at >= %s"
    return int(hosts.portal.row(asked, midnight)[0])


@needs_redis
def test_a_limit_counts_on_both_hosts(hosts: Hosts) -> None:
    within_one_day()
    before = counted_in_the_database(hosts)
    assert opinions(hosts, "192.0.2.1", OPINIONS) == [303] * OPINIONS
    assert opinions(hosts, "192.0.2.1", 2) == [429, 429]
    assert counted_in_the_database(hosts) == before
    assert hosts.portal.redis.client.dbsize() > 0


@needs_redis
def test_without_redis_pages_go_on_and_the_database_counts(hosts: Hosts) -> None:
    within_one_day()
    opinions(hosts, "192.0.2.2", 2)
    with hosts.portal.redis.away(), Readers(hosts.first, 1) as readers:
        assert opinions(hosts, "192.0.2.2", OPINIONS) == [303] * OPINIONS  # counted from nothing
        assert opinions(hosts, "192.0.2.2", 2) == [429, 429]
    assert set(readers.answered) == {"200"}
    assert wait_until(lambda: counts_in_redis(hosts), 30)


def counts_in_redis(hosts: Hosts) -> bool:
    """Tells whether both hosts count in Redis, from which everything was taken before."""
    hosts.portal.redis.client.flushall()
    before = counted_in_the_database(hosts)
    opinions(hosts, "192.0.2.3", 2)
    return counted_in_the_database(hosts) == before and hosts.portal.redis.client.dbsize() > 0


@needs_redis
def test_a_redis_that_answers_nothing_holds_nobody_up(hosts: Hosts) -> None:
    within_one_day()
    before = counted_in_the_database(hosts)
    began = time.monotonic()
    with hosts.portal.redis.frozen(), Readers(hosts.first, 1) as readers:
        assert opinions(hosts, "192.0.2.4", 10) == [303] * 10
        print(f"ten opinions took {time.monotonic() - began:.1f} s, the slowest page {readers.slowest:.1f} s")
    assert set(readers.answered) == {"200"}
    assert counted_in_the_database(hosts) > before
    assert wait_until(lambda: counts_in_redis(hosts), 30)


# --- a host that dies --------------------------------------------------------------------------------------------


def waiting_job(hosts: Hosts) -> str:
    done = hosts.first_place.manage("shell", "-c", BEGINNING)
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("job ")[2].strip()


def state_of(hosts: Hosts, job: str) -> tuple[str, int]:
    """State of a job, and how often it was begun."""
    state, attempts = hosts.portal.row("SELECT state, attempts FROM common_job WHERE public_id = %s", job)
    return state, attempts


def reviewer_of_the_county(server: Server) -> ProxiedVisitor:
    visitor = server.visitor()
    form = {"csrfmiddlewaretoken": visitor.token("/sign-in/"), "username": "county", "password": DEMO_PASSWORD}
    assert visitor.post("/sign-in/", form).status == 302
    return visitor


def end(worker: subprocess.Popen[str]) -> None:
    worker.kill()
    worker.communicate()


def test_a_killed_host_leaves_its_readers_and_its_work_to_the_other(hosts: Hosts, tmp_path: Path) -> None:
    doomed = hosts.portal.host(tmp_path)
    job = waiting_job(hosts)
    with ExitStack() as stack:
        dying = stack.enter_context(doomed.serve(workers=1))
        held = stack.enter_context(ExitStack())
        held.enter_context(postgresql.locked(hosts.portal.url, "credits_statementsummary"))
        worker = doomed.start(*WORKER)
        stack.callback(end, worker)
        assert wait_until(lambda: state_of(hosts, job) == ("running", 1), 60)
        readers = stack.enter_context(Readers(hosts.second, 1))
        county = reviewer_of_the_county(dying)
        kill_all(dying.pid, worker.pid)
        held.close()
        other = hosts.second_place.start(*WORKER)
        stack.callback(end, other)
        assert wait_until(lambda: state_of(hosts, job) == ("done", 2), 60), state_of(hosts, job)
    assert set(readers.answered) == {"200"}
    county.port = hosts.second.port
    assert "已重新计算" in county.get(f"/credits/jobs/{job}/").text


# --- PostgreSQL is restarted, and has a replica ------------------------------------------------------------------


@pytest.fixture
def primary(hosts: Hosts) -> OwnPostgreSQL:
    return servers(hosts)[0]


@pytest.fixture
def replica(hosts: Hosts) -> OwnPostgreSQL:
    return servers(hosts)[1]


def servers(hosts: Hosts) -> tuple[OwnPostgreSQL, OwnPostgreSQL]:
    if hosts.own is None:
        pytest.skip("PostgreSQL's initdb and pg_basebackup are not installed")
    return hosts.own


@pytest.fixture(scope="module")
def reader(hosts: Hosts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A host more, with the replica beside it."""
    place = hosts.portal.host(tmp_path_factory.mktemp("reader"))
    place.environment |= {"DATABASE_REPLICA_URL": servers(hosts)[1].url("portal"), "METRICS": "on"}
    place.environment |= {"METRICS_FROM": "127.0.0.1/32"}
    with place.serve(workers=1) as server:
        yield server


@contextmanager
def stopped(server: OwnPostgreSQL) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


def anew(path: str) -> str:
    """An address that nobody asked for before, so that no page of it is kept."""
    return f"{path}{'&' if '?' in path else '?'}anew={secrets.token_hex(4)}"


def statuses(server: Server, paths: list[str]) -> list[int]:
    return [server.visitor().get(path).status for path in paths]


def is_read(replica: OwnPostgreSQL, reader: Server) -> bool:
    """Tells whether a page that is made now is read from the replica, by the last statement of its sessions."""
    reader.visitor().get(anew("/faq/"))
    last = "SELECT 1 FROM pg_stat_activity WHERE datname = 'portal' AND query LIKE '%faq_category%'"
    return replica.row(last) is not None


def drafted(editor: Editor, ref: str) -> dict[str, str]:
    form = {"csrfmiddlewaretoken": editor.token, "ref": ref, "question": "重启", "answer": "答"}
    return form | {"category": "1", "_draft": "1"}


PUBLIC = ["/", "/faq/", "/faq/credits-01/", "/search/?q=abc", "/credits/rules/", "/sitemap-entries.xml"]
PUBLIC += ["/api/v1/search?q=abc", "/api/v1/entries/", "/api/v1/entries/credits-01/"]


def test_hosts_bear_that_postgresql_is_restarted(hosts: Hosts, primary: OwnPostgreSQL) -> None:
    both = [hosts.first, hosts.second]
    editors = [Editor(server) for server in both]
    assert statuses(hosts.first, PUBLIC) == [200] * len(PUBLIC)
    with stopped(primary):
        for server, editor in zip(both, editors, strict=True):
            # Kept pages are not shown either, since nobody knows what was withdrawn meanwhile.
            assert statuses(server, PUBLIC) == [503] * len(PUBLIC)
            answer = editor.visitor.post("/admin/faq/entry/add/", drafted(editor, f"restarted-{server.port}"))
            assert (answer.status, "Retry-After" in answer.headers) == (503, True)
    began = time.monotonic()
    for server, editor in zip(both, editors, strict=True):
        form = drafted(editor, f"restarted-{server.port}")
        assert wait_until(lambda e=editor, f=form: e.visitor.post("/admin/faq/entry/add/", f).status == 302, 30)
        assert wait_until(lambda s=server: statuses(s, PUBLIC) == [200] * len(PUBLIC), 30)
    print(f"both hosts serve {time.monotonic() - began:.1f} s after the restart")
    assert hosts.portal.row("SELECT count(*) FROM faq_entry WHERE ref LIKE 'restarted-%%'") == (2,)


def test_public_pages_are_read_from_the_replica(reader: Server, replica: OwnPostgreSQL) -> None:
    assert wait_until(lambda: is_read(replica, reader), 30)
    assert reader.visitor().get("/readyz").json()["replica"] == {"answers": True, "lag_bytes": 0}
    assert "\nhelpdesk_replica_up 1\n" in reader.visitor().get("/metrics").text


def test_a_replica_that_lags_hides_no_change(hosts: Hosts, reader: Server, replica: OwnPostgreSQL) -> None:
    editor, visitor = Editor(hosts.first), reader.visitor()
    replica.row("SELECT pg_wal_replay_pause()")
    editor.publish_new("hosts-lag", "副本慢的时候怎么办")
    assert visitor.get("/faq/hosts-lag/").status == 200
    assert "/faq/hosts-lag/" in visitor.get(f"/search/?q={quote('副本慢的时候怎么办')}").text
    (pk,) = hosts.portal.row("SELECT id FROM faq_entry WHERE ref = 'hosts-lag'")
    editor.withdraw(pk)
    assert visitor.get("/faq/hosts-lag/").status == 404
    assert "hosts-lag" not in visitor.get(f"/search/?q={quote('副本慢的时候怎么办')}").text
    assert "暂停了同步" in visitor.get("/readyz").json()["replica"]["warning"]
    replica.row("SELECT pg_wal_replay_resume()")


def test_a_replica_that_dies_fails_no_request(reader: Server, replica: OwnPostgreSQL) -> None:
    assert wait_until(lambda: is_read(replica, reader), 30)
    with Readers(reader, 1) as readers:
        assert statuses(reader, [anew("/faq/") for _ in range(3)]) == [200] * 3
        replica.kill()
        try:
            assert statuses(reader, [anew(path) for path in PUBLIC * 2]) == [200] * len(PUBLIC * 2)
            assert "连不上" in reader.visitor().get("/readyz").json()["replica"]["warning"]
            assert "\nhelpdesk_replica_up 0\n" in reader.visitor().get("/metrics").text
        finally:
            replica.start()
    assert set(readers.answered) == {"200"}
    assert wait_until(lambda: is_read(replica, reader), 30)


def test_public_pages_go_on_without_the_primary(reader: Server, primary: OwnPostgreSQL, replica: OwnPostgreSQL) -> None:
    assert wait_until(lambda: is_read(replica, reader), 30)
    editor = Editor(reader)
    form = drafted(editor, "without-primary")
    with stopped(primary):
        assert statuses(reader, PUBLIC + [anew(path) for path in PUBLIC]) == [200] * len(PUBLIC * 2)
        known = reader.visitor()
        known.cookies["reader"] = "A" * 32  # of somebody who gave an opinion before
        assert known.get("/faq/credits-01/").status == 200
        answer = editor.visitor.post("/admin/faq/entry/add/", form)
        assert (answer.status, "Retry-After" in answer.headers) == (503, True)
        ready = reader.visitor().get("/readyz")
        assert (ready.status, ready.json()["database"]) == (200, "unavailable")
        assert "主数据库连不上" in ready.json()["replica"]["warning"]
    assert wait_until(lambda: editor.visitor.post("/admin/faq/entry/add/", form).status == 302, 30)
