"""Names and numbers in one normal form, in which what is typed and what is kept are compared."""

from __future__ import annotations

import pytest

from helpdesk.common.names import letters_of, name_key, normal_name, number_key, spellings, typed_letters


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("张三", "张三"),
        ("张　三", "张三"),
        ("张 三\r\n", "张三"),
        ("\u200b张\ufeff三", "张三"),
        ("Li  Na", "Li Na"),
        ("Ｌｉ　Ｎａ", "Li Na"),
        ("桃源一小（东校区）", "桃源一小(东校区)"),
        ("第１小学", "第1小学"),
        ("𠮷 田", "𠮷田"),
        ("J. Smith", "J. Smith"),
        ("", ""),
    ],
)
def test_a_name_is_taken_as_it_is_meant(typed: str, meant: str) -> None:
    assert normal_name(typed) == meant


@pytest.mark.parametrize("dot", "·•‧∙⋅・･᛫‣●．.")
def test_every_dot_within_a_name_is_one(dot: str) -> None:
    for typed in (f"买买提{dot}艾力", f"买买提 {dot} 艾力"):
        assert normal_name(typed) == "买买提·艾力"


def test_names_are_compared_without_spaces_and_capitals() -> None:
    assert name_key("LI  Na") == name_key("Li na") != name_key("Li Ma")
    assert name_key("桃源 一小 （东）") == name_key("桃源一小(东)")


@pytest.mark.parametrize("typed", ["demo-0055", "Demo-0055", "DEMO—0055", "DEMO——0055", "ＤＥＭＯ－0055", " demo‐0055"])
def test_all_spellings_of_a_number_are_one(typed: str) -> None:
    assert number_key(typed) == "demo-0055"


def test_a_name_is_sought_in_the_spellings_in_which_it_may_be_kept() -> None:
    assert spellings("张　刚") == {"张　刚", "张刚"}
    assert {"买买提·艾力", "买买提•艾力"} <= spellings("买买提.艾力")
    assert spellings("\u200b") == {"\u200b"}


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张三", "|zs|zhangsan|san"),
        ("曾小明", "|zxm|zengxiaoming|xiaoming|ming"),
        ("买买提·艾力", "|mmtal|maimaitiaili|maitiaili|tiaili|aili|li"),
        ("吕　方", "|lf|lvfang|fang"),
        ("Li Na", "|l|lina"),
        ("", "|"),
    ],
)
def test_a_name_has_letters_from_each_syllable_on(name: str, letters: str) -> None:
    assert letters_of(name) == letters


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        (" Zhang San", "|zhangsan"),
        ("ＺＳ", "|zs"),
        ("xi'an", "|xian"),
        ("lü", "|lv"),
        ("张s", ""),
        ("zs1", ""),
        ("", ""),
        ("·", ""),
    ],
)
def test_letters_are_sought_however_they_are_typed(typed: str, sought: str) -> None:
    assert typed_letters(typed) == sought


def test_the_letters_of_the_longest_name_fit() -> None:
    assert len(letters_of("庄" * 60)) == 240
