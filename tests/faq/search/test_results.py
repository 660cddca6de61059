"""Search finds the right entries and shows them safely."""

from __future__ import annotations

import re

import pytest

from faq import search
from faq.models import Category, Entry
from faq.search.snippets import SNIPPET_CHARS

from .helpers import make_entry, refs


@pytest.mark.parametrize(
    ("query", "ref", "step"),
    [
        ("线上直播怎么观看？", "upgrade-07", search.Step.EXACT),
        ("统筹 26 分拿不满怎么办？", "credits-12", search.Step.EXACT),
        ("直播观看", "upgrade-07", search.Step.ALL_WORDS),
        ("密码不对", "upgrade-03", search.Step.EXACT),
        ("密码 账号 不对", "upgrade-03", search.Step.ALL_WORDS),
        ("學歷 可以衝抵嗎", "credits-05", search.Step.ALL_WORDS),
        ("校本活动签到 显示器", "upgrade-08", search.Step.SOME_WORDS),
        ("xlcd", "credits-05", search.Step.PINYIN),
        ("jingyanzhi chakan", "upgrade-13", search.Step.PINYIN),
        ("签道", "upgrade-08", search.Step.PINYIN),
    ],
)
def test_each_step_of_the_ladder_finds_its_entry(content: None, query: str, ref: str, step: search.Step) -> None:
    result = search.search(query)
    assert (result.hits[0].entry.ref, result.step, result.confident) == (ref, step, True)
    assert result.suggestions == ()


@pytest.mark.parametrize("query", ["食堂菜单", "班主任津贴标准", "qwertyuiop", "怎么办", ""])
def test_an_unanswered_query_offers_other_queries(content: None, query: str) -> None:
    result = search.search(query)
    assert (result.step, result.confident) == (search.Step.NEAREST, False)
    assert len(result.hits) <= 3
    assert 1 <= len(result.suggestions) <= 5
    assert all(search.search(suggestion).confident for suggestion in result.suggestions)


def test_other_queries_are_no_noise_of_the_question(content: None) -> None:
    offered = search.search("今晚眼睛疼，半天看不清直播课表").suggestions
    assert offered
    assert not {"今晚", "半天", "眼睛"} & set(offered)


def test_suggestions_show_the_nearest_where_none_is_sure(content: None) -> None:
    assert not search.search("学分能带到外省去吗").confident
    assert 1 <= len(search.suggest("学分能带到外省去吗")) <= 3


def test_the_wanted_entry_stays_once_typed_out(content: None) -> None:
    for query in ("密码不对", "看课没时长", "学历可以冲抵吗", "校本活动怎么签到", "换手机了"):
        assert search.suggest(query)[0] == search.search(query).hits[0].entry


def test_every_step_has_a_sentence() -> None:
    assert all(step.sentence.endswith("。") for step in search.Step)


def test_scores_fall_and_have_four_digits(content: None) -> None:
    scores = [hit.score for hit in search.search("学分").hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 and score == round(score, 4) for score in scores)


@pytest.mark.parametrize("limit", [0, 1, 4, 50])
def test_no_more_than_the_limit_is_found(content: None, limit: int) -> None:
    assert len(search.search("学分", limit=limit).hits) <= limit
    assert len(search.search("食堂在哪里登录", limit=limit).hits) <= limit
    assert len(search.suggest("学", limit=limit)) <= limit


def test_the_result_has_query_and_normal_form(content: None) -> None:
    result = search.search(" 二十六學分 ")
    assert (result.query, result.normalized) == (" 二十六學分 ", "26学分")


def test_asking_politely_changes_nothing(content: None) -> None:
    assert refs("老师您好，请问视频没计时怎么办呢？谢谢")[:1] == refs("视频 计时")[:1]


@pytest.mark.parametrize("query", ["xuefen zenme cha", "xuefenzenmecha", "qingwen xuefen zenme cha"])
def test_stop_words_in_letters_do_not_count(content: None, query: str) -> None:
    asked = search.explain(query).words
    assert "zenme" not in [word.written for word in asked if word.alternatives == ("zen",)]
    assert {alternative for word in asked for alternative in word.alternatives} <= {"xuefen", "cha"}


@pytest.mark.parametrize(
    ("typed", "ref"),
    [
        ("登", "upgrade-01"),
        ("之江", "upgrade-13"),
        ("xuefenzhe", "credits-01"),
        ("zjh", "upgrade-13"),
        ("xlc", "credits-05"),
        ("qiand", "upgrade-08"),
        ("换手", "upgrade-06"),
    ],
)
def test_suggestions_come_with_the_first_letters(content: None, typed: str, ref: str) -> None:
    suggested = [entry.ref for entry in search.suggest(typed)]
    assert ref in suggested
    assert len(suggested) == len(set(suggested)) <= 8


def test_related_entries_are_similar_other_entries(content: None) -> None:
    for entry in Entry.objects.all():
        found = search.related(entry)
        assert entry not in found
        assert len(found) == len(set(found)) <= 4
    assert search.related(Entry.objects.get(ref="upgrade-07"))[0].ref == "upgrade-11"
    assert search.related(Entry.objects.get(ref="upgrade-13"))[0].ref == "upgrade-14"


def test_an_unlike_entry_is_related_to_its_category(db: None) -> None:
    alone, neighbour = make_entry("怎么办？"), make_entry("如何？")
    make_entry("另一类", category=Category.objects.create(slug="other", name="其他"))
    assert search.related(alone) == [neighbour]


def test_nothing_unescaped_is_shown(db: None) -> None:
    make_entry(
        "<script>alert('签到')</script> & 签到",
        "<p>1 &lt; 2 &amp; <b>签到</b> &lt;script&gt;alert(1)&lt;/script&gt;</p>",
    )
    for query in ("签到", "script", "alert 签到", "1", "qiandao", "lt", "amp"):
        for hit in search.search(query).hits:
            for shown in (hit.question_html, hit.snippet):
                assert not re.search(r"<(?!/?mark>)", shown)
                assert re.search(r"&(?!lt;|gt;|amp;|#x27;|quot;)", shown) is None
                assert shown.count("<mark>") == shown.count("</mark>")
    hit = search.search("签到").hits[0]
    assert "&lt;script&gt;" in hit.question_html
    assert "<mark>签到</mark>" in hit.question_html
    assert "<mark>签到</mark>" in hit.snippet


def test_marks_stand_around_the_text_as_written(db: None) -> None:
    make_entry("學歷可以充抵 二十六 學分嗎")
    hit = search.search("学历冲抵26学分").hits[0]
    assert hit.question_html == "<mark>學歷</mark>可以<mark>充抵</mark> <mark>二十六 學分</mark>嗎"


def test_words_found_by_their_sound_are_marked(content: None) -> None:
    assert "<mark>签到</mark>" in search.search("qiandao").hits[0].question_html


def test_a_snippet_is_short_around_the_match(db: None) -> None:
    make_entry("某个问题", f"<p>{'前面的话。' * 100}请点击重新签到。{'后面的话。' * 100}</p>")
    snippet = search.search("签到").hits[0].snippet
    assert "<mark>签到</mark>" in snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    assert len(re.sub("</?mark>|…", "", snippet)) <= SNIPPET_CHARS


def test_a_snippet_begins_at_a_sentence(db: None) -> None:
    make_entry("某个问题", "<p>先说别的。请打开页面，点击右上角，再点签到即可。</p>")
    assert search.search("签到").hits[0].snippet.startswith("…请打开页面")


def test_a_snippet_shows_the_right_row_of_a_table(db: None) -> None:
    rows = "".join(f"<tr><td>资源{number}</td><td>每日得{number}分</td></tr>" for number in range(1, 30))
    make_entry("某个问题", f"<table>{rows}<tr><td>登录空间</td><td>每日得7分</td></tr>{rows}</table>")
    assert (
        search.search("登录空间 每日")
        .hits[0]
        .snippet.startswith("…<mark>登录</mark><mark>空间</mark> <mark>每日</mark>得7分")
    )


def test_a_snippet_cuts_no_mark_in_half(db: None) -> None:
    make_entry("某个问题", f"<p>签到{'说' * (SNIPPET_CHARS - 4)}经验值</p>")
    assert search.search("签到 经验值").hits[0].snippet.endswith("说…")
