"""The twelve forms in which bureaus write their questions and answers, each with what it must give."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import docx
import pytest

from faq.editing.documents import reader
from faq.editing.documents.splitting.choosing import Reading, read_entries

from .word_files import paragraphs, saved

FORMS = Path(__file__).parent / "forms"


@cache
def _reading(name: str) -> Reading:
    return read_entries(reader.read((FORMS / f"{name}.txt").read_bytes()))


def _sections(reading: Reading) -> list[str]:
    return list(dict.fromkeys(entry.section for entry in reading.split.entries))


def _answer(name: str, place: int) -> str:
    return _reading(name).split.entries[place].answer_html


# --- numbering, number of entries, sections ---------------------------------------------------------------------

EXPECTED = {
    "sections_running": ("1、", 6, ["账号", "课程"]),
    "flat_unmarked": ("1.", 5, [""]),
    "heading_and_asked": ("一、问：", 7, ["账号注册", "资源上传", "班级管理"]),
    "heading_and_asked_web": ("一、问：", 3, ["账号注册", "资源上传"]),
    "colon_headings": ("1.", 7, ["关于注册", "关于听课", "关于作业"]),
    "glued_numbers": ("1", 5, [""]),
    "nested_in_one_answer": ("一、", 4, [""]),
    "half_width_and_end": ("1、", 4, [""]),
    "number_alone": ("1（单独一行）", 4, [""]),
    "clauses": ("（一）", 7, [""]),
    "problem_numbers": ("问题1：", 5, ["学籍绑定", "学籍变动"]),
    "letters": ("Q：", 3, [""]),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_form_gives_its_entries_and_sections(name: str) -> None:
    reading = _reading(name)
    found = (reading.numbering, len(reading.split.entries), _sections(reading))
    assert found == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_form_is_read_alike_from_word(name: str) -> None:
    if name.endswith("web"):
        pytest.skip("a Word document holds no HTML")
    lines = (FORMS / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    ours = read_entries(reader.read(paragraphs(lines))).split.entries
    text = _reading(name).split.entries
    assert [(entry.question, entry.section) for entry in ours] == [(entry.question, entry.section) for entry in text]


@pytest.mark.parametrize("name", ["flat_unmarked", "half_width_and_end", "number_alone", "clauses"])
def test_every_word_of_the_form_is_somewhere(name: str) -> None:
    split = _reading(name).split
    kept = "".join([split.title, *split.left_out, *(entry.question + entry.answer_html for entry in split.entries)])
    lines = (FORMS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    words = [line.lstrip("0123456789（）()一二三四五六七、. ") for line in lines]
    assert [word for word in words if word not in kept] == []


# --- what the answers keep ----------------------------------------------------------------------------------------


def test_step_broken_over_two_lines_stays_one() -> None:
    assert "<li>选择找回的方式<br>（短信或邮箱）</li>" in _answer("sections_running", 1)


def test_answer_on_its_own_line_loses_only_its_mark() -> None:
    assert _answer("sections_running", 3).startswith("<p>请先确认已经选课，选课网址：<a href=")


def test_table_and_note_after_it_are_kept() -> None:
    answer = _answer("sections_running", 4)
    assert '<th scope="col">每节时长</th>' in answer
    assert '<div class="note">\n<p>注：</p>\n<ol>\n<li>倍速播放按原时长计；</li>' in answer


def test_circled_steps_become_a_list() -> None:
    assert _answer("heading_and_asked", 0).count("<li>") == 4


def test_longer_list_stays_inside_its_answer() -> None:
    assert _answer("colon_headings", 2).count("<li>") == 8


def test_spaces_before_a_full_stop_stay() -> None:
    assert "等一分钟重新获取 。" in _answer("colon_headings", 0)


def test_two_questions_in_one_stay_one_entry() -> None:
    entry = _reading("glued_numbers").split.entries[2]
    assert (entry.number, entry.question) == (3, "如何添加班级？如何删除班级？")
    assert '<div class="note">\n<p>备注：有学生的班级不能删除。</p>' in entry.answer_html


def test_year_at_the_beginning_of_a_line_is_no_number() -> None:
    assert "2023年以前的账号请手工处理。" in _answer("glued_numbers", 3)


def test_page_with_one_answer_offers_to_be_one_entry() -> None:
    reading = _reading("nested_in_one_answer")
    offered = {other.numbering: other.entries for other in reading.alternatives}
    assert offered["整篇一条"] == 1
    assert reading.split.left_out == []


def test_sub_headings_keep_the_lines_below_them() -> None:
    answer = _answer("half_width_and_end", 0)
    assert answer.count("<li>") == 2
    assert "在浏览器里打开平台首页" in answer.partition("</li>")[0]


def test_line_that_ends_the_document_is_named_as_left_out() -> None:
    assert _reading("half_width_and_end").split.left_out == ["- THE END -"]


def test_rule_paper_is_told_from_an_faq() -> None:
    assert _reading("clauses").asks_nothing
    assert not _reading("letters").asks_nothing


def test_another_numbering_is_taken_when_named() -> None:
    document = reader.read((FORMS / "colon_headings.txt").read_bytes())
    assert len(read_entries(document, "1、").split.entries) == 8
    with pytest.raises(LookupError, match=r"可以选：“1\.”"):
        read_entries(document, "（七）")


# --- forms that only Word has -------------------------------------------------------------------------------------


def _table_form() -> bytes:
    document = docx.Document()
    document.add_paragraph("学籍系统常见问题")
    table = document.add_table(0, 2)
    rows = [
        ("问题", "解决方法"),
        ("登录时提示“密码错误”", "请上一级管理员重置。"),
        ("打印出来的表格不完整", "1、换用另一个浏览器；\n2、缩放调到 90%。"),
        ("照片传不上去", "照片不要超过 60 KB。"),
    ]
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    return saved(document)


def test_table_of_questions_gives_an_entry_a_row() -> None:
    reading = read_entries(reader.read(_table_form()))
    assert (reading.numbering, len(reading.split.entries)) == ("表格", 3)
    assert reading.split.entries[1].question == "打印出来的表格不完整"
    assert reading.split.entries[1].answer_html.count("<li>") == 2


def test_table_typed_with_tabs_gives_an_entry_a_row() -> None:
    text = "答疑表\n序号\t问题\t答复\n1\t打不开页面\t换一个浏览器。\n2\t收不到短信\t等一分钟再试。\n"
    entries = read_entries(reader.read(text.encode())).split.entries
    assert [(entry.number, entry.question) for entry in entries] == [(1, "打不开页面"), (2, "收不到短信")]


def test_bold_questions_without_numbers_are_found() -> None:
    document = docx.Document()
    document.add_paragraph("Working with us")
    for question in ("Where do I park?", "May I bring guests?", "Opening hours"):
        document.add_paragraph().add_run(question).bold = True
        document.add_paragraph("Ask at the gate.")
        document.add_paragraph("They know.")
    reading = read_entries(reader.read(saved(document)))
    assert (reading.numbering, len(reading.split.entries)) == ("加粗", 3)
    assert reading.split.entries[0].answer_html == "<p>Ask at the gate.</p>\n<p>They know.</p>"
