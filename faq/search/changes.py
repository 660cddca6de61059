"""Changes that bring an index up to date, and rows that were written unnoticed."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from faq.models import Entry, SearchChange, SearchState

from .content import (
    all_rows,
    current_version,
    ids_changed_since,
    in_parts,
    one_moment,
    read_rows,
    read_synonyms,
    stamps_by_id,
)
from .index import Bound, Changes, Index

# Beyond this many changes at once the old index answers until another thread has brought it up to date.
WHILE_WAITING = Bound(64, 0.0)
# Beyond this many changes at once a new index is built instead of an update.
AT_MOST = Bound(64, 0.03)


class TooManyChanges(Exception):
    """More changed than an update may take."""


class Unnoticed(NamedTuple):
    """Entries that were changed, added or removed without the models; empty where only synonyms were."""

    entry_ids: frozenset[int]


def changes_since(index: Index, most: Bound = AT_MOST) -> Changes:
    """Return the difference between `index` and the database now.

    The log of changes names what changed since the index, so only that is read. Where the log does not know the
    state of the index, ids and stamps of all entries are compared, so no change can be missed. Raises TooManyChanges
    if more than `most` changed.
    """
    with one_moment():
        version = current_version()
        changed = ids_changed_since(index.version, version)
        if changed is None:
            changed = _differing(index)
        if len(changed) > most.of(index.size):
            raise TooManyChanges
        return Changes(version, changed, read_rows(changed), read_synonyms())


def _differing(index: Index) -> frozenset[int]:
    """Return the ids of entries whose stamps differ between index and database, or that only one of them has."""
    stamps = stamps_by_id()
    for record in index.records:
        if stamps.get(record.entry_id) == record.stamp:
            del stamps[record.entry_id]
        else:
            stamps[record.entry_id] = record.stamp
    return frozenset(stamps)


def unnoticed(index: Index) -> Unnoticed | None:
    """Return the entries that differ between `index` and the database although both have the same version.

    Such entries were written without the models, for instance by raw SQL. Returns None if the versions differ, or if
    entries and synonyms are the same.
    """
    with one_moment():
        if current_version() != index.version:
            return None
        differing = {record.entry_id for record in index.records}
        for row in all_rows():
            held = index.record_of(row.id)
            if held is not None and held.digest == row.digest:
                differing.remove(row.id)
            else:
                differing.add(row.id)
        if not differing and read_synonyms() == index.synonyms:
            return None
    return Unnoticed(frozenset(differing))


def announce(entry_ids: Collection[int]) -> None:
    """Give entries that were written unnoticed a new version; to be called in a transaction.

    Rows that are gone can carry no stamp, so each is noted in the log. Where these are many, the log is emptied, and
    every index compares all entries.
    """
    for part in in_parts(sorted(entry_ids)):
        Entry.objects.filter(pk__in=part).lock()
    stamp = SearchState.raise_version()
    gone = set(entry_ids)
    for part in in_parts(sorted(entry_ids)):
        rows = Entry.objects.filter(pk__in=part)
        gone.difference_update(rows.values_list("pk", flat=True))
        rows.update(stamp=stamp)
    if len(gone) > WHILE_WAITING.least:
        SearchChange.objects.all().delete()
        return
    for entry_id in gone:
        SearchState.raise_version(gone=entry_id)
