"""Questions as the staff answers them: taken, answered with an entry, closed; what was typed outlives the window."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from faq.asking.numbers import months, this_month
from faq.models import Question
from tests.browser.visiting import DESK, PHONE, Visitor, follow, press, violations
from tests.cast import Place
from tests.faq.asking.asked import history, make_question, now


def is_well(page: Page) -> None:
    """Nothing scrolls sideways, and the checker of accessibility finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_question_is_taken_answered_and_closed(visitor: Visitor, place: Place, size: dict[str, int]) -> None:
    question = make_question(place, name="张三", school="桃源一小", text="我的学历可以冲抵学分吗？要交什么材料？")
    make_question(place, text="学历可以冲抵学分吗")
    page = visitor.page_of(place, "staff", service_workers="block", viewport=size)
    page.goto("/questions/")
    is_well(page)
    follow(page, "我的学历可以冲抵学分吗？要交什么材料？")
    is_well(page)
    press(page, "我来办")
    page.fill("#id_answer", "您好！\n请看下面：")
    page.locator("[data-insert]").first.click()
    assert "/faq/" in page.input_value("#id_answer")
    page.keyboard.type("还不清楚请再问。")
    page.wait_for_timeout(1200)  # until it is kept
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("#entry-draft")).to_be_visible()
    assert again.input_value("#id_answer").endswith("还不清楚请再问。")
    press(again, "发送答复")
    expect(again.locator(".note-good")).to_contain_text("答复已经发出")
    expect(again.locator("#entry-draft")).to_be_hidden()
    assert again.input_value("#id_answer") == ""
    again.get_by_text("关闭", exact=True).click()
    press(again, "关闭这个提问")
    expect(again.get_by_text("这个提问已经关闭了", exact=False)).to_be_visible()
    is_well(again)
    assert [kind for kind, _ in history(question)] == ["taken", "answer", "closed"]
    assert now(question).state == Question.State.CLOSED
    assert visitor.complaints == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_numbers_are_read_by_school_and_month(visitor: Visitor, place: Place, size: dict[str, int]) -> None:
    asked = timezone.now()
    make_question(place, asked_at=asked, first_answered_at=asked + datetime.timedelta(hours=3), state="answered")
    make_question(office=place.other.path)
    make_question(place, text="上个月的", asked_at=this_month().begins - datetime.timedelta(days=1), state="closed")
    page = visitor.page_of(place, "reviewer", service_workers="block", viewport=size)
    page.goto("/questions/")
    follow(page, "按学校看")
    expect(page.locator("tbody th")).to_have_text(["桃源一小", "桃源二小"])
    is_well(page)
    expect(page.locator("tbody tr").first).to_contain_text("3 小时")
    expect(page.locator("tfoot")).to_contain_text("2")
    follow(page, this_month().before.label)
    expect(page.locator("tbody th")).to_have_text(["桃源一小"])
    is_well(page)
    follow(page, months()[-1].label)
    expect(page.get_by_text("这个月没有提问。")).to_be_visible()
    assert visitor.complaints == []
