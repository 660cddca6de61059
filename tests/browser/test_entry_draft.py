"""What an editor types into an entry outlives the window, and is forgotten once it is saved."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from faq.models import Entry
from tests.browser.visiting import DESK, Visitor, press
from tests.cast import Place


def opened(page: Page, address: str) -> Page:
    """A new window of the same browser."""
    window = page.context.new_page()
    window.goto(address)
    return window


def test_what_was_typed_outlives_a_closed_window(visitor: Visitor, content: None, place: Place) -> None:
    page = visitor.page_of(place, "editor", service_workers="block", viewport=DESK)
    address = f"/admin/faq/entry/{Entry.objects.get(ref='upgrade-08').pk}/change/"
    page.goto(address)
    bar = page.locator("#entry-draft")
    expect(bar).to_be_hidden()
    page.locator(".editor .answer").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("玄铁按钮")
    page.fill("#id_notice", "先登录")
    page.wait_for_timeout(1200)
    again = opened(page, address)
    page.close()
    expect(again.locator("#entry-draft")).to_be_visible()
    press(again, "恢复写的内容")
    expect(again.locator(".editor .answer")).to_contain_text("玄铁按钮")
    expect(again.locator("#id_notice")).to_have_value("先登录")
    again.focus("#id_notice")
    again.keyboard.press("Enter")  # which publishes nothing
    expect(again.locator(".messagelist .success")).to_contain_text("草稿存好了")
    last = opened(again, address)
    expect(last.locator("#id_notice")).to_have_value("先登录")
    expect(last.locator("#entry-draft")).to_be_hidden()
    assert visitor.complaints == []
