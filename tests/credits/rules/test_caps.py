"""The safety net, degrees and other offsets under their caps (C6, C8, C24)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from credits.rules.types import Category, Record
from tests.credits.ledgers import (
    make_coordinated,
    make_cycle,
    make_degree,
    make_offset,
    make_statement,
)
from tests.credits.rules.tables import SAFETY_NET_EVERY_YEAR, counted_lines

SAFETY_NET = {
    "more than a year takes": ([("2019-07-10", "2")], ["1.5"]),
    "as much as a year takes": ([("2019-07-10", "1.5")], ["1.5"]),
    "two of one year share its room": ([("2019-07-10", "1"), ("2019-07-11", "1")], ["1", "0.5"]),
    "a full year takes nothing": ([("2019-07-10", "1.5"), ("2019-07-11", "0.01")], ["1.5", "0"]),
    "years are apart": ([("2019-08-31", "2"), ("2019-09-01", "2")], ["1.5", "1.5"]),
    "unused room is not carried over": ([("2018-10-01", "0.5"), ("2019-10-01", "3")], ["0.5", "1.5"]),
    "ties go by id": ([("2019-07-10", "1"), ("2019-07-10", "1")], ["1", "0.5"]),
    "earlier ones first, whatever their place": ([("2019-07-11", "1"), ("2019-07-10", "1")], ["1", "0.5"]),
}


@pytest.mark.parametrize("name", SAFETY_NET)
def test_safety_net_fits_into_its_school_year(name: str) -> None:
    records, counted = SAFETY_NET[name]
    data = make_statement(*(make_coordinated(credits, "safety_net", day) for day, credits in records))
    assert counted_lines(data) == counted


@pytest.mark.parametrize(
    ("cap", "counted"),
    [("7.5", ["1.5"] * 5), ("4", ["1.5", "1.5", "1", "0", "0"]), ("1", ["1", "0", "0", "0", "0"]), ("0", ["0"] * 5)],
)
def test_safety_net_fits_into_its_cycle(cap: str, counted: list[str]) -> None:
    cycle = make_cycle(safety_net_cap_per_cycle=make_coordinated(cap).credits)
    assert counted_lines(make_statement(*SAFETY_NET_EVERY_YEAR, cycle=cycle)) == counted


@pytest.mark.parametrize(
    ("credits", "counted"),
    [
        (["8"], ["8"]),
        (["5", "6"], ["5", "3"]),
        (["8", "1"], ["8", "0"]),
        (["8.01"], ["8"]),
        (["2.5", "2.5", "2.5", "2.5"], ["2.5", "2.5", "2.5", "0.5"]),
    ],
)
def test_degrees_share_one_cap(credits: list[str], counted: list[str]) -> None:
    levels = ["associate", "bachelor", "master", "doctor"]
    records = [make_degree(value, level=level) for value, level in zip(credits, levels, strict=False)]
    assert counted_lines(make_statement(*records)) == counted


@pytest.mark.parametrize(
    ("cap", "counted"),
    [(None, ["2", "2", "2"]), ("6", ["2", "2", "2"]), ("3.5", ["2", "1.5", "0"]), ("0", ["0", "0", "0"])],
)
def test_other_offsets_share_one_cap_where_there_is_one(cap: str | None, counted: list[str]) -> None:
    cycle = make_cycle(other_offset_cap=Decimal(cap) if cap else None)
    records = [make_offset(2, "2021-05-01"), make_offset(2, basis="课题"), make_offset(2, "2022-05-01")]
    data = make_statement(*records, cycle=cycle)
    assert counted_lines(data) == counted
    assert [line["reason"] for line in data["lines"]] == [None if sum_ == "2" else "over_cap" for sum_ in counted]


def test_other_offsets_of_one_day_go_by_id() -> None:
    cycle = make_cycle(other_offset_cap=Decimal(3))
    data = make_statement(make_offset(2, id="b"), make_offset(2, id="a"), cycle=cycle)
    assert [(line["records"], line["counted"]) for line in data["lines"]] == [(["a"], "2"), (["b"], "1")]


@pytest.mark.parametrize(
    ("record", "outcome", "reason"),
    [
        (make_coordinated("1.5", "safety_net"), "counted", None),
        (make_coordinated("1.51", "safety_net"), "capped", "over_cap"),
        (make_degree("8"), "counted", None),
        (make_degree("8.01"), "capped", "over_cap"),
        (make_offset("100"), "counted", None),
    ],
)
def test_cap_is_told_where_it_keeps_anything_out(record: Record, outcome: str, reason: str | None) -> None:
    (line,) = make_statement(record)["lines"]
    assert (line["outcome"], line["reason"], line["bucket"]) == (outcome, reason, "coordinated")


@pytest.mark.parametrize("category", [category for category in Category if category is not Category.SAFETY_NET])
def test_training_of_other_categories_is_not_capped(category: str) -> None:
    assert counted_lines(make_statement(make_coordinated(100, category))) == ["100"]
