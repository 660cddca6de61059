"""How text is read for search: its normal form and the way back, words, numbers, sounds."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings

from faq.search import text


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("学分", "学分"),
        ("ＡＢＣ１２３", "abc123"),
        ("Ｆ５ 刷新", "f5刷新"),
        ("學分衝抵", "学分冲抵"),
        ("登陸帳號", "登录账号"),
        ("帐号登陆", "账号登录"),
        ("教师如何登入？", "教师如何登录"),
        ("充抵", "冲抵"),
        ("学\u200b分\ufeff", "学分"),
        ("\u202e学分\u202c", "学分"),
        ("学\x00分\x07", "学分"),
        ("学\ud800分", "学分"),
        ("é\u0301 É", "e e"),
        ("学分，学时；", "学分 学时"),
        ("  学分\t\n学时 ", "学分 学时"),
        ("7.5 分。", "7.5分"),
        ("👩\u200d🏫", ""),
        ("文件", "文件"),
    ],
)
def test_all_ways_of_writing_have_one_form(written: str, normal: str) -> None:
    assert text.normalize(written) == normal


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("二十六学分", "26学分"),
        ("统筹 26 学分", "统筹26学分"),
        ("两个学历", "2个学历"),
        ("听课二十节", "听课20节"),
        ("十分", "10分"),
        ("十五个学分", "15个学分"),
        ("一百零五学时", "105学时"),
        ("二〇二一年", "2021年"),
        ("凑满二十六", "凑满26"),
        ("九百分钟", "900分钟"),
        ("差三四分", "差三四分"),
        ("百度", "百度"),
        ("一人一校", "一人一校"),
        ("有一个账号", "有一个账号"),
        ("统一分配", "统一分配"),
    ],
)
def test_numerals_before_a_unit_become_digits(written: str, normal: str) -> None:
    assert text.normalize(written) == normal


@pytest.mark.parametrize("written", ["充抵 二十六學分，Ａ\u200bＢ", "﷼㍿ﬁ①", "登陸\ud800帳號", "二十六学分" * 5, ""])
def test_every_character_has_its_place_of_origin(written: str) -> None:
    normal = text.trace(written)
    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    assert all(0 <= start < end <= len(written) for start, end in zip(normal.starts, normal.ends, strict=True))
    assert list(normal.starts) == sorted(normal.starts)


def test_a_place_maps_back_to_the_original() -> None:
    written = "最高可充抵二十六\u200b學分。"
    normal = text.trace(written)
    found = normal.text.index("26学分")
    start, end = normal.origin(found, found + len("26学分"))
    assert written[start:end] == "二十六\u200b學分"
    found = normal.text.index("冲抵")
    start, end = normal.origin(found, found + 2)
    assert written[start:end] == "充抵"


def test_normalizing_twice_changes_nothing() -> None:
    once = text.normalize("老师您好，請問二十六學分 Ｆ５ 怎麼充抵？")
    assert text.normalize(once) == once


def test_a_query_is_cut_to_its_bound() -> None:
    assert len(text.normalize_query("学" * 1_000_000)) == text.MAX_QUERY_CHARS
    assert len(text.normalize_query("\ufdfa" * 1_000)) <= text.MAX_QUERY_CHARS


def test_the_fields_terms_are_not_cut_apart() -> None:
    assert text.words("之江汇经验值和优师助手") == ["之江汇", "经验值", "和", "优师助手"]


@pytest.mark.parametrize("asked", ["老师您好，请问怎么办呢？", "什么时候可以呀", "在哪里", "为什么不行"])
def test_words_that_only_ask_are_not_informative(asked: str) -> None:
    assert text.informative(text.words(text.normalize(asked))) == []


def test_bigrams_keep_gaps_and_whole_numbers() -> None:
    assert text.bigrams("学分 统筹") == ["学分", "统筹"]
    assert text.bigrams("26学分") == ["26学", "学分"]


def test_numbers_match_only_as_a_whole() -> None:
    assert text.plain_tokens("26学分 7.5分") == ["26", "7.5"]
    assert text.whole("6").search("26学分") is None
    assert text.whole("26").search("统筹26学分") is not None
    assert text.whole("5").search("f5刷新") is None


def test_letters_after_a_number_are_another_word() -> None:
    assert text.plain_tokens("900min f5 win7") == ["900", "min", "f5", "win7"]
    assert text.whole("900").search("900min") is not None


def test_a_word_is_not_found_across_a_terms_end() -> None:
    assert not text.occurs("信号", "换微信号")
    assert text.occurs("信号", "手机没信号")


def test_a_word_sounds_as_pinyin_and_initials() -> None:
    assert text.sound_keys(["学分"], every=True) == ["xuefen", "xf"]
    assert text.sound_keys(["重置"], every=True)[0] == "chongzhi"
    assert text.sound_keys(["借调"], every=True)[0] == "jiediao"


def test_sounds_often_confused_are_folded() -> None:
    assert text.fold_sound("shengpei") == text.fold_sound("senpei")
    assert text.fold_sound(text.sounds("冲低")[0]) == text.fold_sound(text.sounds("冲抵")[0])


def test_synonyms_work_both_ways() -> None:
    table = text.synonym_table(["回放 回看 重播", "重播 录播", "單獨"])
    assert table == {
        "回放": ("回看", "重播"),
        "回看": ("回放", "重播"),
        "重播": ("回放", "回看", "录播"),
        "录播": ("重播",),
        "单独": (),
    }


def test_a_synonym_cut_apart_is_joined_again() -> None:
    known = {"登不上", "手机丢了", "看课"}
    assert text.join_known(["登", "不", "上", "网"], known) == ["登不上", "网"]
    assert text.join_known(["手机", "丢", "了"], known) == ["手机丢了"]
    assert text.join_known(["看", "看", "课"], known) == ["看", "看课"]
    assert text.join_known([], known) == []


def test_no_shipped_synonym_is_a_stop_word() -> None:
    """A stop word is taken out of the query before its synonyms are looked up."""
    groups = json.loads((Path(settings.BASE_DIR) / "fixtures" / "synonyms.json").read_text(encoding="utf-8"))
    table = text.synonym_table(group["fields"]["words"] for group in groups)
    assert len(groups) >= 60
    assert not text.STOP_WORDS & table.keys()


def test_the_word_lists_are_in_normal_form() -> None:
    for word in (*text.terms(), *text.STOP_WORDS):
        assert unicodedata.is_normalized("NFKC", word)
        assert text.normalize(word) == word
