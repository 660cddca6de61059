"""Lines of a statement: their clauses, entries, and the reason with its sum."""

from __future__ import annotations

from decimal import Decimal

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
from tests.credits.rules.tables import BEFORE, LATE, classes, lectures, lessons

CITED: dict[str, tuple[Record, list[str], list[str]]] = {
    "training": (make_coordinated(1), ["C1", "C14"], ["credits-02", "credits-13", "credits-16"]),
    "safety net": (make_coordinated(1, "safety_net"), ["C8", "C20"], ["credits-12", "credits-11"]),
    "degree": (make_degree(5), ["C5", "C6", "C7"], ["credits-05", "credits-12"]),
    "other offset": (make_offset(5), ["C24"], ["credits-12"]),
    "other offset, out of cycle": (make_offset(5, BEFORE), ["C24", "C5"], ["credits-12", "credits-05"]),
    "other offset, after as_of": (make_offset(5, LATE), ["C24"], ["credits-12"]),
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
    "safety net": (make_coordinated(2, "safety_net"), ["还可计 1.5 学分", "还可计 7.5 学分", "本次计 1.5 学分"]),
    "degree": (make_degree(9), ["硕士学历 9 学分", "上限 8 学分", "此前未使用", "计 8 学分"]),
    "other offset": (make_offset("4.50", basis="课题 结题"), ["其他途径冲抵（课题 结题）4.5 学分，全部计入统筹。"]),
    "lessons": (lessons(19), ["2019—2020 学年：听课 19 节，未满 20 节，计 0 学分。"]),
    "county class": (classes(3, "county"), ["县级及以上共 3 节（满 1 节计）", "计 1 学分"]),
    "school lecture": (lectures(1, "school"), ["校级讲座 1 次，未满 2 次，计 0 学分。"]),
    "out of cycle": (make_coordinated(1, on=BEFORE), ["2018 年 8 月 31 日", "2018 年 9 月 1 日至 2023 年 8 月 31 日"]),
    "probation": (make_degree(5, "2018-10-01"), ["早于正式任教日期（2018 年 11 月 1 日）"]),
    "workshop without its conclusion": (make_self_directed(1, "workshop", has_record=False), ["考核结论"]),
}


@pytest.mark.parametrize("name", BECAUSE)
def test_line_says_why_with_its_sum(name: str) -> None:
    record, pieces = BECAUSE[name]
    (line,) = make_statement(record, employed_on="2018-11-01")["lines"]
    assert [piece for piece in pieces if piece not in line["because"]] == []


def test_other_offset_under_a_cap_says_its_room() -> None:
    cycle = make_cycle(other_offset_cap=Decimal("2.5"))
    lines = make_statement(make_offset(2), make_offset(2, "2021-05-01"), cycle=cycle)["lines"]
    assert lines[1]["because"].endswith("：其他途径冲抵上限 2.5 学分，此前已用 2 学分，本次计 0.5 学分，计入统筹。")


@pytest.mark.parametrize(
    ("as_of", "ending"),
    [
        ("2020-08-30", "，暂计 0 学分。"),
        ("2020-08-31", "，计 0 学分。"),
        ("2020-09-01", "，计 0 学分。"),
        ("2023-08-31", "，计 0 学分。"),
        ("9999-12-31", "，计 0 学分。"),
    ],
)
def test_a_school_year_that_runs_can_still_fill(as_of: str, ending: str) -> None:
    (line,) = make_statement(lessons(19), as_of=as_of)["lines"]
    assert line["because"].endswith(f"未满 20 节{ending}")
