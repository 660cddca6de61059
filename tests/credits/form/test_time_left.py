"""The verdict on a teacher who is short while the cycle runs: what is left, by when, and how much that is a year."""

from __future__ import annotations

import pytest

from tests.credits.form.sending import page_of, post
from tests.credits.ledgers import make_coordinated, make_form, make_ledger
from tests.credits.rules.tables import ENOUGH

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2021-06-30", "连本学年还有 3 个学年，平均每学年统筹约 8.4 学分（只是平均，资料没有写明每年要多少）。"),
        ("2023-08-31", "这是本周期最后一个学年。"),
    ],
)
def test_a_running_cycle_says_what_is_left_and_by_when(as_of: str, words: str) -> None:
    ledger = make_ledger(make_coordinated("1", on="2019-07-10"), ENOUGH, as_of=as_of)
    page = page_of(post(make_form(ledger)))
    assert "还差统筹 25 学分，2023 年 8 月 31 日前补齐即可" in page.text
    assert words in page.text
    assert "还没达到要求" not in page.text
    assert "verdict-short" not in page.html


def test_after_the_cycle_the_verdict_is_plain() -> None:
    page = page_of(post(make_form(make_ledger(as_of="2023-09-01"))))
    assert "还没达到要求" in page.text
    assert "verdict-short" in page.html
    assert "前补齐即可" not in page.text


def test_counted_lines_are_folded_and_counted() -> None:
    page = page_of(post(make_form(make_ledger(make_coordinated("4")))))
    folded = page.html.partition('<details class="counted"')[2].partition("</details>")[0]
    assert "已全部计入（1 条）" in folded
    assert "全部计入统筹" in folded


def test_buttons_say_what_they_add() -> None:
    page = page_of(post(make_form(make_ledger())))
    for what in ("再添一条统筹培训", "再添一条自主培训", "再添一条学历冲抵", "再添一条其他途径冲抵"):
        assert what in page.text
