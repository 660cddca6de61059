"""The portal's own entries: its help, and what no document says."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from faq import search
from faq.models import Entry, Phrasing, is_own

#: Queries as teachers put them → the entry of ours that must come first.
HELP = [
    ("我有多少学分", "portal-01"),
    ("登录码", "portal-02"),
    ("登陆码找谁要", "portal-02"),
    ("忘记密码", "portal-03"),
    ("登录码过期了咋办", "portal-04"),
    ("我的学分记错了找谁", "portal-05"),
    ("怎么打印", "portal-06"),
    ("不登录能不能算学分", "portal-07"),
    ("你们这个核对结果算不算数", "portal-08"),
    ("谁看过我的学分", "portal-09"),
    ("字太小老花眼看不清", "portal-10"),
    ("密码在哪里改", "portal-11"),
]
NOT_STATED = [
    ("一个本科学历能抵几分", "portal-13"),
    ("每年最少多少学分", "portal-14"),
    ("自主那十分每年至少修几分", "portal-14"),
    ("退休前还要学分吗", "portal-15"),
    ("学分没修够扣绩效吗", "portal-16"),
    ("休产假 学分能减不", "portal-17"),
    ("外省调来的 以前学分认吗", "portal-18"),
    ("多出来的学分能留到下个五年不", "portal-19"),
    ("国培一次给几学分", "portal-20"),
    ("论文上CN抵几分", "portal-21"),
    ("2024年的学分要求", "portal-22"),
]
#: Queries that name a platform, and would find one of ours otherwise.
OF_A_PLATFORM = [
    "之江汇密码忘记了",
    "师训平台忘记密码",
    "优师助手登录码",
    "提升工程我有多少学分",
    "学习平台怎么改密码",
    "学分管理平台 我的学分记错了",
]


@pytest.mark.parametrize(("query", "ref"), HELP)
def test_help_of_the_portal_is_found_first(content: None, query: str, ref: str) -> None:
    result = search.search(query)
    assert (result.confident, result.hits[0].entry.ref) == (True, ref)


@pytest.mark.parametrize(("query", "ref"), NOT_STATED)
def test_what_no_document_says_is_said_and_no_answer(content: None, query: str, ref: str) -> None:
    result = search.search(query)
    assert result.not_stated
    assert (result.confident, result.not_stated.entry.ref) == (False, ref)
    assert ref not in [hit.entry.ref for hit in result.hits]
    assert len(result.hits) <= 3


@pytest.mark.parametrize("query", OF_A_PLATFORM)
def test_named_platforms_keep_our_entries_below(content: None, query: str) -> None:
    result = search.search(query)
    own = [is_own(hit.entry.ref) for hit in result.hits]
    assert own == sorted(own)
    assert not own[0]
    assert not result.not_stated
    suggested = [is_own(entry.ref) for entry in search.suggest(query)]
    assert suggested == sorted(suggested)


@pytest.mark.parametrize("query", ["快退休了还要学吗", "学历可以抵多少学分", "超出的自主学分"])
def test_an_answer_stands_before_one_that_says_nothing(content: None, query: str) -> None:
    result = search.search(query)
    assert (result.confident, result.not_stated) == (True, None)
    assert not is_own(result.hits[0].entry.ref)


def test_a_draft_about_what_is_not_said_is_never_shown(content: None) -> None:
    entry = Entry.objects.get(ref="portal-14")
    entry.status = Entry.Status.DRAFT
    entry.save()
    result = search.search("每年最少多少学分")
    assert (result.not_stated, result.confident) == (None, False)


def test_results_show_what_is_not_said_above_the_nearest(content: None, client: Client) -> None:
    page = client.get("/search/", {"q": "每年最少多少学分"}).content.decode()
    assert page.index("资料没有写明") < page.index("下面几条内容相近") < page.index('class="result"')


def test_json_names_what_is_not_said(content: None, client: Client) -> None:
    found = client.get("/api/v1/search", {"q": "每年最少多少学分"}).json()
    assert (found["confident"], found["not_stated"]["ref"]) == (False, "portal-14")
    assert client.get("/api/v1/search", {"q": "直播回看计分吗"}).json()["not_stated"] is None


@pytest.mark.parametrize(
    ("query", "address"),
    [("我有多少学分", "/credits/mine/"), ("登录码", "/sign-in/first/"), ("不登录能不能算学分", "/credits/check/")],
)
def test_a_result_leads_to_the_page_that_answers(content: None, client: Client, query: str, address: str) -> None:
    page = client.get("/search/", {"q": query}).content.decode()
    first = page.partition('class="result"')[2].partition("</li>")[0]
    assert f'href="{address}">打开“' in first


def test_every_own_entry_has_the_words_of_teachers(content: None) -> None:
    for entry in Entry.objects.filter(ref__startswith="portal-"):
        assert entry.phrasings.count() >= 8, entry.ref
    assert not Phrasing.objects.filter(entry__ref="portal-01", text__contains="省系统")


def test_statements_of_silence_say_whom_to_ask_and_quote(content: None) -> None:
    for entry in Entry.objects.filter(not_stated=True):
        assert entry.answer_text.startswith("资料没有写明")
        assert "请问" in entry.answer_text
        quotes = re.findall(r'“([^”]+)”（<a href="/faq/([^/]+)/"', entry.answer)
        assert quotes, entry.ref
        for quote, ref in quotes:
            quoted = Entry.objects.get(ref=ref)
            assert quote in f"{quoted.question}\n{quoted.answer_text}", (entry.ref, quote)


def test_no_own_entry_claims_that_a_minimum_is_lacking(content: None) -> None:
    said = "\n".join(entry.answer_text for entry in Entry.objects.filter(ref__startswith="portal-"))
    assert not re.search("(?<!有)没有(每年|年度)?(的)?(最低|最少)|没有年度要求|不作每年要求", said)
