"""Documents in any combination of question, section, answer and step styles come back as they were made."""

from __future__ import annotations

import re
from itertools import islice

import pytest

from faq.editing.documents.reading.text import read_text
from faq.editing.documents.splitting.choosing import read_entries

from .generated import QUESTIONS, Expected, Form, forms, text_of

#: One form in so many is tried here; all of them take two minutes.
ONE_IN = 97


def _found(text: str) -> list[Expected]:
    entries = read_entries(read_text(text)).split.entries
    return [Expected(entry.question, entry.section, _words(entry.answer_html)) for entry in entries]


def _words(html: str) -> str:
    return re.sub(r"<[^>]+>|\s", "", html)


@pytest.mark.parametrize("style", QUESTIONS)
def test_documents_of_a_question_style_come_back(style: str) -> None:
    ours = (form for form in forms() if form.question == style)
    for form in islice(ours, 0, None, ONE_IN):
        text, expected = text_of(form)
        assert _found(text) == expected, form


def test_numbers_left_out_do_not_end_the_chain() -> None:
    text, expected = text_of(Form("1、", "一、", "答：", "①", anew=False, blank=True, asks=True))
    lines = text.split("\n\n")
    at = next(place for place, line in enumerate(lines) if line.startswith("5、"))
    after = next(place for place, line in enumerate(lines) if line.startswith("6、"))
    assert _found("\n\n".join([*lines[:at], *lines[after:]])) == [*expected[:4], *expected[5:]]


def test_steps_in_the_style_of_the_questions_stay_steps() -> None:
    steps = "1. 打开首页\n2. 点击注册\n3. 提交"
    text = f"答疑\n1. 怎么注册？\n请这样做：\n{steps}\n2. 怎么选课？\n进课程中心。\n3. 怎么退课？\n联系老师。"
    assert [one.question for one in _found(text)] == ["怎么注册？", "怎么选课？", "怎么退课？"]


def test_signs_that_change_midway_do_not_end_the_chain() -> None:
    text = (
        "答疑\n1、怎么注册？\n点注册。\n2、怎么选课？\n进课程中心。\n3．怎么退课？\n联系老师。\n4、怎么考试？\n点考试。"
    )
    assert len(_found(text)) == 4


def test_question_and_answer_in_one_line_are_parted() -> None:
    marked = "答疑\n1、怎么注册？答：点注册。\n2、怎么选课？答：进课程中心。"
    unmarked = "答疑\n1、怎么注册？点注册。\n2、怎么选课？怎么退课？都进课程中心。"
    assert _found(marked)[0] == Expected("怎么注册？", "", "点注册。")
    assert _found(unmarked)[1] == Expected("怎么选课？怎么退课？", "", "都进课程中心。")


def test_sentences_between_a_section_and_its_questions_are_no_answer() -> None:
    sections = [("登录", ("怎么登录", "怎么退出")), ("学习", ("怎么看课", "怎么考试"))]
    lines = ["常见问题"]
    for number, (title, questions) in zip("一二", sections, strict=True):
        lines += [f"{number}、{title}", "这一部分请先看完，再打电话。"]
        for place, question in enumerate(questions, 1):
            lines += [f"{place}. {question}", "点一下按钮。"]
    assert [(one.section, one.question) for one in _found("\n".join(lines))] == [
        (title, question) for title, questions in sections for question in questions
    ]


def test_longer_list_inside_an_answer_is_no_chain_of_questions() -> None:
    steps = "\n".join(f"{number}、第 {number} 步" for number in range(1, 10))
    account = f"关于账号:\n1. 领账号\n找管理员。\n{steps}\n2. 丢了账号\n重新领。"
    text = f"答疑\n{account}\n关于上课:\n1. 开课\n点开课。\n2. 下课\n点下课。"
    assert [one.question for one in _found(text)] == ["领账号", "丢了账号", "开课", "下课"]


def test_signs_of_plain_text_mark_headings_and_bold_questions() -> None:
    text = "# Help\n## Parking\n**Where do I park?**\nAt the gate.\n**May I stay?**\nNo.\n"
    assert _found(text) == [
        Expected("Where do I park?", "Parking", "Atthegate."),
        Expected("May I stay?", "Parking", "No."),
    ]
