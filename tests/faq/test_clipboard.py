"""What Word, WPS, Excel, WeChat and online documents copy, as it is saved: words, lists, tables and headings stay."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from faq import html
from faq.markup import office

CLIPBOARD = Path(__file__).parent / "clipboard"
PICTURE = f"/media/{'a' * 32}.png"

#: File of the clipboard → as it is saved, and what is said to be left out.
SAVED = {
    "word": (
        "<h3>怎样上报校本研修计划</h3><p>请在<strong>每年3月</strong>以前上报(逾期不补)。</p>"
        "<ol><li>登录平台。</li><li>打开"
        '<a href="https://example.org/plan?a=1&amp;b=2" rel="noopener noreferrer">研修计划</a>。'
        "<ol><li>选学年；</li><li>选学校。</li></ol></li><li>点“提交”。</li></ol>"
        "<ul><li>计划书</li><li>签到表</li></ul>"
        '<table><thead><tr><th scope="col">项目</th><th scope="col">学分</th></tr></thead><tbody>'
        '<tr><td rowspan="2">校本培训</td><td>2</td></tr><tr><td>4</td></tr></tbody></table>',
        ("图片",),
    ),
    "wps": (
        "<h3>登录问题</h3><ol><li>打开登录页；</li><li>输入身份证号。</li></ol><p>初始密码见通知。</p>"
        "<table><tbody><tr><td>情况</td><td>找谁</td></tr>"
        '<tr><td colspan="2">忘记密码：学校管理员</td></tr></tbody></table>',
        ("图片",),
    ),
    "excel": (
        '<table><tbody><tr><td colspan="2">姓名</td><td>学分</td></tr>'
        "<tr><td>王</td><td>芳</td><td>2.5</td></tr></tbody></table>",
        (),
    ),
    "wechat": (
        "<h3>选课指南</h3><p>老师们好，选课分三步。</p><ol><li>打开“继续教育”；</li><li>点“我要选课”。</li></ol>"
        "<p><strong>注意：</strong>每学年至少 <em>72</em> 学时。</p><p>来源：师训科</p>",
        ("图片",),
    ),
    "tencent": (
        "<h3>操作步骤</h3><p><strong>请先</strong>准备账号。</p><ol><li>打开网页</li><li>扫码登录</li></ol>"
        "<ul><li><em>手机</em>或电脑都可以</li></ul>"
        "<table><tbody><tr><td>时间</td><td>地点</td></tr></tbody></table>",
        ("图片",),
    ),
}


def copied(name: str) -> str:
    return (CLIPBOARD / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SAVED)
def test_a_copied_text_is_saved_as_it_was_meant(name: str) -> None:
    saved, left_out = SAVED[name]
    assert html.clean(copied(name)) == saved
    assert html.left_out(copied(name)) == left_out


@pytest.mark.parametrize("name", SAVED)
def test_the_editor_is_given_what_would_be_saved(name: str) -> None:
    pasted = html.pasted(copied(name))
    assert (pasted.html, pasted.left_out) == SAVED[name]
    assert html.clean(pasted.html) == pasted.html


def item(number: str, words: str, level: int = 1, of: int = 0) -> str:
    """A list item as Word copies it."""
    style = f"mso-list:l{of} level{level} lfo1"
    drawn = f"<span style='mso-list:Ignore'>{number}<span style='font:7.0pt'>&nbsp; </span></span>"
    return f"<p class=MsoListParagraph style='{style}'><![if !supportLists]>{drawn}<![endif]>{words}</p>"


#: Items and what stands between them → the list that is saved.
LISTS = {
    "counts on after a paragraph": (
        item("1.", "甲") + "<p class=MsoNormal>说明</p>" + item("2.", "乙"),
        '<ol><li>甲</li></ol><p>说明</p><ol start="2"><li>乙</li></ol>',
    ),
    "begins again": (item("1、", "甲") + item("1、", "乙"), "<ol><li>甲</li></ol><ol><li>乙</li></ol>"),
    "Chinese numerals": (item("（三）", "甲") + item("（四）", "乙"), '<ol start="3"><li>甲</li><li>乙</li></ol>'),
    "a deeper level first": (item("a)", "甲", 2), "<ol><li><ol><li>甲</li></ol></li></ol>"),
    "levels up and down": (
        item("1.", "甲") + item("·", "乙", 2) + item("·", "丙", 3) + item("2.", "丁"),
        "<ol><li>甲<ul><li>乙<ul><li>丙</li></ul></li></ul></li><li>丁</li></ol>",
    ),
    "in a cell": (
        f"<table><tr><td>{item('1.', '甲')}{item('2.', '乙')}</td><td>丙</td></tr></table>",
        "<table><tbody><tr><td><ol><li>甲</li><li>乙</li></ol></td><td>丙</td></tr></tbody></table>",
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_word_are_rebuilt(name: str) -> None:
    copied_html, saved = LISTS[name]
    assert html.clean(copied_html) == saved


HEADINGS = {
    "<h1>一级</h1><h2>二级</h2><h5>五级</h5>": "<h3>一级</h3><h3>二级</h3><h4>五级</h4>",
    "<p class=MsoTitle>标题</p>": "<h3>标题</h3>",
    "<p><span style='font-size:22pt'>大字</span></p><p style='font-size:16pt'>正文的字也很大，因为是公文。</p>": (
        "<h3>大字</h3><p>正文的字也很大，因为是公文。</p>"
    ),
    "<p style='font-size:14pt'><b>小标题</b></p><p>正文的字多一些，决定什么是大字。</p>": (
        "<h4>小标题</h4><p>正文的字多一些，决定什么是大字。</p>"
    ),
    "<p><b>只是加粗</b></p><p>正文</p>": "<p><strong>只是加粗</strong></p><p>正文</p>",
}


@pytest.mark.parametrize("copied_html", HEADINGS)
def test_headings_are_told_by_style_and_size(copied_html: str) -> None:
    assert html.pasted(copied_html).html == HEADINGS[copied_html]


@pytest.mark.parametrize(
    "source",
    ["file:///C:/a.png", "https://mmbiz.qpic.cn/a/640", "data:image/png;base64,AAAA", f"//evil.example{PICTURE}"],
)
def test_foreign_pictures_are_left_out_and_said(source: str) -> None:
    pasted = html.pasted(f'<p>见图：<img src="{source}"></p>')
    assert (pasted.html, pasted.left_out) == ("<p>见图：</p>", ("图片",))
    assert html.left_out(f'<p>见图：<img src="{source}"></p>') == ("图片",)


def test_own_pictures_notes_and_scripts_in_copied_text() -> None:
    pasted = html.pasted(
        f'<div class="note"><p onclick="x()">注意<img src="{PICTURE}" alt="登录页" width="40" height="30"></p></div>'
        "<script>bad()</script>"
    )
    picture = f'<img src="{PICTURE}" alt="登录页" width="40" height="30">'
    assert pasted.html == f'<div class="note"><p>注意{picture}</p></div>'
    assert pasted.left_out == ("脚本",)


def test_typed_html_is_not_taken_for_copied() -> None:
    for typed in ("<p style='color:red'>红</p>", "<section>一</section>", '<img src="/a.png">', "mso 与 Mso 文字"):
        assert not office.comes_from_a_program(typed)


@pytest.mark.parametrize(
    "piece",
    [
        "<p class=MsoNormal style='mso-list:l0 level9 lfo1'>",
        "<table><td class=MsoX>",
        "<span style='mso-x:'>",
        "<b><!--[if ",
        "<li><p>",
    ],
)
def test_a_large_clipboard_takes_bounded_time(piece: str) -> None:
    text = "<p class=MsoNormal>头</p>" + piece * 20_000
    begun = time.monotonic()
    office.tidied(text)
    assert time.monotonic() - begun < 20
