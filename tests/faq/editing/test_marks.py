"""Marks on found entries: what an editor should look at before it is saved."""

from __future__ import annotations

import pytest

from faq.editing.documents.marks import ENDING, marked, marks_of
from faq.editing.found import FoundEntry


def _marks(question: str = "几点开始？", answer: str = "<p>九点。</p>") -> list[str]:
    return [
        mark.partition("（")[0].partition("：")[0]
        for mark in marks_of(FoundEntry(question=question, answer_html=answer))
    ]


def _of_file(*numbered: tuple[int, str]) -> list[tuple[str, ...]]:
    found = [FoundEntry(question=question, answer_html="<p>好。</p>", number=number) for number, question in numbered]
    return [entry.marks for entry in marked(found)]


@pytest.mark.parametrize(
    ("question", "answer", "mark"),
    [
        ("几点？", "", "空答案"),
        ("几点？", "<p> </p>", "空答案"),
        ("问" * 121, "<p>好。</p>", "问题过长"),
        ("几点？在哪里？", "<p>好。</p>", "两个问号"),
        ("这个培训几点？这个培训几点？", "<p>好。</p>", "重复"),
        ("怎么点？", "<p>参考下图操作。</p>", "看图但没有图"),
        ("怎么点？", "<p>文章插图</p>", "看图但没有图"),
        ("怎么点？", '<p><img src="picture:0" alt=""></p>', "图片还没有说明"),
        ("怎么点？", "<p>（原文这里有一张图片：按钮）</p>", "图片没有带过来"),
        ("找谁？", "<p>请打 13800000000。</p>", "电话号码"),
        ("找谁？", "<p>电话：0571-88880000</p>", "电话号码"),
        ("找谁？", "<p>工作群 QQ 群号 123456789</p>", "电话号码"),
        ("找谁？", "<p>证件 330102199001011234</p>", "电话号码或证件号码"),
        ("找谁？", "<p>请联系王小明老师。</p>", "人名"),
        ("找谁？", "<p>发给学分管理群的章老师或郑老师。</p>", "人名"),
    ],
)
def test_entry_is_marked(question: str, answer: str, mark: str) -> None:
    assert mark in _marks(question, answer)


@pytest.mark.parametrize(
    "answer",
    [
        "<p>请联系学校的管理员或任课老师。</p>",
        "<p>由于老师太多，请分批报名，周末老师也在。</p>",
        '<p>看下图：</p>\n<p><img src="picture:0" alt="登录按钮"></p>',
        "<p>2021-03-26 08:24:34，共 900 分钟。</p>",
        "<p>何时老师会批改？各位老师请等通知。</p>",
    ],
)
def test_plain_answer_is_not_marked(answer: str) -> None:
    assert _marks(answer=answer) == []


def test_numbers_left_out_and_doubled_are_named() -> None:
    marks = _of_file((1, "甲怎么办？"), (2, "乙怎么办？"), (5, "丙在哪里？"), (5, "丁是谁？"))
    assert marks == [(), (), ("断号：前面缺 3、4",), ("序号重复（5）",)]


def test_numbers_that_begin_anew_are_no_gap() -> None:
    assert _of_file((1, "甲怎么办？"), (2, "乙是谁？"), (1, "丙在哪里？")) == [(), (), ()]


def test_same_question_twice_is_marked_on_both() -> None:
    first, second = _of_file((1, "怎样登录培训平台？"), (2, "怎样登录 培训平台?"))
    assert first[0].startswith("重复：和“2. 怎样登录")
    assert second[0].startswith("重复：和“1. 怎样登录")


@pytest.mark.parametrize(
    ("answer", "is_marked"),
    [
        ("<p>好。</p>\n<p>桃源县教育局</p>\n<p>2026年3月5日</p>", True),
        ("<p>好。<br>教师培训中心<br>二〇二六年三月五日</p>", True),
        ("<p>好。</p>\n<p>附件：1. 报名表</p>\n<p>2. 名单</p>", True),
        ("<p>报到时间：</p>\n<p>2026年3月5日</p>", False),
        ("<p>请把附件：报名表发给学校。</p>", False),
        ("<p>请联系桃源县教育局</p>", False),
    ],
)
def test_ending_like_a_letter_is_marked_on_the_last(answer: str, is_marked: bool) -> None:
    ending = FoundEntry(question="几点开始？", answer_html=answer)
    plain = FoundEntry(question="在哪里报到？", answer_html="<p>在一楼。</p>")
    assert (ENDING in marked([plain, ending])[1].marks) is is_marked
    assert ENDING not in marked([ending, plain])[0].marks
