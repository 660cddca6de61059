"""A change is found by the next search of every process, and only by those who may see it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from faq import search
from faq.models import Entry, SearchState
from faq.search import generations
from faq.search.replica import Replica

from .helpers import committed, make_entry, refs


def found_anywhere(word: str, entry: Entry) -> bool:
    others = Entry.objects.exclude(pk=entry.pk)
    return (
        entry in [hit.entry for hit in search.search(word, limit=50).hits]
        or entry in search.suggest(word)
        or any(entry in search.related(other) for other in others)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["in a transaction", pytest.param("committed", marks=committed)])
def test_a_change_is_found_at_once(kind: str) -> None:
    entry = make_entry("量子打印机怎么用")
    make_entry("量子投影仪怎么用")
    assert found_anywhere("量子打印机", entry)
    entry.question = "海藻投影怎么用"
    entry.save()
    assert found_anywhere("海藻投影", entry)
    assert entry.ref not in refs("打印机")
    entry.status = Entry.Status.DRAFT
    entry.save()
    assert not found_anywhere("海藻投影", entry)
    entry.status = Entry.Status.PUBLISHED
    entry.save()
    assert found_anywhere("海藻投影", entry)
    Entry.objects.filter(pk=entry.pk).delete()
    assert not found_anywhere("海藻投影", entry)


@committed
def test_a_renamed_category_is_found_at_once() -> None:
    entry = make_entry("怎么做呢", answer="<p>无</p>")
    assert refs("火星移民") == []
    entry.category.name = "火星移民"
    entry.category.save()
    assert refs("火星移民") == [entry.ref]


@committed
def test_a_draft_unknown_to_the_index_is_hidden() -> None:
    entry = make_entry("量子打印机怎么用")
    assert refs("量子打印机") == [entry.ref]
    Entry.objects.update(status=Entry.Status.DRAFT)  # as raw SQL would: the version stays
    assert refs("量子打印机") == []


@committed
def test_another_process_finds_what_this_one_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    others = [Replica(), Replica()]
    for other in others:
        monkeypatch.setattr(search, "own_replica", other)
        assert refs("量子打印机") == [entry.ref]
    monkeypatch.setattr(search, "own_replica", others[0])
    newer = make_entry("海藻投影怎么用")
    monkeypatch.setattr(search, "own_replica", others[1])
    assert refs("海藻投影") == [newer.ref]


@committed
def test_a_version_used_again_after_rollback_does_not_mislead() -> None:
    kept = make_entry("量子打印机怎么用")
    with pytest.raises(RuntimeError), transaction.atomic():
        make_entry("海藻投影怎么用")
        assert len(refs("海藻投影")) == 1
        raise RuntimeError
    newer = make_entry("火星移民怎么办理")
    assert refs("火星移民") == [newer.ref]
    assert refs("海藻投影") == []
    assert refs("量子打印机") == [kept.ref]


@committed
def test_an_uncommitted_change_never_reaches_the_disk(folder: Path) -> None:
    make_entry("量子打印机怎么用")
    before = generations.current().version
    with transaction.atomic():
        make_entry("海藻投影怎么用")
        search.search("海藻投影")
        search.sync(rebuild=True)
        assert generations.current().version == before
    assert generations.current().version.number == SearchState.current()


@committed
def test_other_content_of_the_same_version_is_noticed() -> None:
    """As after a restored backup."""
    first = make_entry("量子打印机怎么用")
    assert refs("量子打印机") == [first.ref]
    version = SearchState.current()
    Entry.objects.all().delete()
    SearchState.objects.update(version=version - 1)
    second = make_entry("海藻投影怎么用")
    assert SearchState.current() == version
    assert refs("海藻投影") == [second.ref]


@committed
def test_threads_search_while_an_editor_saves() -> None:
    make_entry("量子打印机怎么用")
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                assert refs("量子打印机")
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(5):
            saved = make_entry(f"第 {number} 号海藻投影")
            assert saved.ref in refs(f"第 {number} 号海藻投影")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
