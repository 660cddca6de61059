"""Large type and dark colours are chosen without leaving the page."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.browser.visiting import (
    Visitor,
    fill_row,
    open_page,
    until,
)


def test_a_choice_applies_at_once_and_keeps_the_form(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    page.fill("#id_coordinated-0-credits", "4")
    large = page.locator(".size-switch button")
    large.click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    expect(large).to_have_text("标准字号")
    expect(large).to_be_focused()
    ink = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ink)
    for theme, label, dark in (("dark", "深色", True), ("light", "浅色", False)):
        page.get_by_role("button", name=label, exact=True).click()
        button = page.get_by_role("button", name=label, exact=True)
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_be_focused()
        until(page, f"({ink} !== {json.dumps(light)}) === {json.dumps(dark)}")
        assert page.locator("meta[name=color-scheme]").get_attribute("content") == theme
    assert page.input_value("#id_coordinated-0-credits") == "4"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    assert page.evaluate(ink) == light


def test_dark_comes_where_the_page_came_without_it(visitor: Visitor) -> None:
    page = visitor.page(service_workers="block")
    page.context.add_cookies([{"name": "theme", "value": "light", "url": visitor.base}])
    page.goto("/faq/upgrade-01/")
    page.get_by_role("button", name="深色", exact=True).click()
    until(page, "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim() === '#161c1a'")
    assert visitor.complaints == []


def test_an_unsent_choice_is_sent_as_a_form(visitor: Visitor) -> None:
    page = open_page(visitor, "/faq/upgrade-01/")
    page.route("**/appearance/", lambda r: r.abort() if r.request.resource_type == "fetch" else r.continue_())
    with page.expect_navigation():
        page.locator(".size-switch button").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    assert page.url.endswith("/faq/upgrade-01/")


def test_an_answered_form_is_not_left_for_it(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    fill_row(page)
    page.get_by_role("button", name="核对学分").last.click()
    page.wait_for_url("**#result")
    page.locator(".size-switch button").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    assert page.input_value("#id_coordinated-0-credits") == "4"
    assert page.locator("#result .statement").count() == 1
