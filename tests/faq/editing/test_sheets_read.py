"""Spreadsheets of entries as people fill them in: what is read, and what is refused by row and column."""

from __future__ import annotations

import datetime
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from faq.editing.spreadsheets.reader import look, read
from helpdesk.common import child
from tests.faq.editing.sheets import HEAD, book, found, wrong

pytestmark = pytest.mark.django_db
LONG = "学" * 501


def test_two_columns_are_enough() -> None:
    [entry] = found(HEAD, ["怎么签到？", "在首页签到。"])
    assert (entry.question, entry.answer_html, entry.place) == ("怎么签到？", "<p>在首页签到。</p>", "第 2 行")
    assert (entry.phrasings, entry.number, entry.checked_on, entry.status) == (None, None, None, "")


def test_every_column_is_read(content: None) -> None:
    head = ["编号", *HEAD, "短标题", "提示", "分类", "来源文档", "序号", "相似问法", "核对日期", "状态"]
    head += ["适用年份从", "适用年份到"]
    day = datetime.date(2026, 9, 1)
    source = ["教师学分管理（系统）常见问题", 77]
    row = ["new-1", "问", "答", "短", "注意", "登录问题", *source, "一\n二\n\n一", day, "草稿", 2016, "2020 年"]
    [entry] = found(head, row)
    assert (entry.ref, entry.short_question, entry.notice, entry.category) == ("new-1", "短", "注意", "登录问题")
    assert (entry.document, entry.number, entry.phrasings) == ("credits", 77, ("一", "二"))
    assert (entry.checked_on, entry.status) == (day, "draft")
    assert (entry.valid_from, entry.valid_to) == (2016, 2020)


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        ("一段\n\n又一段", "<p>一段</p>\n\n<p>又一段</p>"),
        ("一行\n又一行", "<p>一行<br>又一行</p>"),
        ("先看：\n1. 开\n2、登\n（3）签", "<p>先看：</p>\n\n<ol><li>开</li><li>登</li><li>签</li></ol>"),
        ("1.5 倍\n2.5 倍", "<p>1.5 倍<br>2.5 倍</p>"),
        ("分数 < 60 & 补考", "<p>分数 &lt; 60 &amp; 补考</p>"),
        ("<p>1. 原样</p>\n2. 原样", "<p>1. 原样</p>\n<p>2. 原样</p>"),
    ],
)
def test_a_cell_is_read_as_the_plain_field_is(cell: str, html: str) -> None:
    assert found(HEAD, ["问", cell])[0].answer_html == html


def test_an_address_in_a_cell_becomes_a_link() -> None:
    [entry] = found(HEAD, ["问", "网址 http://a.cn/b?c=1&d=2，再登录"])
    link = '<a href="http://a.cn/b?c=1&amp;d=2" rel="noopener noreferrer">http://a.cn/b?c=1&amp;d=2</a>'
    assert entry.answer_html == f"<p>网址 {link}，再登录</p>"


def test_markup_in_a_cell_is_cleaned() -> None:
    [entry] = found(HEAD, ["问", "<p>好<script>alert(1)</script></p><p onclick=x>行</p>"])
    assert "script" not in entry.answer_html
    assert "onclick" not in entry.answer_html


def test_a_formula_like_text_stays_text() -> None:
    [entry] = found(HEAD, ["'=问", "'+86 电话"])
    assert (entry.question, entry.answer_html) == ("=问", "<p>+86 电话</p>")


def test_a_question_that_looks_like_a_last_line_is_read() -> None:
    assert [entry.question for entry in found(HEAD, ["备注：怎么填？", "照实填。"])] == ["备注：怎么填？"]


@pytest.mark.parametrize(
    ("header", "cell", "sentence"),
    [
        ("编号", "大写", "只能用小写字母、数字和中间的短横线"),
        ("短标题", "学" * 61, "最多 60 个字"),
        ("来源文档", "没有的文档", "没有这份来源文档"),
        ("序号", "十二", "序号要写成数字"),
        ("序号", 5, "来源文档和序号要么都填，要么都不填"),
        ("相似问法", "短的\n" + "长" * 61, "格子里的第 2 行“长长长长长长长长长长…”有 61 个字"),
        ("核对日期", "2026-02-30", "日期请写成"),
        ("核对日期", "2999-01-01", "核对日期不能晚于今天"),
        ("适用年份从", "去年", "请写四位数的年份"),
        ("适用年份到", 1980, "请写四位数的年份"),
        ("状态", "上线", "没有“上线”这个状态"),
    ],
)
def test_a_wrong_cell_is_named(header: str, cell: Any, sentence: str) -> None:
    told = wrong(book([*HEAD, header], ["问", "答", ""], ["问二", "答", cell]))
    assert any(line.startswith("第 3 行，“") and sentence in line for line in told), told


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([HEAD, ["问", ""]], "第 2 行，“答案”：这里要填写。"),
        ([HEAD, ["", "答"]], "第 2 行，“问题”：这里要填写。"),
        ([HEAD, [LONG, "答"]], "第 2 行，“问题”：最多 500 个字，现在有 501 个。"),
        ([["编号", *HEAD], ["a", "问", "答"], ["a", "问二", "答"]], "第 3 行，“编号”：和第 2 行重复了。"),
        ([[*HEAD, "适用年份从", "适用年份到"], ["问", "答", 2020, 2016]], "第 2 行，“适用年份到”：结束的年份不能早于"),
        ([["问题", "说"], ["问", "答"]], "“编号”“问题”这样的一行"),
        ([HEAD], "“问答.xlsx”：表里没有数据。"),
    ],
)
def test_a_sheet_that_is_not_whole_is_refused(rows: list[list[str]], sentence: str) -> None:
    assert any(sentence in line for line in wrong(book(*rows)))


def test_all_problems_are_told_at_once() -> None:
    assert len(wrong(book(HEAD, ["", "答"], ["问", ""], ["好", "好"]))) == 2


def test_the_same_question_twice_is_marked() -> None:
    first, second = found(HEAD, ["怎么签到？", "甲"], ["怎么 签到？", "乙"])
    assert (first.marks, second.marks) == ((), ("问题和第 2 行相同",))


def test_columns_that_are_not_ours_are_said() -> None:
    notes = look(book([*HEAD, "经办人"], ["问", "答", "李"]), "").notes
    assert notes == ["第 1 行，“经办人”：这一列没有用到（C 列）。"]


def test_a_table_as_text_is_read_too() -> None:
    content = '问题,答案\n怎么签到？,"第一行\n第二行"\n'.encode("gb18030")
    [entry] = read(content, "问答.csv")
    assert entry.answer_html == "<p>第一行<br>第二行</p>"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", bytes(50_000_000))
    assert path.stat().st_size < 100_000
    assert wrong(path.read_bytes()) != []


def test_an_entity_from_outside_is_refused() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    inside = b'<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
    [told] = wrong(with_part(book(HEAD, ["问", "答"]), sheet, inside))
    assert "为了安全不接收" in told


def with_part(content: bytes, name: str, before: bytes) -> bytes:
    """The workbook with something put before one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            new.writestr(part, (before if part == name else b"") + old.read(part))
    return made.getvalue()


def test_the_child_knows_no_django() -> None:
    script = "import sys, faq.editing.spreadsheets.reading; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=child.ROOT, capture_output=True, check=True)
    assert done.stdout.strip() == b"False"
