"""Amounts that contradict each other in two texts."""

from __future__ import annotations

import pytest

from faq.editing.elbow.amounts import amounts, contraries

CONTRARY = [
    ("每年不少于 90 学时。", "每年不少于72学时。", [("90 学时", "72 学时")]),
    ("每年不少于九十学时。", "每年不少于７２学时。", [("90 学时", "72 学时")]),
    ("请在 12 月 31 日前提交材料。", "请在11月30日前提交材料。", [("12月31日", "11月30日")]),
    ("五年内修满 90 学分。", "三年内修满 90 学分。", [("5 年", "3 年")]),
    ("合格线是 60%。", "合格线是 70％。", [("60 %", "70 %")]),
    ("集中培训最多折 26 学分，其余 10 学分。", "集中培训最多折 24 学分，其余 10 学分。", [("26 学分", "24 学分")]),
]
AGREEING = [
    ("每年不少于 90 学时。", "每年不少于 90学时。"),
    ("2021 年的项目。", "2022 年的项目。"),
    ("每年 90 学时。", "每年 90 学分。"),
    ("一次性提交。", "三次提交。"),
    ("第三年开始。", "第四年开始。"),
    ("直播课每次算 2 学时，作业算 3 学时。", "线下研修按天算，每天 6 学时，外出考察一律 8 学时。"),
    ("", "每年 90 学时。"),
]


@pytest.mark.parametrize(("here", "there", "expected"), CONTRARY)
def test_other_numbers_for_the_same_are_named(here: str, there: str, expected: list[tuple[str, str]]) -> None:
    assert [(found.here, found.there) for found in contraries(here, there)] == expected


@pytest.mark.parametrize(("here", "there"), AGREEING)
def test_numbers_of_other_things_are_left_alone(here: str, there: str) -> None:
    assert contraries(here, there) == []


def test_a_text_of_many_numbers_stays_cheap() -> None:
    assert len(list(amounts("每年 90 学时，" * 50_000))) == 200
    assert len(contraries("1.2.3年" * 20_000 + "一" * 50_000, "9天" * 20_000)) <= 3
