"""Records that do not count: the first reason that applies, and what counts as a duplicate."""

from __future__ import annotations

import re

import pytest

from credits.rules.types import Reason, Record
from tests.credits.ledgers import (
    make_coordinated,
    make_degree,
    make_offset,
    make_self_directed,
    make_statement,
)
from tests.credits.rules.tables import BEFORE, LATE, counted_lines, line_of

FIRST = make_coordinated(1, on="2019-07-10", project="P", id="first")
LATE_FIRST = make_coordinated(1, on=LATE, project="P", id="first")
REFUSED: dict[str, tuple[Record, Reason]] = {
    "out of cycle, before": (make_coordinated(1, on=BEFORE), Reason.OUT_OF_CYCLE),
    "out of cycle, after": (make_coordinated(1, on="2023-09-01"), Reason.OUT_OF_CYCLE),
    "after the date of the check": (make_coordinated(1, on="2023-02-01"), Reason.AFTER_AS_OF),
    "the same project and day": (make_coordinated(1, project="P"), Reason.DUPLICATE),
    "not converted": (make_coordinated(1, converted=False), Reason.NOT_CONVERTED),
    "degree before employment": (make_degree(5, "2019-08-31"), Reason.PROBATION),
    "other offset before the cycle": (make_offset(1, BEFORE), Reason.OUT_OF_CYCLE),
    "other offset after the date of the check": (make_offset(1, LATE), Reason.AFTER_AS_OF),
    "no plan": (make_self_directed(1, plan="none"), Reason.NO_PLAN),
    "no record": (make_self_directed(1, has_record=False), Reason.NO_RECORD),
    "no conclusion of the workshop": (make_self_directed(1, "workshop", has_record=False), Reason.NO_RECORD),
    "plan not approved": (make_self_directed(1, plan="submitted"), Reason.PLAN_NOT_APPROVED),
    # the first that applies
    "out of cycle goes before after as_of": (make_coordinated(1, on="2024-01-01"), Reason.OUT_OF_CYCLE),
    "out of cycle goes before not converted": (make_coordinated(1, on=BEFORE, converted=False), Reason.OUT_OF_CYCLE),
    "out of cycle goes before probation": (make_degree(5, BEFORE), Reason.OUT_OF_CYCLE),
    "out of cycle goes before no plan": (make_self_directed(1, on=BEFORE, plan="none"), Reason.OUT_OF_CYCLE),
    "after as_of goes before duplicate": (make_coordinated(1, on=LATE, project="P"), Reason.AFTER_AS_OF),
    "after as_of goes before not converted": (make_coordinated(1, on=LATE, converted=False), Reason.AFTER_AS_OF),
    "after as_of goes before no plan": (make_self_directed(1, on=LATE, plan="none"), Reason.AFTER_AS_OF),
    "after as_of goes before plan not approved": (
        make_self_directed(1, on=LATE, plan="submitted"),
        Reason.AFTER_AS_OF,
    ),
    "duplicate goes before not converted": (make_coordinated(1, converted=False, project="P"), Reason.DUPLICATE),
    "no plan goes before no record": (make_self_directed(1, plan="none", has_record=False), Reason.NO_PLAN),
    "no record goes before plan not approved": (
        make_self_directed(1, plan="submitted", has_record=False),
        Reason.NO_RECORD,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_first_reason_that_applies_is_given(name: str) -> None:
    record, reason = REFUSED[name]
    data = make_statement(FIRST, LATE_FIRST, record, as_of="2022-12-31", employed_on="2019-09-01")
    line = line_of(data, "r003")
    assert (line["reason"], line["counted"]) == (reason.value, "0")
    assert line["outcome"] == ("pending" if reason is Reason.PLAN_NOT_APPROVED else "rejected")


@pytest.mark.parametrize(
    ("on", "as_of", "reason", "outcome"),
    [
        ("2020-06-30", "2023-08-31", "employment_unknown", "undetermined"),
        ("2018-08-31", "2023-08-31", "out_of_cycle", "rejected"),
        ("2023-06-01", "2022-12-31", "after_as_of", "rejected"),
    ],
)
def test_degree_without_a_date_of_employment(on: str, as_of: str, reason: str, outcome: str) -> None:
    (line,) = make_statement(make_degree(5, on), employed_on=None, as_of=as_of)["lines"]
    assert (line["reason"], line["outcome"], line["counted"]) == (reason, outcome, "0")


def test_degree_of_the_day_of_employment_counts() -> None:
    (line,) = make_statement(make_degree(5, "2020-09-01"), employed_on="2020-09-01")["lines"]
    assert (line["reason"], line["counted"]) == (None, "5")


@pytest.mark.parametrize("employed_on", [None, "2022-09-01"])
def test_other_offset_counts_whenever_employment_began(employed_on: str | None) -> None:
    (line,) = make_statement(make_offset(5), employed_on=employed_on)["lines"]
    assert (line["reason"], line["outcome"], line["counted"]) == (None, "counted", "5")


def test_record_of_the_day_of_the_check_counts() -> None:
    assert counted_lines(make_statement(make_coordinated(5, on="2021-06-30"), as_of="2021-06-30")) == ["5"]


def test_not_converted_line_gives_the_four_steps() -> None:
    (line,) = make_statement(make_coordinated(5, converted=False))["lines"]
    assert re.search("项目属性.*重新选择学分折算类型.*勾选折算.*成绩登记中先取消审核，再审核", line["because"])


DUPLICATES: dict[str, tuple[list[Record], list[str | None]]] = {
    "whatever the category and the amount": (
        [make_coordinated(4, "national", project="P"), make_coordinated("2.5", "safety_net", project="P")],
        [None, "duplicate"],
    ),
    "the third is one too": ([make_coordinated(1, project="P")] * 3, [None, "duplicate", "duplicate"]),
    "another day is another training": (
        [make_coordinated(1, on="2019-07-10", project="P"), make_coordinated(1, on="2019-07-11", project="P")],
        [None, None],
    ),
    "no project, no twin": ([make_coordinated(1), make_coordinated(1)], [None, None]),
    "projects are compared exactly": (
        [make_coordinated(1, project=project) for project in ("P", "p", " P", "Ｐ")],
        [None] * 4,
    ),
    "one not converted blocks no later twin": (
        [make_coordinated(1, converted=False, project="P"), make_coordinated(1, project="P")],
        ["not_converted", None],
    ),
    "one capped to nothing blocks the later twin": (
        [
            make_coordinated(2, "safety_net", "2019-07-01"),
            make_coordinated(2, "safety_net", project="P"),
            make_coordinated(2, "county", project="P"),
        ],
        ["over_cap", "over_cap", "duplicate"],
    ),
    "the smaller id comes first, by code point": (
        [
            make_coordinated(1, project="P", id="a"),
            make_coordinated(1, project="P", id="B"),
            make_coordinated(1, project="P", id="\U00010000"),
            make_coordinated(1, project="P", id="\uff21"),
        ],
        [None, "duplicate", "duplicate", "duplicate"],
    ),
}


@pytest.mark.parametrize("name", DUPLICATES)
def test_duplicates(name: str) -> None:
    records, reasons = DUPLICATES[name]
    assert [line["reason"] for line in make_statement(*records)["lines"]] == reasons


def test_records_of_one_day_go_by_code_points() -> None:
    ids = ["a", "B", "\U00010000", "\uff21", "r10", "r9"]
    data = make_statement(*(make_coordinated(1, id=id) for id in ids))
    assert [line["records"] for line in data["lines"]] == [["B"], ["a"], ["r10"], ["r9"], ["\uff21"], ["\U00010000"]]
