"""Histories tell an account only to its own organisation and to those above; others read where it works."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.models import Event, TrainingProject
from credits.steps.history import record
from credits.views.histories import told
from tests.cast import Place, make_project, make_result, make_teacher
from tests.credits.imports.helpers import file_of, uploaded

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture
def project(place: Place) -> TrainingProject:
    return make_project(place.county, code="P-1")


def shown(place: Place, who: str, path: str) -> list[str]:
    """Each step of a page's history as `who` reads it: the action and who took it."""
    body = place.client(who).get(path).content.decode()
    lines = re.findall(r"<strong>(.*?)</strong>.*?，(.*?)[：\s<]", body.partition('class="history"')[2])
    return [" ".join(line) for line in lines]


@pytest.mark.parametrize(
    ("reader", "actor", "told_as"),
    [
        ("staff", "staff", "staff"),
        ("staff", "school_reviewer", "school_reviewer"),
        ("staff", "other_staff", "桃源二小"),
        ("staff", "reviewer", "桃源县"),
        ("staff", "superuser", "系统管理员"),
        ("staff", "herself", "teacher"),
        ("reviewer", "staff", "staff"),
        ("reviewer", "above", "桃源市"),
        ("superuser", "above", "above"),
    ],
)
def test_an_account_is_told_to_its_own_and_to_those_above(place: Place, reader: str, actor: str, told_as: str) -> None:
    record(place.teacher, "修改资料", getattr(place, actor))
    [event] = told(Event.objects.all(), getattr(place, reader))
    assert event.by == told_as  # type: ignore[attr-defined]


def test_a_deleted_account_is_told_to_superusers_alone(place: Place) -> None:
    gone = User.objects.create_user("gone")
    record(place.teacher, "修改资料", gone)
    gone.delete()
    names = {who: told(Event.objects.all(), getattr(place, who))[0] for who in ("staff", "superuser")}
    assert {who: event.by for who, event in names.items()} == {  # type: ignore[attr-defined]
        "staff": "已删除的账号",
        "superuser": "gone",
    }


def test_every_page_with_a_history_tells_it_so(place: Place) -> None:
    record(place.teacher, "修改资料", place.reviewer)
    path = f"/credits/teachers/{place.teacher.public_id}/records/"
    assert shown(place, "staff", path) == ["修改资料 桃源县"]
    assert shown(place, "reviewer", path) == ["修改资料 reviewer"]


def test_what_another_school_took_back_is_not_shown(place: Place, project: TrainingProject) -> None:
    make_result(place.teacher, project, status="entered")
    make_teacher(place.other, staff_number="B-2")
    client = place.client("other_staff")
    there = uploaded(client, "results", file_of("results", {"staff_number": "B-2"}))
    for step in ("confirm", "undo"):
        client.post(f"{there}{step}/")
    path = "/credits/projects/P-1/"
    assert shown(place, "staff", path) == []
    assert "other_staff" not in place.client("staff").get(path).content.decode()
    assert shown(place, "reviewer", path) == ["撤销导入 other_staff", "登记成绩 other_staff"]


def test_as_many_queries_however_long_a_history(place: Place) -> None:
    counts = []
    for _ in range(2):
        for who in ("staff", "reviewer", "other_staff"):
            record(place.teacher, "修改资料", getattr(place, who))
        with CaptureQueriesContext(connection) as queries:
            told(Event.objects.all(), place.staff)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
