"""The page of results: no query breaks it, slows it, or gets more than its own words back."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from tests.cast import make_entry
from tests.markup import SLOWEST, escaped, read

pytestmark = pytest.mark.django_db


HOSTILE = {
    "nothing": "",
    "space": "%20%09%0a%E3%80%80",
    "full-width": "２６学分！＂＃＄",
    "zero-width": "学\u200b分\u200d\ufeff",
    "right-to-left": "\u202e分学\u202c",
    "traditional": "學分沖抵",
    "emoji": "👨‍👩‍👧‍👦🇨🇳",
    "nul": "学分%00冲抵",
    "half a surrogate": "%ED%A0%80%ED%BF%BF",
    "not utf-8": "%FF%FE%C0%AF",
    "star": "*",
    "stars": "*" * 100,
    "question marks": "?" * 30,
    "open or": "a OR",
    "nots": "NOT " * 1000,
    "quote": '"',
    "open range": "[a TO",
    "brackets": "(" * 5000,
    "infinity": "学分%5E1e309",
    "fuzzy": "学分~2",
    "sql": "' OR 1=1; DROP TABLE faq_entry; --",
    "like": "%25_%25_\\",
    "template": "{{ settings.SECRET_KEY }}{% include 'x' %}${7*7}",
    "path": "../../../etc/passwd",
    "regex": "(a+)+$" * 16,
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "entities": "&lt;script&gt;",
    "combining": "e" + "\u0301" * 5000,
    "ligatures": "ﷺ" * 100,
    "numerals": "一" * 100 + "学分",
    "every plane": "\U0001f9ff\U0002ffff\U000e0001\U0010ffff",
    "rare characters": "𠮷𡃁𪚥" * 30,
    "a million characters": "学分" * 500_000,
    "a million brackets": "(" * 1_000_000,
}


@pytest.mark.parametrize("address", ["/search/", "/api/v1/search", "/api/v1/suggest"])
def test_no_query_breaks_or_slows_a_search(client: Client, content: None, address: str) -> None:
    client.get(f"{address}?q=a")
    status, seconds = {}, {}
    for name, query in HOSTILE.items():
        began = time.process_time()
        status[name] = client.get(f"{address}?q={escaped(query)}").status_code
        seconds[name] = time.process_time() - began
    assert {name: code for name, code in status.items() if code not in (200, 400, 414)} == {}
    assert {name: taken for name, taken in seconds.items() if taken > SLOWEST} == {}


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>学分', "{{ 7|add:7 }}学分"]
)
def test_a_query_is_shown_as_typed(client: Client, content: None, query: str) -> None:
    page = read(client, f"/search/?q={escaped(query)}", "script")
    assert [field["value"] for field in page.all("input", name="q")] == [query]
    assert not page.all("img") and not any("alert" in text for text in page.texts["script"])
    assert client.get(f"/api/v1/search?q={escaped(query)}").json()["query"] == query


PAGE_NUMBERS = ["-1", "0", "１", "1e9", "abc", "", "%00", "1.5", "9" * 20, "9" * 5000, "²", "٣", "1&page=2", "last"]


def test_an_odd_page_number_leads_to_some_page(client: Client, content: None) -> None:
    for number in PAGE_NUMBERS:
        answer = client.get(f"/search/?q=学分&page={number}")
        assert (answer.status_code, b'class="result"' in answer.content) == (200, True), number


def test_results_are_shown_ten_a_page(client: Client, content: None) -> None:
    for number in range(15):
        make_entry(question=f"玄武岩问题第{number}个")
    pages = [client.get(f"/search/?q=玄武岩问题&page={page}").content.decode() for page in (1, 2)]
    assert [body.count('class="result"') for body in pages] == [10, 5]
    assert 'rel="next"' in pages[0] and 'rel="prev"' in pages[1]
    assert '<ol class="results" start="11">' in pages[1]


def test_a_long_query_is_cut_and_told(client: Client, content: None) -> None:
    body = client.get(f"/search/?q={'学历冲抵' * 80}").content.decode()
    assert "只按前 300 个字搜索" in body
    assert "学历冲抵" * 76 not in body
