"""The rules as a table: what goes in, what comes out. No database and no Django."""

from __future__ import annotations

import pytest

from credits.rules.types import Activity, Category, Record
from credits.rules.wording import amount_text
from tests.credits.ledgers import (
    make_coordinated,
    make_degree,
    make_mixed_ledger,
    make_offset,
    make_self_directed,
    make_statement,
)
from tests.credits.rules.tables import ENOUGH, SAFETY_NET_EVERY_YEAR, at

# --- the golden cases --------------------------------------------------------------------------------------------


GOLDEN: dict[str, tuple[list[Record], dict[str, str]]] = {
    "exactly enough": ([make_coordinated(26), make_self_directed(10)], {"verdict": "met"}),
    "a hundredth short": (
        [make_coordinated("25.99"), make_self_directed(40)],
        {
            "verdict": "short",
            "coordinated.missing": "0.01",
            "self_directed.missing": "0",
            "self_directed.surplus": "30",
        },
    ),
    "a tenth short": (
        [make_coordinated(26), make_self_directed("9.9")],
        {"verdict": "short", "coordinated.missing": "0", "self_directed.missing": "0.1", "self_directed.surplus": "0"},
    ),
    "two degrees": ([make_degree(5), make_degree(6), ENOUGH], {"coordinated.by_category.degree": "8"}),
    "degree before the cycle": ([make_degree(8, "2018-08-31")], {"coordinated.counted": "0"}),
    "degree on the first day": ([make_degree(8, "2018-09-01")], {"coordinated.counted": "8"}),
    "degree on the last day": ([make_degree(8, "2023-08-31")], {"coordinated.counted": "8"}),
    "safety net in one year": (
        [make_coordinated(2, "safety_net")],
        {"coordinated.counted": "1.5", "coordinated.by_category.safety_net": "1.5"},
    ),
    "safety net in five years": (SAFETY_NET_EVERY_YEAR, {"coordinated.counted": "7.5"}),
    "safety net, training and a degree": (
        [*SAFETY_NET_EVERY_YEAR, make_coordinated("10.5"), make_degree(8), ENOUGH],
        {"verdict": "met", "coordinated.counted": "26"},
    ),
    "19 lessons": ([make_self_directed(19, "lesson_observation")], {"self_directed.counted": "0"}),
    "20 lessons": ([make_self_directed(20, "lesson_observation")], {"self_directed.counted": "1"}),
    "20 lessons without a record": (
        [make_self_directed(20, "lesson_observation", has_record=False)],
        {"self_directed.counted": "0"},
    ),
    "40 lessons": ([make_self_directed(40, "lesson_observation")], {"self_directed.counted": "1"}),
    "three kinds in one year": (
        [
            make_self_directed(20, "lesson_observation"),
            make_self_directed(2, "open_class", level="school"),
            make_self_directed(1, "lecture", level="county"),
        ],
        {"self_directed.counted": "3"},
    ),
    "county and school classes in one year": (
        [make_self_directed(1, "open_class", level="county"), make_self_directed(2, "open_class", level="school")],
        {"self_directed.counted": "1"},
    ),
    "25 hours under an approved plan": ([make_self_directed(25, "other")], {"self_directed.counted": "2.5"}),
    "25 hours under a submitted plan": (
        [make_self_directed(25, "other", plan="submitted")],
        {"self_directed.counted": "0", "self_directed.pending": "2.5"},
    ),
    "national and all-staff training in one year": (
        [make_coordinated(4, "national"), make_coordinated(3, "all_staff")],
        {"coordinated.counted": "7"},
    ),
    "other offsets have no cap": (
        [make_offset(5), make_offset("6.25"), ENOUGH],
        {"coordinated.by_category.other_offset": "11.25", "coordinated.by_category.degree": "0"},
    ),
    "other offsets beside a full degree": (
        [make_degree(9), make_offset(18), ENOUGH],
        {"verdict": "met", "coordinated.counted": "26"},
    ),
    "other offset on the first day": ([make_offset(8, "2018-09-01")], {"coordinated.counted": "8"}),
    "other offset before the cycle": ([make_offset(8, "2018-08-31")], {"coordinated.counted": "0"}),
    "not converted": ([make_coordinated(26, converted=False), ENOUGH], {"coordinated.counted": "0"}),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_case(name: str) -> None:
    records, expected = GOLDEN[name]
    data = make_statement(*records)
    assert {path: at(data, path) for path in expected} == expected


def test_seconded_teacher_with_nothing_waits_for_policy() -> None:
    assert make_statement(position="seconded")["verdict"] == "pending_policy"


def test_statement_of_the_mixed_ledger_adds_up() -> None:
    data = make_statement(*make_mixed_ledger().records, as_of="2021-06-30")
    assert at(data, "coordinated.by_category") == {
        "national": "4",
        "provincial": "0",
        "municipal": "0",
        "county": "0",
        "all_staff": "0",
        "safety_net": "1.5",
        "degree": "8",
        "other_offset": "0",
    }
    assert at(data, "self_directed.by_activity") == {
        "school_training": "0",
        "school_research": "0",
        "workshop": "0",
        "other": "0.75",
        "lesson_observation": "1",
        "open_class": "0",
        "lecture": "0",
    }
    assert (at(data, "coordinated.counted"), at(data, "coordinated.missing")) == ("13.5", "12.5")
    assert (at(data, "self_directed.counted"), at(data, "self_directed.missing")) == ("1.75", "8.25")
    assert at(data, "self_directed.pending") == "2.5"


# --- what stands beside a line -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.50", "1.5"),
        ("26.00", "26"),
        ("0.00", "0"),
        ("1E+2", "100"),
        ("0.10", "0.1"),
        ("100", "100"),
        ("0.01", "0.01"),
    ],
)
def test_decimals_leave_without_trailing_zeros(value: str, text: str) -> None:
    assert amount_text(make_coordinated(value).credits) == text


def test_every_category_and_activity_has_its_sum() -> None:
    data = make_statement()
    assert set(at(data, "coordinated.by_category")) == {*Category, "degree", "other_offset"}
    assert set(at(data, "self_directed.by_activity")) == set(Activity)


def test_statement_tells_its_cycle_and_date() -> None:
    data = make_statement(as_of="2021-06-30")
    assert (data["cycle"], data["as_of"], data["confirmed"]) == ("2018", "2021-06-30", True)
