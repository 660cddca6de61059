"""The index: the published entries in the form that is searched.

An index lives in memory and never changes. `build` makes a new one from all entries; `Index.updated` makes one that is
a few changes newer in milliseconds, by adding a small segment to the large one. `session.py` finds candidates in it,
`ranking.py` orders them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from . import text
from .cache import LeastRecentlyUsed
from .content import Row, Snapshot, Version
from .document import Record, fields_of, terms_of
from .segment import Buffer, Segment, SegmentWriter
from .session import Part, Session, Shared

# Documents that each process keeps as ranking reads them, about 20 kB each; the others are read when needed.
_DOCUMENTS_KEPT = 2000
_ANSWERS_KEPT = 500
ABOUT = "about.json"
# Entries in small segments that are joined while a reader waits, which takes some 50 ms.
JOINED_AT_ONCE = 32
# Segments beyond which the small ones are joined when nobody waits: each has to be asked for every term.
MOST_PARTS = 6


class Bound(NamedTuple):
    """A number of entries: at least `least`, or a share of all where that is more."""

    least: int
    share: float

    def of(self, size: int) -> int:
        """Return the bound for an index of `size` entries."""
        return max(self.least, int(self.share * size))


# Beyond this many changes since the base was made a new base is made when nobody waits.
SOME_CHANGES = Bound(16, 0.03)


class Changes(NamedTuple):
    """Difference between an index and the database: ids of entries to forget, rows to add, and the synonyms now.

    Rows stand in the order of their ids.
    """

    version: Version
    stale: frozenset[int]
    rows: tuple[Row, ...]
    synonyms: tuple[str, ...]


class Index:
    """One index in memory. Any number of threads may search it at once.

    It consists of parts: one large segment, the base, and small ones with the changes since.
    """

    def __init__(
        self,
        version: Version,
        parts: Iterable[Part],
        *,
        synonyms: Iterable[str],
        documents: LeastRecentlyUsed | None = None,
    ) -> None:
        """Make an index of these parts; `documents` is the cache of an older index, whose documents are used on."""
        self.version = version
        self.parts = tuple(parts)
        self.synonyms = tuple(synonyms)
        self.answers = LeastRecentlyUsed(_ANSWERS_KEPT)
        self.size = sum(part.size for part in self.parts)
        self._documents = LeastRecentlyUsed(_DOCUMENTS_KEPT) if documents is None else documents
        self._session = Session(self._share())

    @classmethod
    def from_files(cls, version: Version, files: Mapping[str, Buffer]) -> Index:
        """Return the index that was saved as `files`. Raises KeyError or ValueError if they are not such files."""
        about = json.loads(bytes(files[ABOUT]))
        segments: list[Segment] = []
        for name, _ in about["parts"]:
            own = {file: content for file, content in files.items() if file.startswith(f"{name}.")}
            segments.append(Segment(name, own))
        gone = [frozenset(numbers) for _, numbers in about["parts"]]
        parts = map(_part, segments, gone, _starts(segments))
        return cls(version, parts, synonyms=about["synonyms"])

    @property
    def files(self) -> dict[str, Buffer]:
        """Name → content of all files that make up the index, to be saved in a folder."""
        files: dict[str, Buffer] = {}
        for part in self.parts:
            files |= part.segment.files
        parts = [(part.segment.name, sorted(part.gone)) for part in self.parts]
        files[ABOUT] = json.dumps({"parts": parts, "synonyms": self.synonyms}).encode()
        return files

    @property
    def records(self) -> Iterator[Record]:
        """The records of all entries."""
        for part in self.parts:
            for number in range(len(part.segment)):
                if number not in part.gone:
                    yield part.segment.record(number)

    def record_of(self, entry_id: int) -> Record | None:
        """Return the record of an entry, None where the index has none."""
        for part in self.parts:
            number = part.segment.number_of(entry_id)
            if number is not None and number not in part.gone:
                return part.segment.record(number)
        return None

    @property
    def base(self) -> int:
        """The number of documents in the base."""
        return len(self.parts[0].segment)

    @property
    def worn(self) -> bool:
        """True if so much changed since the base was made that a new one is worth making."""
        added = sum(part.size for part in self.parts[1:])
        removed = len(self.parts[0].gone)
        return max(added, removed) > SOME_CHANGES.of(self.size)

    @property
    def loose(self) -> bool:
        """True if there are so many small segments that they are worth joining."""
        return len(self.parts) > MOST_PARTS

    def session(self) -> Session:
        """Return the session in which this index is searched."""
        return self._session

    def updated(self, changes: Changes) -> Index:
        """Return an index that is `changes` newer: the same segments, and a new one of all that changed since.

        The last small segments are joined with the new one, where that takes no time worth mentioning.
        """
        parts = [_without(part, changes.stale) for part in self.parts]
        stay = _how_many_stay([part.size for part in parts], len(changes.rows))
        return self._joined(changes, parts, stay)

    def tidied(self) -> Index:
        """Return the same index with all small segments in one, which takes a second where there are thousands."""
        nothing = Changes(self.version, frozenset(), (), self.synonyms)
        return self._joined(nothing, self.parts, 1)

    def _joined(self, changes: Changes, parts: Sequence[Part], stay: int) -> Index:
        """Return the index of the first parts, and of a segment that has the entries of the others and the rows."""
        kept = list(parts[:stay])
        added = _segment_of(changes.rows, parts[stay:])
        if len(added):
            kept.append(Part(added, kept[-1].start + len(kept[-1].segment)))
        return Index(changes.version, kept, synonyms=changes.synonyms, documents=self._documents)

    def _share(self) -> Shared:
        return Shared(
            parts=self.parts,
            size=self.size,
            same_meaning=text.synonym_table(self.synonyms),
            documents=self._documents,
            answers=self.answers,
        )


def build(snapshot: Snapshot, progress: Callable[[int, int], None] | None = None) -> Index:
    """Return a new index of `snapshot`, in memory, without using disk or database.

    `progress` is called every 100 rows with the number of rows read and the number of all.
    """
    writer = SegmentWriter()
    for number, row in enumerate(snapshot.rows):
        if progress and number % 100 == 0:
            progress(number, len(snapshot.rows))
        writer.add(Record.of(row), fields_of(row))
    return Index(snapshot.version, [Part(writer.finish(), 0)], synonyms=snapshot.synonyms)


def _segment_of(rows: Sequence[Row], parts: Iterable[Part]) -> Segment:
    """Return a segment of these rows, and of the entries in these parts that are still up to date."""
    writer = SegmentWriter()
    found: list[tuple[Record, Part | Row, int]] = [(Record.of(row), row, 0) for row in rows]
    for part in parts:
        numbers = (number for number in range(len(part.segment)) if number not in part.gone)
        found += [(part.segment.record(number), part, number) for number in numbers]
    for record, source, number in sorted(found, key=lambda one: one[0]):
        if isinstance(source, Part):
            writer.copy(record, source.segment.stored(number))
        else:
            writer.add(record, fields_of(source))
    return writer.finish()


def _how_many_stay(sizes: Sequence[int], added: int) -> int:
    """Return how many parts stay as they are, the base always, when `added` entries come after parts of these sizes.

    A part is joined with what comes after it unless it is more than twice as large, or both have more than
    JOINED_AT_ONCE. So an entry is written again only as often as the whole doubles.
    """
    stay = len(sizes)
    while stay > 1 and sizes[stay - 1] <= 2 * added and sizes[stay - 1] + added <= JOINED_AT_ONCE:
        stay -= 1
        added += sizes[stay]
    return stay


def _without(part: Part, stale: Iterable[int]) -> Part:
    """Return the part without the entries that have these ids."""
    found = map(part.segment.number_of, stale)
    gone = frozenset(number for number in found if number is not None) - part.gone
    return _part(part.segment, part.gone | gone, part.start, part.counts, gone) if gone else part


def _part(
    segment: Segment,
    gone: frozenset[int],
    start: int,
    counts: Mapping[tuple[str, str], int] | None = None,
    anew: frozenset[int] | None = None,
) -> Part:
    """Return a part with these documents `gone`; `counts` has the terms of all of them but those that are so `anew`."""
    counter = Counter(counts)
    for number in gone if anew is None else anew:
        for name, terms in terms_of(segment.stored(number)).items():
            distinct = set(terms.split())
            counter.update((name, term) for term in distinct)
    return Part(segment, start, gone, counter)


def _starts(segments: Sequence[Segment]) -> list[int]:
    """Return the number that the first document of each segment has in the index."""
    sizes = [len(segment) for segment in segments]
    return [0, *accumulate(sizes)][: len(sizes)]
