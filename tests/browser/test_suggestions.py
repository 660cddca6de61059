"""Search as one types, by keyboard, mouse and input method; and what was searched before."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser.visiting import (
    DESK,
    Visitor,
    open_page,
    type_slowly,
)

SUGGEST = "**/api/v1/suggest*"


# --- search as one types -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/search/", "/faq/"])
def test_every_search_field_suggests_by_keyboard(visitor: Visitor, path: str) -> None:
    page = open_page(visitor, path)
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="搜索问题")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    type_slowly(page, "密码")
    expect(field).to_have_attribute("aria-expanded", "true")
    options = page.get_by_role("option")
    assert 1 <= options.count() <= 8
    expect(page.get_by_text("条可能的问题，用上下键选")).to_be_attached()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert page.locator(f"#{field.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
    question = options.first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/faq/*/")
    assert question in page.content()
    assert visitor.complaints == []


def test_the_arrows_go_round_and_back_to_the_text(visitor: Visitor) -> None:
    page = open_page(visitor, "/")
    page.click("#q")
    type_slowly(page, "密码")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#q", "aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    assert page.get_attribute("#q", "aria-activedescendant") is None
    assert page.evaluate("document.getElementById('q').selectionStart") == 0


def test_escape_closes_and_keeps_the_text(visitor: Visitor) -> None:
    page = open_page(visitor, "/")
    page.click("#q")
    type_slowly(page, "密码")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    assert page.input_value("#q") == "密码"
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="搜索", exact=True)).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(0)


def test_enter_without_a_choice_searches_as_ever(visitor: Visitor) -> None:
    page = open_page(visitor, "/")
    page.click("#q")
    type_slowly(page, "密码不对")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert page.locator(".result").count() > 0


def test_the_mouse_chooses_and_the_list_moves_nothing(visitor: Visitor) -> None:
    page = open_page(visitor, "/", viewport=DESK)
    before = page.locator("#categories").bounding_box()
    page.click("#q")
    type_slowly(page, "密码")
    expect(page.get_by_role("option").first).to_be_visible()
    assert page.locator("#categories").bounding_box() == before
    page.get_by_role("option").first.click()
    page.wait_for_url("**/faq/*/")


def test_unfinished_syllables_are_not_searched(visitor: Visitor) -> None:
    page = open_page(visitor, "/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "suggest" in request.url else None)
    page.click("#q")
    keyboard = page.context.new_cdp_session(page)
    for syllables in ("m", "mi", "mi m", "mi ma"):
        place = {"selectionStart": len(syllables), "selectionEnd": len(syllables)}
        keyboard.send("Input.imeSetComposition", {"text": syllables, **place})
        page.wait_for_timeout(250)
    assert asked == []
    keyboard.send("Input.insertText", {"text": "密码"})
    expect(page.get_by_role("option").first).to_be_visible()
    assert len(asked) == 1
    assert asked[0].endswith("q=%E5%AF%86%E7%A0%81")


def test_enter_within_the_input_method_goes_nowhere(visitor: Visitor) -> None:
    page = open_page(visitor, "/")
    page.click("#q")
    type_slowly(page, "密码")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "bu", "selectionStart": 2, "selectionEnd": 2})
    keyboard.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    )
    page.wait_for_timeout(300)
    assert page.url == f"{visitor.base}/"


def test_an_answer_that_comes_late_is_not_shown(visitor: Visitor) -> None:
    page = visitor.page(service_workers="block")
    page.add_init_script("delete window.AbortController")  # so that the late answer really comes
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "%E5%AD%A6%E5%8E%86" in route.request.url:  # 学历
            held.append(route)
        else:
            route.continue_()

    page.route(SUGGEST, hold)
    page.goto("/")
    page.fill("#q", "学历")
    page.wait_for_timeout(400)
    page.fill("#q", "密码")
    expect(page.get_by_role("option").first).to_be_visible()
    shown = page.get_by_role("option").all_inner_texts()
    [late] = held
    entry = {"ref": "x", "question": "来晚了", "url": f"{visitor.base}/faq/x/"}
    late.fulfill(json={"suggestions": [entry]})
    page.wait_for_timeout(300)
    assert page.get_by_role("option").all_inner_texts() == shown
    assert "来晚了" not in shown


@pytest.mark.parametrize("fault", ["abort", "500", "nonsense", "never"])
def test_where_suggestions_fail_searching_goes_on(visitor: Visitor, fault: str) -> None:
    page = visitor.page(service_workers="block")

    def fail(route: Route) -> None:
        if fault == "abort":
            route.abort()
        elif fault == "500":
            route.fulfill(status=500, body="")
        elif fault == "nonsense":
            route.fulfill(body="<html>")

    page.route(SUGGEST, fail)
    page.goto("/")
    page.click("#q")
    type_slowly(page, "密码不对")
    page.wait_for_timeout(300)
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert page.locator(".result").count() > 0
    assert [text for text in visitor.complaints if "Failed to load" not in text] == []


def test_the_same_words_are_asked_for_once(visitor: Visitor) -> None:
    page = open_page(visitor, "/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "suggest" in request.url else None)
    for words in ("密码", "密码不", "密码", "密码不"):
        page.fill("#q", words)
        page.wait_for_timeout(350)
    assert len(asked) == 2


def test_a_slash_while_typing_is_a_slash(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    page.click("#id_coordinated-0-completed_on")
    type_slowly(page, "2024/5/8")
    assert page.input_value("#id_coordinated-0-completed_on") == "2024/5/8"


# --- recent searches ---------------------------------------------------------------------------------------------


def test_recent_searches_are_offered_removed_and_cleared(visitor: Visitor) -> None:
    page = open_page(visitor, "/")
    for words in ("密码不对", "看课没时长", "学历冲抵", "密码不对"):
        page.fill("#q", words)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.goto("/")
    page.click("#q")
    options = page.get_by_role("option")
    texts = [text.replace("×", "").strip() for text in options.all_inner_texts()]
    assert texts == ["密码不对", "学历冲抵", "看课没时长", "清空最近搜过的"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(options).to_have_count(3)
    options.nth(1).locator(".suggestion-remove").click()
    expect(options).to_have_count(2)
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert page.input_value("#q") == "密码不对"
    page.goto("/")
    page.click("#q")
    options.last.click()
    expect(options).to_have_count(0)
    assert page.evaluate("localStorage.getItem('recent-searches')") == "[]"


def test_at_most_eight_searches_are_remembered(visitor: Visitor) -> None:
    page = open_page(visitor, "/")
    page.evaluate(
        "words => localStorage.setItem('recent-searches', words)", json.dumps([f"第{n}次" for n in range(20)])
    )
    page.fill("#q", "密码")
    page.locator(".suggestion-entry").first.click()
    page.wait_for_url("**/faq/*/")
    kept = json.loads(page.evaluate("localStorage.getItem('recent-searches')"))
    assert kept == ["密码", *(f"第{n}次" for n in range(7))]


@pytest.mark.parametrize("script", ["localStorage.setItem('recent-searches', '{broken')", "0"])
def test_a_device_without_memory_searches_all_the_same(visitor: Visitor, script: str) -> None:
    page = visitor.page(service_workers="block")
    forbid = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden') }})"
    page.add_init_script(forbid if script == "0" else script)
    page.goto("/")
    page.click("#q")
    type_slowly(page, "密码")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert visitor.complaints == []
