"""An editor puts entries in order by mouse and by keyboard; readers see it once it is saved."""

from __future__ import annotations

from django.conf import settings
from playwright.sync_api import Page, expect

from faq.models import Category, Entry
from tests.browser.visiting import DESK, Visitor
from tests.cast import make_editor, signed_in

PATH = "/admin/faq/entry/order/upgrade-login/"


def page_of_an_editor(visitor: Visitor) -> Page:
    page = visitor.page(viewport=DESK)
    session = signed_in(make_editor()).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.base}])
    return page


def order_of(page: Page) -> list[str]:
    return page.locator(".order-name").all_inner_texts()


def test_entries_are_dragged_and_moved_by_keyboard(visitor: Visitor) -> None:
    page = page_of_an_editor(visitor)
    page.goto(PATH)
    before = order_of(page)
    rows = page.locator("[data-order] > li")
    rows.nth(4).locator(".order-name").drag_to(rows.nth(1), target_position={"x": 60, "y": 4})
    assert order_of(page) == [before[0], before[4], *before[1:4], before[5]]
    button = rows.nth(5).get_by_role("button", name="移到最前")
    button.focus()
    page.keyboard.press("Enter")
    wanted = [before[5], before[0], before[4], *before[1:4]]
    assert order_of(page) == wanted
    expect(rows.nth(0).get_by_role("button", name="移到最前")).to_be_focused()
    expect(page.locator(".order [role=status]")).to_have_text("现在是第 1 个，还没有保存。")
    page.get_by_role("button", name="保存顺序").first.click()
    expect(page.locator(".messagelist")).to_contain_text("顺序已保存")
    category = Category.objects.get(slug="upgrade-login")
    assert [entry.title for entry in Entry.objects.in_order().filter(category=category)] == wanted
    assert visitor.complaints == []
