"""Phrasings and synonyms count at once, and the explanation names them."""

from __future__ import annotations

import pytest

from faq import search
from faq.models import Entry, Phrasing, SynonymGroup

from .helpers import committed, make_entry, refs


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["in a transaction", pytest.param("committed", marks=committed)])
def test_an_entry_is_found_by_its_phrasings_at_once(kind: str) -> None:
    entry, other = make_entry("量子打印机怎么用"), make_entry("海藻投影怎么用")
    phrasing = Phrasing.objects.create(entry=entry, text="机器卡纸咋整")
    assert refs("卡纸") == [entry.ref]
    phrasing.text = "墨盒干了咋整"
    phrasing.save()
    assert (refs("墨盒"), refs("卡纸")) == ([entry.ref], [])
    phrasing.entry = other
    phrasing.save()
    assert refs("墨盒") == [other.ref]
    phrasing.delete()
    assert refs("墨盒") == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["in a transaction", pytest.param("committed", marks=committed)])
def test_a_synonym_works_until_it_is_deleted(kind: str) -> None:
    entry = make_entry("量子打印机怎么用")
    assert refs("印表机") == []
    group = SynonymGroup.objects.create(words="打印机 印表机")
    assert refs("印表机") == [entry.ref]
    group.words = "打印机 复印件"
    group.save()
    assert (refs("印表机"), refs("复印件")) == ([], [entry.ref])
    SynonymGroup.objects.filter(pk=group.pk).delete()
    assert refs("复印件") == []


def test_a_phrasing_word_for_word_is_exact(content: None) -> None:
    result = search.search("单人校")
    assert (result.hits[0].entry.ref, result.step) == ("credits-18", search.Step.EXACT)


def test_phrasings_of_drafts_are_not_searched(content: None) -> None:
    entry = Entry.objects.get(ref="credits-18")
    entry.status = Entry.Status.DRAFT
    entry.save()
    assert entry not in [hit.entry for hit in search.search("单人校").hits]
    assert entry not in search.suggest("单人校")


def test_a_word_mentioned_in_passing_is_no_answer(db: None) -> None:
    entry = make_entry("怎么退出培训")
    Phrasing.objects.create(entry=entry, text="家里老人住院需要照顾，这期项目能不能往后推")
    found = search.search("老人住院")
    assert ([hit.entry for hit in found.hits], found.confident) == ([entry], False)
    Phrasing.objects.create(entry=entry, text="老人住院")
    assert search.search("老人住院").confident


def test_the_explanation_names_word_place_and_step(content: None) -> None:
    found = search.explain("请问 之江汇 jifen 食堂")
    best = found.found[0]
    assert best.entry.ref in {"upgrade-13", "upgrade-14"}
    assert found.ignored == ("请问",)
    assert [(reason.word.written, reason.place, reason.how) for reason in best.reasons] == [
        ("之江汇", "问题", "原词"),
        ("jifen", "相似问法", "同音或拼音"),
        ("食堂", "", ""),
    ]
    assert [word.known for word in found.words] == [True, True, False]
    assert sum(word.share for word in found.words) == pytest.approx(1)
    assert best.phrasing in [phrasing.text for phrasing in best.entry.phrasings.all()]
    assert found.confident == best.confident == (best.sure >= search.ENOUGH)


def test_the_explanation_agrees_with_the_search(content: None) -> None:
    for query in ("看课没时长", "xlcd", "食堂菜单", "", "学分", "密码不对"):
        result, found = search.search(query, limit=5), search.explain(query)
        assert [explained.entry for explained in found.found] == [hit.entry for hit in result.hits]
        assert (found.step, found.confident, found.normalized) == (result.step, result.confident, result.normalized)
