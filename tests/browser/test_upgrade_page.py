"""The 2021 project's page on a phone: the platform's own list pasted in, without scripts."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.visiting import Visitor, open_page, violations
from tests.credits.upgrade.test_pasted import SAMPLE
from tests.installation import wait_until


def paste(page: Page, text: str) -> None:
    page.fill("#id_pasted", text)
    page.get_by_role("button", name="算经验值").click()
    page.wait_for_url("**/upgrade/#points")


def test_the_sample_is_pasted_on_a_phone(visitor: Visitor) -> None:
    page = visitor.page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto("/faq/upgrade-13/")
    page.get_by_role("link", name="打开“考核与经验值”").click()
    page.select_option("#id_compulsory_done", "yes")
    page.fill("#id_total_score", "55")
    paste(page, SAMPLE + "看新闻\t首页\t1\t2021-03-20 10:00:00\n")
    points = page.locator("#points").inner_text()
    for words in ("按细则表，经验值 8 分", "合计 6 分", "第 8 行：“看新闻”", "省级应用有 3 次"):
        assert words in points
    assert "还差 5 分到 60 分" in page.locator("#pass").inner_text()
    assert "看新闻" in page.input_value("#id_pasted")
    verdict = page.locator("#points .verdict")
    # The browser scrolls to the answer once it has laid the page out, which may be after its address changed.
    assert wait_until(lambda: (verdict.bounding_box() or {"y": 844})["y"] < 844, 10)
    assert visitor.complaints == []


def test_the_answered_page_is_whole_for_everybody(visitor: Visitor) -> None:
    for width, scheme in ((320, "light"), (390, "dark"), (1280, "light")):
        page = open_page(visitor, "/upgrade/", viewport={"width": width, "height": 844}, color_scheme=scheme)
        page.select_option("#id_compulsory_done", "no")
        page.fill("#id_points_sum", "100")
        paste(page, SAMPLE + "看新闻\t首页\t1\t2021-03-20 10:00:00\n")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert visitor.complaints == []
