"""Passing the 2021 project: the table of the contract."""

from __future__ import annotations

from decimal import Decimal

import pytest

from credits.upgrade.check import PassCheck, Progress, check_pass

#: 必修, score, minutes → verdict, missing points, missing minutes.
TABLE = [
    (True, "60", None, "passed", "0", None),
    (True, "59.99", None, "not_yet", "0.01", None),
    (True, "1000", "900", "passed", "0", "0"),
    (True, "61.5", "850", "passed", "0", "50"),
    (True, "0", "0", "not_yet", "60", "900"),
    (False, "100", "900", "not_yet", "0", "0"),
    (False, None, None, "not_yet", None, None),
    (None, "59", None, "not_yet", "1", None),
    (None, "60", "899.5", "unknown", "0", "0.5"),
    (True, None, "900", "unknown", None, "0"),
    (None, None, "100000", "unknown", None, "0"),
]


def checked(done: bool | None, score: str | None, minutes: str | None) -> PassCheck:
    amounts = [None if text is None else Decimal(text) for text in (score, minutes)]
    return check_pass(Progress(done, *amounts))


def said(done: bool | None, score: str | None, minutes: str | None) -> str:
    return "".join(checked(done, score, minutes).because)


@pytest.mark.parametrize(("done", "score", "minutes", "verdict", "points", "time"), TABLE)
def test_the_table_of_passing(
    done: bool | None, score: str | None, minutes: str | None, verdict: str, points: str | None, time: str | None
) -> None:
    check = checked(done, score, minutes)
    missing = [None if text is None else Decimal(text) for text in (points, time)]
    assert [check.verdict, check.missing_score, check.missing_minutes] == [verdict, *missing]


def test_entries_name_the_minutes_where_given() -> None:
    assert checked(True, "60", None).entries == ("upgrade-15",)
    assert checked(True, "60", "0").entries == ("upgrade-15", "upgrade-09")


def test_whoever_passes_is_sent_to_the_platform() -> None:
    assert "“成绩统计”显示“考核通过”才算通过" in said(True, "60", None)
    assert "考核通过" not in said(True, "59", None)


def test_done_with_too_few_minutes_does_not_fit() -> None:
    assert "对不上" in said(True, "60", "899.99")
    assert "对不上" not in said(True, "60", "900") + said(False, "60", "10") + said(None, "60", "10")


def test_what_is_missing_is_said_in_figures() -> None:
    told = said(False, "41.25", "850")
    assert "还差 18.75 分到 60 分" in told
    assert "还差 50 分钟到 900 分钟" in told
    assert "没有写明" in told
