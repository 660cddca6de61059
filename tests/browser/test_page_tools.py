"""Copying and printing by script, and that scripts disturb nobody."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import (
    DESK,
    PHONE,
    Visitor,
    fill_row,
    open_page,
    type_slowly,
    violations,
)

# --- an entry ----------------------------------------------------------------------------------------------------


def test_the_address_is_copied_or_marked(visitor: Visitor) -> None:
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
    [("/faq/upgrade-01/", "选择“在浏览器打开”"), ("/credits/check/?example=1", "换到浏览器后需要重新填写")],
)
def test_printing_is_one_click_but_not_in_wechat(visitor: Visitor, path: str, instead: str) -> None:
    page = visitor.page(service_workers="block")
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")
    page.goto(path)
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed") == 1
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile MicroMessenger/8.0.47"
    wechat = open_page(visitor, path, user_agent=agent)
    expect(wechat.get_by_text(instead)).to_be_visible()
    assert wechat.get_by_role("button", name="打印").count() == 0


def test_without_scripts_no_script_button_is_shown(visitor: Visitor) -> None:
    page = visitor.page(java_script_enabled=False)
    for path in ("/faq/upgrade-01/", "/credits/check/?example=1"):
        page.goto(path)
        for button in page.locator("[data-print], [data-copy]").all():
            assert not button.is_visible()


# --- for everybody -----------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("path", ["/", "/faq/upgrade-01/", "/credits/check/", "/credits/check/?example=1"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_moves_when_the_scripts_come(visitor: Visitor, path: str, size: dict[str, int]) -> None:
    page = watched_page(visitor, size)
    page.goto(path)
    page.wait_for_timeout(500)
    assert page.evaluate("window.moved") == []


def test_nothing_moves_while_a_page_arrives(visitor: Visitor) -> None:
    page = watched_page(visitor, PHONE)
    page.goto("/credits/check/")  # stylesheets and scripts are kept from here on
    slow_line(page)
    page.goto("/credits/check/?example=1")
    page.wait_for_timeout(500)
    assert page.evaluate("window.moved") == []


#: Notes the parts that move, with their places before and after, unless it is one word at the end of a line that
#: wraps as the rest of the line arrives.
NOTE_WHAT_MOVES = """
  window.moved = [];
  const describe = ({node, previousRect, currentRect}) =>
    [node && (node.outerHTML || node.data).slice(0, 80), previousRect.y, currentRect.y];
  const note = (entry) => { if (entry.value > 0.02) window.moved.push(entry.sources.map(describe)); };
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({type: "layout-shift", buffered: true});
"""


def watched_page(visitor: Visitor, size: dict[str, int]) -> Page:
    """Open a page that notes in `window.moved` the parts of it that move without being asked to."""
    page = visitor.page(service_workers="block", viewport=size)
    page.add_init_script(NOTE_WHAT_MOVES)
    return page


def slow_line(page: Page) -> None:
    """Let pages arrive in pieces, so that the browser shows their beginning before it has their end."""
    conditions = {
        "offline": False,
        "latency": 0,
        "downloadThroughput": 10_000,
        "uploadThroughput": -1,
    }  # bytes a second
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", conditions)
