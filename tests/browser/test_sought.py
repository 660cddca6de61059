"""A query that found nothing finds its entry after one click of an editor, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from faq import insight
from faq.insight import counting
from tests.browser.visiting import DESK, Visitor
from tests.cast import Place

QUERY = "食堂几点开饭"


def test_a_query_in_vain_finds_its_entry_after_one_click(visitor: Visitor, place: Place) -> None:
    counting.held.take()
    reader = visitor.page(service_workers="block")
    reader.goto(f"/search/?q={QUERY}")
    expect(reader.get_by_text("暂时没有这个问题的答案")).to_be_visible()
    nearest = reader.locator(".results a").first.inner_text()
    reader.locator(".results a").first.click()
    expect(reader.locator("h1")).to_contain_text(nearest[:10])
    assert insight.flush()

    editor = visitor.page_of(place, "editor", viewport=DESK, service_workers="block")
    editor.goto("/admin/faq/entry/")
    editor.get_by_role("link", name="大家在找什么").click()
    row = editor.locator("section", has=editor.locator("#missed")).get_by_role("row", name=QUERY)
    expect(row.get_by_role("cell").nth(1)).to_have_text("1")  # opened from these results
    row.get_by_role("button", name="加成这条的相似问法").click()
    effect = editor.locator(".sought-effect")
    expect(effect.get_by_role("row", name="老师上次搜的时候")).to_contain_text("没有把握")
    expect(effect.get_by_role("row", name="现在")).to_contain_text("有答案")

    reader.goto(f"/search/?q={QUERY}")
    expect(reader.get_by_text("暂时没有这个问题的答案")).to_have_count(0)
    expect(reader.locator(".results a").first).to_contain_text(nearest[:10])
    assert visitor.complaints == []
