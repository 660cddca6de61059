"""Decisions on plain facts: no database, no Django."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from credits.decisions import activities, awards, days, oneself, results, teachers
from credits.decisions.activities import PlanFacts, Standing, Weight
from credits.decisions.findings import Door, Finding, FindingLevel
from credits.models import DegreeAward
from credits.rules.types import Activity
from tests.credits.ledgers import make_cycle

ROOT = Path(__file__).resolve().parent.parent.parent
CYCLES = [make_cycle("2018"), make_cycle("2023")]


@dataclass(frozen=True)
class School:
    pk: int
    name: str


FIRST, SECOND = School(1, "桃源一小"), School(2, "桃源二小")
#: At the first school until the end of August 2020, at the second since.
MOVED = days.Whereabouts(SECOND, (days.Stay(FIRST, None, date(2020, 9, 1)), days.Stay(SECOND, date(2020, 9, 1), None)))
FACTS = PlanFacts(CYCLES, frozenset({1, 2}), {(1, 2019): "first 2019", (2, 2020): "second 2020"})
ONLY_SECOND = PlanFacts(CYCLES, frozenset({2}), FACTS.plans)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2018-09-01", 2018),
        ("2019-08-31", 2018),
        ("2023-09-01", 2023),
        ("2010-10-12", 2010),
        ("2010-08-31", 2009),
        ("2035-01-01", 2034),
    ],
)
def test_a_day_has_the_school_year_of_its_nearest_cycle(day: str, year: int) -> None:
    assert days.school_year(date.fromisoformat(day), CYCLES) == year


def test_without_cycles_a_school_year_is_the_calendar_year() -> None:
    assert days.school_year(date(2019, 1, 1), []) == 2019


@pytest.mark.parametrize(("day", "school"), [("2020-08-31", FIRST), ("2020-09-01", SECOND), ("1990-01-01", FIRST)])
def test_a_stay_ends_the_day_before_the_next_begins(day: str, school: School) -> None:
    assert MOVED.school_on(date.fromisoformat(day)) == school


def test_where_no_stay_tells_the_present_school_is_it() -> None:
    assert days.Whereabouts(FIRST).school_on(date(2000, 1, 1)) == FIRST


@pytest.mark.parametrize("door", Door)
def test_an_activity_of_an_unchanged_day_keeps_its_plan(door: Door) -> None:
    day = date(2019, 10, 12)
    standing = Standing(day, "first 2019")
    assert activities.plan_of(day, True, standing, MOVED, ONLY_SECOND, door) == "first 2019"
    assert activities.plan_of(day, False, standing, MOVED, ONLY_SECOND, door) is None
    for other in (None, Standing(day, None), Standing(date(2019, 10, 13), "first 2019")):
        found = activities.plan_of(day, True, other, MOVED, ONLY_SECOND, door)
        assert isinstance(found, Finding) and "在别的学校" in found.sentence


@pytest.mark.parametrize(
    ("day", "plan"), [("2019-10-12", "first 2019"), ("2020-08-31", "first 2019"), ("2020-09-01", "second 2020")]
)
def test_the_plan_is_that_of_the_school_and_year_of_the_day(day: str, plan: str) -> None:
    assert activities.plan_for(date.fromisoformat(day), MOVED, FACTS, Door.HAND) == plan


@pytest.mark.parametrize(
    ("door", "field", "words"), [(Door.HAND, "completed_on", "或者不勾"), (Door.SHEET, "in_plan", "或填“否”")]
)
def test_a_missing_plan_is_told_in_the_words_of_the_door(door: Door, field: str, words: str) -> None:
    found = activities.plan_for(date(2021, 9, 1), MOVED, FACTS, door)
    assert isinstance(found, Finding)
    assert found.field == field
    assert "桃源二小还没有 2021—2022 学年的校本研修方案" in found.sentence and words in found.sentence


@pytest.mark.parametrize(
    ("activity", "level", "right"),
    [
        (Activity.LECTURE, "school", True),
        (Activity.LECTURE, "", False),
        (Activity.OTHER, "", True),
        (Activity.OTHER, "county", False),
    ],
)
def test_open_classes_and_lectures_have_a_level_and_no_others(activity: Activity, level: str, right: bool) -> None:
    assert (activities.level_finding(activity, level) is None) == right


def test_hours_convert_at_the_rate_of_kind_and_cycle() -> None:
    cycles = [
        results.CycleRates(date(2018, 9, 1), date(2023, 8, 31), {("national", ""): 8, ("national", "online"): 20}),
        results.CycleRates(date(2023, 9, 1), date(2028, 8, 31), {("national", ""): 10, ("national", "online"): 10}),
    ]
    assert results.rate_of("national", "", date(2019, 7, 10), cycles) == 8
    assert results.rate_of("national", "online", date(2019, 7, 10), cycles) == 20
    assert results.rate_of("national", "online", date(2024, 7, 10), cycles) == 10
    assert isinstance(results.rate_of("national", "", date(2017, 7, 10), cycles), Finding)
    assert results.credits_of(Decimal(12), 8) == Decimal("1.5")
    assert isinstance(results.credits_of(Decimal("10.25"), 10), Finding)


@pytest.mark.parametrize("door", Door)
def test_what_was_decided_above_is_not_changed_below(door: Door) -> None:
    assert results.changing_finding(False, Decimal(4), door) is None
    assert awards.changing_finding(False, door, DegreeAward.words) is None
    assert results.changing_finding(True, Decimal(4), door)
    assert awards.changing_finding(True, door, DegreeAward.words)
    assert results.entering_finding(True, door) is None
    assert results.entering_finding(False, door)


def test_what_a_verdict_hangs_on_takes_a_reviewer() -> None:
    known = teachers.TeacherFacts("teaching", date(2010, 9, 1))
    asked = teachers.TeacherFacts("seconded", date(2012, 9, 1))
    found = teachers.facts_findings(known, asked, reviewer=False, body="桃源县")
    assert [one.field for one in found] == ["position", "formally_employed_on"]
    assert teachers.facts_findings(known, asked, reviewer=True, body="桃源县") == []
    unknown = teachers.TeacherFacts("teaching", None)
    assert teachers.facts_findings(unknown, known, reviewer=False, body="桃源县") == []


@pytest.mark.parametrize(
    ("account", "user", "own"), [(7, 7, True), (7, 8, False), (None, 7, False), (None, None, False)]
)
def test_only_ones_own_account_is_oneself(account: int | None, user: int | None, own: bool) -> None:
    found = oneself.own_finding(account, user, "登记自己的活动")
    assert (found is not None) == own
    assert found is None or found.sentence == "不能登记自己的活动，请别的管理员办理。"


@pytest.mark.parametrize(
    ("schools", "right"),
    [
        (["1.2.3."], True),
        (["1.2."], True),
        (["1.4.5.", "1.2.3."], True),
        (["1.4.5."], False),
        (["1.20.3."], False),
        (["1."], False),
    ],
)
def test_an_organizer_stands_above_a_school_of_the_teacher(schools: list[str], right: bool) -> None:
    assert (results.organizer_finding("1.2.", schools, ("桃源县", "张三")) is None) == right


@pytest.mark.parametrize(
    ("after", "in_charge", "field"),
    [
        (Weight("workshop", "", Decimal(3), date(2019, 10, 12)), False, "amount"),
        (Weight("workshop", "", Decimal(2), date(2019, 10, 13)), False, "completed_on"),
        (Weight("workshop", "", Decimal("2.00"), date(2019, 10, 12)), False, None),
        (Weight("workshop", "", Decimal(3), date(2019, 10, 12)), True, None),
    ],
)
def test_amount_and_day_belong_to_the_plan(after: Weight, in_charge: bool, field: str | None) -> None:
    before = Weight("workshop", "", Decimal(2), date(2019, 10, 12))
    found = activities.weight_finding(before, after, FIRST, in_charge=in_charge)
    assert (found and found.field) == field
    assert activities.weight_finding(before, after, None, in_charge=False) is None


def test_a_namesake_is_a_reminder_and_no_problem() -> None:
    found = teachers.namesake_finding("桃源一小", ["A-1", "A-2"])
    assert found and found.level is FindingLevel.REMINDER
    assert "A-1、A-2" in found.sentence
    assert teachers.namesake_finding("桃源一小", []) is None


def test_decisions_are_made_without_django() -> None:
    names = "activities, awards, days, oneself, results, teachers"
    script = f"import sys; from credits.decisions import {names}; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
