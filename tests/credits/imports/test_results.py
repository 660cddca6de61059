"""Spreadsheets of results: entered, and corrected until they are reviewed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from credits.models import (
    Event,
    TrainingResult,
)
from credits.steps import projects
from tests.cast import (
    Place,
    make_project,
    make_result,
)
from tests.credits.imports.helpers import (
    counts,
    imported,
    prepared,
    problems,
)

pytestmark = pytest.mark.usefixtures("cycles")


def test_a_result_is_entered_and_waits_to_be_reviewed(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    imported("results", place.staff, {"hours": "３７.５", "name": "张三"})
    result = TrainingResult.objects.get(project=project, teacher=place.teacher)
    assert (result.hours, result.status, result.credits, result.entered_by) == (
        Decimal("37.5"),
        "entered",
        None,
        place.staff,
    )
    assert result.entered_at
    event = Event.objects.get(subject="result", subject_id=result.pk)
    assert (event.action, event.note, event.organization) == ("登记成绩", "37.5 学时。（导入）", place.school)


def test_hours_that_differ_are_corrected_as_long_as_nobody_reviewed_them(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    result = make_result(place.teacher, project, status="entered", hours=10)
    assert counts(imported("results", place.staff, {"hours": "40"})) == (0, 1, 0)
    result.refresh_from_db()
    assert result.hours == 40
    projects.review(project, [result.pk], place.reviewer)
    assert counts(prepared("results", place.staff, {"hours": "40.00"})) == (0, 0, 1)
    [problem] = problems("results", place.staff, {"hours": "30"})
    assert problem[:2] == (2, "学时")
    assert "先取消审核" in problem[2]


@pytest.mark.parametrize(
    ("cells", "header", "words"),
    [
        ({"staff_number": "B-1"}, "教师编号", "没有找到这位教师"),
        ({"staff_number": "Z-9"}, "教师编号", "没有找到这位教师"),
        ({"name": "李四"}, "姓名", "是张三"),
        ({"project": "P-9"}, "项目编号", "没有找到这个项目"),
        ({"project": "P-HIDDEN"}, "项目编号", "没有找到这个项目"),
        ({"project": "P-DRAFT"}, "项目编号", "还没有发布"),
        ({"hours": "0"}, "学时", "大于 0"),
        ({"hours": "2000.01"}, "学时", "不能超过 2000"),
        ({"hours": "12.345"}, "学时", "最多两位小数"),
        ({"hours": "-1"}, "学时", "要大于 0。"),
        ({"hours": "1e2"}, "学时", "请填数字"),
        ({"hours": "四十"}, "学时", "请填数字"),
    ],
)
def test_what_a_result_cannot_be_stands_at_its_row_and_column(
    place: Place, cells: dict[str, str], header: str, words: str
) -> None:
    make_project(place.county, code="P-1")
    make_project(place.other, code="P-HIDDEN")
    make_project(place.school, code="P-DRAFT", status="draft")
    [problem] = problems("results", place.staff, cells)
    assert problem[:2] == (2, header)
    assert words in problem[2]


@pytest.mark.parametrize("kind", ["results", "activities", "degrees"])
def test_anothers_teacher_looks_like_one_that_does_not_exist(place: Place, kind: str) -> None:
    make_project(place.county, code="P-1")
    there = problems(kind, place.staff, {"staff_number": "B-1"})
    nowhere = problems(kind, place.staff, {"staff_number": "B-0"})
    assert there == nowhere != []
    assert problems(kind, place.reviewer, {"staff_number": "B-1"}) == []
