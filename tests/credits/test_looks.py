"""Recorded looks at statements: shown to those responsible, and to each teacher."""

from __future__ import annotations

import datetime
import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credits.models import StatementAccess, Teacher
from tests.cast import Place, make_member, make_teacher, make_teachers

pytestmark = pytest.mark.usefixtures("cycles")
LOOKS, MY_LOOKS = "/credits/looks/", "/credits/mine/looks/"


def look(teacher: Teacher, viewer: User | None, *, days: int = 0, kind: str = "statement", name: str = "") -> int:
    """One look, so many days ago."""
    row = StatementAccess.objects.create(
        teacher=teacher, viewer=viewer, viewer_name=name or (viewer.username if viewer else ""), kind=kind
    )
    StatementAccess.objects.filter(pk=row.pk).update(at=timezone.now() - datetime.timedelta(days=days))
    return row.pk


def listed(client: Client, query: str = "", path: str = LOOKS) -> list[str]:
    """Each line without its time: teacher, school, viewer and kind, or of one's own viewer and kind."""
    body = client.get(f"{path}?{query}").content.decode()
    body = re.sub(r"<td[^>]*><time.*?</td>", "", body)
    rows = re.findall(r"<tr>(.*?)</tr>", body.partition("<tbody>")[2], re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [" ".join(re.sub(r"<[^>]*>|\s", "", cell) for cell in row) for row in cells]


def test_looks_are_told_to_those_responsible_newest_first(place: Place) -> None:
    look(place.teacher, place.staff, days=2)
    look(place.stranger, place.reviewer, days=1, kind="export")
    look(place.teacher, place.reviewer, kind="what_if")
    of_teacher = ["张三A-1 桃源一小 reviewer（桃源县） 试算", "张三A-1 桃源一小 staff（桃源一小） 查看核对结果"]
    assert listed(place.client("staff")) == of_teacher
    of_stranger = "王五B-1 桃源二小 reviewer（桃源县） 导出名单"
    assert listed(place.client("reviewer")) == [of_teacher[0], of_stranger, of_teacher[1]]
    assert listed(place.client("superuser")) == listed(place.client("reviewer"))


def test_looking_at_a_statement_is_there_at_once(place: Place) -> None:
    place.client("reviewer").get(f"/credits/teachers/{place.teacher.public_id}/")
    assert listed(place.client("staff")) == ["张三A-1 桃源一小 reviewer（桃源县） 查看核对结果"]


@pytest.mark.parametrize(("page", "kind"), [("what-if", "试算"), ("records", "查看登记的内容")])
def test_looks_of_a_session_are_one_by_its_first_page(place: Place, page: str, kind: str) -> None:
    client, path = place.client("staff"), f"/credits/teachers/{place.teacher.public_id}/{page}/"
    for _ in range(3):
        client.get(path)
    assert listed(client) == [f"张三A-1 桃源一小 staff（桃源一小） {kind}"]
    client.get(f"/credits/teachers/{place.teacher.public_id}/")
    place.client("reviewer").get(path)
    assert StatementAccess.objects.count() == 2


@pytest.mark.parametrize("who", ["nobody", "herself"])
def test_nobody_else_reads_them(place: Place, who: str) -> None:
    assert place.client(who).get(LOOKS).status_code == 403
    assert Client().get(LOOKS).headers["Location"] == f"/sign-in/?next={LOOKS}"


def test_the_page_is_for_staff_and_uncached(place: Place) -> None:
    answer = place.client("staff").get(LOOKS)
    assert re.search(rf'href="{LOOKS}" aria-current="page">查看记录', answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]


TODAY = timezone.localdate()


def ago(days: int) -> str:
    return (TODAY - datetime.timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=张", "3 2 1"),
        ("q=b-1", "4"),
        ("q=B", "4"),
        ("q=赵六", ""),
        ("viewer=staff", "1"),
        ("viewer=REV", "4 2"),
        ("viewer=gone", "3"),
        ("viewer=nobody", ""),
        (f"since={ago(2)}", "4 3 2"),
        (f"until={ago(2)}", "2 1"),
        (f"since={ago(2)}&until={ago(2)}", "2"),
        (f"since={ago(2).replace('-', '/')}&viewer=rev", "4 2"),
        ("since=yesterday", "4 3 2 1"),
    ],
)
def test_looks_are_narrowed_by_teacher_viewer_and_day(place: Place, query: str, found: str) -> None:
    keys = [
        look(place.teacher, place.staff, days=3),
        look(place.teacher, place.reviewer, days=2),
        look(place.teacher, None, name="gone", days=1),
        look(place.stranger, place.reviewer),
    ]
    outside = make_teacher(name="赵六")
    look(outside, place.reviewer)
    answer = place.client("reviewer").get(f"{LOOKS}?{query}")
    assert [keys.index(row.pk) + 1 for row in answer.context["looks"]] == [int(number) for number in found.split()]
    if "yesterday" in query:
        assert "请写完整的年、月、日" in answer.content.decode()


def test_fifty_looks_are_on_a_page(place: Place) -> None:
    StatementAccess.objects.bulk_create(
        StatementAccess(teacher=place.teacher, viewer=place.staff, viewer_name=f"v{number}") for number in range(120)
    )
    client, path, seen = place.client("staff"), f"{LOOKS}?q=张", []
    for size in (50, 50, 20):
        answer = client.get(path)
        assert len(answer.context["looks"]) == size
        seen += [row.viewer_name for row in answer.context["looks"]]
        look(place.teacher, place.staff)  # what is new meanwhile pushes nothing over
        link = re.search(r'rel="next" href="([^"]*)"', answer.content.decode())
        path = f"{LOOKS}{link[1].replace('&amp;', '&')}" if link else ""
    assert seen == [f"v{number}" for number in reversed(range(120))]
    assert path == ""


def test_as_many_queries_however_many_looks(place: Place) -> None:
    client = place.client("reviewer")
    look(place.teacher, place.staff)
    with CaptureQueriesContext(connection) as few:
        client.get(LOOKS)
    for number, teacher in enumerate(make_teachers(place.school, 60)):
        look(teacher, make_member(f"w{number}", place.school))
    with CaptureQueriesContext(connection) as many:
        assert len(listed(client)) == 50
    assert len(many) <= len(few) + 1 <= 20


BEFORE = [f"before={value}" for value in ("x", "-1", "１", "9" * 30, "", "%00")]
NARROWED = ["q=%00", "viewer=%00", "since=%00", "since=0000-00-00", "until=2100-12-31", "since=1950-01-01"]


@pytest.mark.parametrize("query", [*BEFORE, *NARROWED, f"viewer={'x' * 200}"])
def test_no_query_breaks_it(place: Place, query: str) -> None:
    look(place.teacher, place.staff)
    assert place.client("staff").get(f"{LOOKS}?{query}").status_code == 200
    assert place.client("herself").get(f"{MY_LOOKS}?{query}").status_code == 200


def test_nothing_found_and_nothing_there_are_told_apart(place: Place) -> None:
    client = place.client("staff")
    assert "还没有人看过您管理的教师的学分" in client.get(LOOKS).content.decode()
    look(place.teacher, place.staff)
    assert "没有符合条件的查看记录" in client.get(f"{LOOKS}?q=赵").content.decode()


# --- one's own ----------------------------------------------------------------------------------------------------


def test_a_teacher_reads_looks_at_their_own_only(place: Place) -> None:
    look(place.teacher, place.reviewer)
    look(place.stranger, place.staff)
    client = place.client("herself")
    client.get("/credits/mine/")
    assert listed(client, path=MY_LOOKS) == ["reviewer（桃源县） 查看核对结果"]
    assert place.client("staff").get(MY_LOOKS).status_code == 404
    assert Client().get(MY_LOOKS).headers["Location"] == f"/sign-in/?next={MY_LOOKS}"


def test_a_teacher_whom_nobody_looked_at_reads_so(place: Place) -> None:
    body = place.client("herself").get(MY_LOOKS).content.decode()
    assert "还没有人看过您的学分" in body
