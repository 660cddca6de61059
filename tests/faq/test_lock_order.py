"""Entries are locked before the search version, by steps and all others: nobody waits for one who waits in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from faq.models import Entry, Phrasing
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


@pytest.mark.parametrize("stamp", [rename_category, add_phrasing, add_phrasings, delete_phrasing, announce_it])
def test_a_step_and_who_stamps_its_entry_do_not_wait_for_each_other(stamp: Callable[[Entry], None]) -> None:
    entry = make_entry("班车在哪里等？")
    Phrasing(entry=entry, text="旧的问法").save()
    errors: list[str] = []

    def other() -> None:
        try:
            stamp(entry)
        except Exception as error:
            errors.append(repr(error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=other)
    try:
        with transaction.atomic():
            row = Entry.objects.select_for_update(no_key=True).get(pk=entry.pk)  # as a step begins
            thread.start()
            assert wait_until(someone_waits, 10)
            row.save()
    finally:
        thread.join()
    assert errors == []
