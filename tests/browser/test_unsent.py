"""A half-written page in a real browser: leaving it asks first, and a session that ended loses nothing of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from faq.models import Entry
from tests.browser.visiting import DESK, Visitor, open_page, press, questions
from tests.cast import PASSWORD, Place

#: An address that does not hold what is typed.
ELSEWHERE = "/privacy/"


def editor_at(visitor: Visitor, place: Place, ref: str) -> Page:
    page = visitor.page_of(place, "editor", service_workers="block", viewport=DESK)
    page.goto(f"/admin/faq/entry/{Entry.objects.get(ref=ref).pk}/change/")
    return page


def test_an_entry_is_saved_after_its_session_ended(visitor: Visitor, content: None, place: Place) -> None:
    page = editor_at(visitor, place, "upgrade-08")
    page.locator(".editor .answer").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("请在优师助手里点签到。\n成绩<C 的请补签。")
    page.context.clear_cookies(name="sessionid")
    page.locator("input[name=_save]").first.click()
    expect(page.get_by_label("您写的内容").filter(has_text="补签")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="登录（新窗口）").click()
    assert "/admin/login/?next=" in opened.value.url
    sign_in = opened.value
    sign_in.fill("[name=username]", place.editor.username)
    sign_in.fill("[name=password]", PASSWORD)
    sign_in.locator("[type=submit]").first.click()  # which changes the CSRF token too
    expect(sign_in.locator("#user-tools")).to_be_visible()
    press(page, "登录好了，再提交一次")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert "成绩&lt;C 的请补签" in Entry.objects.get(ref="upgrade-08").answer


@pytest.mark.parametrize("where", ["admin", "public"])
def test_leaving_asks_only_where_something_was_typed(visitor: Visitor, content: None, place: Place, where: str) -> None:
    if where == "admin":
        page, field = editor_at(visitor, place, "upgrade-08"), "#id_question"
    else:
        page, field = visitor.page_of(place, "staff", service_workers="block"), "#id_name"
        page.goto("/credits/teachers/new/")
    asked = questions(page)
    here = page.url
    page.goto(ELSEWHERE)
    assert asked == []
    page.goto(here)
    page.click(field)
    page.keyboard.type("李")
    page.goto(ELSEWHERE)
    assert asked == ["beforeunload"]


def test_a_form_that_is_sent_asks_nothing(visitor: Visitor, content: None, place: Place) -> None:
    page = visitor.page_of(place, "staff", service_workers="block")
    page.goto("/credits/teachers/new/")
    asked = questions(page)
    page.click("#id_name")
    page.keyboard.type("李四")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    assert asked == []
    page.goto(ELSEWHERE)
    assert asked == ["beforeunload"]


def test_a_search_asks_nothing(visitor: Visitor, content: None) -> None:
    page = open_page(visitor, "/")
    asked = questions(page)
    page.locator("main [name=q]").first.click()
    page.keyboard.type("签到")
    page.goto(ELSEWHERE)
    assert asked == []
