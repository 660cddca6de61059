"""What to bring an index up to date with, and what was written unnoticed."""

from __future__ import annotations

from typing import NamedTuple

from .content import (
    Version,
    current_version,
    ids_changed_since,
    one_moment,
    read_rows,
    read_synonyms,
    stamps_by_id,
    take_snapshot,
)
from .index import Bound, Changes, Index

# Beyond this many changes since the base was made, a new index is built instead of an update.
MANY_CHANGES = Bound(64, 0.03)


class TooManyChanges(Exception):
    """So much changed that building a new index is cheaper than updating the old one."""


class Unnoticed(NamedTuple):
    """Entries that were changed, added or removed without the models; empty where only synonyms were."""

    entry_ids: frozenset[int]


def changes_since(index: Index) -> Changes:
    """Return the difference between `index` and the database now.

    The log of changes names what changed since the index, so only that is read. Where the log does not know the
    state of the index, ids and stamps of all entries are compared, so no change can be missed. Raises TooManyChanges
    where a new index should be built instead.
    """
    with one_moment():
        version = current_version()
        wanted, stale = _logged(index, version) or _compared(index)
        if max(len(wanted), len(stale)) > MANY_CHANGES.of(index.size):
            raise TooManyChanges
        return Changes(version, stale, read_rows(wanted), read_synonyms())


class _Difference(NamedTuple):
    """Ids of entries to read, and of those in the base of the index to forget."""

    wanted: frozenset[int]
    stale: frozenset[int]


def _logged(index: Index, version: Version) -> _Difference | None:
    """Return the difference as the log has it, or None where it does not reach from the index to `version`."""
    changed = ids_changed_since(index.version, version)
    if changed is None:
        return None
    since_base = {record.entry_id for record in index.records[index.base :] if record}
    in_base = {record.entry_id for record in index.base_records if record}
    return _Difference(frozenset(since_base | changed), frozenset(in_base & changed))


def _compared(index: Index) -> _Difference:
    """Return the difference in ids and stamps, whatever changed, how often and in what order."""
    stamps = stamps_by_id()
    held = {record.entry_id: record.stamp for record in index.base_records if record}
    fresh = {entry_id for entry_id, stamp in held.items() if stamps.get(entry_id) == stamp}
    return _Difference(frozenset(stamps.keys() - fresh), frozenset(held.keys() - fresh))


def unnoticed(index: Index) -> Unnoticed | None:
    """Return the entries that differ between `index` and the database although both have the same version.

    Such entries were written without the models, for instance by raw SQL. Returns None if the versions differ, or if
    entries and synonyms are the same.
    """
    snapshot = take_snapshot()
    if snapshot.version != index.version:
        return None
    held = {record.entry_id: record.digest for record in index.records if record}
    found = {row.id: row.digest for row in snapshot.rows}
    all_ids = held.keys() | found.keys()
    differing = {entry_id for entry_id in all_ids if held.get(entry_id) != found.get(entry_id)}
    if not differing and snapshot.synonyms == index.synonyms:
        return None
    return Unnoticed(frozenset(differing))
