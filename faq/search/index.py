"""The index: the published entries in the form that Whoosh searches.

An index lives in memory and never changes. `build` makes a new one from all entries; `Index.updated` makes one that is
a few changes newer in milliseconds, by adding a small segment to the large one. `session.py` finds candidates in it,
`ranking.py` orders them.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import RamStorage

from . import text
from .cache import LeastRecentlyUsed
from .content import Row, Snapshot, Version
from .document import SCHEMA, Record, fields_of, terms_of
from .session import Session, Shared

# No compression: postings are short, and compressing them one by one takes longer than it saves.
_CODEC = W3Codec(compression=0)
# Documents that each process keeps as ranking reads them, about 20 kB each; the others are read when needed.
_DOCUMENTS_KEPT = 2000
_ANSWERS_KEPT = 500
_ABOUT = "about.json"


class Bound(NamedTuple):
    """A number of entries: at least `least`, or a share of all where that is more."""

    least: int
    share: float

    def of(self, size: int) -> int:
        """Return the bound for an index of `size` entries."""
        return max(self.least, int(self.share * size))


# Each change since the base was made is written again with every further one. Beyond this many changes a new base is
# made when nobody waits.
SOME_CHANGES = Bound(16, 0.01)


class Changes(NamedTuple):
    """Difference between an index and the database: ids of entries to forget, rows to add, and the synonyms now."""

    version: Version
    stale: frozenset[int]
    rows: tuple[Row, ...]
    synonyms: tuple[str, ...]


class _Storage(RamStorage):
    """Whoosh files in memory, including temporary ones, which Whoosh's own class writes to a disk that may be full."""

    def temp_storage(self, name: str | None = None) -> _Storage:
        return _Storage()

    def destroy(self) -> None:
        """Do nothing: memory is freed with the object."""


class Index:
    """One index in memory. Any number of threads may search it at once, each in a session of its own.

    The Whoosh files are one large segment, the base, and perhaps a small one with the changes since. `records` gives
    the entry of each Whoosh document, in their order; it is None where the entry was changed or removed since. `base`
    is the number of documents in the base.
    """

    def __init__(
        self,
        version: Version,
        files: Mapping[str, bytes],
        *,
        records: Iterable[Record | None],
        base: int,
        synonyms: Iterable[str],
        documents: LeastRecentlyUsed | None = None,
    ) -> None:
        """Open the Whoosh `files`; `documents` is the cache of an older index, whose documents are used on.

        Raises ValueError if the records are not those of the files.
        """
        self.version = version
        self.records = tuple(records)
        self.base = base
        self.synonyms = tuple(synonyms)
        self.answers = LeastRecentlyUsed(_ANSWERS_KEPT)
        self.size = sum(record is not None for record in self.records)
        self._files = dict(files)
        self._documents = LeastRecentlyUsed(_DOCUMENTS_KEPT) if documents is None else documents
        self._whoosh = _storage(self._files).open_index()
        self._sessions = threading.local()
        self._shared = self._share()
        if self._whoosh.doc_count_all() != len(self.records):
            raise ValueError("the records are not those of the index")

    @classmethod
    def from_files(cls, version: Version, files: Mapping[str, bytes]) -> Index:
        """Return the index that was saved as `files`. Raises KeyError or ValueError if they are not such files."""
        about = json.loads(files[_ABOUT])
        records = [None if record is None else Record(*record) for record in about["records"]]
        whoosh = {name: content for name, content in files.items() if name != _ABOUT}
        return cls(version, whoosh, records=records, base=about["base"], synonyms=about["synonyms"])

    @property
    def files(self) -> dict[str, bytes]:
        """Name → content of all files that make up the index, to be saved in a folder."""
        about = {"records": self.records, "base": self.base, "synonyms": self.synonyms}
        return {**self._files, _ABOUT: json.dumps(about).encode()}

    @property
    def base_records(self) -> tuple[Record | None, ...]:
        """The records of the base."""
        return self.records[: self.base]

    @property
    def worn(self) -> bool:
        """True if so much changed since the base was made that a new one is worth making."""
        added = len(self.records) - self.base
        removed = self.base_records.count(None)
        return max(added, removed) > SOME_CHANGES.of(self.size)

    def session(self) -> Session:
        """Return this thread's session. Whoosh's readers keep a position in their files, so each thread needs one."""
        session: Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = Session(self._shared, self._whoosh.reader())
        return session

    def updated(self, changes: Changes) -> Index:
        """Return an index that is `changes` newer: the same base, and one new segment of all that changed since."""
        storage = _storage(self._files)
        segments_kept = 1 if self.base else 0
        writer = _writer(storage.open_index())
        for row in changes.rows:
            writer.add_document(**fields_of(row))
        writer.commit(mergetype=lambda writer, segments: segments[:segments_kept])
        kept = [_unless_stale(record, changes.stale) for record in self.base_records]
        added = map(Record.of, changes.rows)
        return Index(
            changes.version,
            storage.files,
            records=[*kept, *added],
            base=self.base,
            synonyms=changes.synonyms,
            documents=self._documents,
        )

    def _share(self) -> Shared:
        return Shared(
            records=self.records,
            base=self.base,
            size=self.size,
            gone=self._count_gone(),
            same_meaning=text.synonym_table(self.synonyms),
            documents=self._documents,
            answers=self.answers,
        )

    def _count_gone(self) -> Counter[tuple[str, str]]:
        """Return, by field and term, how many entries Whoosh still counts although they were changed or removed."""
        gone: Counter[tuple[str, str]] = Counter()
        numbers = [number for number, record in enumerate(self.base_records) if record is None]
        if not numbers:
            return gone
        reader = self._whoosh.reader()
        for number in numbers:
            terms_by_field = terms_of(reader.stored_fields(number))
            for field, terms in terms_by_field.items():
                distinct = set(terms.split())
                gone.update((field, term) for term in distinct)
        return gone


def build(snapshot: Snapshot, progress: Callable[[int, int], None] | None = None) -> Index:
    """Return a new index of `snapshot`, in memory, without using disk or database.

    `progress` is called every 100 rows with the number of rows read and the number of all.
    """
    storage = _Storage()
    writer = _writer(storage.create_index(SCHEMA))
    for number, row in enumerate(snapshot.rows):
        if progress and number % 100 == 0:
            progress(number, len(snapshot.rows))
        writer.add_document(**fields_of(row))
    writer.commit(optimize=True)
    return Index(
        snapshot.version,
        storage.files,
        records=map(Record.of, snapshot.rows),
        base=len(snapshot.rows),
        synonyms=snapshot.synonyms,
    )


def _unless_stale(record: Record | None, stale: frozenset[int]) -> Record | None:
    """Return the record, or None if its entry is among the stale ones."""
    return None if record is None or record.entry_id in stale else record


def _storage(files: Mapping[str, bytes]) -> _Storage:
    storage = _Storage()
    storage.files = dict(files)
    return storage


def _writer(index: Any) -> Any:
    """Return a Whoosh writer without a memory limit; beyond one it sorts in temporary files, which memory has not."""
    return index.writer(limitmb=1 << 20, codec=_CODEC)
