"""Old code on new tables: released versions go on serving while and after today's migrations run; real processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest

from tests.cast import PASSWORD
from tests.faults import postgresql
from tests.faults.deploys import Readers
from tests.installation import HOST, Installation, ProxiedVisitor, Server
from tests.upgrades.released import MISSING, VERSIONS, Released
from tests.upgrades.tables import Columns, broken, columns

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(bool(MISSING), reason=f"this clone does not reach back to {'、'.join(MISSING)}"),
]
#: Python for the old code: both documents, the cycles and the people of the tests, one of whom may do everything.
LOADING = f"""
from django.core.management import call_command
from helpdesk.fixtures import load_once
call_command("migrate", verbosity=0)
from tests.cast import Place
load_once("documents")
load_once("cycles")
place = Place()
place.superuser.set_password({PASSWORD!r})
place.superuser.save()
print("teacher", place.teacher.public_id)
"""
COUNTY = quote("县培")
PAGES = [
    "/", "/faq/", "/faq/upgrade-01/", f"/search/?q={COUNTY}", "/credits/check/", "/credits/rules/", "/upgrade/",
    "/guide/", "/privacy/", "/sitemap.xml", "/api/v1/entries/", f"/api/v1/search?q={COUNTY}", "/healthz", "/readyz",
]  # fmt: skip
ADMIN = [
    "", "faq/entry/", "faq/entry/1/change/", "faq/category/", "faq/feedback/", "faq/synonymgroup/", "auth/user/",
    "credits/organization/", "credits/teacher/", "credits/trainingcycle/", "common/auditrow/",
]  # fmt: skip


@dataclass
class Upgraded:
    """A database that the oldest version made and today's migrations changed, served by released versions."""

    before: Columns
    after: Columns
    #: Answers of the oldest version while the migrations ran, by status.
    meanwhile: Counter[str]
    servers: dict[str, Server]
    #: Version → somebody who may do everything, signed in to its server.
    officers: dict[str, ProxiedVisitor]
    #: Public id of a teacher.
    teacher: str


@contextmanager
def empty_database(engine: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if engine == "SQLite":
        file = folder / "db.sqlite3"
        file.touch()
        yield f"sqlite:///{file}"
        return
    try:
        psycopg2.connect(postgresql.server_url()).close()
    except psycopg2.OperationalError:
        pytest.skip("no PostgreSQL is reachable")
    with postgresql.database() as url:
        yield url


def done(installation: Installation, *arguments: str) -> str:
    """What a command of that installation prints; it must succeed."""
    result = installation.manage(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    folder = tmp_path_factory.mktemp("upgrades")
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(request.param, folder))
        # With DEBUG static files need no collecting, which takes as long as all the rest.
        settings = {"DATABASE_URL": url, "DEBUG": "on"}
        (folder / "today").mkdir()
        today = Installation(folder / "today", **settings)
        old = {version: Released(folder / version, version, **settings) for version in VERSIONS}
        oldest, *later = old
        teacher = done(old[oldest], "shell", "-c", LOADING).partition("teacher ")[2].strip()
        before = columns(url)
        servers = {oldest: stack.enter_context(old[oldest].serve(workers=1))}
        with Readers(servers[oldest], 1) as readers:
            done(today, "migrate", "-v0")
        servers |= {version: stack.enter_context(old[version].serve(workers=1)) for version in later}
        officers = {version: signed_in(server) for version, server in servers.items()}
        yield Upgraded(before, columns(url), readers.answered, servers, officers, teacher)


@pytest.fixture(params=list(VERSIONS))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(upgraded: Upgraded, version: str) -> Server:
    return upgraded.servers[version]


@pytest.fixture
def officer(upgraded: Upgraded, version: str) -> ProxiedVisitor:
    return upgraded.officers[version]


def signed_in(server: Server) -> ProxiedVisitor:
    visitor = server.visitor()
    assert visitor.sign_in("superuser", PASSWORD).status == 302
    return visitor


def refused(visitor: ProxiedVisitor, paths: list[str]) -> dict[str, int]:
    """The paths that are not answered with a page, with their status."""
    statuses = {path: visitor.get(path).status for path in paths}
    return {path: status for path, status in statuses.items() if status != 200}


def test_readers_read_on_while_tables_change(upgraded: Upgraded) -> None:
    assert set(upgraded.meanwhile) == {"200"}
    assert upgraded.meanwhile.total() > 0


def test_old_code_need_not_know_the_new_columns(upgraded: Upgraded) -> None:
    assert len(upgraded.before) > 300
    assert upgraded.before != upgraded.after
    assert broken(upgraded.before, upgraded.after) == []


def test_every_page_is_shown(server: Server) -> None:
    assert refused(server.visitor(), PAGES) == {}


def test_the_admin_is_shown(officer: ProxiedVisitor) -> None:
    assert refused(officer, [f"/admin/{path}" for path in ADMIN]) == {}


def test_an_entry_is_saved_and_found(server: Server, officer: ProxiedVisitor, version: str) -> None:
    new, ref = "/admin/faq/entry/add/", f"bus-{version.replace('.', '-')}"
    form = {"question": f"{version} 路班车几点开？", "answer": "八点。", "category": "1", "ref": ref}
    assert officer.post(new, form | {"csrfmiddlewaretoken": officer.token(new)}).status == 302
    assert f"/faq/{ref}/" in server.visitor().get(f"/search/?q={quote(form['question'])}").text
    assert officer.post(f"/faq/{ref}/feedback/", {"helpful": "1"}, Origin=f"https://{HOST}").status == 303


def test_a_teacher_is_checked_and_given_a_degree(officer: ProxiedVisitor, upgraded: Upgraded, version: str) -> None:
    teacher = f"/credits/teachers/{upgraded.teacher}/"
    assert refused(officer, ["/credits/work/", "/credits/teachers/", teacher, f"{teacher}records/"]) == {}
    new, title = f"{teacher}degrees/new/", f"{version} 大学"
    form = {"level": "master", "title": title, "awarded_on": f"{2019 + list(VERSIONS).index(version)}-06-30"}
    assert officer.post(new, form | {"csrfmiddlewaretoken": officer.token(new)}).status == 302
    assert title in officer.get(f"{teacher}records/").text


def test_a_ledger_is_judged(server: Server) -> None:
    teacher = {"position": "teaching", "formally_employed_on": None, "sole_teacher_school": False}
    ledger = {"cycle": "2018", "teacher": teacher, "records": []}
    assert server.visitor().post_json("/api/v1/credits/statement", ledger).status == 200


def test_a_question_is_asked_and_followed(upgraded: Upgraded) -> None:
    server = upgraded.servers["1.1.0"]
    asked = server.visitor().post_json("/api/v1/questions", {"question": "班车在哪里等？", "send": True})
    assert asked.status == 201
    assert "班车在哪里等" in server.visitor().get(f"/ask/{asked.json()['token']}/").text
    assert "班车在哪里等" in upgraded.officers["1.1.0"].get("/questions/").text
