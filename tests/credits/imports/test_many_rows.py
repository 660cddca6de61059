"""Many rows: as many queries as few, and seconds."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.models import (
    StatementSummary,
    Teacher,
)
from credits.spreadsheets.columns import SHEETS
from credits.spreadsheets.importing import apply, prepare, undo
from credits.spreadsheets.judging import judge
from helpdesk.common.spreadsheets.writing import write_xlsx
from tests.cast import (
    Place,
    make_activity,
    make_plan,
    make_project,
    make_teacher,
)
from tests.credits.imports.helpers import (
    KINDS,
    counts,
    prepared,
    row_of,
)

pytestmark = pytest.mark.usefixtures("cycles")


def test_judging_takes_as_many_queries_however_many_rows(place: Place) -> None:
    make_project(place.county, code="P-1")
    make_plan(place.school, year=2019)
    numbers = [make_teacher(place.school).staff_number for _ in range(30)]
    place.teacher.transfer(place.other, datetime.date(2019, 12, 1))
    make_plan(place.other, year=2019)
    for kind in KINDS:
        about = {"in_plan": "是"} if kind == "activities" else {"name": "某某", "school": "桃源一小"}
        about = about if kind in ("activities", "teachers") else {}
        rows = [(at, importable(kind, about | {"staff_number": number})) for at, number in enumerate(numbers, start=2)]
        new = asked_for(kind, rows[:2], place.reviewer), asked_for(kind, rows, place.reviewer)
        apply(prepared(kind, place.reviewer, *(about | {"staff_number": number} for number in numbers)), place.reviewer)
        again = asked_for(kind, rows[:2], place.reviewer), asked_for(kind, rows, place.reviewer)
        assert {*new, *again} == {new[0]}
        assert new[0] <= 12


def test_judging_takes_as_many_queries_however_many_projects_and_schools(place: Place) -> None:
    projects = [make_project(place.county, code=f"P-{at}") for at in range(8)]
    rows = [(at, importable("results", {"project": project.code})) for at, project in enumerate(projects, start=2)]
    assert asked_for("results", rows[:1], place.staff) == asked_for("results", rows, place.staff)
    make_plan(place.school, year=2019)
    moved = [make_teacher(place.other) for _ in range(8)]
    for teacher in moved:
        teacher.transfer(place.school, datetime.date(2019, 9, 1))
        make_activity(teacher, "lesson_observation", count=5)
    about = [{"staff_number": teacher.staff_number, "in_plan": "是"} for teacher in moved]
    rows = [(at, importable("activities", row)) for at, row in enumerate(about, start=2)]
    assert asked_for("activities", rows[:1], place.reviewer) == asked_for("activities", rows, place.reviewer)


def asked_for(kind: str, rows: list[tuple[int, dict[str, str]]], user: User) -> int:
    """The number of queries that judging these rows takes."""
    with CaptureQueriesContext(connection) as queries:
        found, preview = judge(kind, rows, user)
    assert (found, len(preview.changes)) == ([], len(rows))
    return len(queries)


def importable(kind: str, cells: Mapping[str, str]) -> dict[str, str]:
    """A row as the reader gives it."""
    fields = {column.header: column.field for column in SHEETS[kind].columns}
    return {fields[header]: text for header, text in row_of(kind, **cells).items()}


def test_five_thousand_rows_are_judged_saved_and_undone_in_seconds(place: Place) -> None:
    content = write_xlsx(["教师编号", "姓名", "学校"], ([f"N{at:05}", f"教师{at}", "桃源一小"] for at in range(5000)))
    one = prepare("teachers", "五千.xlsx", content, place.staff)
    assert counts(one) == (5000, 0, 0)
    begun = time.monotonic()
    found, preview = judge("teachers", one.rows, place.staff)
    judged = time.monotonic() - begun
    assert (found, len(preview.changes)) == ([], 5000)
    assert judged < 10
    told: list[int] = []
    begun = time.monotonic()
    apply(one, place.staff, lambda done, phase="": told.append(done))
    assert time.monotonic() - begun < 60
    assert told[-1] == 5000
    assert told == sorted(told)
    assert len(told) > 20
    assert StatementSummary.objects.filter(teacher__staff_number__startswith="N").count() == 10_000
    one.refresh_from_db()
    undo(one, place.staff)
    assert Teacher.objects.count() == 2
    assert not StatementSummary.objects.exclude(teacher__in=Teacher.objects.all()).exists()
