"""What changed is found by the log of changes alone, and without it where the log cannot know."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from faq import search
from faq.models import Category, Entry, Phrasing, SearchChange, SearchState, SynonymGroup
from faq.search import changes
from faq.search.content import current_version, ids_changed_since, take_snapshot
from faq.search.index import build

from .helpers import committed, make_entry, refs

pytestmark = pytest.mark.django_db


def rename(entry: Entry) -> None:
    entry.question = "海藻投影怎么用"
    entry.save()


def withdraw(entry: Entry) -> None:
    entry.status = Entry.Status.DRAFT
    entry.save()


CHANGES: dict[str, Callable[[Entry], Any]] = {
    "saved": rename,
    "withdrawn": withdraw,
    "deleted": lambda entry: entry.delete(),
    "deleted in bulk": lambda entry: Entry.objects.filter(pk=entry.pk).delete(),
    "a phrasing": lambda entry: Phrasing.objects.create(entry=entry, text="海藻投影"),
    "its category": lambda entry: entry.category.save(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_log_names_the_entry_that_changed(change: Callable[[Entry], Any]) -> None:
    entry = make_entry("量子打印机怎么用")
    make_entry("量子投影仪怎么用", category=Category.objects.create(slug="other", name="其他"))
    before, wanted = current_version(), entry.pk
    change(entry)
    assert ids_changed_since(before, current_version()) == {wanted}


def test_a_synonym_changes_no_entry() -> None:
    make_entry("量子打印机怎么用")
    before = current_version()
    group = SynonymGroup.objects.create(words="打印机 投影仪")
    group.delete()
    assert ids_changed_since(before, current_version()) == set()


def test_only_what_changed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [make_entry(f"第 {number} 号打印机") for number in range(5)]
    index = build(take_snapshot())
    rename(entries[2])
    monkeypatch.setattr(changes, "stamps_by_id", None)
    found = changes.changes_since(index)
    assert ([row.id for row in found.rows], found.stale) == ([entries[2].pk], {entries[2].pk})


def raised_by_older_code() -> None:
    SearchState.raise_version()
    SearchChange.objects.filter(number=SearchState.current()).delete()
    SearchState.raise_version()


UNKNOWN: dict[str, Callable[[], Any]] = {
    "raised by older code": raised_by_older_code,
    "purged": lambda: SearchChange.objects.all().delete(),
    "raised by hand": lambda: SearchState.objects.update(version=SearchState.current() + 1),
    "stamped by hand": lambda: SearchState.objects.update(stamp=1),
}


@pytest.mark.parametrize("happen", UNKNOWN.values(), ids=UNKNOWN)
def test_a_log_that_does_not_lead_here_is_not_trusted(happen: Callable[[], Any]) -> None:
    make_entry("量子打印机怎么用")
    index = build(take_snapshot())
    kept = Entry.objects.create(category=Category.objects.get(), question="海藻投影", status=Entry.Status.PUBLISHED)
    happen()
    assert ids_changed_since(index.version, current_version()) is None
    assert [row.id for row in changes.changes_since(index).rows] == [kept.pk]


def test_a_restored_backup_that_counts_anew_is_noticed() -> None:
    kept, lost = make_entry("量子打印机怎么用"), make_entry("海藻投影怎么用")
    index = build(take_snapshot())
    with transaction.atomic():
        Entry.objects.filter(pk=lost.pk).delete()
        SearchState.objects.update(version=index.version.number - 1)
        rename(kept)
    assert current_version().number == index.version.number
    assert ids_changed_since(index.version, current_version()) is None
    assert changes.changes_since(index).stale == {kept.pk, lost.pk}


def test_old_changes_are_purged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchChange, "KEPT", 5)
    monkeypatch.setattr(SearchChange, "PURGED_EVERY", 4)
    for _ in range(20):
        SearchState.raise_version()
    assert list(SearchChange.objects.order_by("number").values_list("number", flat=True)) == [16, 17, 18, 19, 20]


@committed
def test_a_change_rolled_back_leaves_no_trace() -> None:
    kept = make_entry("量子打印机怎么用")
    with pytest.raises(RuntimeError), transaction.atomic():
        rename(kept)
        raise RuntimeError
    assert SearchChange.objects.latest("number").number == SearchState.current()
    assert refs("量子打印机") == [kept.ref]


@committed
def test_all_that_many_save_at_once_is_found() -> None:
    entries = [make_entry(f"第 {number} 号打印机") for number in range(8)]
    before = current_version()
    search.search("打印机")

    def save(number: int) -> None:
        try:
            rename(entries[number])
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids_changed_since(before, current_version()) == {entry.pk for entry in entries}
    assert len(refs("海藻投影")) == 8
