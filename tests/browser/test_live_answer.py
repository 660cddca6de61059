"""The answer beside the credit form, while one types."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.visiting import (
    DESK,
    PHONE,
    Visitor,
    fill_row,
    open_page,
    type_slowly,
)
from tests.cast import Place


def test_the_live_answer_is_the_answer_after_sending(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/", viewport=DESK)
    expect(page.locator("#answer")).to_contain_text("结果会显示在这里")
    fill_row(page)
    expect(page.locator("#answer .statement")).to_contain_text("县培 4 学分")
    expect(page.locator("#id_coordinated-0-completed_on")).to_be_focused()
    expect(page.locator("#answer-said")).to_have_text("统筹 4 / 26，还差 22　自主 0 / 10，还差 10")
    live = [page.locator(place).inner_text() for place in ("#result", "#grounds")]
    form, answer = (page.locator(place).bounding_box() for place in ("#form", "#answer"))
    assert form and answer and answer["x"] > form["x"] + form["width"]
    page.get_by_role("button", name="核对学分").last.click()
    page.wait_for_url("**#result")
    assert [page.locator(place).inner_text() for place in ("#result", "#grounds")] == live
    assert visitor.complaints == []


def test_an_incomplete_form_keeps_the_last_answer(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/", viewport=DESK)
    fill_row(page)
    expect(page.locator("#result")).to_contain_text("县培 4 学分")
    page.click("#id_coordinated-0-credits")
    page.keyboard.press("End")
    type_slowly(page, "abc")
    expect(page.locator("#answer-state")).to_have_text("以下是改之前的结果。还有 1 处没有填好，填好以后自动更新。")
    expect(page.locator("#result")).to_contain_text("县培 4 学分")
    assert page.locator(".invalid-feedback").count() == 0  # nobody is told off while typing
    page.keyboard.press("Tab")
    error = page.locator("#id_coordinated-0-credits_error")
    expect(error).to_contain_text("请填数字")
    field = page.locator("#id_coordinated-0-credits")
    assert field.get_attribute("aria-describedby") == "id_coordinated-0-credits_error"
    field.fill("5")
    expect(error).to_have_count(0)
    expect(page.locator("#result")).to_contain_text("县培 5 学分")
    expect(page.locator("#answer-state")).to_be_hidden()


def test_rows_come_and_go_without_leaving_the_page(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    page.evaluate("window.same = true")
    add = page.locator("button[name=add][value=coordinated]")
    fill_row(page, 0, "３.５")
    add.click()
    expect(page.locator("#id_coordinated-1-category")).to_be_focused()
    fill_row(page, 1, "2")
    add.click()
    fill_row(page, 2, "1.25")
    page.get_by_role("button", name=re.compile("删除 ?统筹 2")).click()
    assert page.locator("#coordinated .row-head span[data-row-title]").all_inner_texts()[0::2] == ["统筹 1", "统筹 2"]
    assert page.input_value("#id_coordinated-0-credits") == "３.５"
    assert page.input_value("#id_coordinated-1-credits") == "1.25"
    assert page.get_by_role("group", name="统筹 2").get_by_label("学分").input_value() == "1.25"
    expect(page.locator("#id_coordinated-1-category")).to_be_focused()
    expect(page.locator("#answer-said")).to_contain_text("统筹 4.75 / 26")
    assert page.evaluate("window.same") is True
    page.get_by_role("button", name="核对学分").last.click()
    page.wait_for_url("**#result")
    assert page.input_value("#id_coordinated-1-credits") == "1.25"
    assert page.locator("#id_coordinated-2-credits").count() == 0


def test_the_last_row_can_go_and_come_back(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    page.get_by_role("button", name=re.compile("删除 ?学历 1")).click()
    add = page.locator("button[name=add][value=degrees]")
    expect(add).to_be_focused()
    add.click()
    page.select_option("#id_degrees-0-level", "master")
    assert page.input_value("[name=degrees-TOTAL_FORMS]") == "1"
    assert visitor.complaints == []


def test_an_amount_is_called_what_it_is(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    label = page.locator("label[for=id_self_directed-0-amount]")
    for activity, word in (("other", "学时"), ("lecture:county", "次数"), ("workshop", "学分"), ("", "数量")):
        page.select_option("#id_self_directed-0-activity", activity)
        expect(label).to_contain_text(word)


def test_on_a_phone_the_sums_stay_in_sight(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/", viewport=PHONE)
    expect(page.locator("#answer-bar")).to_be_hidden()
    fill_row(page)
    bar = page.locator("#answer-bar a")
    expect(bar).to_contain_text("统筹 4 / 26")
    box = bar.bounding_box()
    assert box and box["y"] + box["height"] <= 844
    bar.click()
    expect(page.locator("#answer .verdict")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("fault", ["offline", "429", "503"])
def test_a_failing_answer_is_told_and_nothing_is_lost(visitor: Visitor, fault: str) -> None:
    page = open_page(visitor, "/credits/check/")
    faults: dict[str, dict[str, Any]] = {
        "429": {"status": 429, "headers": {"Retry-After": "1"}},
        "503": {"status": 503},
    }

    def fail(route: Route) -> None:
        if fault == "offline":
            route.abort()
        else:
            route.fulfill(**faults[fault])

    page.route("**/credits/check/", fail)
    fill_row(page)
    line = "核对得太频繁" if fault == "429" else "现在连不上，填的内容都还在"
    expect(page.locator("#answer-state")).to_contain_text(line)
    assert page.input_value("#id_coordinated-0-credits") == "4"
    page.unroute("**/credits/check/")
    if fault != "429":
        page.fill("#id_coordinated-0-credits", "5")
    expect(page.locator("#answer .statement")).to_be_visible()
    expect(page.locator("#answer-state")).to_be_hidden()


def test_nothing_is_sent_where_nothing_changed(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.click("#id_coordinated-0-credits")
    for key in ("Tab", "Tab", "Shift", "ArrowLeft"):
        page.keyboard.press(key)
    page.wait_for_timeout(700)
    assert posts == []
    type_slowly(page, "项目一二三四五六七八")
    page.wait_for_timeout(900)
    assert len(posts) == 1
    page.keyboard.press("x")
    page.keyboard.press("Backspace")
    page.wait_for_timeout(700)
    assert len(posts) == 1


def test_a_what_if_is_answered_while_one_types(visitor: Visitor, place: Place) -> None:
    page = visitor.page_of(place, "herself", service_workers="block", viewport=DESK)
    page.goto("/credits/mine/what-if/")
    expect(page.locator("#answer")).to_contain_text("还没有添加")
    fill_row(page)
    expect(page.locator("#answer")).to_contain_text("这是加上 1 条后的试算结果")
    expect(page.locator("#answer")).to_contain_text("假设：统筹 1")
