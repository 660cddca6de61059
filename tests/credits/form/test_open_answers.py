"""Fields left open: a month for a day, 不清楚 for yes or no. They are answers where nothing changes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from credits.forms.spans import DayOrSpanField, Span
from credits.rules.types import Ledger
from tests.cast import Place, make_result
from tests.credits.form.sending import is_judged, page_of, post, statement_of
from tests.credits.ledgers import make_coordinated, make_degree, make_form, make_ledger, make_offset, make_self_directed

pytestmark = pytest.mark.usefixtures("cycles")
SPANS = {
    "2021年6月": Span("月", 2021, 6),
    "２０２１ 年 ６ 月": Span("月", 2021, 6),
    "2021年06月份": Span("月", 2021, 6),
    "2016-09": Span("月", 2016, 9),
    "2016.9": Span("月", 2016, 9),
    "2016/9": Span("月", 2016, 9),
    "201609": Span("月", 2016, 9),
    "2020-2021学年": Span("学年", 2020),
    "2020—2021 学年": Span("学年", 2020),
    "2020-21学年": Span("学年", 2020),
    "2020学年": Span("学年", 2020),
    "2020-2021": Span("学年", 2020),
    "2016年": Span("年", 2016),
}


@pytest.mark.parametrize(("typed", "span"), SPANS.items())
def test_a_month_or_a_school_year_is_read(typed: str, span: Span) -> None:
    assert DayOrSpanField().clean(typed) == span


@pytest.mark.parametrize("typed", ["2021年13月", "2016-00", "2020-2022学年", "1949年", "1949-12", "2100学年", "2020"])
def test_what_is_no_span_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        DayOrSpanField().clean(typed)


def sent(ledger: Ledger, **fields: str) -> Any:
    """The form of a ledger with some fields typed otherwise; `__` stands for the hyphen."""
    return post(make_form(ledger), **fields)


def one(**fields: Any) -> Ledger:
    return make_ledger(make_coordinated("4", "national", **fields), as_of="2022-01-01")


@pytest.mark.parametrize("typed", ["2021年6月", "2021-06", "2020-2021学年"])
def test_a_span_is_enough_where_every_day_is_the_same(typed: str) -> None:
    answer = sent(one(), coordinated__0__completed_on=typed)
    assert statement_of(answer)["coordinated"]["counted"] == "4"
    [line] = answer.context["page"].lines_counted
    assert line.because.startswith("2021 年 6 月国培" if "6" in typed else "2020—2021 学年国培")
    assert page_of(answer).typed["coordinated-0-completed_on"] == typed


#: Words typed → why the day matters.
MATTERS = {
    "2022年1月": "晚于核对日期（2022 年 1 月 1 日）的还不算",
    "2018年": "2018 年 9 月 1 日以前的不在本周期，不计",
}


@pytest.mark.parametrize(("typed", "why"), MATTERS.items())
def test_a_span_that_is_not_enough_says_why(typed: str, why: str) -> None:
    answer = sent(one(), coordinated__0__completed_on=typed)
    error = page_of(answer).errors["coordinated-0-completed_on"]
    assert why in error and error.endswith("请写到哪一天。")
    assert not is_judged(answer)


def test_a_year_matters_where_things_count_by_school_year() -> None:
    lessons = [make_self_directed(10, "lesson_observation", day) for day in ("2019-05-01", "2019-05-02")]
    answer = sent(make_ledger(*lessons), self_directed__1__completed_on="2019年")
    assert "2019 年 9 月 1 日前后是两个学年" in page_of(answer).errors["self_directed-1-completed_on"]
    fine = sent(make_ledger(*lessons), self_directed__1__completed_on="2018-2019学年")
    assert statement_of(fine)["self_directed"]["counted"] == "1"


def test_a_month_of_employment_is_enough_without_a_degree_in_it() -> None:
    ledger = make_ledger(make_degree("5", "2021-06-15"))
    assert statement_of(sent(ledger, formally_employed_on="2016-09"))["coordinated"]["counted"] == "5"
    answer = sent(ledger, formally_employed_on="2021年6月")
    assert "2021 年 6 月 15 日取得的学历" in page_of(answer).errors["formally_employed_on"]
    both = sent(ledger, formally_employed_on="2021年6月", degrees__0__awarded_on="2021年6月")
    assert set(page_of(both).errors) == {"formally_employed_on", "degrees-0-awarded_on"}


@pytest.mark.parametrize("employed_on", ["", "2021-06"])
def test_a_month_is_enough_for_another_offset(employed_on: str) -> None:
    ledger = make_ledger(make_offset("2", "2021-06-15", basis="课题"))
    answer = sent(ledger, offsets__0__awarded_on="2021年6月", formally_employed_on=employed_on)
    [line] = answer.context["page"].lines_counted
    assert (line.names, line.because) == ("冲抵 1", "2021 年 6 月其他途径冲抵（课题）2 学分，全部计入统筹。")


def test_a_year_of_another_offset_that_is_not_enough_says_why() -> None:
    answer = sent(make_ledger(make_offset("2")), offsets__0__awarded_on="2018年")
    assert MATTERS["2018年"] in page_of(answer).errors["offsets-0-awarded_on"]


def test_a_month_matters_where_one_project_stands_twice() -> None:
    twice = make_ledger(*(make_coordinated("4", "national", "2019-07-10", project="P-17") for _ in range(2)))
    answer = sent(twice, coordinated__1__completed_on="2019年7月")
    assert "同一项目同一天" in page_of(answer).errors["coordinated-1-completed_on"]
    assert is_judged(sent(twice, coordinated__1__completed_on="2019年8月"))


def test_not_knowing_is_an_answer_where_nothing_changes() -> None:
    outside = make_ledger(make_coordinated("4", "national", "2015-07-10"))
    answer = sent(outside, coordinated__0__converted_unknown="on")
    assert "您填的是不清楚：有没有，结果都一样" in answer.content.decode()
    unplanned = make_ledger(make_self_directed("2", "school_training", plan="none"))
    assert is_judged(sent(unplanned, self_directed__0__has_record_unknown="on"))


def test_not_knowing_is_explained_where_it_matters() -> None:
    answer = sent(one(), coordinated__0__converted_unknown="on")
    error = page_of(answer).errors["coordinated-0-converted_unknown"]
    assert "勾选了，统筹 4 学分；没有勾选，统筹 0 学分" in error
    activity = make_ledger(make_self_directed("2", "school_training"))
    answer = sent(activity, self_directed__0__has_record_unknown="on")
    assert "有，自主 2 学分；没有，自主 0 学分" in page_of(answer).errors["self_directed-0-has_record_unknown"]
    assert page_of(answer).typed["self_directed-0-has_record"] == "on"


def test_much_that_is_open_stays_bounded() -> None:
    rows = make_ledger(*(make_self_directed(1, "lesson_observation") for _ in range(60)))
    typed = {f"self_directed-{index}-completed_on": "2019年" for index in range(60)}
    began = time.process_time()
    answer = post(make_form(rows) | typed)
    assert set(page_of(answer).errors) == set(typed)
    months = {name: "2019年6月" for name in typed}
    assert is_judged(post(make_form(rows) | months))
    assert time.process_time() - began < 10


def test_what_is_recorded_counts_with_an_open_field(place: Place) -> None:
    result = make_result(place.teacher)
    data = make_form(make_ledger(make_coordinated("4", "county", project=result.project.code)))
    path = "/credits/mine/what-if/"
    day = result.project.ends_on
    typed = {"coordinated-0-completed_on": f"{day.year}年{day.month}月"}
    answer = place.client("herself").post(path, data | typed)
    assert "同一项目同一天" in page_of(answer).errors["coordinated-0-completed_on"]
