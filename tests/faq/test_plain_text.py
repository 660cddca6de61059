"""Plain text in the field without an editor: numbered lines become steps, blank lines paragraphs, addresses links."""

from __future__ import annotations

import pytest

from faq import html
from faq.markup import plain

#: As typed → as HTML.
WRITTEN = {
    "一段话": "<p>一段话</p>",
    "第一段\n第二行\n\n　　第二段": "<p>第一段<br>第二行</p>\n\n<p>　　第二段</p>",
    "1. 打开\n2、登录\n3）提交": "<ol><li>打开</li><li>登录</li><li>提交</li></ol>",
    "（1）打开\n（2）登录": "<ol><li>打开</li><li>登录</li></ol>",
    "①打开\r\n②登录": "<ol><li>打开</li><li>登录</li></ol>",
    "第一步：打开\n第二步：登录": "<ol><li>打开</li><li>登录</li></ol>",
    "1.\t打开\n2.\t登录": "<ol><li>打开</li><li>登录</li></ol>",
    "1、打开\n\n2、登录\n用手机号": "<ol><li>打开</li><li>登录<br>用手机号</li></ol>",
    "3、打开": '<ol start="3"><li>打开</li></ol>',
    "1、打开\n1、重来": "<ol><li>打开</li></ol>\n\n<ol><li>重来</li></ol>",
    "请分两步：\n1、打开\n2、登录": "<p>请分两步：</p>\n\n<ol><li>打开</li><li>登录</li></ol>",
    "1.5 学分\n2018年2月": "<p>1.5 学分<br>2018年2月</p>",
    "- 甲\n• 乙\n· 丙": "<ul><li>甲</li><li>乙</li><li>丙</li></ul>",
    "-5 分，*号": "<p>-5 分，*号</p>",
    "项目\t学分\n国培\t4": (
        "<table><tbody><tr><td>项目</td><td>学分</td></tr><tr><td>国培</td><td>4</td></tr></tbody></table>"
    ),
    "甲\t乙\t丙\n丁": "<p>甲 乙 丙</p>\n\n<p>丁</p>",
    "成绩<C，a<b>c": "<p>成绩&lt;C，a&lt;b&gt;c</p>",
}
A = '<a href="{0}">{0}</a>'
LINKS = {
    "见 https://a.cn/b。": f"<p>见 {A.format('https://a.cn/b')}。</p>",
    "(http://a.cn/b).": f"<p>({A.format('http://a.cn/b')}).</p>",
    "<https://a.cn/(b)>，好": f"<p>{A.format('https://a.cn/(b)')}，好</p>",
    "https://a.cn/?a=1&b=2": f"<p>{A.format('https://a.cn/?a=1&amp;b=2')}</p>",
    "javascript:alert(1)": "<p>javascript:alert(1)</p>",
    'https://a.cn/"onclick=': f'<p>{A.format("https://a.cn/")}"onclick=</p>',
}


@pytest.mark.parametrize("typed", WRITTEN | LINKS)
def test_plain_text_becomes_what_it_looks_like(typed: str) -> None:
    assert plain.to_html(typed) == (WRITTEN | LINKS)[typed]


@pytest.mark.parametrize("typed", WRITTEN | LINKS)
def test_every_word_survives_the_cleaner(typed: str) -> None:
    cleaned = html.clean(plain.to_html(typed))
    assert cleaned.replace(' rel="noopener noreferrer"', "") == plain.to_html(typed)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("1、打开", True),
        ("a <b and c> d", True),
        ("<课程>", True),
        ("<p>段", False),
        ("看<br>", False),
        ("<B>重</B>", False),
    ],
)
def test_html_is_told_from_plain_text(typed: str, answer: bool) -> None:
    assert plain.is_plain(typed) is answer
