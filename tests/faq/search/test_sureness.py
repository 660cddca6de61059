"""Search is sure of what answers, however long the query, and not of an entry that only has its words."""

from __future__ import annotations

import pytest

from faq import search
from faq.models import Phrasing

from .helpers import make_entry, refs

GREETING = "各位老师早上好，打扰大家了，我是这学期刚从外校调过来的，平时带毕业班比较忙，"


@pytest.mark.parametrize(
    ("query", "ref"),
    [
        ("初始密码", "upgrade-02"),
        ("垃圾桶", "credits-06"),
        ("900min", "upgrade-09"),
        ("凑满二十六还要去全员吗", "credits-13"),
        ("2021年看回放算不算", "upgrade-11"),
        ("58岁还要学吗", "upgrade-17"),
        ("抵扣学分要什么学历", "credits-05"),
        ("新来的老师没开户，分记哪", "upgrade-16"),
        ("网课时长不动", "upgrade-10"),
    ],
)
def test_teachers_own_words_find_their_entry(content: None, query: str, ref: str) -> None:
    result = search.search(query)
    assert (result.hits[0].entry.ref, result.confident) == (ref, True)


@pytest.mark.parametrize(
    "query",
    [
        "每年最少多少学分",
        "退休前还要学分吗",
        "网络研修怎么折算",
        "评中级要几年",
        "教师资格证丢了怎么办",
        "年度考核优秀名额怎么分",
        "手机没信号",
        "作业几天批好",
    ],
)
def test_the_asked_word_alone_is_no_answer(content: None, query: str) -> None:
    assert not search.search(query).confident


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_question_is_found_wherever_it_stands(content: None, place: str) -> None:
    asked, story = "学历提升能不能冲抵学分？", GREETING * 3
    query = {"first": asked + story, "middle": story[:90] + asked + story[90:], "last": story + asked}[place]
    result = search.search(query)
    assert (result.hits[0].entry.ref, result.confident) == ("credits-05", True)


def test_a_greeting_does_not_drown_the_question(content: None) -> None:
    assert search.search(f"{GREETING}请问线上直播在哪里看，谢谢").confident
    assert not search.search(f"{GREETING}请问食堂几点开饭，谢谢").confident


def test_a_number_asks_with_its_unit(db: None) -> None:
    three = make_entry("自主培训包括三项活动")
    assert refs("3年") == []
    assert refs("3项") == [three.ref]


def test_a_number_that_no_entry_knows_weighs_nothing(content: None) -> None:
    written = [word.written for word in search.explain("1987年 回放 777分").words]
    assert written == ["回放"]


def test_an_entry_that_says_the_most_does_not_tell_the_least(db: None) -> None:
    entry = make_entry("海藻投影每天最多开多久", "<p>每天不超过三小时。</p>")
    assert search.search("海藻投影每天最多开多久呢").confident
    assert not search.search("海藻投影每天最少开多少").confident
    Phrasing.objects.create(entry=entry, text="海藻投影每天至少开多少")
    assert search.search("海藻投影每天最少开多少").confident


def test_all_phrasings_together_find_a_long_query(db: None) -> None:
    entry = make_entry("海藻投影")
    make_entry("海藻投影今天和后来的灯泡")
    for phrasing in ("画面发绿怎么调", "放到一半黑屏", "遥控器按了没反应"):
        Phrasing.objects.create(entry=entry, text=phrasing)
    assert refs("海藻投影今天画面发绿，后来放到一半黑屏，遥控器也没反应")[0] == entry.ref
