"""The clauses of the first document stand in its entries, word for word."""

from __future__ import annotations

import pytest

from credits.rules.clauses import Quote, Tag
from credits.upgrade.clauses import CLAUSE_OF_KIND, UPGRADE_CLAUSES
from credits.upgrade.kinds import Kind
from faq.models import Entry
from tests.credits.rules.test_clauses import check_citations, entries

QUOTES = [quote for clause in UPGRADE_CLAUSES.values() for quote in clause.quotes]
#: Clauses that the contract marks as read into the document.
READINGS = {
    "U4": "2021 年以外",
    "U5": "第 7 天",
    "U6": "历年合起来只有 1 次",
    "U8": "合起来一年 100 分",
    "U9": "最高一级通过的那一天",
    "U10": "只计还剩",
    "U15": "资料没有写",
}


@pytest.mark.parametrize("quote", QUOTES, ids=lambda quote: f"{quote.entry} {quote.text}")
def test_quote_is_verbatim_in_its_answer(quote: Quote) -> None:
    assert quote.tag is Tag.ANSWER
    assert quote.text in entries()[quote.entry][1]


def test_every_kind_has_its_clause() -> None:
    assert set(CLAUSE_OF_KIND) == set(Kind)
    assert set(CLAUSE_OF_KIND.values()) <= set(UPGRADE_CLAUSES)


@pytest.mark.parametrize(("code", "words"), READINGS.items())
def test_what_was_read_into_a_clause_is_told(code: str, words: str) -> None:
    assert words in "".join(UPGRADE_CLAUSES[code].readings)
    assert Tag.READING in UPGRADE_CLAUSES[code].tags


def test_the_entries_are_those_of_the_contract() -> None:
    refs = {ref for clause in UPGRADE_CLAUSES.values() for ref in clause.entries}
    assert refs == {"upgrade-09", "upgrade-11", "upgrade-13", "upgrade-14", "upgrade-15"}


def test_an_edited_table_is_found(content: None) -> None:
    entry = Entry.objects.get(ref="upgrade-14")
    entry.answer = entry.answer.replace("限 1 次", "不限次数")
    entry.save()
    code, said = check_citations()
    assert code == 1
    assert "U6 upgrade-14" in said
