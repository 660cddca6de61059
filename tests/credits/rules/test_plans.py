"""The plan that closes the gap: its figures, and its words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credits.rules.types import Record
from tests.credits.ledgers import (
    make_coordinated,
    make_cycle,
    make_degree,
    make_offset,
    make_self_directed,
    make_statement,
)
from tests.credits.rules.tables import ENOUGH, PLENTY, SAFETY_NET_EVERY_YEAR, classes, lectures, lessons

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
    "an other offset is no availability": (
        [make_coordinated(15), make_offset(2), ENOUGH],
        {},
        {"coordinated_missing": "9", "degree_available": "8", "training_or_degree_needed": "7.5"},
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
    assert "托底最多还能得 3 学分，仍有 3.5 学分可靠国培、省培、市县培训、学历冲抵或其他途径冲抵" in sentence


PLAN_WORDS: dict[str, tuple[list[Record], dict[str, Any], list[str]]] = {
    "training cannot be replaced": (
        [ENOUGH],
        {},
        ["其余至少 16.5 学分须通过国培、省培、市县培训或其他途径冲抵取得", "学历冲抵最多再计 8 学分"],
    ),
    "no degree credits left": (
        [ENOUGH, make_degree(8)],
        {},
        ["其余 16.5 学分须通过国培、省培、市县培训或其他途径冲抵取得。"],
    ),
    "no room for other offsets, training needed": (
        [ENOUGH, make_degree(8)],
        {"cycle": make_cycle(other_offset_cap=Decimal(0))},
        ["其余 16.5 学分须通过国培、省培或市县培训取得。"],
    ),
    "no room for other offsets, a degree may do": (
        [ENOUGH, make_coordinated(16), make_offset(1)],
        {"cycle": make_cycle(other_offset_cap=Decimal(1))},
        ["7.5 学分可靠国培、省培、市县培训或学历冲抵（"],
    ),
    "the safety net is used up": (
        [ENOUGH, make_coordinated("1.5", "safety_net", "2022-12-01")],
        {},
        [
            "托底已达上限",
            "学历冲抵最多再计 8 学分",
            "其余至少 16.5 学分须通过国培、省培、市县培训或其他途径冲抵取得",
        ],
    ),
    "the safety net is enough": ([ENOUGH, make_coordinated(25)], {}, ["托底最多还能得 1.5 学分", "可以补足"]),
    "hours and activities": (
        [PLENTY],
        {},
        ["自主还差 10 学分", "其他校本研修要 100 学时", "听课、公开课、讲座最多还能得 3 学分"],
    ),
    "what waits would be enough": (
        [PLENTY, make_self_directed(7), make_self_directed(3, plan="submitted")],
        {},
        ["自主还差 3 学分：有 3 学分在等校本研修方案审核，通过后即可满足；如果没有通过，可以参加校本培训"],
    ),
    "what waits is not enough": (
        [PLENTY, make_self_directed(7), make_self_directed("1.5", plan="submitted")],
        {},
        ["有 1.5 学分在等校本研修方案审核，通过后还差 1.5 学分；按现在差的算，可以参加校本培训"],
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
