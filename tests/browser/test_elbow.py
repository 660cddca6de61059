"""帮您看看 beside the form of an entry, as one types."""

from __future__ import annotations

from playwright.sync_api import expect

from faq.models import Revision
from tests.browser.visiting import DESK, Visitor, press
from tests.cast import Place

ADD = "/admin/faq/entry/add/"


def test_typing_a_near_question_shows_the_near_entry(visitor: Visitor, place: Place) -> None:
    page = visitor.page_of(place, "editor", viewport=DESK)
    page.goto(ADD)
    page.fill("#id_question", "电脑端怎样登录学习？")
    page.fill("#id_wordings", "电脑端怎样登录学习")
    findings = page.locator("#elbow-findings")
    expect(findings.get_by_role("link", name="电脑端如何登录学习")).to_be_visible()
    expect(page.locator("#elbow-places")).to_contain_text("1 种会先找到这一条（现在 0 种）")
    assert page.input_value("#id_wordings") == "电脑端怎样登录学习"
    assert not Revision.objects.exists()
    assert visitor.complaints == []


def test_what_was_only_looked_at_still_outlives_the_window(visitor: Visitor, place: Place) -> None:
    page = visitor.page_of(place, "editor", viewport=DESK)
    page.goto(ADD)
    page.fill("#id_question", "玄铁按钮在哪里？")
    press(page, "检查")
    expect(page).to_have_url(f"{visitor.base}{ADD}#elbow")
    again = page.context.new_page()
    again.goto(ADD)
    expect(again.locator("#entry-draft")).to_be_visible()
