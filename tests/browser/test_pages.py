"""The public pages as people meet them: narrow, wide, by keyboard, without scripts."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from faq.models import Entry
from tests.browser.visiting import Visitor, until, until_kept, with_worker

PAGES = [
    "/",
    "/faq/",
    "/faq/category/credits-coordinated/",
    "/faq/upgrade-01/",
    "/faq/upgrade-13/",
    "/faq/upgrade-14/",
    "/faq/credits-08/",
    "/guide/login/platform/computer/",
    "/guide/credits-account/unit/unknown/not-found/",
    "/guide/credits-account/letter/unit/",
    "/search/",
    "/search/?q=学历冲抵",
    "/search/?q=今天星期几",
    "/credits/check/",
    "/credits/check/?example=1",
    "/credits/rules/",
    "/upgrade/",
    "/privacy/",
    "/sign-in/",
    "/sign-in/first/",
    "/offline/",
    "/no-such-page/",
]


def complaints_about(visitor: Visitor) -> list[str]:
    """Complaints of the browser, without those about the 404 that a test asked for."""
    return [text for text in visitor.complaints if "404" not in text]


def test_no_page_scrolls_sideways_or_complains(visitor: Visitor) -> None:
    for width in (320, 390, 768, 1280):
        page = visitor.page(viewport={"width": width, "height": 800})
        for path in PAGES:
            page.goto(path)
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, f"{path} at {width} px is {overflow} px too wide"
    assert complaints_about(visitor) == []


def test_a_wide_table_scrolls_inside_itself(visitor: Visitor) -> None:
    page = visitor.page(viewport={"width": 320, "height": 800})
    page.goto("/faq/upgrade-14/")
    box = page.locator(".answer .table-scroll")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_first_tab_leads_past_the_header(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/faq/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_teacher_searches_and_reads_an_answer(visitor: Visitor) -> None:
    page = visitor.page(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("searchbox").fill("换手机了绑定不上")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="手机端提示已绑定其他微信").first.click()
    assert page.url.endswith("/faq/upgrade-06/")
    assert "解绑" in page.locator(".answer").inner_text()


def press(page: Page, name: str) -> None:
    """Tabs on to the button of that name and presses it."""
    button = page.get_by_role("button", name=name, exact=True)
    for _ in range(40):
        if button.evaluate("button => button === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} is not reached by keyboard")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_did_not_help_is_told_by_keyboard(visitor: Visitor, theme: str) -> None:
    page = visitor.page(java_script_enabled=False)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": visitor.base}])
    page.goto("/faq/upgrade-06/")
    press(page, "没帮助")
    page.wait_for_url("**/faq/upgrade-06/#feedback")
    feedback = page.get_by_role("region", name="这条回答帮到您了吗？")
    expect(feedback).to_contain_text("已记为“没帮助”。哪里没有解决您的问题？")
    page.keyboard.press("Tab")  # the page was opened at the question, and there the keyboard goes on
    expect(page.get_by_role("radio", name="看不太懂")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="照做了没成功")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("没有解绑的按钮")
    press(page, "提交")
    expect(feedback).to_contain_text("谢谢，您说的我们会看。")
    expect(feedback).to_contain_text("您说：没帮助，照做了没成功。")
    expect(feedback).to_contain_text("没有解绑的按钮")
    # The checker is a script: the state is looked at again with scripts on.
    again = visitor.page(service_workers="block")
    again.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    again.goto("/faq/upgrade-06/")
    again.get_by_text("修改", exact=True).click()
    expect(again.get_by_role("radio", name="照做了没成功")).to_be_checked()
    violations = Axe().run(again, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"][:160]) for item in violations] == []
    assert again.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visitor.complaints == []


def test_the_device_keeps_the_answer_but_no_vote(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/faq/upgrade-06/")
    with_worker(page)
    until_kept(page, "/faq/upgrade-06/")
    page.get_by_role("button", name="有帮助", exact=True).click()
    expect(page.get_by_text("谢谢，已记为“有帮助”。")).to_be_visible()
    entry = Entry.objects.get(ref="upgrade-06")
    entry.answer += "<p>后来补充的一句。</p>"
    entry.save()
    page.reload()
    until(
        page,
        "caches.match('/faq/upgrade-06/', { ignoreVary: true })"
        ".then((answer) => answer.text()).then((text) => text.includes('后来补充'))",
    )
    page.goto("/faq/upgrade-05/")
    until_kept(page, "/faq/upgrade-05/")
    kept = page.evaluate("caches.match('/faq/upgrade-06/', { ignoreVary: true }).then((answer) => answer.text())")
    assert "解绑" in kept
    assert "已记为“有帮助”" not in kept
    page.context.set_offline(True)
    page.goto("/faq/upgrade-06/")
    expect(page.locator(".answer")).to_contain_text("解绑")
    assert visitor.complaints == []
