"""Lessons, classes, lectures and hours: what makes one credit in a school year (C9, C11)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from credits.rules.types import EXACT_DIVISORS, Record
from tests.credits.ledgers import (
    make_coordinated,
    make_cycle,
    make_self_directed,
    make_statement,
)
from tests.credits.rules.tables import at, classes, counted_lines, lectures, lessons

GROUPS: dict[str, tuple[list[Record], list[str]]] = {
    "lessons of one school year add up": ([lessons(12), lessons(8, "2020-08-31")], ["1"]),
    "a school year begins on 1 September": ([lessons(12, "2020-08-31"), lessons(8, "2020-09-01")], ["0", "0"]),
    "each school year earns its own credit": ([lessons(20), lessons(20, "2020-10-12")], ["1", "1"]),
    "forty lessons in two records are one credit": ([lessons(20), lessons(20)], ["1"]),
    "one school class": ([classes(1, "school")], ["0"]),
    "two school classes": ([classes(1, "school"), classes(1, "school")], ["1"]),
    "one county class": ([classes(1, "county")], ["1"]),
    "one school lecture": ([lectures(1, "school")], ["0"]),
    "two school lectures": ([lectures(2, "school")], ["1"]),
    "one county lecture": ([lectures(1, "county")], ["1"]),
    "a school class and a school lecture do not mix": ([classes(1, "school"), lectures(1, "school")], ["0", "0"]),
    "a county class and school classes are one kind": ([classes(1, "county"), classes(9, "school")], ["1"]),
    "different kinds add up": ([lessons(20), classes(1, "county"), lectures(2, "school")], ["1", "1", "1"]),
}


@pytest.mark.parametrize("name", GROUPS)
def test_activities_counted_by_threshold(name: str) -> None:
    records, counted = GROUPS[name]
    assert counted_lines(make_statement(*records)) == counted


@pytest.mark.parametrize(
    ("count", "outcome", "reason"), [(20, "counted", None), (19, "capped", "below_threshold"), (40, "counted", None)]
)
def test_group_is_one_line_that_claims_one_credit(count: int, outcome: str, reason: str | None) -> None:
    (line,) = make_statement(lessons(count - 5), lessons(5, "2020-01-01"))["lines"]
    assert (line["outcome"], line["reason"]) == (outcome, reason)
    assert (line["records"], line["claimed"], line["bucket"]) == (["r001", "r002"], "1", "self_directed")


def test_group_stands_where_its_first_record_does() -> None:
    data = make_statement(lessons(10, "2019-10-01"), make_coordinated(1, on="2019-11-01"), lessons(10, "2019-12-01"))
    assert [line["records"] for line in data["lines"]] == [["r001", "r003"], ["r002"]]


def test_an_unqualified_record_stands_alone() -> None:
    unrecorded = make_self_directed(19, "lesson_observation", has_record=False)
    data = make_statement(lessons(10), unrecorded, lessons(10))
    assert [(line["records"], line["claimed"], line["counted"]) for line in data["lines"]] == [
        (["r001", "r003"], "1", "1"),
        (["r002"], "1", "0"),
    ]


def test_mixed_levels_are_summed_apart() -> None:
    """Two county classes where three are needed and one school class where two are needed make nothing."""
    cycle = make_cycle(county_open_classes_per_credit=3)
    assert counted_lines(make_statement(classes(2, "county"), classes(1, "school"), cycle=cycle)) == ["0"]
    assert counted_lines(make_statement(classes(3, "county"), cycle=cycle)) == ["1"]


@pytest.mark.parametrize(
    ("number", "record"),
    [
        ("lessons_observed_per_credit", lessons(2)),
        ("county_open_classes_per_credit", classes(2, "county")),
        ("school_open_classes_per_credit", classes(2, "school")),
        ("county_lectures_per_credit", lectures(2, "county")),
        ("school_lectures_per_credit", lectures(2, "school")),
    ],
)
def test_thresholds_come_from_the_cycle(number: str, record: Record) -> None:
    for needed, counted in ((2, "1"), (3, "0")):
        changes: dict[str, Any] = {number: needed}
        assert counted_lines(make_statement(record, cycle=make_cycle(**changes))) == [counted]


@pytest.mark.parametrize("hours_per_credit", EXACT_DIVISORS)
def test_hours_divide_exactly(hours_per_credit: int) -> None:
    data = make_statement(make_self_directed("0.01", "other"), cycle=make_cycle(hours_per_credit=hours_per_credit))
    (line,) = data["lines"]
    assert line["claimed"] == line["counted"]
    assert Fraction(line["counted"]) * hours_per_credit == Fraction("0.01")


@pytest.mark.parametrize("activity", ["school_training", "school_research", "workshop"])
def test_credits_of_an_activity_count_as_they_are(activity: str) -> None:
    data = make_statement(make_self_directed("12.34", activity))
    assert at(data, f"self_directed.by_activity.{activity}") == "12.34"
