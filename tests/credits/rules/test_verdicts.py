"""Verdicts, what waits for approval, and the other reading of all-staff training."""

from __future__ import annotations

from typing import Any

import pytest

from credits.rules.types import Position, Record
from tests.credits.ledgers import (
    make_coordinated,
    make_cycle,
    make_degree,
    make_offset,
    make_self_directed,
    make_statement,
)
from tests.credits.rules.tables import BEFORE, ENOUGH, PLENTY, at, classes, lessons, submitted

# --- pending -----------------------------------------------------------------------------------------------------


PENDING: dict[str, tuple[list[Record], str]] = {
    "hours": ([submitted(25, "other")], "2.5"),
    "15 approved and 5 submitted lessons": ([lessons(15), submitted(5, "lesson_observation")], "1"),
    "15 approved and 4 submitted lessons": ([lessons(15), submitted(4, "lesson_observation")], "0"),
    "20 approved and 20 submitted lessons": ([lessons(20), submitted(20, "lesson_observation")], "0"),
    "lessons of two school years": ([lessons(15), submitted(5, "lesson_observation", "2020-10-12")], "0"),
    "school classes of one year": ([classes(1, "school"), submitted(1, "open_class", level="school")], "1"),
    "a school class and a school lecture": ([classes(1, "school"), submitted(1, "lecture", level="school")], "0"),
    "without a record": ([make_self_directed(25, "other", plan="submitted", has_record=False)], "0"),
    "beyond what is required": ([ENOUGH, submitted(3, "workshop")], "3"),
}


@pytest.mark.parametrize("name", PENDING)
def test_pending_is_what_approval_would_add(name: str) -> None:
    records, pending = PENDING[name]
    data = make_statement(*records)
    assert at(data, "self_directed.pending") == pending
    assert ("plan_pending" in [item["code"] for item in data["advice"]]) == (pending != "0")


def test_pending_is_not_subtracted_from_what_is_missing() -> None:
    data = make_statement(PLENTY, submitted(10, "school_training"))
    assert (data["verdict"], at(data, "self_directed.missing")) == ("short", "10")
    assert at(data, "plan.self_directed_missing") == "10"


# --- verdicts ----------------------------------------------------------------------------------------------------


VERDICTS: dict[str, tuple[list[Record], dict[str, Any], str]] = {
    "nothing": ([], {}, "short"),
    "36 in all, but in the wrong places": ([make_coordinated(20), make_self_directed(16)], {}, "short"),
    "all in one year": ([PLENTY, ENOUGH], {}, "met"),
    "administration, short": ([], {"position": "administration"}, "pending_policy"),
    "administration, enough": ([PLENTY, ENOUGH], {"position": "administration"}, "pending_policy"),
    "seconded, sole teacher": ([], {"position": "seconded", "sole_teacher_school": True}, "pending_policy"),
    "seconded, degree undetermined": (
        [make_coordinated(18), make_degree(8), ENOUGH],
        {"position": "seconded", "employed_on": None},
        "pending_policy",
    ),
    "seconded, of whom something is required": (
        [PLENTY, make_self_directed("9.9")],
        {"position": "seconded", "cycle": make_cycle(positions_without_requirement=frozenset())},
        "short",
    ),
    "administration, where only the seconded wait": (
        [PLENTY, ENOUGH],
        {
            "position": "administration",
            "cycle": make_cycle(positions_without_requirement=frozenset({Position.SECONDED})),
        },
        "met",
    ),
    "seconded, where only the seconded wait": (
        [PLENTY, ENOUGH],
        {"position": "seconded", "cycle": make_cycle(positions_without_requirement=frozenset({Position.SECONDED}))},
        "pending_policy",
    ),
    "other offsets close the gap": ([make_coordinated(18), make_offset(8), ENOUGH], {}, "met"),
    "another offset leaves room for the degree": (
        [make_coordinated(16), make_degree(8), make_offset(2), ENOUGH],
        {"employed_on": None},
        "cannot_decide",
    ),
    "the degree would be enough": (
        [make_coordinated(18), make_degree(8), ENOUGH],
        {"employed_on": None},
        "cannot_decide",
    ),
    "two degrees together would be enough": (
        [make_coordinated(18), make_degree(4), make_degree(4), ENOUGH],
        {"employed_on": None},
        "cannot_decide",
    ),
    "sole teacher, the degree would be enough": (
        [make_coordinated(18), make_degree(8), ENOUGH],
        {"employed_on": None, "sole_teacher_school": True},
        "cannot_decide",
    ),
    "the degree would not be enough": (
        [make_coordinated("17.99"), make_degree(9), ENOUGH],
        {"employed_on": None},
        "short",
    ),
    "the degree leaves self-directed missing": (
        [make_coordinated(18), make_degree(8), make_self_directed("9.99")],
        {"employed_on": None},
        "short",
    ),
    "sole teacher, the degree would not be enough": (
        [make_coordinated(17), make_degree(8), ENOUGH],
        {"employed_on": None, "sole_teacher_school": True},
        "undecided",
    ),
    "enough without the undetermined degree": ([PLENTY, make_degree(8), ENOUGH], {"employed_on": None}, "met"),
    "sole teacher, short": ([PLENTY], {"sole_teacher_school": True}, "undecided"),
    "sole teacher, enough": ([PLENTY, ENOUGH], {"sole_teacher_school": True}, "met"),
    "undetermined degree out of the cycle": (
        [make_coordinated(18), make_degree(8, BEFORE), ENOUGH],
        {"employed_on": None},
        "short",
    ),
}
VERDICT_CLAUSES = {
    "cannot_decide": ["C1", "C2", "C7"],
    "met": ["C1", "C2", "C3"],
    "undecided": ["C1", "C2", "C18"],
    "short": ["C1", "C2", "C3"],
}


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict(name: str) -> None:
    records, about, verdict = VERDICTS[name]
    data = make_statement(*records, **about)
    assert data["verdict"] == verdict
    assert (data["plan"] is None) == (verdict in ("met", "pending_policy"))
    assert (data["plan_text"] == []) == (data["plan"] is None)
    if verdict in VERDICT_CLAUSES:
        assert data["verdict_clauses"] == VERDICT_CLAUSES[verdict]


@pytest.mark.parametrize(("position", "clause"), [("administration", "C16"), ("seconded", "C17")])
def test_pending_policy_still_shows_sums_and_advice(position: str, clause: str) -> None:
    data = make_statement(make_coordinated(5), position=position)
    assert data["verdict_clauses"] == [clause]
    assert (at(data, "coordinated.missing"), at(data, "self_directed.missing")) == ("21", "10")
    assert [item["code"] for item in data["advice"]] == ["type_missing", "type_missing"]
    assert "统筹 5（要求 26），自主 0（要求 10）" in data["because"]


@pytest.mark.parametrize(
    ("records", "about", "because"),
    [
        ([make_coordinated("25.99"), ENOUGH], {}, "统筹 25.99（要求 26），自主 10（要求 10），统筹还差 0.01 学分。"),
        (
            [make_coordinated(20)],
            {},
            "统筹 20（要求 26），自主 0（要求 10），统筹还差 6 学分，自主还差 10 学分。",
        ),
        ([PLENTY, ENOUGH], {}, "统筹 26（要求 26），自主 10（要求 10），两项都达到要求。"),
    ],
)
def test_verdict_is_told_with_its_sums(records: list[Record], about: dict[str, Any], because: str) -> None:
    assert make_statement(*records, **about)["because"] == because


# --- the other reading -------------------------------------------------------------------------------------------


ALTERNATIVES: dict[str, tuple[list[Record], dict[str, Any], str, tuple[str, str] | None]] = {
    "capping all-staff training too would leave the teacher short": (
        [make_coordinated(20), make_coordinated(6, "all_staff"), ENOUGH],
        {},
        "met",
        ("short", "21.5"),
    ),
    "both draw on the same room": (
        [
            make_coordinated("23.5"),
            make_coordinated(1, "safety_net", "2019-07-01"),
            make_coordinated("1.5", "all_staff"),
            ENOUGH,
        ],
        {},
        "met",
        ("short", "25"),
    ),
    "enough under both readings": ([PLENTY, make_coordinated(6, "all_staff"), ENOUGH], {}, "met", None),
    "short under both readings": ([make_coordinated(9), make_coordinated(6, "all_staff")], {}, "short", None),
    "nothing is required either way": (
        [make_coordinated(20), make_coordinated(6, "all_staff"), ENOUGH],
        {"position": "seconded"},
        "pending_policy",
        None,
    ),
    "a sole teacher would be undecided": (
        [make_coordinated(20), make_coordinated(6, "all_staff"), ENOUGH],
        {"sole_teacher_school": True},
        "met",
        ("undecided", "21.5"),
    ),
    "other offsets count under both readings": (
        [make_coordinated(18), make_coordinated(6, "all_staff"), make_offset(2), ENOUGH],
        {},
        "met",
        ("short", "21.5"),
    ),
    "an undetermined degree would matter": (
        [make_coordinated(18), make_coordinated(8, "all_staff"), make_degree(8), ENOUGH],
        {"employed_on": None},
        "met",
        ("cannot_decide", "19.5"),
    ),
    "an undetermined degree would no longer be enough": (
        [make_coordinated(14), make_coordinated(6, "all_staff"), make_degree(8), ENOUGH],
        {"employed_on": None},
        "cannot_decide",
        ("short", "15.5"),
    ),
}


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_alternative_is_listed_where_it_changes_the_verdict(name: str) -> None:
    records, about, verdict, other = ALTERNATIVES[name]
    data = make_statement(*records, **about)
    assert data["verdict"] == verdict
    assert data["alternatives"] == (
        [{"reading": "all_staff_capped", "verdict": other[0], "coordinated_counted": other[1]}] if other else []
    )
