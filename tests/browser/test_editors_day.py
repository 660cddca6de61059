"""A whole day of an editor and a reviewer, from the first draft to the bin and back, in a real browser."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from faq.editing import steps
from faq.models import Entry, Revision
from tests.browser.test_editor import CLIPBOARD, PASTE, png, tool
from tests.browser.visiting import DESK, Visitor, press
from tests.faq.editing.authors import li, wang

QUESTION = "玄铁按钮在哪里？"


@pytest.fixture(autouse=True)
def reviewed(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    settings.DIRECT_PUBLISHING = False


def desk_of(visitor: Visitor, person: User) -> Page:
    client = Client()
    client.force_login(person)
    page = visitor.page(viewport=DESK, service_workers="block")
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": visitor.base}])
    page.goto("/admin/")
    return page


def button(page: Page, name: str) -> None:
    """Presses a button of the entry's form."""
    page.locator(f"input[value='{name}']").first.click()


def write(page: Page) -> None:
    """Writes an entry with a table out of Word and a picture, and looks at it before anybody else does."""
    page.goto("/admin/faq/entry/add/")
    page.fill("#id_question", QUESTION)
    page.fill("#id_ref", "iron")
    page.select_option("#id_category", index=1)
    page.fill("#id_said", "玄铁在哪")
    page.locator(".editor .answer").click()
    page.evaluate(PASTE, (CLIPBOARD / "word.html").read_text(encoding="utf-8"))
    expect(page.locator(".editor .answer table")).to_be_visible()
    page.keyboard.press("Control+End")
    tool(page, "图片")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("图片文件").set_input_files({"name": "屏幕.png", "mimeType": "image/png", "buffer": png()})
    dialog.get_by_label("图片说明").fill("首页右上角")
    dialog.get_by_role("button", name="上传").click()
    expect(dialog).to_have_count(0)
    button(page, "存草稿并预览")
    expect(page.get_by_text("第 1 版的预览")).to_be_visible()
    expect(page.get_by_role("img", name="首页右上角")).to_be_visible()
    assert page.locator(".answer table tr").count() == 3
    page.get_by_role("link", name="回去接着改").click()
    button(page, "提交审核")
    expect(page.locator(".messagelist .success")).to_contain_text("已提交审核")


def send_back(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name="等待审核的").click()
    page.locator(".field-version a").click()
    press(page, "退回")
    expect(page.get_by_text("请写一句退回的理由")).to_be_visible()
    page.get_by_label("退回的理由").fill("请写清楚是哪个页面")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("已退回")


def mend(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name="退回给我的").click()
    page.get_by_role("link", name=QUESTION).first.click()
    expect(page.get_by_text("退回的理由：请写清楚是哪个页面")).to_be_visible()
    page.fill("#id_notice", "在首页，登录以后才看得到。")
    button(page, "提交审核")


def schedule(page: Page) -> None:
    """Lets the version be published at a set time, and lets that time come."""
    page.goto(f"/admin/faq/entry/{Entry.objects.get(ref='iron').pk}/history/")
    page.locator(".versions-open a").click()
    tomorrow = timezone.localtime() + datetime.timedelta(days=1)
    page.get_by_label("定在什么时候发布").fill(tomorrow.strftime("%Y-%m-%dT%H:%M"))
    press(page, "定时发布")
    expect(page.locator(".messagelist .success")).to_contain_text("到时候自动发布")
    assert steps.publish_due() == 0
    Revision.objects.filter(state=Revision.State.SCHEDULED).update(publish_at=timezone.now())
    assert steps.publish_due() == 1


def found(visitor: Visitor) -> list[str]:
    """What a reader finds by the words that only this entry has."""
    page = visitor.page()
    page.goto("/search/?q=玄铁在哪")
    return page.locator(".result").all_inner_texts()


def compare_and_restore(editor: Page, reviewer: Page) -> None:
    """Has a worse version published, sees in words what it changed, and brings the better one back."""
    entry = Entry.objects.get(ref="iron")
    editor.goto(f"/admin/faq/entry/{entry.pk}/change/")
    editor.fill("#id_notice", "在首页，不用登录。")
    button(editor, "提交审核")
    reviewer.goto(f"/admin/faq/entry/{entry.pk}/history/")
    reviewer.locator(".versions-open a").click()
    expect(reviewer.locator(".difference ins").first).to_be_visible()
    press(reviewer, "通过，现在发布")
    press(reviewer, "比较选中的两版")
    expect(reviewer.locator(".difference del").first).to_be_visible()
    editor.goto(f"/admin/faq/entry/{entry.pk}/versions/2/")
    press(editor, "恢复成这一版")
    expect(editor.locator(".messagelist .success")).to_contain_text("成了新的草稿")
    editor.locator(".versions-open a").click()
    press(editor, "提交审核")
    reviewer.goto(f"/admin/faq/entry/{entry.pk}/versions/4/")
    press(reviewer, "通过，现在发布")
    assert "登录以后才看得到" in Client().get("/faq/iron/").content.decode()


def bin_and_back(editor: Page, reviewer: Page) -> None:
    entry = Entry.objects.get(ref="iron")
    editor.goto(f"/admin/faq/entry/{entry.pk}/change/")
    editor.get_by_role("link", name="移到回收站").first.click()
    editor.locator("input[value='移到回收站']").click()
    expect(editor.locator(".messagelist .success")).to_contain_text("30 天内可以取回")
    assert Client().get("/faq/iron/").status_code == 404
    editor.get_by_role("link", name="回收站", exact=True).click()
    editor.get_by_role("button", name="取回").click()
    expect(editor.locator(".messagelist .success")).to_contain_text("现在是草稿")


def test_an_editors_whole_day(visitor: Visitor) -> None:
    editor, reviewer = desk_of(visitor, wang()), desk_of(visitor, li())
    write(editor)
    assert found(visitor) == [] or QUESTION not in found(visitor)[0]
    send_back(reviewer)
    mend(editor)
    schedule(reviewer)
    assert QUESTION in found(visitor)[0]
    compare_and_restore(editor, reviewer)
    bin_and_back(editor, reviewer)
    reviewer.goto("/admin/faq/entry/changes/")
    for done in ("提交审核", "退回", "定时发布", "发布", "移到回收站", "从回收站取回"):
        expect(reviewer.locator("td strong", has_text=done).first).to_be_visible()
    [refused] = visitor.complaints  # of the reason that was left out
    assert "400 (Bad Request)" in refused
