"""Entries are locked before the search version, by steps and all others: nobody waits for one who waits in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from faq.editing import order
from faq.models import Category, Entry, Phrasing, SearchState, SynonymGroup
from faq.search.changes import announce
from tests.at_once import NOT_ON_SQLITE
from tests.faq.search.helpers import make_entry
from tests.installation import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), NOT_ON_SQLITE]


def rename_category(entry: Entry) -> None:
    entry.category.save()


def add_phrasing(entry: Entry) -> None:
    Phrasing(entry=entry, text="新的问法").save()


def add_phrasings(entry: Entry) -> None:
    Phrasing.save_new([Phrasing(entry=entry, text="一起加的问法")])


def delete_phrasing(entry: Entry) -> None:
    entry.phrasings.get(text="旧的问法").delete()


def announce_it(entry: Entry) -> None:
    with transaction.atomic():
        announce([entry.pk])


def someone_waits() -> bool:
    """Tells whether a connection waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@contextmanager
def beside(act: Callable[[], object], errors: list[str]) -> Iterator[threading.Thread]:
    """A thread, to be started within, that does something in a connection of its own; waits for it at the end."""

    def done() -> None:
        try:
            act()
        except Exception as error:
            errors.append(repr(error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=done)
    try:
        yield thread
    finally:
        if thread.ident:
            thread.join()


@pytest.mark.parametrize("stamp", [rename_category, add_phrasing, add_phrasings, delete_phrasing, announce_it])
def test_a_step_and_who_stamps_its_entry_do_not_wait_for_each_other(stamp: Callable[[Entry], None]) -> None:
    entry = make_entry("班车在哪里等？")
    Phrasing(entry=entry, text="旧的问法").save()
    errors: list[str] = []
    with beside(lambda: stamp(entry), errors) as other, transaction.atomic():
        row = Entry.objects.select_for_update(no_key=True).get(pk=entry.pk)  # as a step begins
        other.start()
        assert wait_until(someone_waits, 10)
        row.save()
    assert errors == []


def test_who_arranges_categories_and_who_writes_an_entry_do_not_wait_for_each_other() -> None:
    entry = make_entry("班车在哪里等？")
    Category.objects.create(slug="second", name="第二类")
    standing = order.categories()
    wanted = [row.pk for row in standing.rows[::-1]]
    errors: list[str] = []
    with beside(lambda: order.place_categories(wanted, standing.version), errors) as other, transaction.atomic():
        SearchState.raise_version()  # as a new entry does before it is written
        other.start()
        assert wait_until(someone_waits, 10)
        make_entry("食堂几点开门？", category=entry.category)
    assert errors == []
    assert [row.pk for row in order.categories().rows] == wanted


def test_who_saves_synonyms_and_who_deletes_them_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    group = SynonymGroup.objects.create(words="回放 重播")
    errors: list[str] = []
    with beside(lambda: SynonymGroup.objects.get(pk=group.pk).delete(), errors) as other:
        raised = SearchState.raise_version

        def slowly(*args: Any, **options: Any) -> int:
            stamp = raised(*args, **options)
            if not other.ident:
                other.start()
                assert wait_until(someone_waits, 10)
            return stamp

        monkeypatch.setattr(SearchState, "raise_version", slowly)
        group.words = "回放 重播 重看"
        group.save()
    assert errors == []
