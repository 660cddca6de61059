"""Spreadsheets of degrees: entered, and changed until they are credited."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from credits.steps import awards
from tests.cast import (
    Place,
    make_degree,
)
from tests.credits.imports.helpers import (
    counts,
    imported,
    prepared,
    problems,
)

pytestmark = pytest.mark.usefixtures("cycles")


def test_a_degree_is_entered_and_waits_to_be_credited(place: Place) -> None:
    imported("degrees", place.staff, {"title": "某某大学 语文"})
    degree = place.teacher.degrees.get()
    assert (degree.level, degree.awarded_on, degree.title) == ("master", datetime.date(2020, 6, 30), "某某大学 语文")
    assert (degree.status, degree.credits, degree.entered_by) == ("entered", None, place.staff)


def test_a_returned_degree_that_is_changed_waits_again_and_a_credited_one_is_left_alone(place: Place) -> None:
    degree = make_degree(place.teacher, credits=None, title="旧", status="returned", feedback="请写明专业。")
    assert counts(prepared("degrees", place.staff, {})) == (0, 0, 1)
    imported("degrees", place.staff, {"title": "新"})
    degree.refresh_from_db()
    assert (degree.title, degree.status, degree.feedback) == ("新", "entered", "")
    awards.credit(degree, Decimal(5), place.reviewer)
    assert counts(prepared("degrees", place.staff, {"title": "新"})) == (0, 0, 1)
    [problem] = problems("degrees", place.staff, {"title": "又一个"})
    assert problem[:2] == (2, "学校和专业")
    assert "先退回" in problem[2]


@pytest.mark.parametrize(
    ("cells", "header", "words"),
    [
        ({"level": "高中"}, "学历", "专科、本科、硕士、博士"),
        ({"awarded_on": "20200631"}, "取得日期", "没有这一天"),
        ({"title": "校" * 121}, "学校和专业", "120"),
    ],
)
def test_what_a_degree_cannot_be_stands_at_its_row_and_column(
    place: Place, cells: dict[str, str], header: str, words: str
) -> None:
    [problem] = problems("degrees", place.staff, cells)
    assert problem[:2] == (2, header)
    assert words in problem[2]
