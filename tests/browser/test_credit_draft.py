"""The words typed into the credit form on this device: it outlives a reload, can be forgotten, and dates are chosen."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.visiting import PHONE, Visitor, fill_row, open_page, questions

CHECK = "/credits/check/"


def test_a_reload_keeps_what_was_typed(visitor: Visitor) -> None:
    page = open_page(visitor, CHECK)
    fill_row(page)
    page.locator("button[name=add][value=coordinated]").click()
    fill_row(page, 1, "2.5")
    page.uncheck("#id_coordinated-1-converted")
    expect(page.locator("#answer-said")).to_contain_text("统筹 4 / 26")
    page.reload()
    expect(page.locator("#draft-said")).to_be_visible()
    assert page.input_value("#id_coordinated-1-credits") == "2.5"
    assert not page.is_checked("#id_coordinated-1-converted")
    expect(page.locator("#answer-said")).to_contain_text("统筹 4 / 26")
    page.locator("#draft-said a").click()
    expect(page.locator("#draft-said")).to_be_hidden()
    assert page.input_value("#id_coordinated-0-credits") == ""
    assert visitor.complaints == []


def test_keeping_can_be_switched_off(visitor: Visitor) -> None:
    page = open_page(visitor, CHECK)
    fill_row(page)
    page.get_by_label("刷新页面后仍保留").uncheck()
    asked = questions(page)
    page.reload()
    expect(page.get_by_label("刷新页面后仍保留")).not_to_be_checked()
    assert asked == ["beforeunload"]
    assert page.input_value("#id_coordinated-0-credits") == ""
    assert page.evaluate("sessionStorage.length") == 0


def test_without_memory_the_form_still_works(visitor: Visitor) -> None:
    page = visitor.page(service_workers="block")
    page.add_init_script(
        "for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name,"
        "{ get() { throw new DOMException('SecurityError'); } });"
    )
    page.goto(CHECK)
    fill_row(page)
    expect(page.locator("#answer-said")).to_contain_text("统筹 4 / 26")
    expect(page.locator("#draft")).to_be_hidden()
    assert visitor.complaints == []


def test_a_date_is_chosen_and_its_cycle_offered(visitor: Visitor) -> None:
    page = open_page(visitor, CHECK, viewport=PHONE)
    date = page.locator("#id_coordinated-0-completed_on")
    assert date.get_attribute("inputmode") == "decimal"
    page.select_option("#id_cycle", "2018")
    assert date.get_attribute("placeholder") == "如 2019-07-10"
    page.select_option("#id_cycle", "2023")
    fill_row(page)
    page.locator("#div_id_coordinated-0-completed_on input[type=date]").fill("2019-07-15")
    assert date.input_value() == "2019-07-15"
    offer = page.locator("#div_id_coordinated-0-completed_on").get_by_role("button", name=re.compile("换成 2018—2023"))
    expect(offer).to_be_visible()
    offer.click()
    page.wait_for_url("**#result")
    assert page.input_value("#id_cycle") == "2018" and date.input_value() == "2019-07-15"
    expect(page.locator("#answer")).to_contain_text("县培 4 学分")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visitor.complaints == []
