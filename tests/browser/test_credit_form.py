"""Checking one's credits in a browser, with scripts off: the form must not need them."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.visiting import Visitor


def open_form(visitor: Visitor) -> Page:
    page = visitor.page(java_script_enabled=False)
    page.goto("/credits/check/")
    return page


def test_rows_come_and_go_and_nothing_is_lost(visitor: Visitor) -> None:
    page = open_form(visitor)
    page.select_option("#id_coordinated-0-category", "county")
    page.fill("#id_coordinated-0-credits", "３.５")
    page.locator("button[name=add][value=coordinated]").click()
    page.fill("#id_coordinated-1-credits", "abc")
    page.locator("button[name=add][value=degrees]").click()
    page.locator("button[name=remove][value=degrees-0]").click()
    assert page.input_value("#id_coordinated-0-credits") == "３.５"
    assert page.input_value("#id_coordinated-1-credits") == "abc"
    assert page.locator("#id_degrees-1-level").count() == 0
    assert page.locator(".invalid-feedback").count() == 0


def test_enter_in_a_field_checks_and_removes_nothing(visitor: Visitor) -> None:
    page = open_form(visitor)
    page.select_option("#id_coordinated-0-category", "county")
    page.fill("#id_coordinated-0-credits", "4")
    page.fill("#id_coordinated-0-completed_on", "２０２４年５月８日")
    page.press("#id_coordinated-0-completed_on", "Enter")
    assert "县培 4 学分" in (page.locator(".statement").text_content() or "")
    assert page.input_value("#id_coordinated-0-credits") == "4"


def test_an_error_stands_at_its_field(visitor: Visitor) -> None:
    page = open_form(visitor)
    page.select_option("#id_coordinated-0-category", "county")
    page.fill("#id_coordinated-0-credits", "十二")
    page.fill("#id_coordinated-0-completed_on", "2024-02-30")
    page.get_by_role("button", name="核对学分").last.click()
    assert "2 处" in page.get_by_role("alert").inner_text()
    assert "请填数字" in page.locator("#div_id_coordinated-0-credits").inner_text()
    assert "没有这一天" in page.locator("#div_id_coordinated-0-completed_on").inner_text()
    assert page.input_value("#id_coordinated-0-credits") == "十二"


def test_the_example_is_one_click_away(visitor: Visitor) -> None:
    page = open_form(visitor)
    page.get_by_role("link", name="看一个例子").click()
    page.wait_for_url("**/?example=1*")
    statement = page.locator("main").inner_text()
    for words in ("前补齐即可", "还差 6 学分", "如何补足", "未计入或部分计入", "官方答复", "依据的原文", "仅供核对"):
        assert words in statement
    assert page.locator("svg.bar").count() == 2


def test_the_printed_statement_has_room_for_signatures(visitor: Visitor) -> None:
    page = open_form(visitor)
    page.goto("/credits/check/?example=1")
    page.emulate_media(media="print")
    assert not page.locator("form.credit-form").is_visible()
    assert page.locator(".signatures").last.is_visible()
    assert page.locator("#clause-C8").is_visible()
