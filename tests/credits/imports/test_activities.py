"""Spreadsheets of activities: their amounts, and the plans they stand in."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from credits.statements.calendar import school_year
from credits.steps import activities
from tests.cast import (
    Place,
    make_activity,
    make_plan,
)
from tests.credits.imports.helpers import (
    counts,
    imported,
    prepared,
    problems,
)

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"activity": "听课", "amount": "20"}, ("lesson_observation", "", None, None, 20)),
        ({"activity": "公开课", "level": "校级", "amount": "2"}, ("open_class", "school", None, None, 2)),
        ({"activity": "讲座", "level": "县级及以上", "amount": "１"}, ("lecture", "county", None, None, 1)),
        ({"activity": "讲座", "level": "市级", "amount": "1"}, ("lecture", "county", None, None, 1)),
        ({"activity": "工作坊", "amount": "1.5"}, ("workshop", "", Decimal("1.5"), None, None)),
        ({"activity": "教师工作坊、名师工作室", "amount": "2"}, ("workshop", "", Decimal(2), None, None)),
        ({"activity": "校本培训", "amount": "2"}, ("school_training", "", Decimal(2), None, None)),
        ({"activity": "其他校本研修", "amount": "25"}, ("other", "", None, Decimal(25), None)),
    ],
)
def test_an_activity_takes_the_amount_of_its_kind(
    place: Place, cells: dict[str, str], expected: tuple[Any, ...]
) -> None:
    imported("activities", place.staff, cells)
    row = place.teacher.activities.get()
    assert (row.activity, row.level, row.credits, row.hours, row.count) == expected
    assert (row.completed_on, row.has_record, row.plan) == (datetime.date(2019, 10, 12), True, None)


def test_an_activity_stands_in_the_plan_of_its_school_year(place: Place) -> None:
    make_plan(place.school, year=2018)
    plan = make_plan(place.school, year=2019)
    imported("activities", place.staff, {"in_plan": "是", "completed_on": "2020-08-31"})
    assert place.teacher.activities.get().plan == plan
    [problem] = problems("activities", place.staff, {"in_plan": "是", "completed_on": "2020-09-01"})
    assert problem[:2] == (2, "列入方案")
    assert "桃源一小还没有 2020—2021 学年的校本研修方案" in problem[2]


@pytest.mark.parametrize("day", ["2018-09-01", "2019-01-31", "2020-03-15", "2023-08-31", "2023-09-01"])
def test_the_plan_is_the_one_that_typing_it_in_would_find(place: Place, day: str) -> None:
    place.teacher.transfer(place.other, datetime.date(2019, 2, 1))
    place.teacher.transfer(place.school, datetime.date(2020, 2, 1))
    for school in (place.school, place.other):
        for year in range(2010, 2033):
            make_plan(school, year=year)
    imported("activities", place.reviewer, {"in_plan": "是", "completed_on": day})
    row = place.teacher.activities.get()
    assert row.plan == activities.plan_for(row, place.reviewer)
    assert row.plan and row.plan.school_year == school_year(row.completed_on)


def test_the_same_activity_is_changed_and_another_one_added(place: Place) -> None:
    imported("activities", place.staff, {"evidence": "听课本"})
    changed = {"evidence": "听课本", "amount": "21", "has_record": "否"}
    another = {"evidence": "照片"}
    one = imported("activities", place.staff, changed, another)
    assert counts(one) == (1, 1, 0)
    rows = place.teacher.activities.order_by("pk").values_list("evidence", "count", "has_record")
    assert list(rows) == [("听课本", 21, False), ("照片", 20, True)]


def test_where_the_same_activity_is_there_twice_nothing_is_guessed(place: Place) -> None:
    for count in (5, 6):
        make_activity(place.teacher, "lesson_observation", count=count, plan=None)
    [problem] = problems("activities", place.staff, {"amount": "7"})
    assert "有 2 条这样的活动" in problem[2]
    assert counts(prepared("activities", place.staff, {"amount": "6"})) == (0, 0, 1)


@pytest.mark.parametrize(
    ("cells", "header", "words"),
    [
        ({"activity": "郊游"}, "活动", "没有“郊游”这一项"),
        ({"activity": "公开课"}, "级别", "要填级别"),
        ({"level": "校级"}, "级别", "其他活动不填"),
        ({"activity": "公开课", "level": "国家级"}, "级别", "县级及以上、校级"),
        ({"amount": "2.5"}, "数量", "整数"),
        ({"amount": "1001"}, "数量", "1000"),
        ({"activity": "校本培训", "amount": "100.01"}, "数量", "100"),
        ({"in_plan": "也许"}, "列入方案", "请填“是”或“否”"),
        ({"has_record": "Y"}, "有过程记录", "请填“是”或“否”"),
        ({"completed_on": "2101-01-01"}, "日期", "2100 年"),
        ({"evidence": "证" * 301}, "证明材料", "300"),
    ],
)
def test_what_an_activity_cannot_be_stands_at_its_row_and_column(
    place: Place, cells: dict[str, str], header: str, words: str
) -> None:
    [problem] = problems("activities", place.staff, cells)
    assert problem[:2] == (2, header)
    assert words in problem[2]
