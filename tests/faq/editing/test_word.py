"""Word documents keep what only Word has: automatic numbers, headings, tables, links and pictures."""

from __future__ import annotations

import base64
import io

import docx

from faq.editing.documents import reader
from faq.editing.documents.lines import Document, Line, Picture, Table
from faq.editing.documents.splitting.choosing import Reading, read_entries

from .word_files import add_link, add_numbering, numbered, saved

#: One dot.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _read(document: object) -> Document:
    return reader.read(saved(document))


def _entries(document: object) -> Reading:
    return read_entries(_read(document))


def _labels(document: object) -> list[str]:
    return [block.label for block in _read(document).blocks if isinstance(block, Line)]


# --- automatic numbers --------------------------------------------------------------------------------------------


def test_automatic_numbers_are_rebuilt() -> None:
    document = docx.Document()
    add_numbering(document, 71, ("chineseCounting", "%1、"), ("decimal", "%2．"), ("decimal", "%2.%3"))
    for level in (0, 1, 2, 2, 1, 0, 1):
        numbered(document, "一行字", 71, level)
    assert _labels(document) == ["一、", "1．", "1.1", "1.2", "2．", "二、", "1．"]


def test_other_signs_are_written_as_word_shows_them() -> None:
    document = docx.Document()
    kinds = [("decimalEnclosedCircle", "%1"), ("upperLetter", "%1."), ("lowerRoman", "(%1)"), ("decimalZero", "%1）")]
    for at, kind in enumerate(kinds):
        add_numbering(document, 80 + at, kind, starts=4)
        numbered(document, "一行字", 80 + at)
    assert _labels(document) == ["④", "D.", "(iv)", "04）"]


def test_lists_that_share_rules_count_on_unless_one_begins_anew() -> None:
    document = docx.Document()
    add_numbering(document, 71, ("decimal", "%1、"))
    add_numbering(document, 72, shares=71)
    for key in (71, 71, 72, 72, 71):
        numbered(document, "一行字", key)
    assert _labels(document) == ["1、", "2、", "1、", "2、", "3、"]


def test_style_gives_its_number_to_its_paragraphs() -> None:
    document = docx.Document()
    document.add_paragraph("第一个问题？", style="List Number")
    document.add_paragraph("答：第一个答案。")
    document.add_paragraph("第二个问题？", style="List Number")
    document.add_paragraph("答：第二个答案。")
    assert [(entry.number, entry.question) for entry in _entries(document).split.entries] == [
        (1, "第一个问题？"),
        (2, "第二个问题？"),
    ]


def test_questions_sections_and_steps_numbered_by_word_are_told_apart() -> None:
    document = docx.Document()
    document.add_paragraph("平台答疑", style="Title")
    add_numbering(document, 71, ("chineseCounting", "%1、"))
    add_numbering(document, 72, ("decimal", "%1．"))
    add_numbering(document, 73, ("decimal", "%1)"))
    add_numbering(document, 74, shares=73)
    for title, questions in (("登录", ("怎样登录", "忘了密码")), ("学习", ("怎样选课", "怎样退课"))):
        numbered(document, title, 71)
        for question in questions:
            numbered(document, question, 72)
            document.add_paragraph("请这样做：")
            for step in ("打开首页", "点击按钮", "确认"):
                numbered(document, step, 73 if question == "怎样登录" else 74)
    reading = _entries(document)
    assert [(one.number, one.section, one.question) for one in reading.split.entries] == [
        (1, "登录", "怎样登录"),
        (2, "登录", "忘了密码"),
        (3, "学习", "怎样选课"),
        (4, "学习", "怎样退课"),
    ]
    assert reading.split.entries[0].answer_html.count("<li>") == 3


def test_headings_are_sections_or_questions() -> None:
    document = docx.Document()
    document.add_heading("使用手册", 1)
    for part in ("登录", "学习"):
        document.add_heading(part, 2)
        for question in (f"{part}失败怎么办？", f"{part}在哪里？"):
            document.add_heading(question, 3)
            document.add_paragraph("请看首页。")
    reading = _entries(document)
    assert reading.numbering == "标题 3"
    assert [(one.section, one.question) for one in reading.split.entries][2] == ("学习", "学习失败怎么办？")
    assert reading.split.title == "使用手册"


# --- tables, links, pictures --------------------------------------------------------------------------------------


def test_links_keep_their_address() -> None:
    document = docx.Document()
    document.add_paragraph("1、在哪里报名？")
    add_link(document.add_paragraph("答：请到"), "https://example.cn/sign", "报名页")
    document.add_paragraph("2、还有名额吗？")
    document.add_paragraph("答：有。")
    answer = _entries(document).split.entries[0].answer_html
    assert answer == '<p>请到<a href="https://example.cn/sign">报名页</a></p>'


def test_links_that_run_something_are_only_words() -> None:
    document = docx.Document()
    add_link(document.add_paragraph("请点"), "javascript:alert(1)", "这里")
    line = _read(document).blocks[0]
    assert isinstance(line, Line)
    assert (line.text, [span.href for span in line.spans]) == ("请点这里", [""])


def test_merged_cells_group_their_rows() -> None:
    document = docx.Document()
    for line in ("1、怎样计分？", "答：见下表。"):
        document.add_paragraph(line)
    table = document.add_table(0, 3)
    for row in (("类别", "活动", "分值"), ("教学", "上课", "5"), ("", "评课", "3"), ("科研", "论文", "8")):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("2、有上限吗？")
    document.add_paragraph("答：没有。")
    answer = _entries(document).split.entries[0].answer_html
    assert '<th scope="rowgroup" rowspan="2">教学</th><th scope="row">上课</th><td>5</td>' in answer


def test_pictures_come_as_bytes_in_their_place() -> None:
    document = docx.Document()
    document.add_paragraph("1、按钮在哪里？")
    document.add_picture(io.BytesIO(PNG))
    document.add_paragraph("2、然后呢？")
    document.add_paragraph("确认。")
    read = _read(document)
    assert [type(block) for block in read.blocks] == [Line, Picture, Line, Line]
    assert base64.b64decode(read.pictures[0]) == PNG
    assert '<img src="picture:0" alt="">' in read_entries(read).split.entries[0].answer_html


def test_bold_words_and_line_breaks_are_kept() -> None:
    document = docx.Document()
    document.add_paragraph("1、要带什么？")
    paragraph = document.add_paragraph("带上")
    paragraph.add_run("身份证").bold = True
    paragraph.add_run("。\n不用带照片。")
    document.add_paragraph("2、几点开始？")
    document.add_paragraph("九点。")
    answer = _entries(document).split.entries[0].answer_html
    assert answer == "<p>带上<strong>身份证</strong>。<br>不用带照片。</p>"


def test_words_of_hidden_runs_are_not_read() -> None:
    document = docx.Document()
    document.add_paragraph("看得见").add_run("看不见").font.hidden = True
    line = _read(document).blocks[0]
    assert isinstance(line, Line)
    assert line.text == "看得见"


def test_table_keeps_all_its_cells() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(1, 1).text = "左上", "右下\n第二行"
    block = _read(document).blocks[0]
    assert isinstance(block, Table)
    assert [[len(cell) for cell in row] for row in block.rows] == [[1, 0], [0, 2]]
