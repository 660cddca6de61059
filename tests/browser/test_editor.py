"""The visual editor in a real browser: what is written, pasted and shown in it is what readers see."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from PIL import Image
from playwright.sync_api import Page, expect

from faq import html
from faq.models import Entry
from helpdesk.management.commands.bootstrap import editors
from tests.browser.visiting import DESK, PHONE, Visitor, violations

CLIPBOARD = Path(__file__).parent.parent / "faq" / "clipboard"
#: Pastes as the clipboard of the system would.
PASTE = """html => {
  const page = document.querySelector(".editor .answer");
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", "文字");
  page.focus();
  page.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
PASTE_PLAIN = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const page = document.querySelector(".editor .answer");
  page.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
PASTE_PICTURE = """bytes => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  const page = document.querySelector(".editor .answer");
  page.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def signed_in(visitor: Visitor, **context: Any) -> Page:
    editor = User.objects.create_user("wang", password="long-enough-1", is_staff=True)
    editor.groups.add(editors())
    page = visitor.page(**{"viewport": DESK, **context})
    page.goto("/admin/")
    page.fill("#id_username", "wang")
    page.fill("#id_password", "long-enough-1")
    page.locator("input[type=submit]").click()
    return page


def tool(page: Page, name: str) -> None:
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


OWN = f"/media/{'a' * 32}.png"
#: Answers that hold everything an answer may hold.
ANSWERS = [
    "<p>一<br>二 <strong>重<em>斜</em></strong><em>又斜</em>&nbsp;&lt;b&gt; &amp; 完</p><h3>题</h3><h4>小题</h4>",
    '<ol start="3"><li>一<ul><li>二</li></ul></li><li><p>三</p><p>四</p></li></ol><ol><li>五</li></ol>',
    '<div class="note"><p>注意</p><ul><li>甲</li></ul></div><div><p>旧的容器</p></div>裸文字',
    '<p><a href="https://a.cn/?a=1&amp;b=2">链<strong>接</strong></a>和<a href="/faq/credits-01/">问答</a></p>',
    f'<p>看图<img src="{OWN}" alt="登录&quot;页&quot;" width="40" height="30">尾</p>',
    '<table><caption>表一</caption><thead><tr><th scope="col">甲</th><th scope="col" colspan="2">乙</th></tr></thead>'
    '<tbody><tr><th scope="rowgroup" rowspan="2">丙</th><td>1</td><td><p>2</p><p>3</p></td></tr>'
    "<tr><td><ul><li>4</li></ul></td><td></td></tr></tbody></table>",
]
#: Puts an answer into the field as a script would, and returns what the editor writes after one more letter.
REWRITTEN = """async answer => {
  const field = document.querySelector("#id_answer");
  field.value = answer;
  field.dispatchEvent(new Event("input"));
  const { editor } = document.querySelector(".editor .answer");
  const shown = field.value === answer;
  const letter = { type: "paragraph", content: [{ type: "text", text: "末" }] };
  editor.commands.insertContentAt(editor.state.doc.content.size, letter);
  return [shown, field.value];
}"""


def png() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (600, 300), "teal").save(written, "PNG")
    return written.getvalue()


def write_an_answer(page: Page) -> None:
    """Writes with the keyboard, the toolbar, the clipboard of Word, a picture and a link to an entry."""
    page.locator(".editor .answer").click()
    page.keyboard.type("先看说明：")
    page.keyboard.press("Enter")
    page.evaluate(PASTE, (CLIPBOARD / "word.html").read_text(encoding="utf-8"))
    expect(page.locator(".editor-said")).to_contain_text("图片没有带过来")
    page.keyboard.press("Control+End")
    tool(page, "提示框")
    page.keyboard.type("注意时间，见")
    tool(page, "链接")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("链接到哪里").fill("学历冲抵")
    dialog.get_by_role("listitem").first.get_by_role("button").click()
    dialog.get_by_role("button", name="确定").click()
    tool(page, "图片")
    dialog.get_by_label("图片文件").set_input_files({"name": "屏幕.png", "mimeType": "image/png", "buffer": png()})
    dialog.get_by_role("button", name="上传").click()
    expect(dialog.get_by_role("alert")).to_contain_text("请写一句图片说明")
    dialog.get_by_label("图片说明").fill("登录页的按钮")
    dialog.get_by_role("button", name="上传").click()
    expect(dialog).to_have_count(0)


def test_an_answer_is_shown_as_it_was_written(visitor: Visitor) -> None:
    page = signed_in(visitor)
    page.goto("/admin/faq/entry/add/")
    page.fill("#id_question", "怎样上报校本研修计划？")
    page.select_option("#id_category", index=1)
    write_an_answer(page)
    shown = page.locator(".editor .answer").inner_text().split()
    sent = page.locator("#id_answer").input_value()
    page.locator("input[name=_save]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    entry = Entry.objects.get(question="怎样上报校本研修计划？")
    assert entry.answer == sent
    page.goto(entry.get_absolute_url())
    answer = page.locator(".entry .answer")
    assert answer.inner_text().split() == shown
    assert answer.locator("> ol > li").count() == 3
    assert answer.locator("table tr").count() == 3
    picture = answer.locator(".note img")
    assert picture.get_attribute("alt") == "登录页的按钮"
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 600)
    assert answer.locator(".note a").get_attribute("href").startswith("/faq/")  # type: ignore[union-attr]
    assert visitor.complaints == []


def test_an_answer_only_looked_at_stays_as_it_is(visitor: Visitor) -> None:
    page = signed_in(visitor)
    kept = list(Entry.objects.exclude(document=None).order_by("pk").values_list("pk", "answer"))
    for key, answer in kept:
        page.goto(f"/admin/faq/entry/{key}/change/")
        expect(page.get_by_role("toolbar")).to_be_visible()
        assert page.locator("#id_answer").input_value() == answer
        assert page.locator(".editor .answer").inner_text().split()
    assert visitor.complaints == []


def test_what_the_editor_writes_is_what_is_saved(visitor: Visitor) -> None:
    page = signed_in(visitor)
    page.goto("/admin/faq/entry/add/")
    expect(page.get_by_role("toolbar")).to_be_visible()
    for answer in [*ANSWERS, *Entry.objects.values_list("answer", flat=True)]:
        shown, sent = page.evaluate(REWRITTEN, answer)
        assert shown
        assert html.clean(sent) == sent
        assert "".join(html.to_text(sent).split()) == "".join(html.to_text(answer).split()) + "末"
        for tag in (
            "<li",
            "<td",
            "<th",
            "<tr",
            "<a ",
            "<strong",
            "<h3",
            "<h4",
            "<img",
            "<br",
            'class="note"',
            "scope=",
        ):
            assert sent.count(tag) == answer.count(tag), (tag, answer)


def test_a_pasted_screenshot_asks_for_its_description(visitor: Visitor) -> None:
    page = signed_in(visitor)
    page.goto("/admin/faq/entry/add/")
    page.locator(".editor .answer").click()
    page.evaluate(PASTE_PICTURE, list(png()))
    dialog = page.get_by_role("dialog", name="插入图片")
    expect(dialog.locator(".editor-preview")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("图片说明").fill("蓝绿色的图")
    page.keyboard.press("Enter")
    expect(page.locator(".editor .answer").get_by_role("img", name="蓝绿色的图")).to_be_visible()
    page.evaluate(PASTE, "x" * 5 * 1024 * 1024)
    expect(page.locator(".editor-said")).to_contain_text("一次最多 4 MB")
    page.evaluate(PASTE_PLAIN, "字行\n" * 2 * 1024 * 1024)
    expect(page.locator(".editor-said")).to_contain_text("一条答案最多 50000 个字符，所以没有粘贴")
    page.evaluate(PASTE_PLAIN, "粘贴的一句话")
    expect(page.locator(".editor .answer")).to_contain_text("粘贴的一句话")
    assert "字行" not in page.locator(".editor .answer").inner_text()


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_keyboard_and_helpers_reach_every_part(visitor: Visitor, viewport: dict[str, int]) -> None:
    page = signed_in(visitor, viewport=viewport)
    page.goto(f"/admin/faq/entry/{Entry.objects.get(ref='upgrade-08').pk}/change/")
    page.locator(".editor .answer").focus()
    page.keyboard.press("Alt+F10")
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="重做", exact=True)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visitor.complaints == []
    assert violations(page) == []
