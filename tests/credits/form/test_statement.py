"""The statement on the page of the credit form."""

from __future__ import annotations

import re
from typing import Any

import pytest

from credits.rules.evaluate import evaluate
from credits.rules.serialize import statement_data
from credits.rules.types import Ledger
from credits.statements.calendar import today
from credits.statements.from_json import from_json
from helpdesk.management.commands.bootstrap import load_once
from tests.credits.form.sending import one_of_each, page_of, post, statement_of
from tests.credits.ledgers import (
    make_coordinated,
    make_form,
    make_json,
    make_ledger,
    make_mixed_ledger,
    make_self_directed,
)

pytestmark = pytest.mark.usefixtures("cycles")


# --- the statement -----------------------------------------------------------------------------------------------


def test_statement_shows_verdict_sums_lines_clauses_and_tags() -> None:
    load_once("documents")
    response = post(make_form(make_mixed_ledger()))
    page = page_of(response)
    for words in (
        "还差统筹 12.5 学分、自主 8.25 学分，2023 年 8 月 31 日前补齐即可",
        "统筹 13.5（要求 26），自主 1.75（要求 10），统筹还差 12.5 学分，自主还差 8.25 学分",
        "25 学时：所在方案已上报，还没有审核通过",
        "7.5 学时 ÷ 10 学时/学分 = 0.75 学分",
        "托底最多再计 3 学分，其余 9.5 学分须通过国培、省培、市县培训或其他途径冲抵取得",
        "同一项目、同一天已经登记过，不重复计",
        "有 2.5 学分要等校本研修方案审核通过才能计入自主",
        "“最高不超过 8 学分”",
        "“统筹 26 学分是打通的”",
        "官方答复",
        "文件原文",
        "提问所述",
        "系统理解",
        "仅供核对，以主管部门认定为准。",
        "教师学分管理办法（依据资料《教师学分管理（系统）常见问题》）",
    ):
        assert words in page.text
    for code in ("C1", "C2", "C5", "C6", "C8", "C9", "C10", "C13", "C14", "C19"):
        assert f'id="clause-{code}"' in page.html
    assert 'href="/faq/credits-05/"' in page.html


def test_every_clause_of_a_line_is_on_the_page() -> None:
    html = page_of(post(make_form(make_mixed_ledger()))).html
    referred = set(re.findall(r'href="#(clause-C[0-9]+)"', html))
    assert referred
    assert [anchor for anchor in referred if f'id="{anchor}"' not in html] == []


def test_a_clause_links_to_readable_entries_only() -> None:
    html = page_of(post(make_form(make_mixed_ledger()))).html
    assert "第 5 条" in html
    assert "/faq/credits-05/" not in html


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"position": "seconded"}, "暂不作要求"),
        ({"sole_teacher_school": True}, "等省厅意见"),
        ({"cycle": "2023", "as_of": "2025-01-01"}, "本周期的数值沿用上一周期，尚待主管部门确认。"),
        ({"employed_on": None}, "不知道正式任教日期"),
    ],
)
def test_statement_says_what_is_special(about: dict[str, Any], words: str) -> None:
    assert words in page_of(post(make_form(one_of_each(**about)))).text


def test_other_reading_is_told() -> None:
    ledger = make_ledger(make_coordinated(20), make_coordinated(6, "all_staff"), make_self_directed(10))
    page = page_of(post(make_form(ledger)))
    assert "统筹计 21.5 学分，结论会变成“还没达到要求”" in page.text


@pytest.mark.parametrize(
    "ledger",
    [
        pytest.param(make_mixed_ledger(), id="mixed"),
        pytest.param(one_of_each(position="seconded"), id="seconded"),
        pytest.param(one_of_each(employed_on=None, sole_teacher_school=True), id="sole teacher"),
        pytest.param(one_of_each(cycle="2023", as_of="2030-01-01"), id="other cycle"),
        pytest.param(make_ledger(), id="empty"),
    ],
)
def test_form_and_json_give_the_same_statement(ledger: Ledger) -> None:
    assert statement_of(post(make_form(ledger))) == statement_data(evaluate(from_json(make_json(ledger))))


def test_the_statement_names_rows_as_the_form_does() -> None:
    """The first row of each section is left blank."""
    data = make_form(make_ledger(make_coordinated(0, project=""), make_coordinated(7, converted=False)))
    data |= {"coordinated-0-credits": "", "coordinated-0-category": "", "coordinated-0-completed_on": ""}
    response = post(data)
    assert page_of(response).rows == ["统筹 1", "统筹 2"]
    (line,) = response.context["page"].lines_not_counted
    assert line.names == "统筹 2"


def test_records_of_one_group_are_all_named() -> None:
    rows = [make_self_directed(10, "lesson_observation", f"2019-1{month}-01") for month in (2, 0, 1)]
    (line,) = post(make_form(make_ledger(*rows))).context["page"].lines_counted
    assert line.names == "自主 2、自主 3、自主 1"


def test_rows_of_one_day_keep_their_order() -> None:
    rows = [make_coordinated(1, "safety_net") for _ in range(12)]
    response = post(make_form(make_ledger(*rows)))
    assert [line["counted"] for line in statement_of(response)["lines"]] == ["1", "0.5", *["0"] * 10]


def test_date_left_blank_means_today() -> None:
    before = today()
    assert statement_of(post(make_form(one_of_each()), as_of=""))["as_of"] in (before.isoformat(), today().isoformat())


def test_a_date_in_the_future_is_told() -> None:
    response = post(make_form(one_of_each(as_of="2019-12-31")), degrees__0__awarded_on="2020-06-30")
    assert "日期晚于截止日期（2019 年 12 月 31 日），到时再计" in page_of(response).text


# --- the cycle itself --------------------------------------------------------------------------------------------


def test_what_is_not_asked_is_not_short() -> None:
    text = page_of(post(make_form(make_ledger(make_coordinated(6), position="seconded")))).text
    assert "比要求少 20 学分，暂不作要求" in text
    assert "还差" not in text


def test_with_nothing_filled_in_the_verdict_says_so() -> None:
    said = "还没有填写培训、活动、学历和其他冲抵"
    assert said in page_of(post(make_form(make_ledger()))).text
    assert said not in page_of(post(make_form(make_mixed_ledger()))).text
