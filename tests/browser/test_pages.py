"""The public pages as people meet them: narrow, wide, by keyboard, without scripts."""

from __future__ import annotations

from .conftest import Visitor

PAGES = [
    "/",
    "/faq/",
    "/faq/category/credits-coordinated/",
    "/faq/upgrade-01/",
    "/faq/upgrade-13/",
    "/faq/upgrade-14/",
    "/faq/credits-08/",
    "/search/",
    "/search/?q=学历冲抵",
    "/search/?q=今天星期几",
    "/credits/check/",
    "/credits/check/?example=1",
    "/credits/rules/",
    "/sign-in/",
    "/sign-in/first/",
    "/offline/",
    "/no-such-page/",
]


def complaints_about(visitor: Visitor) -> list[str]:
    """What the browser complained about, the 404 we asked for aside."""
    return [text for text in visitor.complaints if "404" not in text]


def test_no_page_scrolls_sideways_or_makes_the_browser_complain(visitor: Visitor) -> None:
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
