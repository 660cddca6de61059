"""What the scripts add: search as one types, an answer beside the form, reading offline; and that they cost nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from ..credits.place import Place
from ..installation import Installation, wait_until
from .conftest import Visitor

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SUGGEST = "**/api/v1/suggest*"


def open_page(visitor: Visitor, path: str, **context: Any) -> Page:
    """A page whose requests no worker answers, so that each can be watched and held up."""
    page = visitor.page(service_workers="block", **context)
    page.goto(path)
    expect(page.locator("html.scripted")).to_be_attached()
    return page


def type_slowly(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=20)


def until(page: Page, expression: str) -> None:
    """Waits until `expression` holds. Playwright's own way needs eval, which the policy forbids."""
    assert wait_until(lambda: page.evaluate(expression), 10), expression


# --- search as one types -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/search/", "/faq/"])
def test_every_search_field_suggests_and_the_keyboard_leads_to_the_entry(visitor: Visitor, path: str) -> None:
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


def test_the_arrows_go_round_and_text_keys_come_back_to_the_text(visitor: Visitor) -> None:
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


def test_escape_closes_and_keeps_what_was_typed_and_tab_leaves(visitor: Visitor) -> None:
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


def test_syllables_that_are_not_yet_words_are_not_searched(visitor: Visitor) -> None:
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


def test_the_slash_is_a_slash_where_something_is_typed(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    page.click("#id_coordinated-0-completed_on")
    type_slowly(page, "2024/5/8")
    assert page.input_value("#id_coordinated-0-completed_on") == "2024/5/8"


# --- recent searches -----------------------------------------------------------------------------------------


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


def test_at_most_eight_searches_are_remembered_and_a_choice_counts(visitor: Visitor) -> None:
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
def test_a_device_that_remembers_nothing_searches_all_the_same(visitor: Visitor, script: str) -> None:
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


# --- how pages look ------------------------------------------------------------------------------------------


def test_large_type_and_dark_are_applied_at_once_and_keep_what_is_typed(visitor: Visitor) -> None:
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


def test_where_the_choice_cannot_be_sent_the_form_is_sent_as_ever(visitor: Visitor) -> None:
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


# --- the answer beside the form --------------------------------------------------------------------------------


def fill_row(page: Page, row: int = 0, credits: str = "4") -> None:
    page.select_option(f"#id_coordinated-{row}-category", "county")
    page.fill(f"#id_coordinated-{row}-credits", credits)
    page.fill(f"#id_coordinated-{row}-completed_on", "2024-05-08")


def test_the_answer_while_typing_is_the_answer_after_sending(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/", viewport=DESK)
    expect(page.locator("#answer")).to_contain_text("还没有结果")
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


def test_while_something_is_missing_the_last_answer_stays_and_says_so(visitor: Visitor) -> None:
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


def test_rows_come_and_go_without_leaving_the_page_or_losing_a_word(visitor: Visitor) -> None:
    page = open_page(visitor, "/credits/check/")
    page.evaluate("window.same = true")
    add = page.locator("button[name=add][value=coordinated]")
    fill_row(page, 0, "３.５")
    add.click()
    expect(page.locator("#id_coordinated-1-category")).to_be_focused()
    fill_row(page, 1, "2")
    add.click()
    fill_row(page, 2, "1.25")
    page.get_by_role("button", name=re.compile("去掉 ?统筹 2")).click()
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
    page.get_by_role("button", name=re.compile("去掉 ?学历 1")).click()
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


def test_on_a_phone_the_sums_stay_in_sight_and_lead_to_the_answer(visitor: Visitor) -> None:
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
def test_where_no_answer_comes_a_quiet_line_says_so_and_nothing_is_lost(visitor: Visitor, fault: str) -> None:
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


def test_a_what_if_is_answered_while_one_types(visitor: Visitor, content: None) -> None:
    place = Place()
    page = visitor.page(service_workers="block", viewport=DESK)
    session = place.client("herself").cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": visitor.base}])
    page.goto("/credits/mine/what-if/")
    expect(page.locator("#answer")).to_contain_text("还没有加")
    fill_row(page)
    expect(page.locator("#answer")).to_contain_text("这是再加 1 条以后的结果")
    expect(page.locator("#answer")).to_contain_text("假设：统筹 1")


# --- an entry ------------------------------------------------------------------------------------------------


def test_the_address_is_copied_or_marked_to_be_copied(visitor: Visitor) -> None:
    page = open_page(visitor, "/faq/upgrade-01/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制链接").click()
    expect(page.get_by_text("已复制", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{visitor.base}/faq/upgrade-01/"
    other = visitor.page(service_workers="block")
    other.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    other.goto("/faq/upgrade-01/")
    other.get_by_role("button", name="复制链接").click()
    expect(other.get_by_text("网址已经选中，请复制")).to_be_visible()
    assert other.evaluate("getSelection().toString()") == f"{visitor.base}/faq/upgrade-01/"


@pytest.mark.parametrize(
    ("path", "instead"),
    [("/faq/upgrade-01/", "请点右上角，在浏览器中打开"), ("/credits/check/?example=1", "这里填的带不过去")],
)
def test_printing_is_one_click_away_but_not_inside_wechat(visitor: Visitor, path: str, instead: str) -> None:
    page = visitor.page(service_workers="block")
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")
    page.goto(path)
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed") == 1
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile MicroMessenger/8.0.47"
    wechat = open_page(visitor, path, user_agent=agent)
    expect(wechat.get_by_text(instead)).to_be_visible()
    assert wechat.get_by_role("button", name="打印").count() == 0


def test_without_scripts_nothing_is_offered_that_would_not_work(visitor: Visitor) -> None:
    page = visitor.page(java_script_enabled=False)
    for path in ("/faq/upgrade-01/", "/credits/check/?example=1"):
        page.goto(path)
        for button in page.locator("[data-print], [data-copy]").all():
            assert not button.is_visible()


# --- for everybody -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_while_things_are_open(visitor: Visitor, scheme: str, size: dict[str, int]) -> None:
    page = open_page(visitor, "/", color_scheme=scheme, viewport=size)
    page.click("#q")
    type_slowly(page, "密码")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.goto("/faq/")
    page.click("#header-q")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    page.goto("/credits/check/")
    fill_row(page)
    expect(page.locator("#answer .statement")).to_be_visible()
    page.locator("button[name=add][value=coordinated]").click()
    fill_row(page, 1, "x")
    expect(page.locator("#id_coordinated-1-credits_error")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def violations(page: Page) -> list[tuple[str, str]]:
    return [(item["id"], item["nodes"][0]["html"][:160]) for item in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("path", ["/", "/faq/upgrade-01/", "/credits/check/", "/credits/check/?example=1"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_moves_when_the_scripts_come(visitor: Visitor, path: str, size: dict[str, int]) -> None:
    page = visitor.page(service_workers="block", viewport=size)
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => "
        "{ window.shifted += entry.value })).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(path)
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifted") == 0


# --- without a network ---------------------------------------------------------------------------------------


@pytest.fixture
def portal(chromium: Browser, installation: Installation, tmp_path: Path) -> Iterator[Visitor]:
    """The portal as in production, hashed names and all, on plain http of this machine, where workers work."""
    twin = installation.twin(tmp_path, HTTPS="off", ALLOWED_HOSTS="localhost,portal.example.invalid")
    with twin.serve() as server:
        visitor = Visitor(chromium, f"http://localhost:{server.port}")
        yield visitor
        for context in chromium.contexts:
            context.close()


def with_worker(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "Boolean(navigator.serviceWorker.controller)")


def until_kept(page: Page, path: str) -> None:
    until(page, f"caches.open('portal-pages').then(cache => cache.match('{path}')).then(Boolean)")


def kept_paths(page: Page) -> set[str]:
    """Every path in every cache of the device."""
    script = """async () => {
      const found = [];
      for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
      }
      return found;
    }"""
    return set(page.evaluate(script))


@pytest.mark.server
def test_what_was_read_can_be_read_again_without_a_network(portal: Visitor) -> None:
    page = portal.page(color_scheme="dark")
    page.goto("/faq/upgrade-06/?from=timeline")
    with_worker(page)
    until_kept(page, "/faq/upgrade-06/")
    page.goto("/faq/credits-02/")
    page.goto("/")
    page.context.set_offline(True)
    answer = page.goto("/faq/upgrade-06/")
    assert answer and answer.from_service_worker and answer.status == 200
    expect(page.get_by_text("离线：这是您上次看到的内容。")).to_be_visible()
    assert "解绑" in page.locator(".answer").inner_text()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 28, 26)"  # its styles too
    expect(page.locator("html.scripted")).to_be_attached()
    answer = page.goto("/credits/check/")
    assert answer and answer.status == 503
    expect(page.get_by_role("heading", name="现在没有网络")).to_be_visible()
    assert violations(page) == []
    listed = page.locator(".question-list a")
    assert listed.count() == 2
    listed.filter(has_text="绑定").click()
    expect(page.locator(".answer")).to_contain_text("解绑")
    page.context.set_offline(False)
    page.goto("/faq/upgrade-06/")
    assert page.locator(".offline-note").count() == 0


@pytest.mark.server
def test_large_type_chosen_later_is_kept_offline_too(portal: Visitor) -> None:
    page = portal.page()
    page.goto("/faq/upgrade-06/")
    with_worker(page)
    page.goto("/faq/upgrade-06/")
    page.goto("/credits/check/")
    page.locator(".size-switch button").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    page.context.set_offline(True)
    page.goto("/faq/upgrade-06/")
    expect(page.locator("html")).to_have_attribute("data-size", "large")


@pytest.mark.server
def test_a_new_worker_clears_away_what_old_ones_kept_but_not_what_was_read(portal: Visitor) -> None:
    page = portal.page()
    page.goto("/robots.txt")
    page.evaluate("caches.open('portal-static-old').then(cache => cache.put('/static/old.css', new Response('')))")
    page.evaluate("caches.open('somebody-else')")
    page.goto("/faq/upgrade-06/")
    with_worker(page)
    until_kept(page, "/faq/upgrade-06/")
    until(page, "caches.keys().then(names => !names.includes('portal-static-old'))")
    names = set(page.evaluate("caches.keys()"))
    assert {"somebody-else", "portal-pages"} < names
    assert len(names) == 3


@pytest.mark.server
def test_at_most_sixty_pages_are_kept_the_oldest_go(portal: Visitor) -> None:
    page = portal.page()
    page.goto("/faq/upgrade-06/")
    with_worker(page)
    until_kept(page, "/faq/upgrade-06/")
    fill = """async () => {
      const cache = await caches.open('portal-pages');
      for (let n = 0; n < 60; n += 1) await cache.put(`/faq/old-${n}/`, new Response(''));
    }"""
    page.evaluate(fill)
    page.goto("/faq/credits-02/")
    until_kept(page, "/faq/credits-02/")
    until(page, "caches.open('portal-pages').then(c => c.keys()).then(keys => keys.length === 60)")
    paths = kept_paths(page)
    assert "/faq/old-59/" in paths
    assert not {"/faq/upgrade-06/", "/faq/old-0/"} & paths


def test_nothing_personal_is_in_any_cache_after_signing_in(visitor: Visitor, content: None) -> None:
    place = Place()
    page = visitor.page()
    page.goto("/faq/upgrade-01/")
    with_worker(page)
    until_kept(page, "/faq/upgrade-01/")
    session = place.client("herself").cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": visitor.base}])
    for path in ("/credits/mine/", "/credits/mine/what-if/", "/", "/faq/", "/faq/upgrade-02/", "/faq/upgrade-01/"):
        answer = page.goto(path)
        assert answer and answer.status == 200
        expect(page.get_by_role("button", name="退出")).to_be_visible()
    page.goto("/credits/check/")
    fill_row(page)
    expect(page.locator("#answer .statement")).to_be_visible()
    page.goto("/sign-in/")
    page.goto("/admin/")
    paths = kept_paths(page)
    assert {path for path in paths if not path.startswith("/static/")} == {"/faq/upgrade-01/", "/offline/"}
    script = """async () => {
      const texts = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
      }
      return texts.join('');
    }"""
    everything = page.evaluate(script)
    assert "电脑端" in everything
    for own in ("张三", "A-1", "退出", "我的学分", "csrfmiddlewaretoken"):
        assert own not in everything
    page.context.set_offline(True)
    page.goto("/credits/mine/")
    expect(page.get_by_role("heading", name="现在没有网络")).to_be_visible()
    assert "张三" not in page.content()
