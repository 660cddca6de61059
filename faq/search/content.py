"""Reading of what search needs from the database: its version, the published entries, the synonym groups."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction

from faq.models import Entry, EntryQuerySet, Phrasing, SearchChange, SearchState, SynonymGroup, is_own
from helpdesk.common.prepared import Prepared
from helpdesk.common.replica import alias_to_read

# Ids or stamps per query, below the number of parameters that SQLite takes.
_IDS_AT_ONCE = 500
_ROWS_AT_ONCE = 1000
# Beyond this many changes, all entries are compared instead of being looked for change by change.
_MOST_LOGGED = 2000


class Version(NamedTuple):
    """Name of a state of the database's content: the number in `SearchState`, and the random stamp beside it."""

    number: int
    stamp: int


class Row(NamedTuple):
    """Content of one published entry that is indexed, as written."""

    id: int
    stamp: int
    short_question: str
    question: str
    answer: str
    category: str
    phrasings: tuple[str, ...]
    # True for an entry of the portal's own, and for one that says what no document says.
    own: bool = False
    not_stated: bool = False

    @property
    def digest(self) -> str:
        """Checksum of the content without its stamp, as 24 hexadecimal digits."""
        content = [self.id, *self[2:]]
        written = json.dumps(content, ensure_ascii=True)
        return hashlib.blake2b(written.encode(), digest_size=12).hexdigest()


class Snapshot(NamedTuple):
    """All published entries and synonym groups at one moment."""

    version: Version
    rows: tuple[Row, ...]
    synonyms: tuple[str, ...]


_STATE = Prepared(lambda: SearchState.objects.filter(id=1).values_list("version", "stamp"))


def current_version() -> Version:
    """Return the version of the database's content, with one cheap query."""
    stored = _STATE.first()
    number, stamp = stored or (0, 0)
    return Version(number, stamp)


def published_entries() -> EntryQuerySet:
    """Return the entries that an anonymous visitor may see, because search is public whoever asks."""
    return Entry.objects.visible_to(AnonymousUser())


def count_published() -> int:
    """Return the number of entries that an index would hold."""
    return published_entries().count()


def stamps_by_id() -> dict[int, int]:
    """Return id → stamp of every published entry; the stamp changes whenever the entry does."""
    return dict(published_entries().values_list("id", "stamp"))


def ids_changed_since(held: Version, now: Version) -> frozenset[int] | None:
    """Return the ids of entries that were changed, withdrawn or deleted after `held`, as the log of changes has them.

    Returns None where the log does not lead from `held` to `now` without a gap. Numbers alone would not tell a state
    from one that was rolled back, or that a restored backup replaced; the stamps do.
    """
    count = now.number - held.number + 1
    if not 0 < count <= _MOST_LOGGED:
        return None
    numbers = {"number__gte": held.number, "number__lte": now.number}
    log = list(SearchChange.objects.filter(**numbers).order_by("number").values_list("number", "stamp", "gone"))
    states = [Version(number, stamp) for number, stamp, _ in log]
    if len(log) != count or states[0] != held or states[-1] != now:
        return None
    changed = {gone for _, _, gone in log[1:] if gone is not None}
    for part in in_parts([state.stamp for state in states[1:]]):
        changed.update(Entry.objects.filter(stamp__in=part).values_list("id", flat=True))
    return frozenset(changed)


def take_snapshot() -> Snapshot:
    """Return the whole content at one moment."""
    with one_moment():
        version = current_version()
        return Snapshot(version, tuple(all_rows()), read_synonyms())


def all_rows() -> Iterator[Row]:
    """Yield all published entries in the order of their ids, read a thousand at a time; for use in `one_moment`."""
    published_ids = published_entries().order_by("id").values_list("id", flat=True)
    ids = list(published_ids[:_ROWS_AT_ONCE])
    while ids:
        first, last = ids[0], ids[-1]
        of_phrasings = {"entry_id__gte": first, "entry_id__lte": last}
        yield from _rows_where({"id__gte": first, "id__lte": last}, of_phrasings)
        ids = list(published_ids.filter(id__gt=last)[:_ROWS_AT_ONCE])


def read_rows(ids: Collection[int]) -> tuple[Row, ...]:
    """Return the published entries with these ids, in the order of their ids."""
    rows: list[Row] = []
    for part in in_parts(sorted(ids)):
        rows += _rows_where({"id__in": part}, {"entry_id__in": part})
    return tuple(rows)


def read_synonyms() -> tuple[str, ...]:
    """Return the synonym groups, each as its words separated by spaces, oldest first."""
    return tuple(SynonymGroup.objects.order_by("id").values_list("words", flat=True))


@contextmanager
def one_moment() -> Iterator[None]:
    """Let the queries inside see the database at one moment, without making anybody else wait.

    Inside a transaction of the caller nothing is done: the caller has chosen what to see.
    """
    alias = alias_to_read()
    connection = connections[alias]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # `atomic` would begin with IMMEDIATE (see settings) and queue every reader behind the editors who save.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(using=alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def in_parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the values in parts that a query takes as parameters."""
    for at in range(0, len(values), _IDS_AT_ONCE):
        yield values[at : at + _IDS_AT_ONCE]


def _rows_where(of_entries: dict[str, Any], of_phrasings: dict[str, Any]) -> tuple[Row, ...]:
    """Return the published entries that pass the first filter, with those phrasings that pass the second."""
    phrasings: defaultdict[int, list[str]] = defaultdict(list)
    wanted = Phrasing.objects.filter(**of_phrasings).order_by("id")
    for entry_id, phrasing in wanted.values_list("entry_id", "text"):
        phrasings[entry_id].append(phrasing)
    entries = published_entries().filter(**of_entries).order_by("id")
    columns = ("id", "stamp", "short_question", "question", "answer", "category__name", "ref", "not_stated")
    found: Iterable[Any] = entries.values_list(*columns)
    rows: list[Row] = []
    for *read, ref, not_stated in found:
        row = Row._make([*read, tuple(phrasings[read[0]]), is_own(ref), not_stated])
        rows.append(row)
    return tuple(rows)
