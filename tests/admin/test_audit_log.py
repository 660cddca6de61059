"""The audit log of staff: what writes a row, what the row holds, and who reads it in the admin."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credits.models import Membership, TrainingCycle
from helpdesk.common import audit
from helpdesk.common.admin.audit_log import MOST_PAGED
from helpdesk.common.audit import Kind
from helpdesk.common.audit_rows import AuditRow
from tests.admin.forms import save, sign_in
from tests.cast import (
    PASSWORD,
    Place,
    make_activity,
    make_degree,
    make_offset,
    make_plan,
    make_project,
    make_result,
    signed_in,
)
from tests.credits.imports.helpers import file_of, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cycles")]
LOG = "/admin/common/auditrow/"


def rows(*kinds: str) -> list[tuple[int | None, str, dict[str, Any]]]:
    """(Account, subject, detail) of the rows of these kinds, in order."""
    found = AuditRow.objects.filter(kind__in=kinds).order_by("pk")
    return list(found.values_list("actor", "subject", "detail"))


def acting(place: Place, who: str) -> tuple[Client, int]:
    """A browser in which that person is signed in, and the key of the account."""
    return place.client(who), getattr(place, who).pk


# --- signing in and out ------------------------------------------------------------------------------------------


def test_staff_sign_in_fail_and_sign_out(place: Place) -> None:
    place.editor.set_password(PASSWORD)
    place.editor.save()
    editor = f"auth.user:{place.editor.pk}"
    sign_in("editor", "wrong-wrong-1")
    sign_in("nobody-has-this-name", "my-own-password")
    client = Client()
    client.post("/sign-in/", {"username": "editor", "password": PASSWORD})
    client.post("/sign-out/")
    found = AuditRow.objects.order_by("pk").values_list("kind", "actor", "subject")
    assert list(found) == [
        ("sign_in_failed", None, editor),
        ("sign_in_failed", None, ""),
        ("sign_in", place.editor.pk, ""),
        ("sign_out", place.editor.pk, ""),
    ]


# --- in the admin ------------------------------------------------------------------------------------------------


def test_a_membership_given_and_taken_is_noted_without_names(place: Place) -> None:
    client, key = acting(place, "superuser")
    form = {"user": place.nobody.pk, "organization": place.school.pk, "role": "reviewer"}
    save(client, "/admin/credits/membership/add/", form)
    row = Membership.objects.get(user=place.nobody)
    client.post(f"/admin/credits/membership/{row.pk}/delete/", {"post": "yes"})
    subject = f"credits.membership:{row.pk}"
    assert rows("add") == [(key, subject, {"fields": ["user", "organization", "role"], "values": form})]
    assert rows("delete") == [(key, subject, {})]


def test_a_right_and_a_password_are_noted_without_what_was_typed(place: Place) -> None:
    client, key = acting(place, "superuser")
    path, subject = f"/admin/auth/user/{place.nobody.pk}/", f"auth.user:{place.nobody.pk}"
    group = Group.objects.create(name="一组")
    form = {"username": "nobody", "first_name": "三丰", "is_active": "on", "is_superuser": "on", "groups": [group.pk]}
    form |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    save(client, f"{path}change/", form)
    save(client, f"{path}password/", {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD})
    changed, password = rows("change")
    assert changed[:2] == (key, subject)
    assert changed[2]["values"] == {"is_superuser": True, "groups": [group.pk]}
    assert {"first_name", "is_superuser"} <= set(changed[2]["fields"])
    assert password == (key, subject, {"fields": ["password"], "values": {}})
    assert "三丰" not in str(list(AuditRow.objects.values()))


def test_a_number_of_a_cycle_is_noted_with_the_rates_beside_it(place: Place) -> None:
    client, key = acting(place, "superuser")
    cycle = TrainingCycle.objects.get(code="2023")
    left_out = ("confirmed", "other_offset_cap")
    form = {field.name: getattr(cycle, field.name) for field in cycle._meta.fields if field.name not in left_out}
    form |= {"coordinated_required": "31", "rates-TOTAL_FORMS": "1", "rates-INITIAL_FORMS": "0"}
    form |= {"rates-0-category": "county", "rates-0-hours_per_credit": "8", "rates-0-cycle": cycle.pk}
    save(client, f"/admin/credits/trainingcycle/{cycle.pk}/change/", form)
    [(actor, subject, detail)] = rows("change")
    assert (actor, subject) == (key, f"credits.trainingcycle:{cycle.pk}")
    assert detail["values"] == {"coordinated_required": "31"}
    assert detail["added"] == [f"credits.conversionrate:{cycle.rates.get().pk}"]


def test_rows_deleted_in_a_list_are_noted_each(place: Place) -> None:
    client, key = acting(place, "superuser")
    chosen = [User.objects.create_user(name).pk for name in ("a", "b")]
    client.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert {row[:2] for row in rows("delete")} == {(key, f"auth.user:{pk}") for pk in chosen}


def test_teachers_that_are_forgotten_are_noted(place: Place) -> None:
    client, key = acting(place, "superuser")
    data = {"action": "forget", "_selected_action": [place.teacher.pk], "confirmed": "1"}
    client.post("/admin/credits/teacher/", data)
    assert rows("delete") == [(key, f"credits.teacher:{place.teacher.public_id}", {"everything": True})]


# --- in the pages of credits -------------------------------------------------------------------------------------


def test_codes_and_exports_are_noted(place: Place) -> None:
    client, key = acting(place, "staff")
    chosen = {"teacher": [place.teacher.public_id]}
    client.post("/credits/codes/", chosen)
    client.post("/credits/teachers/export/", chosen)
    assert rows("codes") == [(key, f"credits.teacher:{place.teacher.public_id}", {})]
    assert rows("export") == [(key, "", {"what": "export", "teachers": 1})]


def test_an_import_and_its_undoing_are_noted(place: Place) -> None:
    client, key = acting(place, "reviewer")
    there = uploaded(client, "teachers", file_of("teachers", {"school": "桃源一小"}))
    for step in ("confirm", "undo"):
        client.post(f"{there}{step}/")
    subject = f"credits.spreadsheetimport:{there.split('/')[-2]}"
    assert rows("import") == [(key, subject, {"sheet": "teachers", "added": 1, "changed": 0})]
    assert rows("undo") == [(key, subject, {"sheet": "teachers", "removed": 1, "restored": 0})]


def test_deletions_are_noted(place: Place) -> None:
    client, key = acting(place, "superuser")
    project = make_project(place.county, code="P-1")
    result, degree = make_result(place.teacher, project, status="entered"), make_degree(place.teacher, credits=None)
    offset = make_offset(place.teacher, credits=None)
    activity, plan = make_activity(place.teacher), make_plan(place.other, 2024, status="draft")
    of_teacher = f"/credits/teachers/{place.teacher.public_id}"
    for path in (f"degrees/{degree.pk}", f"offsets/{offset.pk}", f"activities/{activity.pk}"):
        client.post(f"{of_teacher}/{path}/delete/")
    client.post(f"/credits/projects/P-1/results/{result.pk}/delete/")
    client.post("/credits/projects/P-1/", {"step": "delete"})
    client.post(f"/credits/plans/{plan.pk}/", {"step": "discard"})
    deleted = [degree, offset, activity, result, project, plan]
    keys = [row.pk for row in deleted]
    kinds = ["degreeaward", "offsetaward", "selfdirectedactivity", "trainingresult", "trainingproject", "schoolplan"]
    assert [row[1] for row in rows("delete")] == [f"credits.{kind}:{pk}" for kind, pk in zip(kinds, keys, strict=True)]
    assert {row[0] for row in rows("delete")} == {key}


@pytest.mark.parametrize(
    ("who", "path", "detail"),
    [
        ("herself", "/credits/teachers/?q=typed", {"view": "credits:teachers"}),
        ("staff", "/credits/projects/P-1/edit/", {"view": "credits:project-edit"}),
        ("editor", "/admin/credits/teacher/typed/change/", {"view": "admin:credits_teacher_change"}),
        ("auditor", "/admin/auth/user/7/change/", {"view": "admin:auth_user_change", "object_id": "7"}),
    ],
)
def test_a_refusal_is_noted_without_what_was_typed(place: Place, who: str, path: str, detail: dict[str, str]) -> None:
    make_project(place.county, code="P-1")
    client, key = acting(place, who)
    assert client.get(path).status_code == 403
    assert rows("refused") == [(key, "", {"method": "GET"} | detail)]


# --- read by the auditor -----------------------------------------------------------------------------------------


def listed(client: Client, query: str = "") -> list[str]:
    """The subjects of the list, in order."""
    answer = client.get(f"{LOG}?{query}")
    assert answer.status_code == 200, query
    return [row.subject for row in answer.context["cl"].result_list if row.kind != Kind.SIGN_IN]


def aged(subject: str, days: int, **fields: Any) -> None:
    row = AuditRow(kind=fields.pop("kind", Kind.EXPORT), subject=subject, **fields)
    row.at = timezone.now() - datetime.timedelta(days=days)
    row.save()


TODAY = timezone.localdate()


def ago(days: int) -> str:
    return (TODAY - datetime.timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "c b a"),
        (f"since={ago(3)}", "c b"),
        (f"until={ago(3)}", "b a"),
        (f"since={ago(3)}&until={ago(3)}", "b"),
        ("kind__exact=undo", "a"),
        ("q=STAF", "b a"),
        ("q=c", "c"),
        ("q=nobody-at-all", ""),
        (f"kind__exact=export&q=staff&since={ago(9)}", "b"),
        ("since=yesterday&until=0001-01-01", "c b a"),
        ("since=%00&q=%00", "c b a"),
    ],
)
def test_the_log_is_narrowed_by_time_person_and_kind(place: Place, query: str, found: str) -> None:
    aged("a", 5, actor=place.staff, kind=Kind.UNDO)
    aged("b", 3, actor=place.staff)
    aged("c", 0, actor=place.reviewer)
    assert listed(place.client("auditor"), query) == found.split()


def test_what_was_done_to_an_account_is_found_by_its_name(place: Place) -> None:
    aged(f"auth.user:{place.staff.pk}", 0, actor=place.superuser, kind=Kind.CHANGE)
    assert listed(place.client("auditor"), "q=staff") == [f"auth.user:{place.staff.pk}"]


def test_the_page_tells_accounts_and_details_in_words(place: Place) -> None:
    aged("x", 0, actor=place.staff, detail={"fields": ["role"], "values": {"role": "reviewer"}})
    aged("y", 0)
    gone = User.objects.create_user("gone")
    aged("z", 0, actor=gone)
    gone.delete()
    body = place.client("auditor").get(LOG).content.decode()
    text = re.sub(r"<[^>]*>", "", body)
    last = AuditRow.objects.get(subject="z")
    for words in ("staff", "改了：role；改成：role=reviewer", "没有登录，或命令行", f"已删除的账号 {last.actor_id}"):
        assert words in text
    assert place.client("auditor").get(f"{LOG}{last.pk}/change/").status_code == 200


def test_nobody_changes_the_log_in_the_admin(place: Place) -> None:
    aged("x", 0)
    row = AuditRow.objects.get()
    for who in ("auditor", "superuser"):
        client = place.client(who)
        assert client.post(f"{LOG}{row.pk}/change/", {"subject": "y"}).status_code == 403
        assert client.post(f"{LOG}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        client.post(LOG, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert AuditRow.objects.filter(subject="x").exists()


def test_an_auditor_does_nothing_else(place: Place) -> None:
    client = signed_in(place.auditor)
    links = re.findall(r'href="/admin/([a-z]+/[a-z]+)/', client.get("/admin/").content.decode())
    assert set(links) == {"common/auditrow"}
    assert client.get("/credits/teachers/").status_code == 403
    assert place.auditor.get_all_permissions() == {"common.view_auditrow"}


def test_as_many_queries_however_many_rows(place: Place) -> None:
    client = place.client("auditor")
    with CaptureQueriesContext(connection) as few:
        client.get(LOG)
    audit.note_each(Kind.CODES, place.staff, [place.teacher] * 200)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(LOG)
    assert len(answer.context["cl"].result_list) == 50
    assert len(many) == len(few) <= 8


def test_no_query_reads_or_counts_the_whole_table(place: Place) -> None:
    client = place.client("auditor")
    audit.note_each(Kind.CODES, place.staff, [place.teacher] * 51)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{LOG}?q=staff&kind__exact=codes&since=2026-01-01&_facets=True&all=")
    of_log = [query["sql"] for query in queries if "common_auditrow" in query["sql"]]
    assert of_log
    assert [sql for sql in of_log if "LIMIT" not in sql] == []
    assert MOST_PAGED == 10_000


@pytest.mark.parametrize("query", ["p=199", "p=201", "p=99999999999", "o=1", "since=2026-01-01&since=x", "number=x"])
def test_no_query_breaks_the_log(place: Place, query: str) -> None:
    aged("x", 0)
    assert place.client("auditor").get(f"{LOG}?{query}").status_code in (200, 302, 400)
    assert models.QuerySet.count(AuditRow.objects.all()) > 0
