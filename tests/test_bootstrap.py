"""`manage.py bootstrap`: from nothing to a portal; again, it changes nothing; beside a server, it disturbs nobody."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from credits.models import Organization, StatementSummary, Teacher, TrainingCycle
from credits.statements.summaries import refresh
from faq.models import Category, Document, Entry
from helpdesk.fixtures import Improvement, edited, improve, load_once
from helpdesk.management.commands.bootstrap import ADMINISTRATORS, AUDITORS, EDITORS, REVIEWERS, editors
from helpdesk.models import LoadedFixture
from tests.installation import DEMO_PASSWORD, PARTS, Installation, Server
from tests.shared import MAKERS, Shared


def bootstrap(*arguments: str) -> str:
    """Runs the command on the database of this test; returns its output."""
    out = StringIO()
    call_command("bootstrap", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def no_file_of_the_developer(settings: Any) -> None:
    """The test database is there already; the one that DATABASE_URL names is not touched."""
    settings.SQLITE_PATH = None


def everything() -> list[Any]:
    models = (Document, Category, Entry, TrainingCycle, LoadedFixture, Group, User)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


# --- from nothing ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, list[tuple[int, str]]]:
    """An installation of bare code after two bootstraps at once, and the exit code and standard error of each."""
    installation = Installation(tmp_path_factory.mktemp("fresh"))
    running = [installation.start("manage.py", "bootstrap") for _ in range(2)]
    errors = [process.communicate(timeout=300)[1] for process in running]
    return installation, [(process.returncode, error) for process, error in zip(running, errors, strict=True)]


@pytest.fixture
def fresh(started: tuple[Installation, list[tuple[int, str]]]) -> Installation:
    return started[0]


def rows(installation: Installation, query: str) -> list[Any]:
    with sqlite3.connect(installation.database) as connection:
        return connection.execute(query).fetchall()


def test_from_nothing_it_makes_the_whole_portal(fresh: Installation) -> None:
    assert rows(fresh, "SELECT count(*) FROM faq_entry WHERE status = 'published'") == [(62,)]
    assert rows(fresh, "SELECT code FROM credits_trainingcycle ORDER BY code") == [("2018",), ("2023",)]
    groups = [(EDITORS,), (REVIEWERS,), (ADMINISTRATORS,), (AUDITORS,)]
    assert rows(fresh, "SELECT name FROM auth_group ORDER BY id") == groups
    assert (fresh.home / "var" / "search" / "CURRENT").exists()


def test_two_at_once_both_end_well(started: tuple[Installation, list[tuple[int, str]]]) -> None:
    assert [code for code, _ in started[1]] == [0, 0], started[1]
    assert not any("Traceback" in error for _, error in started[1])


def test_without_demo_there_is_no_account(fresh: Installation) -> None:
    assert rows(fresh, "SELECT count(*) FROM auth_user") == [(0,)]


def test_nobody_else_may_read_the_database(fresh: Installation) -> None:
    assert fresh.database.stat().st_mode & 0o077 == 0
    assert (fresh.home / "var" / "search").stat().st_mode & 0o077 == 0


def test_everything_written_stands_under_var(fresh: Installation) -> None:
    written = {path.name for path in fresh.home.iterdir()}
    assert written == {*PARTS, "var"}


def test_a_server_is_ready_right_away(server: Server) -> None:
    ready = server.visitor().get("/readyz").json()
    assert (ready["status"], ready["search"]["lag"], ready["search"]["healthy"]) == ("ok", 0, True)


# --- again -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_again_it_changes_nothing(content: None) -> None:
    bootstrap()
    before = everything()
    said = bootstrap()
    assert everything() == before
    assert "documents：新装入 0 条" in said and "cycles：新装入 0 条" in said


@pytest.mark.django_db
def test_what_was_edited_stays_edited(content: None) -> None:
    bootstrap()
    Entry.objects.filter(ref="upgrade-01").update(question="改过的问题")
    Category.objects.filter(slug="upgrade-login").update(name="改过的分类")
    TrainingCycle.objects.filter(code="2018").update(coordinated_required=30)
    before = everything()
    bootstrap()
    assert everything() == before


@pytest.mark.django_db
def test_what_was_deleted_never_returns(content: None) -> None:
    Entry.objects.get(ref="upgrade-01").delete()
    TrainingCycle.objects.get(code="2018").delete()
    bootstrap()
    assert not Entry.objects.filter(ref="upgrade-01").exists()
    assert not TrainingCycle.objects.filter(code="2018").exists()
    assert Entry.objects.filter(document__isnull=False).count() == 39


@pytest.mark.django_db
def test_what_was_written_before_the_first_run_stays() -> None:
    category = Category.objects.create(slug="upgrade-login", name="早就有的分类")
    Entry.objects.create(ref="upgrade-01", question="早就有的问题", answer="答", category=category)
    bootstrap()
    assert Entry.objects.get(ref="upgrade-01").question == "早就有的问题"
    assert Category.objects.get(slug="upgrade-login").name == "早就有的分类"


@pytest.mark.django_db
def test_rights_that_were_taken_from_editors_stay_taken(content: None) -> None:
    editors().permissions.clear()
    bootstrap()
    assert not Group.objects.get(name=EDITORS).permissions.exists()


# --- a fixture grows ---------------------------------------------------------------------------------------------


@pytest.fixture
def fixture(settings: Any, tmp_path: Path) -> Path:
    """A fixture with one category and one entry, instead of the portal's own."""
    settings.BASE_DIR = tmp_path
    path = tmp_path / "fixtures" / "documents.json"
    path.parent.mkdir()
    write(path, "first")
    return path


def write(path: Path, *refs: str, **changes: Any) -> None:
    rows: list[dict[str, Any]] = [{"model": "faq.category", "fields": {"slug": "a", "name": "甲"}}]
    for ref in refs:
        fields = {"ref": ref, "category": ["a"], "question": ref, "answer": "答", "status": "published"} | changes
        rows.append({"model": "faq.entry", "fields": fields})
    path.write_text(json.dumps(rows), encoding="utf-8")


@pytest.mark.django_db
def test_a_new_fixture_row_is_loaded_once(fixture: Path) -> None:
    assert load_once("documents") == 2
    write(fixture, "first", "second")
    assert [load_once("documents"), load_once("documents")] == [1, 0]
    Entry.objects.get(ref="second").delete()
    assert load_once("documents") == 0
    assert list(Entry.objects.values_list("ref", flat=True)) == ["first"]


@pytest.mark.django_db
def test_a_row_shipped_anew_reaches_an_unedited_one(fixture: Path) -> None:
    load_once("documents")
    write(fixture, "first", question="新的措辞", answer="<p>新<script>alert(1)</script></p>")
    assert [load_once("documents"), improve("documents")] == [0, Improvement(1, [])]
    entry = Entry.objects.get(ref="first")
    assert (entry.question, entry.answer) == ("新的措辞", "<p>新</p>")
    write(fixture, "first", question="更新的措辞", answer="<p>新<script>alert(1)</script></p>")
    assert improve("documents").rewritten == 1


@pytest.mark.django_db
def test_an_edited_row_stays_and_is_named(fixture: Path) -> None:
    load_once("documents")
    Entry.objects.filter(ref="first").update(answer="我们县的答案")
    write(fixture, "first", question="新的措辞")
    assert improve("documents") == Improvement(0, ["first"])
    assert Entry.objects.get(ref="first").question == "first"
    assert edited("documents") == ["first"]


@pytest.mark.django_db
def test_a_deleted_row_does_not_return_improved(fixture: Path) -> None:
    load_once("documents")
    Entry.objects.all().delete()
    write(fixture, "first", question="新的措辞")
    assert [load_once("documents"), improve("documents")] == [0, Improvement(0, [])]
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_rows_loaded_before_digests_are_taken_up(fixture: Path) -> None:
    write(fixture, "first", "second", answer="<p>答</p>")
    load_once("documents")
    LoadedFixture.objects.filter(model="improvement").delete()
    LoadedFixture.objects.update(shipped="", saved="")
    Entry.objects.filter(ref="second").update(question="改过的问题")
    assert improve("documents") == Improvement(0, [])
    write(fixture, "first", "second", answer="<p>新</p>")
    assert improve("documents").rewritten == 1
    assert Entry.objects.get(ref="second").question == "改过的问题"


@pytest.mark.django_db
def test_no_release_changes_the_rules_of_a_cycle(content: None, settings: Any, tmp_path: Path) -> None:
    bootstrap()
    cycles = (settings.BASE_DIR / "fixtures" / "cycles.json").read_text(encoding="utf-8")
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "cycles.json").write_text(cycles.replace('"26"', '"30"'), encoding="utf-8")
    settings.BASE_DIR = tmp_path
    assert improve("cycles") == Improvement(0, [])
    assert not TrainingCycle.objects.filter(coordinated_required=30).exists()


@pytest.mark.django_db
def test_a_fixture_is_cleaned_as_anything_saved(fixture: Path) -> None:
    write(fixture, "first", answer="<p>好<script>alert(1)</script></p>")
    load_once("documents")
    assert Entry.objects.get(ref="first").answer == "<p>好</p>"


@pytest.mark.django_db
def test_a_wrong_fixture_loads_nothing_at_all(fixture: Path) -> None:
    write(fixture, "first", "Not A Ref")
    with pytest.raises(Exception, match="只能用小写字母"):
        load_once("documents")
    assert not Category.objects.exists() and not LoadedFixture.objects.exists()


# --- demo accounts -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_demo_accounts_are_refused_in_production(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="演示账号只能在 DEBUG=on 时建立"):
        bootstrap("--demo")
    assert not User.objects.exists() and not Entry.objects.exists()


def make_demo_accounts() -> None:
    with override_settings(DEBUG=True, SQLITE_PATH=None):
        bootstrap("--demo")


MAKERS["demo"] = make_demo_accounts


@pytest.fixture
def demo(shared: Shared, debug: None) -> None:
    """The demo county and its accounts, as the first `bootstrap --demo` left them."""
    shared.get("demo")


@pytest.fixture
def debug(content: None, settings: Any) -> None:
    settings.DEBUG = True


@pytest.mark.django_db
def test_demo_accounts_take_the_password_that_was_given(debug: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "given-password-7")
    said = bootstrap("--demo")
    assert said.count("given-password-7") == 1
    users = {user.username: user for user in User.objects.all()}
    assert set(users) == {"admin", "editor", "reviewer", "auditor", "county", "school", "school2", "teacher"}
    assert all(user.check_password("given-password-7") for user in users.values())
    assert "given-password-7" not in bootstrap("--demo")


@pytest.mark.django_db
def test_a_random_demo_password_is_shown_once(debug: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    [password] = re.findall(r"密码 (\S+?)（", bootstrap("--demo"))
    assert len(password) >= 12
    assert User.objects.get(username="admin").check_password(password)
    assert password not in bootstrap("--demo")
    User.objects.all().delete()
    assert password not in bootstrap("--demo")


@pytest.mark.django_db
def test_the_demo_editor_is_only_an_editor(demo: None) -> None:
    admin, editor = User.objects.get(username="admin"), User.objects.get(username="editor")
    assert (admin.is_superuser, editor.is_superuser, editor.is_staff) == (True, False, True)
    assert editor.has_perm("faq.change_entry") and not editor.has_perm("auth.change_user")


@pytest.mark.django_db
def test_the_demo_auditor_reads_the_log_and_nothing_else(demo: None) -> None:
    auditor = User.objects.get(username="auditor")
    assert auditor.is_staff
    assert auditor.get_all_permissions() == {"common.view_auditrow"}


@pytest.mark.django_db
def test_the_demo_county_has_every_state_and_role(demo: None) -> None:
    county = Organization.objects.get(kind="county")
    assert "演示" in county.name
    assert county.children.count() == 12
    assert Teacher.objects.count() == 300
    verdicts = set(StatementSummary.objects.values_list("verdict", flat=True))
    assert verdicts >= {"met", "short", "undecided", "pending_policy"}
    in_charge = {
        name: Teacher.objects.managed_by(User.objects.get(username=name)).count()
        for name in ("admin", "county", "school", "school2", "teacher", "editor")
    }
    assert (in_charge["admin"], in_charge["county"], in_charge["teacher"], in_charge["editor"]) == (300, 300, 0, 0)
    assert min(in_charge["school"], in_charge["school2"]) > 5
    teacher = Teacher.objects.get(user__username="teacher")
    assert teacher in Teacher.objects.managed_by(User.objects.get(username="school"))
    county.children.all()[0].teachers.all().delete()
    bootstrap("--demo")
    assert Teacher.objects.count() < 300


@pytest.mark.django_db
def test_every_demo_summary_is_that_of_its_records(demo: None) -> None:
    before = {summary.pk: summary.coordinated_counted for summary in StatementSummary.objects.all()}
    refresh(Teacher.objects.values_list("pk", flat=True))
    assert {summary.pk: summary.coordinated_counted for summary in StatementSummary.objects.all()} == before


@pytest.mark.django_db
def test_a_changed_demo_account_stays_changed(demo: None) -> None:
    admin = User.objects.get(username="admin")
    admin.set_password("my-own-password")
    admin.is_active = admin.is_superuser = False
    admin.save()
    bootstrap("--demo")
    admin.refresh_from_db()
    assert admin.check_password("my-own-password")
    assert not admin.is_active and not admin.is_superuser


# --- beside a server ---------------------------------------------------------------------------------------------


def test_two_at_once_beside_a_server_disturb_nobody(installation: Installation, server: Server) -> None:
    editor = server.visitor()
    editor.sign_in("editor", DEMO_PASSWORD)
    [(pk, name)] = rows(installation, "SELECT id, name FROM faq_category WHERE slug = 'credits-people'")
    path = f"/admin/faq/category/{pk}/change/"
    form = {"csrfmiddlewaretoken": editor.token(path), "name": "改过的名字", "description": "", "position": "70"}
    before = rows(installation, ENTRIES)
    running = [installation.start("manage.py", "bootstrap") for _ in range(2)]
    saved = editor.post(path, form).status
    read = set()
    while any(process.poll() is None for process in running):
        time.sleep(0.1)
        read.add(server.visitor().get("/faq/upgrade-01/").status)
        read.add(server.visitor().get("/api/v1/search?q=%E5%AD%A6%E5%88%86").status)
    errors = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], errors
    assert (saved, read) == (302, {200})
    assert rows(installation, ENTRIES) == before
    assert rows(installation, f"SELECT name FROM faq_category WHERE id = {pk}") == [("改过的名字",)]
    assert editor.post(path, form | {"name": name}).status == 302


ENTRIES = "SELECT ref, question, answer, status FROM faq_entry ORDER BY ref"


# --- the portal's own entries ------------------------------------------------------------------------------------


def test_own_entries_come_once_into_an_installation_that_exists(content: None) -> None:
    Entry.objects.filter(ref__startswith="portal-").delete()
    LoadedFixture.objects.filter(natural_key__startswith="portal").delete()
    LoadedFixture.objects.filter(model="fixture", natural_key__startswith="portal").delete()
    bootstrap()
    assert Entry.objects.filter(ref__startswith="portal-", document=None).count() == 22
    Entry.objects.get(ref="portal-03").delete()
    bootstrap()
    assert not Entry.objects.filter(ref="portal-03").exists()


def test_it_warns_where_nobody_says_whose_portal_it_is(content: None) -> None:
    err = StringIO()
    with override_settings(RUN_BY="某校", CONTACT_LINE=""):
        call_command("bootstrap", stdout=StringIO(), stderr=err)
    assert "有问题联系谁（CONTACT_LINE）" in err.getvalue()
    assert "RUN_BY" not in err.getvalue()
