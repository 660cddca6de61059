"""The rules as tables: what goes in, what comes out. No database and no Django."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from credits.rules.types import EXACT_DIVISORS, Activity, Category, Reason, Record
from credits.rules.wording import amount

from .make import (
    make_coordinated,
    make_cycle,
    make_degree,
    make_mixed_ledger,
    make_self_directed,
    make_statement,
)

ENOUGH: Record = make_self_directed(10, id="enough-self-directed")
PLENTY: Record = make_coordinated(26, id="enough-coordinated")
SAFETY_NET_EVERY_YEAR: list[Record] = [
    make_coordinated("1.5", "safety_net", f"{year}-12-01") for year in range(2018, 2023)
]


def at(data: dict[str, Any], path: str) -> Any:
    """The value at a dotted `path`: "coordinated.counted"."""
    value: Any = data
    for part in path.split("."):
        value = value[part]
    return value


def line_of(data: dict[str, Any], record: str) -> dict[str, Any]:
    """The one line that covers `record`."""
    (line,) = [line for line in data["lines"] if record in line["records"]]
    return line


def counted_lines(data: dict[str, Any]) -> list[str]:
    return [line["counted"] for line in data["lines"]]


# --- the golden cases --------------------------------------------------------------------------------------

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


# --- refusals ------------------------------------------------------------------------------------------------

LATE = "2023-06-01"  # after the date of the check below, yet inside the cycle
BEFORE = "2018-08-31"
FIRST = make_coordinated(1, on="2019-07-10", project="P", id="first")
LATE_FIRST = make_coordinated(1, on=LATE, project="P", id="first")
REFUSED: dict[str, tuple[Record, Reason]] = {
    "out of cycle, before": (make_coordinated(1, on=BEFORE), Reason.OUT_OF_CYCLE),
    "out of cycle, after": (make_coordinated(1, on="2023-09-01"), Reason.OUT_OF_CYCLE),
    "after the date of the check": (make_coordinated(1, on="2023-02-01"), Reason.AFTER_AS_OF),
    "the same project and day": (make_coordinated(1, project="P"), Reason.DUPLICATE),
    "not converted": (make_coordinated(1, converted=False), Reason.NOT_CONVERTED),
    "degree before employment": (make_degree(5, "2019-08-31"), Reason.PROBATION),
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
def test_record_is_refused_for_the_first_reason_that_applies(name: str) -> None:
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


def test_records_of_one_day_are_taken_by_the_code_points_of_their_ids() -> None:
    ids = ["a", "B", "\U00010000", "\uff21", "r10", "r9"]
    data = make_statement(*(make_coordinated(1, id=id) for id in ids))
    assert [line["records"] for line in data["lines"]] == [["B"], ["a"], ["r10"], ["r9"], ["\uff21"], ["\U00010000"]]


# --- activities counted by threshold ------------------------------------------------------------------------


def lessons(count: int, on: str = "2019-10-12") -> Record:
    return make_self_directed(count, "lesson_observation", on)


def classes(count: int, level: str, on: str = "2019-10-12") -> Record:
    return make_self_directed(count, "open_class", on, level=level)


def lectures(count: int, level: str, on: str = "2019-10-12") -> Record:
    return make_self_directed(count, "lecture", on, level=level)


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


def test_record_that_does_not_qualify_stands_alone_and_claims_one_credit() -> None:
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


# --- caps ----------------------------------------------------------------------------------------------------

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
    ("record", "outcome", "reason"),
    [
        (make_coordinated("1.5", "safety_net"), "counted", None),
        (make_coordinated("1.51", "safety_net"), "capped", "over_cap"),
        (make_degree("8"), "counted", None),
        (make_degree("8.01"), "capped", "over_cap"),
    ],
)
def test_cap_is_told_where_it_keeps_anything_out(record: Record, outcome: str, reason: str | None) -> None:
    (line,) = make_statement(record)["lines"]
    assert (line["outcome"], line["reason"], line["bucket"]) == (outcome, reason, "coordinated")


@pytest.mark.parametrize("category", [category for category in Category if category is not Category.SAFETY_NET])
def test_training_of_other_categories_is_not_capped(category: str) -> None:
    assert counted_lines(make_statement(make_coordinated(100, category))) == ["100"]


# --- pending -------------------------------------------------------------------------------------------------


def submitted(amount: int | str, activity: str, on: str = "2019-10-12", level: str | None = None) -> Record:
    return make_self_directed(amount, activity, on, level=level, plan="submitted")


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


# --- verdicts --------------------------------------------------------------------------------------------------

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


# --- the other reading -----------------------------------------------------------------------------------------

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


# --- advice ------------------------------------------------------------------------------------------------------

EVERY_TYPE: list[Record] = [
    make_coordinated(1, "provincial"),
    make_coordinated(1, "county"),
    make_coordinated(1, "all_staff"),
]
ADVICE: dict[str, tuple[list[Record], dict[str, Any], list[tuple[str, str | None]]]] = {
    "nothing at all": (
        [],
        {},
        [
            ("type_missing", "national_provincial"),
            ("type_missing", "municipal_county"),
            ("type_missing", "all_staff"),
        ],
    ),
    "every type, short": (EVERY_TYPE, {}, []),
    "the safety net is all-staff training too": (
        [make_coordinated(1, "national"), make_coordinated(1, "municipal"), make_coordinated(1, "safety_net")],
        {},
        [],
    ),
    "a type counts only where something is counted": (
        [*EVERY_TYPE[:2], make_coordinated(1, "all_staff", converted=False)],
        {},
        [("type_missing", "all_staff"), ("fix_conversion", None)],
    ),
    "a degree is no type": ([*EVERY_TYPE[1:], make_degree(8)], {}, [("type_missing", "national_provincial")]),
    "a surplus does not help": ([*EVERY_TYPE, make_self_directed("10.01")], {}, [("surplus_not_transferable", None)]),
    "no surplus": ([*EVERY_TYPE, ENOUGH], {}, []),
    "a surplus beside enough training": (
        [*EVERY_TYPE, make_coordinated(23, "all_staff"), make_self_directed(11)],
        {},
        [],
    ),
    "26 of national to county training": (
        [make_coordinated(13, "national"), make_coordinated(13, "municipal"), ENOUGH],
        {},
        [("type_missing", "all_staff"), ("may_skip_all_staff", None)],
    ),
    "25.99 of national to county training": (
        [make_coordinated("12.99", "national"), make_coordinated(13, "municipal"), make_coordinated(5, "all_staff")],
        {},
        [],
    ),
    "a degree does not help to skip": (
        [make_coordinated(10, "national"), make_coordinated(10, "county"), make_degree(8)],
        {},
        [("type_missing", "all_staff")],
    ),
    "a plan is pending": ([*EVERY_TYPE, submitted(1, "workshop")], {}, [("plan_pending", None)]),
    "not converted": ([*EVERY_TYPE, make_coordinated(1, converted=False)], {}, [("fix_conversion", None)]),
    "not converted, but a duplicate": (
        [*EVERY_TYPE, make_coordinated(1, project="P"), make_coordinated(1, converted=False, project="P")],
        {},
        [],
    ),
    "everything for one who is short, in order": (
        [
            make_coordinated(1, "county", "2024-07-10"),
            make_coordinated(1, "all_staff", "2024-07-10", converted=False),
            make_self_directed(11, on="2024-10-12"),
            submitted(1, "workshop", "2024-10-12"),
        ],
        {"cycle": "2023", "as_of": "2025-01-01"},
        [
            ("type_missing", "national_provincial"),
            ("type_missing", "all_staff"),
            ("surplus_not_transferable", None),
            ("plan_pending", None),
            ("carried_forward", None),
            ("fix_conversion", None),
        ],
    ),
    "everything for one who has enough, in order": (
        [
            make_coordinated(26, "county", "2024-07-10"),
            make_coordinated(1, "all_staff", "2024-07-10", converted=False),
            make_self_directed(11, on="2024-10-12"),
            submitted(1, "workshop", "2024-10-12"),
        ],
        {"cycle": "2023", "as_of": "2025-01-01"},
        [
            ("type_missing", "national_provincial"),
            ("type_missing", "all_staff"),
            ("may_skip_all_staff", None),
            ("plan_pending", None),
            ("carried_forward", None),
            ("fix_conversion", None),
        ],
    ),
}
ADVICE_ENTRIES = {
    "type_missing": ["credits-02"],
    "surplus_not_transferable": ["credits-02"],
    "may_skip_all_staff": ["credits-13"],
    "plan_pending": ["credits-14", "credits-15"],
    "carried_forward": ["credits-05"],
    "fix_conversion": ["credits-01"],
}


@pytest.mark.parametrize("name", ADVICE)
def test_advice(name: str) -> None:
    records, about, expected = ADVICE[name]
    advice = make_statement(*records, **about)["advice"]
    assert [(item["code"], item["detail"]) for item in advice] == expected
    assert all(item["entries"] == ADVICE_ENTRIES[item["code"]] and item["text"].endswith("。") for item in advice)


@pytest.mark.parametrize("position", ["teaching", "administration", "seconded"])
def test_carried_forward_numbers_are_told_under_every_verdict(position: str) -> None:
    data = make_statement(cycle="2023", as_of="2025-01-01", position=position)
    assert data["confirmed"] is False
    assert "沿用上一周期" in data["advice"][-1]["text"]


# --- the plan ----------------------------------------------------------------------------------------------------

#: One credit of the safety net and a credited 20 lessons in 2018-19, a degree of 5.
STARTED: list[Record] = [
    make_coordinated(1, "safety_net", "2018-12-01"),
    make_self_directed(20, "lesson_observation", "2018-12-01"),
    make_degree(5, "2018-12-01"),
]
#: as_of → safety net, degree, training or degree, training, activities
PLAN_FIGURES = {
    "2010-01-01": ("7.5", "8", "18.5", "10.5", "15"),  # before the cycle nothing counts yet
    "2018-08-31": ("7.5", "8", "18.5", "10.5", "15"),
    "2018-12-01": ("6.5", "3", "13.5", "10.5", "14"),
    "2019-08-31": ("6.5", "3", "13.5", "10.5", "14"),
    "2019-09-01": ("6", "3", "14", "11", "12"),
    "2022-08-31": ("3", "3", "17", "14", "6"),
    "2022-09-01": ("1.5", "3", "18.5", "15.5", "3"),
    "2023-08-31": ("1.5", "3", "18.5", "15.5", "3"),
    "2023-09-01": ("0", "0", "20", "20", "0"),
    "2100-12-31": ("0", "0", "20", "20", "0"),
}


@pytest.mark.parametrize("as_of", PLAN_FIGURES)
def test_plan_figures_by_date(as_of: str) -> None:
    plan = make_statement(*STARTED, as_of=as_of)["plan"]
    safety_net, degree, training_or_degree, training, activities = PLAN_FIGURES[as_of]
    before = as_of < "2018-12-01"
    assert plan == {
        "coordinated_missing": "26" if before else "20",
        "safety_net_available": safety_net,
        "degree_available": degree,
        "training_or_degree_needed": training_or_degree,
        "training_needed": training,
        "self_directed_missing": "10" if before else "9",
        "activity_credits_available": activities,
        "other_hours_equivalent": "100" if before else "90",
    }


PLAN_CASES: dict[str, tuple[list[Record], dict[str, Any], dict[str, str]]] = {
    "the safety net alone is enough, and is not limited by what is missing": (
        [make_coordinated(25), ENOUGH],
        {"as_of": "2019-09-01"},
        {"safety_net_available": "6", "training_or_degree_needed": "0", "training_needed": "0"},
    ),
    "the room of the year is smaller than that of the cycle": (
        [],
        {"cycle": make_cycle(safety_net_cap_per_cycle=make_coordinated(2).credits)},
        {"safety_net_available": "1.5"},
    ),
    "the room of the cycle is smaller than that of all years": (
        [],
        {"cycle": make_cycle(safety_net_cap_per_cycle=make_coordinated(2).credits), "as_of": "2018-09-01"},
        {"safety_net_available": "2"},
    ),
    "a cycle that ends before its last school year does": (
        [make_coordinated(20)],
        {"cycle": make_cycle(ends_on=date(2023, 6, 30)), "as_of": "2023-07-01"},
        {"safety_net_available": "0", "degree_available": "0", "activity_credits_available": "0"},
    ),
    "a partly used year": (
        [make_coordinated("0.25", "safety_net", "2022-09-02")],
        {},
        {"safety_net_available": "1.25"},
    ),
    "with the degree nothing is left to train": (
        [make_coordinated(17), ENOUGH],
        {},
        {"training_or_degree_needed": "7.5", "training_needed": "0", "degree_available": "8"},
    ),
    "all degree credits used": ([make_degree(9)], {}, {"degree_available": "0"}),
    "an undetermined degree uses nothing": (
        [make_coordinated(17), make_degree(8), ENOUGH],
        {"employed_on": None},
        {"degree_available": "8"},
    ),
    "pending lessons stay available": (
        [make_self_directed(20, "lesson_observation", "2022-10-01", plan="submitted")],
        {},
        {"activity_credits_available": "3"},
    ),
    "unmet lessons stay available": (
        [make_self_directed(19, "lesson_observation", "2022-10-01")],
        {},
        {"activity_credits_available": "3"},
    ),
    "all activities of the last year are done": (
        [lessons(20, "2022-10-01"), classes(1, "county", "2022-10-01"), lectures(1, "county", "2022-10-01")],
        {},
        {"activity_credits_available": "0", "self_directed_missing": "7"},
    ),
    "fractions of an hour": ([make_self_directed("9.99")], {}, {"other_hours_equivalent": "0.1"}),
    "another number of hours": (
        [make_self_directed("9.99")],
        {"cycle": make_cycle(hours_per_credit=64)},
        {"other_hours_equivalent": "0.64"},
    ),
    "only self-directed is missing": (
        [PLENTY],
        {},
        {"coordinated_missing": "0", "training_or_degree_needed": "0", "safety_net_available": "1.5"},
    ),
    "a sole teacher has a plan too": ([], {"sole_teacher_school": True}, {"coordinated_missing": "26"}),
}


@pytest.mark.parametrize("name", PLAN_CASES)
def test_plan_figures(name: str) -> None:
    records, about, expected = PLAN_CASES[name]
    plan = make_statement(*records, **about)["plan"]
    assert {figure: plan[figure] for figure in expected} == expected


def test_plan_says_in_words_what_credits_12_asks() -> None:
    """15 credits of training, three years of safety net, two years to go."""
    records = [make_coordinated(15), *SAFETY_NET_EVERY_YEAR[:3], ENOUGH]
    (sentence,) = make_statement(*records, as_of="2021-09-15")["plan_text"]
    assert "统筹还差 6.5 学分" in sentence
    assert "托底最多还能得 3 学分，仍有 3.5 学分要靠国培、省培、市县培训或学历冲抵" in sentence


PLAN_WORDS: dict[str, tuple[list[Record], dict[str, Any], list[str]]] = {
    "training cannot be replaced": (
        [ENOUGH],
        {},
        ["其中至少 16.5 学分只能靠国培、省培、市县培训", "学历冲抵最多还能计 8 学分"],
    ),
    "no degree credits left": ([ENOUGH, make_degree(8)], {}, ["仍有 16.5 学分只能靠国培、省培、市县培训。"]),
    "the safety net is used up": (
        [ENOUGH, make_coordinated("1.5", "safety_net", "2022-12-01")],
        {},
        ["托底已经不能再计", "24.5 学分要靠国培、省培、市县培训或学历冲抵"],
    ),
    "the safety net is enough": ([ENOUGH, make_coordinated(25)], {}, ["托底最多还能得 1.5 学分", "靠托底就能补上"]),
    "hours and activities": (
        [PLENTY],
        {},
        ["自主还差 10 学分", "其他校本研修要 100 学时", "听课、公开课、讲座最多还能得 3 学分"],
    ),
    "what waits would be enough": (
        [PLENTY, make_self_directed(7), make_self_directed(3, plan="submitted")],
        {},
        ["自主还差 3 学分：有 3 学分在等校本研修方案审核，通过以后就够了；要是没有通过，可以参加校本培训"],
    ),
    "what waits is not enough": (
        [PLENTY, make_self_directed(7), make_self_directed("1.5", plan="submitted")],
        {},
        ["有 1.5 学分在等校本研修方案审核，通过以后还差 1.5 学分；按现在差的算，可以参加校本培训"],
    ),
    "the cycle is over": ([PLENTY], {"as_of": "2023-09-01"}, ["本周期已经结束", "自主还差 10 学分。"]),
}


@pytest.mark.parametrize("name", PLAN_WORDS)
def test_plan_in_words(name: str) -> None:
    records, about, pieces = PLAN_WORDS[name]
    text = "".join(make_statement(*records, **about)["plan_text"])
    assert [piece for piece in pieces if piece not in text] == []


def test_plan_speaks_only_of_what_is_missing() -> None:
    assert ["统筹" in text for text in make_statement(PLENTY)["plan_text"]] == [False]
    assert ["自主" in text for text in make_statement(ENOUGH)["plan_text"]] == [False]
    assert len(make_statement()["plan_text"]) == 2


# --- what stands beside a line ---------------------------------------------------------------------------------

CITED: dict[str, tuple[Record, list[str], list[str]]] = {
    "training": (make_coordinated(1), ["C1", "C14"], ["credits-02", "credits-13", "credits-16"]),
    "safety net": (make_coordinated(1, "safety_net"), ["C8", "C20"], ["credits-12", "credits-11"]),
    "degree": (make_degree(5), ["C5", "C6", "C7"], ["credits-05", "credits-12"]),
    "school-based training": (
        make_self_directed(1),
        ["C2", "C10", "C13"],
        ["credits-08", "credits-09", "credits-14", "credits-15"],
    ),
    "workshop": (
        make_self_directed(1, "workshop"),
        ["C2", "C12", "C13"],
        ["credits-08", "credits-14", "credits-15"],
    ),
    "hours": (
        make_self_directed(1, "other"),
        ["C2", "C11", "C13"],
        ["credits-08", "credits-10", "credits-14", "credits-15"],
    ),
    "lessons": (lessons(20), ["C2", "C9", "C10"], ["credits-08", "credits-09"]),
    "open class": (classes(1, "county"), ["C2", "C9", "C10"], ["credits-08", "credits-09"]),
    "lecture": (lectures(1, "school"), ["C2", "C9", "C10"], ["credits-08", "credits-09"]),
    "out of cycle": (make_coordinated(1, on=BEFORE), ["C5"], ["credits-05"]),
    "after as_of": (make_coordinated(1, on=LATE), ["C5"], ["credits-05"]),
    "not converted": (make_coordinated(1, converted=False), ["C19"], ["credits-01"]),
    "probation": (make_degree(5, "2018-10-01"), ["C7"], ["credits-05"]),
    "no plan": (
        make_self_directed(1, plan="none"),
        ["C10", "C13"],
        ["credits-09", "credits-14", "credits-15"],
    ),
    "no record": (make_self_directed(1, has_record=False), ["C10"], ["credits-09"]),
    "plan not approved": (make_self_directed(1, plan="submitted"), ["C13"], ["credits-14", "credits-15"]),
}


@pytest.mark.parametrize("name", CITED)
def test_line_names_its_clauses_and_entries(name: str) -> None:
    record, clauses, entries = CITED[name]
    (line,) = make_statement(record, as_of="2022-12-31", employed_on="2018-11-01")["lines"]
    assert (line["clauses"], line["entries"]) == (clauses, entries)


def test_duplicate_and_undetermined_lines_name_their_clauses() -> None:
    twin = make_coordinated(1, project="P")
    lines = make_statement(twin, twin, make_degree(5), employed_on=None)["lines"]
    assert [line["clauses"] for line in lines[1:]] == [["C14"], ["C7"]]


BECAUSE: dict[str, tuple[Record, list[str]]] = {
    "training": (make_coordinated("4.50", "national"), ["2019 年 7 月 10 日国培 4.5 学分"]),
    "hours": (make_self_directed(25, "other"), ["25 学时 ÷ 10 学时/学分 = 2.5 学分"]),
    "safety net": (make_coordinated(2, "safety_net"), ["还可计 1.5 学分", "还可计 7.5 学分", "所以计 1.5 学分"]),
    "degree": (make_degree(9), ["硕士学历 9 学分", "上限 8 学分", "已用 0 学分", "计 8 学分"]),
    "lessons": (lessons(19), ["2019—2020 学年听课", "共 19 节（满 20 节计）", "计 0 学分"]),
    "county class": (classes(3, "county"), ["县级及以上共 3 节（满 1 节计）", "计 1 学分"]),
    "school lecture": (lectures(1, "school"), ["校级共 1 次（满 2 次计）", "计 0 学分"]),
    "out of cycle": (make_coordinated(1, on=BEFORE), ["2018 年 8 月 31 日", "2018 年 9 月 1 日至 2023 年 8 月 31 日"]),
    "probation": (make_degree(5, "2018-10-01"), ["早于正式任教日期（2018 年 11 月 1 日）"]),
    "workshop without its conclusion": (make_self_directed(1, "workshop", has_record=False), ["考核结论"]),
}


@pytest.mark.parametrize("name", BECAUSE)
def test_line_says_why_with_its_sum(name: str) -> None:
    record, pieces = BECAUSE[name]
    (line,) = make_statement(record, employed_on="2018-11-01")["lines"]
    assert [piece for piece in pieces if piece not in line["because"]] == []


@pytest.mark.parametrize(
    ("as_of", "ending"),
    [
        ("2020-08-30", "，还没有满，计 0 学分。"),
        ("2020-08-31", "，没有满，计 0 学分。"),
        ("2020-09-01", "，没有满，计 0 学分。"),
        ("2023-08-31", "，没有满，计 0 学分。"),
        ("9999-12-31", "，没有满，计 0 学分。"),
    ],
)
def test_what_a_school_year_lacks_can_come_as_long_as_it_runs(as_of: str, ending: str) -> None:
    (line,) = make_statement(lessons(19), as_of=as_of)["lines"]
    assert line["because"].endswith(f"（满 20 节计）{ending}")


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
    assert amount(make_coordinated(value).credits) == text


def test_every_category_and_activity_has_its_sum() -> None:
    data = make_statement()
    assert set(at(data, "coordinated.by_category")) == {*Category, "degree"}
    assert set(at(data, "self_directed.by_activity")) == set(Activity)


def test_statement_tells_its_cycle_and_date() -> None:
    data = make_statement(as_of="2021-06-30")
    assert (data["cycle"], data["as_of"], data["confirmed"]) == ("2018", "2021-06-30", True)
