"""Asking on a phone: from a search in vain to the answer, with and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from faq.asking import steps
from faq.models import Feedback, Question
from tests.browser.visiting import Visitor, follow, open_page, press
from tests.browser.visiting import questions as dialogs
from tests.cast import make_editor

pytestmark = pytest.mark.django_db(transaction=True)
IN_VAIN = "量子纠缠望远镜坏了"


def test_a_search_in_vain_becomes_a_question_with_an_answer(visitor: Visitor, tmp_path: Path) -> None:
    page = open_page(visitor, f"/search/?q={IN_VAIN}")
    follow(page, "把这句话拿去提问")
    expect(page.get_by_label("您的问题")).to_have_value(IN_VAIN)
    page.get_by_label("姓名").fill("张三")
    page.wait_for_timeout(3_000)  # nobody writes a question faster
    press(page, "提交提问")
    expect(page.get_by_text("已经收到您的问题")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    question = Question.objects.get()
    assert (question.text, question.name) == (IN_VAIN, "张三")
    steps.answer(question, "请找电教馆。", make_editor())
    page.goto("/ask/find/")
    page.get_by_label("查询码").fill(question.code.lower())
    press(page, "看进度")
    expect(page.get_by_text("请找电教馆。")).to_be_visible()
    press(page, "解决了，谢谢")
    expect(page.get_by_role("heading", name="您的提问：已关闭")).to_be_visible()
    assert visitor.complaints == []


def test_entries_stand_beside_what_is_typed(visitor: Visitor) -> None:
    page = open_page(visitor, "/ask/")
    page.get_by_label("您的问题").fill("登录时密码不对")
    expect(page.get_by_text("这几条是不是您要的答案？")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    page.reload()
    expect(page.get_by_label("您的问题")).to_have_value("登录时密码不对")
    page.get_by_role("button", name="这解决了我的问题").first.click()
    expect(page.get_by_text("很高兴帮到您")).to_be_visible()
    assert Feedback.objects.get().helpful
    assert not Question.objects.exists()
    assert visitor.complaints == []


def test_without_scripts_the_nearest_come_before_sending(visitor: Visitor) -> None:
    page = visitor.page(java_script_enabled=False)
    page.goto("/ask/")
    page.get_by_label("您的问题").fill("登录时密码不对")
    page.wait_for_timeout(3_000)
    press(page, "提交提问")
    expect(page.get_by_text("先看看，这几条是不是您要的答案？")).to_be_visible()
    press(page, "都没有解决，提交提问")
    expect(page.get_by_text("已经收到您的问题")).to_be_visible()
    assert Question.objects.get().text == "登录时密码不对"


def test_pictures_too_large_together_are_told_only_then(visitor: Visitor, tmp_path: Path) -> None:
    page = open_page(visitor, "/ask/")
    told = page.get_by_text("一共超过了 20 MB，没有放上")
    expect(told).to_be_hidden()
    large = tmp_path / "large.jpg"
    large.write_bytes(b"0" * (20 * 1024 * 1024 + 1))
    page.set_input_files("#ask-pictures", large)
    expect(told).to_be_visible()
    assert page.evaluate("document.getElementById('ask-pictures').files.length") == 0


def test_what_is_typed_outlives_a_reload_and_ends_with_help(visitor: Visitor) -> None:
    page = open_page(visitor, "/ask/")
    typed = {"您的问题": "登录时密码不对", "学校": "桃源一小", "姓名": "张三", "手机、邮箱或微信": "微信 abc"}
    for label, value in typed.items():
        page.get_by_label(label).fill(value)
    asked = dialogs(page)
    page.reload()
    for label, value in typed.items():
        expect(page.get_by_label(label)).to_have_value(value)
    asked.clear()
    page.get_by_role("button", name="这解决了我的问题").first.click()
    expect(page.get_by_text("很高兴帮到您")).to_be_visible()
    page.goto("/ask/")
    expect(page.get_by_label("姓名")).to_have_value("")
    assert asked == []


def test_words_to_add_outlive_a_reload_until_they_are_sent(visitor: Visitor) -> None:
    question = steps.ask(steps.Asked(text=IN_VAIN, form_key="browser"))
    page = open_page(visitor, f"/ask/{question.token}/")
    dialogs(page)
    words = page.get_by_label("想起了什么，可以补充")
    words.fill("写到一半")
    page.reload()
    expect(words).to_have_value("写到一半")
    press(page, "补充")
    expect(page.locator(".said-text").last).to_have_text("写到一半")
    page.reload()
    expect(words).to_have_value("")
