"""An index brought up to date equals one built anew, and finds what was written without the models."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from faq import search
from faq.models import Entry, Phrasing, SearchState, SynonymGroup
from faq.search.changes import TooManyChanges, changes_since
from faq.search.content import take_snapshot
from faq.search.index import Index, build
from faq.search.query import analyse
from faq.search.ranking import rank
from faq.search.replica import Replica

from .helpers import committed, make_entry, refs

WORDS = ["登录", "手机", "学分", "26", "签到", "视频", "直播", "作业", "pc", "折算", "村小", "备案", "之江汇", "账号"]


def same_as_built_anew(index: Index) -> None:
    fresh = build(take_snapshot())
    assert index.version == fresh.version
    assert sorted(filter(None, index.records)) == sorted(filter(None, fresh.records))
    queries = [*WORDS, "xf", "qiandao", "签道", "手机登录账号", "视频 直播", "学分26", "回放", "卡纸"]
    for query in queries:
        results = []
        for compared in (index, fresh):
            session = compared.session()
            for typing in (False, True):
                scored = rank(analyse(query, session, typing=typing), session)
                results.append([(hit.document.entry_id, hit.score, hit.sure, hit.step) for hit in scored])
        assert results[:2] == results[2:], query


@pytest.mark.parametrize("seed", range(6))
def test_an_updated_index_equals_a_new_one(db: None, seed: int) -> None:
    chance = random.Random(seed)

    def sentence() -> str:
        return "".join(chance.choices(WORDS, k=chance.randint(1, 4)))

    def change() -> None:
        entries = list(Entry.objects.all())
        entry = chance.choice(entries) if entries else make_entry(sentence())
        match chance.randrange(9):
            case 0:
                make_entry(sentence(), f"<p>{sentence()}</p>", status=chance.choice(["published", "draft"]))
            case 1:
                entry.delete()
            case 2:
                entry.question = sentence()
                entry.save()
            case 3:
                entry.status = "draft" if entry.is_published else "published"
                entry.save()
            case 4:
                Phrasing.objects.get_or_create(entry=entry, text=sentence())
            case 5:
                Phrasing.objects.filter(entry=entry).delete()
            case 6:
                SynonymGroup.objects.get_or_create(words=" ".join(chance.sample(WORDS, 2)))
            case 7:
                entry.category.name = sentence()[:40]
                entry.category.save()
            case 8:
                SynonymGroup.objects.filter(pk=SynonymGroup.objects.values_list("pk", flat=True).first()).delete()

    for number in range(40):
        make_entry(f"{sentence()}{number}", f"<p>{sentence()}</p>")
    index = build(take_snapshot())
    for number in range(24):
        change()
        if number % 3 == 0:
            index = index.updated(changes_since(index))
            same_as_built_anew(index)
            index = Index.from_files(index.version, index.files)
            same_as_built_anew(index)


def test_small_segments_are_joined_without_a_difference(db: None) -> None:
    entries = [make_entry(f"第 {number} 号{WORDS[number % len(WORDS)]}") for number in range(90)]
    index = build(take_snapshot())
    for entry in entries[:40]:
        entry.question += "海藻投影"
        entry.save()
        index = index.updated(changes_since(index))
        assert sum(part.size for part in index.parts) == 90
    assert len(index.parts) < 10
    same_as_built_anew(index)
    tidied = index.tidied()
    assert [part.size for part in tidied.parts] == [50, 40]
    same_as_built_anew(tidied)


def test_a_bulk_change_needs_a_new_index(db: None) -> None:
    for number in range(70):
        make_entry(f"第 {number} 号打印机")
    index = build(take_snapshot())
    for entry in Entry.objects.all():
        entry.save()
    with pytest.raises(TooManyChanges):
        changes_since(index)


@committed
def test_a_worn_index_is_renewed_by_bring_up(replica: Replica) -> None:
    for number in range(30):
        make_entry(f"第 {number} 号打印机")
    replica.bring_up()
    for entry in Entry.objects.all()[:20]:
        entry.save()
    index = replica.current()
    assert index is not None
    assert not index.worn
    assert index.base == 30


def raw(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


PAST_THE_MODELS: dict[str, Callable[[Entry], Any]] = {
    "updated": lambda entry: Entry.objects.filter(pk=entry.pk).update(question="海藻投影怎么用"),
    "updated by raw SQL": lambda entry: raw("UPDATE faq_entry SET question = '海藻投影怎么用' WHERE id = %s", entry.pk),
    "a draft published": lambda entry: Entry.objects.filter(question="海藻投影怎么用").update(status="published"),
    "phrasings in bulk": lambda entry: Phrasing.objects.bulk_create([Phrasing(entry=entry, text="海藻投影")]),
    "a synonym in bulk": lambda entry: SynonymGroup.objects.bulk_create([SynonymGroup(words="海藻投影 量子打印机")]),
    "entries in bulk": lambda entry: Entry.objects.bulk_create(
        [Entry(ref="by-bulk", category=entry.category, question="海藻投影怎么用", answer="", status="published")]
    ),
}


@committed
@pytest.mark.parametrize("write", PAST_THE_MODELS.values(), ids=PAST_THE_MODELS)
def test_every_process_finds_unnoticed_changes(monkeypatch: pytest.MonkeyPatch, write: Callable[[Entry], Any]) -> None:
    entry = make_entry("量子打印机怎么用")
    make_entry("海藻投影怎么用", status="draft")
    others = [Replica(), Replica()]
    for other in others:
        monkeypatch.setattr(search, "own_replica", other)
        assert refs("海藻投影") == []
    write(entry)
    assert refs("海藻投影") == []
    others[0].bring_up(reconcile=True)
    for other in [*others, Replica()]:
        monkeypatch.setattr(search, "own_replica", other)
        assert len(refs("海藻投影")) == 1
    assert search.status().healthy


@committed
def test_a_row_deleted_unnoticed_is_gone_at_once(replica: Replica) -> None:
    entry, kept = make_entry("量子打印机怎么用"), make_entry("量子投影仪怎么用")
    assert len(refs("量子")) == 2
    raw("DELETE FROM faq_entry WHERE id = %s", entry.pk)
    assert refs("量子") == [kept.ref]
    replica.bring_up(reconcile=True)
    assert search.status().entries == 1


@committed
def test_many_rows_deleted_unnoticed_are_forgotten(replica: Replica) -> None:
    entries = [make_entry(f"第 {number} 号打印机") for number in range(70)]
    replica.bring_up()
    raw("DELETE FROM faq_entry WHERE id > %s", entries[2].pk)
    replica.bring_up(reconcile=True)
    assert search.status().entries == 3


@committed
def test_reconciling_without_changes_changes_nothing(replica: Replica) -> None:
    make_entry("量子打印机怎么用")
    before = SearchState.current()
    replica.bring_up(reconcile=True)
    search.sync()
    assert SearchState.current() == before


@committed
def test_a_rebuild_shows_unnoticed_changes_to_every_process(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    other = Replica()
    other.current()
    search.sync()
    Entry.objects.filter(pk=entry.pk).update(question="海藻投影怎么用")
    assert refs("海藻投影") == []
    assert search.sync(rebuild=True).healthy
    assert refs("海藻投影") == [entry.ref]
    monkeypatch.setattr(search, "own_replica", other)
    assert refs("海藻投影") == [entry.ref]
