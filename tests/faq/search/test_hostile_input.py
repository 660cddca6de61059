"""No input fails or takes long."""

from __future__ import annotations

import re
import time

import pytest

from faq import search
from faq.search import text
from faq.search.query import analyse

from .helpers import make_entry

HOSTILE = [
    "１２３，。！？",
    "\u200b\u200c\u200d\ufeff",
    "\u202e学分\u202c",
    "學分衝抵",
    "👩\u200d👩\u200d👧\u200d👦" * 30,
    "\x00",
    "学\x00分",
    "\ud800",
    "学\udfff分",
    "\ufffd",
    "*",
    "?" * 30,
    "学" + "?" * 30,
    "a OR",
    "NOT " * 1000,
    '"',
    '"学分',
    "[a TO",
    "(" * 5000,
    "学分^1e309",
    "学分~2",
    "terms:学分 OR title:*",
    "'; DROP TABLE faq_entry; --",
    "{{ 7*7 }}{% debug %}",
    "<script>alert(1)</script>",
    "%FF%00../../etc/passwd",
    "学" * 1_000_000,
    "a" * 1_000_000,
    " " * 1_000_000,
    "e\u0301" * 100_000,
    "e" + "\u0301" * 100_000,
    "\ufdfa" * 10_000,
    "九" * 10_000 + "学分",
    "签道" * 50,
    "xuefen" * 50,
    "x" * 100,
    "的" * 100,
    "".join(chr(0x4E00 + number * 37) for number in range(200)),
    " ".join("ab" for _ in range(100)),
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: ascii(query[:20]))
def test_no_input_fails_or_takes_long(content: None, query: str) -> None:
    search.search("学分")  # the segmenter is loaded once a process
    began = time.perf_counter()
    result = search.search(query)
    search.suggest(query)
    assert time.perf_counter() - began < 10
    assert len(result.normalized) <= search.MAX_QUERY_LENGTH
    assert result.normalized.isprintable()
    for hit in result.hits:
        assert not re.search(r"<(?!/?mark>)", hit.question_html + hit.snippet)
    index = search.own_replica.current()
    assert index is not None
    asked = analyse(result.normalized, index.session())
    assert len(asked.tokens) <= text.MAX_QUERY_TOKENS


def test_the_longest_entry_is_found_in_time(db: None) -> None:
    make_entry("签到" * 250, f"<p>{'签到了吗？' * 9_000}</p>")
    began = time.perf_counter()
    hit = search.search("签到").hits[0]
    assert "<mark>签到</mark>" in hit.snippet
    assert time.perf_counter() - began < 10
