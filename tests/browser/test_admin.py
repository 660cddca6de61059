"""An editor changes an entry in a real browser, under the strict Content-Security-Policy."""

from __future__ import annotations

from django.contrib.auth.models import User

from helpdesk.management.commands.bootstrap import editors
from tests.browser.visiting import Visitor


def test_a_changed_answer_is_found_at_once(visitor: Visitor) -> None:
    editor = User.objects.create_user("wang", password="long-enough-1", is_staff=True)
    editor.groups.add(editors())
    page = visitor.page(viewport={"width": 1280, "height": 900})
    page.goto("/admin/")
    page.fill("#id_username", "wang")
    page.fill("#id_password", "long-enough-1")
    page.locator("input[type=submit]").click()
    page.get_by_role("link", name="问答", exact=True).first.click()
    page.fill("#searchbar", "活动怎么签到")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="校本活动怎么签到").click()
    page.locator(".editor .answer").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("请在优师助手里点签到。\n没看到玄铁按钮，请找学校管理员。")
    page.locator("input[name=_save]").first.click()
    reader = visitor.page()
    reader.goto("/search/?q=玄铁按钮")
    assert reader.locator(".result").first.get_by_role("link", name="签到").count() == 1
    reader.goto("/faq/upgrade-08/")
    assert reader.locator(".answer p").count() == 2
    assert visitor.complaints == []
