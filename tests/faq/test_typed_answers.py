"""Answers as editors type or paste them: every word, line and paragraph stays, and what was left out is told."""

from __future__ import annotations

import json
import time

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from faq import html
from faq.markup.reading import escaped
from faq.markup.tags import KNOWN, LEFT_OUT_WHOLE
from faq.models import Entry
from tests.admin.forms import payload
from tests.installation import ROOT
from tests.markup import ANY_TEXT, SLOWEST

SCORES = "成绩<C 的不计学分，成绩<B 的计 1 学分。"
SHOWN = "<p>成绩&lt;C 的不计学分，成绩&lt;B 的计 1 学分。</p>"

#: As typed → as saved.
SAVED = {
    # a sign that opens no tag
    SCORES: SHOWN,
    f"{SCORES}\r\n\r\n第二段": f"{SHOWN}\n\n<p>第二段</p>",
    "若 a <b and c> d": "<p>若 a &lt;b and c&gt; d</p>",
    "<课程名> <plan 3>": "<p>&lt;课程名&gt; &lt;plan 3&gt;</p>",
    "1<2<!--": "<p>1&lt;2&lt;!--</p>",
    "没有关上的<p": "<p>没有关上的&lt;p</p>",
    "?a=1&copy=2 AT&T &amp; &lt;": "<p>?a=1&amp;copy=2 AT&amp;T &amp; &lt;</p>",
    # blocks that answers have no tag for
    "<section>第一步：登录</section><section>第二步：上传</section>": "<p>第一步：登录</p><p>第二步：上传</p>",
    "<h1>一</h1><h2>二</h2><h5>五</h5><h6>六</h6>": "<h3>一</h3><h3>二</h3><h4>五</h4><h4>六</h4>",
    "<dl><dt>甲<dd>乙</dl>": "<p>甲</p><p>乙</p>",
    "<details open><summary>题</summary>文</details>": "<p>题</p><p>文</p>",
    "<blockquote>引<p>段</p>尾</blockquote>": "<p>引</p><p>段</p><p>尾</p>",
    "<p>前<article>中</article>后": "<p>前</p><p>中</p><p>后</p>",
    "<li>一<section>二</section>三": "<li>一\n<p>二</p>三</li>",
    "<td>甲</td><td>乙</td>": "<p>甲</p><p>乙</p>",
    "上<hr>下": "<p>上</p><p>下</p>",
    "<PRE>一\n二</PRE>": "<p>一<br>二</p>",
    # letters
    "<p><b>重</b>和<i>斜</i></p>": "<p><strong>重</strong>和<em>斜</em></p>",
    "<b>一\n\n二</b>三": "<p><strong>一</strong></p>\n\n<p><strong>二</strong>三</p>",
    # lines and paragraphs
    "第一行\n第二行\n\n第三段 <br> 第四行": "<p>第一行<br>第二行</p>\n\n<p>第三段 <br> 第四行</p>",
    "一<br>\n二": "<p>一<br>二</p>",
    "　　缩进\n　　再缩进": "<p>　　缩进<br>　　再缩进</p>",
    "一\n二\n<table><tr><td>格</td></tr></table>\n三\n四": (
        "<p>一<br>二</p>\n<table><tbody><tr><td>格</td></tr></tbody></table>\n<p>三<br>四</p>"
    ),
    "<table>甲<tr><td>乙</tr>丙</table>丁": (
        "<table><tbody><tr><td>甲</td></tr><tr><td>乙</td></tr><tr><td>丙</td></tr></tbody></table><p>丁</p>"
    ),
    "<ul><li>一<ul><li>二</ul><li>三</ul>": "<ul><li>一<ul><li>二</li></ul></li><li>三</li></ul>",
}
LOST = {
    '<p>甲<img src="https://example.org/a.png"></p>': "图片",
    "<svg><text>x</text></svg>甲": "图片",
    "<style>p{color:red}</style>甲": "样式",
    '<p style="color:red">甲</p>': "样式",
    "甲<script>alert(1)</script>": "脚本",
    '<p onclick="x()">甲</p>': "脚本",
    "<video controls>甲</video>": "音频或视频",
    "10<sup>甲</sup>": "字体、下划线、上下标等格式",
    '<a href="javascript:x()">甲</a>': "不能用的链接地址",
    "甲<!-- 乙 -->": "注释",
}


@pytest.mark.parametrize(("typed", "saved"), SAVED.items())
def test_an_answer_is_saved_as_it_was_typed(typed: str, saved: str) -> None:
    assert html.clean(typed) == saved
    assert html.clean(saved) == saved
    assert html.left_out(typed) == ()


@pytest.mark.parametrize(("typed", "lost"), LOST.items())
def test_what_was_left_out_is_named(typed: str, lost: str) -> None:
    assert html.left_out(typed) == (lost,)
    assert "甲" in html.to_text(html.clean(typed))


def test_the_editor_is_told_after_saving(client: Client, content: None, editor: User) -> None:
    typed = '<p><b>重要</b></p><p><img src="https://example.org/a.png"></p>'
    page = client.post("/admin/faq/entry/add/", payload(ref="typed", answer=typed), follow=True)
    assert "答案里的图片没有保存，文字都保存了。" in page.content.decode()
    assert Entry.objects.get(ref="typed").answer == "<p><strong>重要</strong></p>"
    page = client.post("/admin/faq/entry/add/", payload(ref="plain", answer=SCORES), follow=True)
    assert "没有保存" not in page.content.decode()


def test_answers_of_the_documents_stay_byte_by_byte(content: None) -> None:
    shipped = json.loads((ROOT / "fixtures" / "documents.json").read_text(encoding="utf-8"))
    answers = {row["fields"]["ref"]: row["fields"]["answer"] for row in shipped if row["model"] == "faq.entry"}
    saved = dict(Entry.objects.filter(document__isnull=False).values_list("ref", "answer"))
    assert len(answers) == len(saved) == 40
    # nh3 adds `rel` to links, and always has.
    assert {ref: text.replace(' rel="noopener noreferrer"', "") for ref, text in saved.items()} == answers
    assert {ref: str(html.clean(text)) for ref, text in saved.items()} == saved


VOID = {"br", "hr", "img", "input", "link", "area", "source", "track", "param", "embed", "base", "meta", "wbr", "col"}
TAGS = sorted(KNOWN - LEFT_OUT_WHOLE.keys())
STARTS = [f"<{name}>" for name in TAGS] + [f'<{name} class="x" title=y>' for name in ("p", "a", "td", "section")]
ENDS = [f"</{name}>" for name in TAGS if name not in VOID]
TEXTS = ["学分", "成绩<C 的", "<B 的计", "a", "&", "<", ">", "&copy", "<3", "</", "<课>", "\n", "\n\n", " ", "　"]
PIECES = st.sampled_from(STARTS + ENDS) | st.sampled_from(TEXTS) | ANY_TEXT.filter(lambda text: ";" not in text)


def letters(text: str) -> str:
    """All that is no space. NUL is nothing that anybody types."""
    return "".join(text.replace("\x00", "").split())


@example(["<table>", "甲", "<tr>", "<td>", "乙", "</table>", "丙"])
@example(["<select>", "甲", "<option>", "乙"])
@example(["<h1>", "<a>", "<table>", "<a>", "甲", "</h1>", "乙"])
@given(st.lists(PIECES, max_size=14))
def test_no_letter_is_lost_or_moved(pieces: list[str]) -> None:
    tags = {*STARTS, *ENDS}
    # Text that stands beside other text must not become a tag with it, so that each piece stays what it is.
    typed = "".join(piece if piece in tags else escaped(piece) for piece in pieces)
    words = "".join(piece for piece in pieces if piece not in tags)
    cleaned = html.clean(typed)
    assert letters(html.to_text(cleaned)) == letters(words)
    assert html.clean(cleaned) == cleaned


@given(ANY_TEXT.filter(lambda text: not any(sign in text for sign in ";>")))
def test_plain_text_is_shown_as_it_is(typed: str) -> None:
    assert letters(html.to_text(html.clean(typed))) == letters(typed)


HUGE = [
    "<div>",
    "<!--",
    "<script>",
    '<a b="',
    "<a href='/x'>",
    "<b>\n\n",
    "<table>",
    "<td>",
    "<",
    "<a ",
    "&",
    "\n",
    " ",
]
HUGE += ["<p " + " " * 40, "<a href='/" + "x" * 180 + "'>一\n\n二\n\n", "<ul><li>", "<section>", "一\n", "</div>"]


@pytest.mark.parametrize("piece", HUGE)
def test_endless_input_is_bounded(piece: str) -> None:
    began = time.process_time()
    cleaned = html.clean(piece * (html.MAX_LENGTH // len(piece)))
    assert html.clean(cleaned) == cleaned
    assert time.process_time() - began < SLOWEST
