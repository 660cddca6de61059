"""Looking things up in one index: how frequent a term is, which entries may match."""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from . import text
from .cache import LeastRecentlyUsed
from .document import Document
from .segment import Segment

# Terms that more entries than this have are left out of the search for candidates once rarer ones found enough.
_COMMON = 1000
# The most sounds that are read from the index to complete what somebody is typing.
_MOST_EXPANDED = 300
_FREQUENCIES_KEPT = 50_000
# Document numbers that are kept of lists from which changed or removed entries had to be taken out.
_NUMBERS_KEPT = 1_000_000
# The worth of a term, by the field that has it, when candidates are compared.
_FIELD_WORTH = {"asked": 1.0, "answered": 0.6, "characters": 1.0, "sound": 1.0}


def rarity(frequency: int, size: int) -> float:
    """Return the usual inverse document frequency: about 0 for a word that all of `size` entries have."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


@dataclass(frozen=True)
class Part:
    """A segment as a part of an index, which counts its documents on from `start`.

    `gone` has the segment's own numbers of documents whose entry was changed or removed since, and `counts` the
    number of them by field and term, because the segment still counts them.
    """

    segment: Segment
    start: int
    gone: frozenset[int] = frozenset()
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of entries that are still up to date."""
        return len(self.segment) - len(self.gone)

    def count(self, name: str, term: str) -> int:
        """Return the number of entries with this term in the field of that name."""
        return self.segment.count(name, term) - self.counts.get((name, term), 0)

    def numbers(self, name: str, term: str) -> array[int]:
        """Return the index's numbers of the documents with this term that are still up to date."""
        own = self.segment.numbers(name, term)
        if not self.gone and not self.start:
            return own
        return array("I", [self.start + number for number in own if number not in self.gone])


@dataclass(frozen=True)
class Shared:
    """Data of an index that its session reads."""

    # The base comes first.
    parts: Sequence[Part]
    # The number of entries.
    size: int
    same_meaning: Mapping[str, tuple[str, ...]]
    documents: LeastRecentlyUsed
    # Results by query, for this version of the content.
    answers: LeastRecentlyUsed


class _Wanted(NamedTuple):
    """A term to look for: the number of entries that have it, and the names of the fields to look in."""

    frequency: int
    term: str
    fields: tuple[str, ...]


class Session:
    """Access to one index. Any number of threads may use it at once."""

    def __init__(self, shared: Shared) -> None:
        self.size = shared.size
        self.answers = shared.answers
        self.same_meaning = shared.same_meaning
        self._parts = shared.parts
        self._starts = [part.start for part in shared.parts]
        self._documents = shared.documents
        self._numbers_kept = LeastRecentlyUsed(_NUMBERS_KEPT, weigh=len)
        self._frequencies: dict[tuple[str, str], int] = {}
        self._weights: dict[str, float] = {}

    def weight(self, word: str) -> float:
        """Return the rarity of a word."""
        weight = self._weights.get(word)
        if weight is None:
            if len(self._weights) > _FREQUENCIES_KEPT:
                self._weights.clear()
            weight = self._weights[word] = rarity(self.frequency(word), self.size)
        return weight

    def frequency(self, word: str) -> int:
        """Return the number of entries in which `word` occurs.

        For a single character only questions and phrasings are counted. For a longer Chinese word it is an upper
        bound: the frequency of its rarest bigram.
        """
        if not text.is_cjk(word):
            return self._term_frequency(word)
        if len(word) == 1:
            return self._count("characters", word)
        pairs = text.bigrams(word)
        return min(map(self._term_frequency, pairs))

    def sound_frequency(self, sound: str) -> int:
        """Return the number of entries that have a word with this sound."""
        return self._count("sound", sound)

    def sounds_beginning(self, letters: str, limit: int) -> list[str]:
        """Return at most `limit` sounds that begin with these letters, the most frequent first."""
        expanded = islice(self._terms_beginning("sound", letters), _MOST_EXPANDED)
        known = [sound for sound in expanded if self.sound_frequency(sound)]
        known.sort(key=lambda sound: (-self.sound_frequency(sound), sound))
        return known[:limit]

    def candidates(
        self, terms: Collection[str], characters: Collection[str], sounds: Collection[str], limit: int
    ) -> list[Document]:
        """Return at most `limit` entries that have any of these, first the ones that have the rarest.

        Terms are looked up in the posting lists directly. Whoosh's query parser takes seconds for `???…` and fails
        on nested brackets, and its scoring of an OR of terms reads every posting. Here the rarest terms come first,
        and the commonest are left out once there are enough entries.
        """
        weights: defaultdict[int, float] = defaultdict(float)
        for wanted in self._rarest_first(terms, characters, sounds):
            if wanted.frequency > _COMMON and len(weights) >= limit:
                break
            weight = rarity(wanted.frequency, self.size)
            for name in wanted.fields:
                worth = weight * _FIELD_WORTH[name]
                for number in self._numbers(name, wanted.term):
                    weights[number] += worth
        best = self._best(weights, limit)
        return [self._document(number) for number in best]

    def _rarest_first(
        self, terms: Collection[str], characters: Collection[str], sounds: Collection[str]
    ) -> list[_Wanted]:
        """Return those of the terms that any entry has, the rarest first."""
        wanted = [_Wanted(self._term_frequency(term), term, ("asked", "answered")) for term in terms]
        wanted += [_Wanted(self._count("characters", char), char, ("characters",)) for char in characters]
        wanted += [_Wanted(self._count("sound", sound), sound, ("sound",)) for sound in sounds]
        known = [term for term in wanted if term.frequency]
        return sorted(known)

    def _best(self, weights: Mapping[int, float], limit: int) -> list[int]:
        """Return the numbers of the `limit` heaviest documents; those of equal weight in the order of their entries."""
        best = self._heaviest(weights, limit) if len(weights) > limit else list(weights)
        best.sort(key=lambda number: (-weights[number], self._entry_id(number)))
        return best[:limit]

    def _heaviest(self, weights: Mapping[int, float], limit: int) -> list[int]:
        """Return the `limit` heaviest documents and a few more of the same weight as the last.

        Thousands may weigh the same. Within the base documents stand in the order of their entries, so its first
        `limit` suffice, with all in the small segments after it.
        """
        least = heapq.nlargest(limit, weights.values())[-1]
        heavier = [number for number, weight in weights.items() if weight > least]
        equal = sorted(number for number, weight in weights.items() if weight == least)
        in_base = bisect_left(equal, len(self._parts[0].segment))
        return [*heavier, *equal[: min(in_base, limit)], *equal[in_base:]]

    def _term_frequency(self, term: str) -> int:
        return self._count("asked", term) + self._count("answered", term)

    def _count(self, name: str, term: str) -> int:
        """Return the number of entries with this term in the field of that name."""
        key = (name, term)
        count = self._frequencies.get(key)
        if count is None:
            if len(self._frequencies) > _FREQUENCIES_KEPT:
                self._frequencies.clear()
            count = self._frequencies[key] = sum(part.count(name, term) for part in self._parts)
        return count

    def _numbers(self, name: str, term: str) -> array[int]:
        """Return the numbers of the documents that have this term and are still up to date."""
        base, *others = self._parts
        if not others and not base.gone:
            return base.numbers(name, term)
        numbers: array[int] = self._numbers_kept.value((name, term), lambda: self._joined(name, term))
        return numbers

    def _joined(self, name: str, term: str) -> array[int]:
        numbers = array("I")
        for part in self._parts:
            numbers += part.numbers(name, term)
        return numbers

    def _terms_beginning(self, name: str, letters: str) -> Iterator[str]:
        """Yield each term of any segment that begins with these letters once, in the order of their bytes."""
        last = None
        for term in heapq.merge(*(part.segment.terms_beginning(name, letters) for part in self._parts)):
            if term != last:
                yield term
            last = term

    def _place(self, number: int) -> tuple[Segment, int]:
        """Return the segment of a document and its number there."""
        part = self._parts[bisect_right(self._starts, number) - 1]
        return part.segment, number - part.start

    def _entry_id(self, number: int) -> int:
        segment, within = self._place(number)
        return segment.ids[within]

    def _document(self, number: int) -> Document:
        segment, within = self._place(number)
        record = segment.record(within)
        document: Document = self._documents.value(
            record, lambda: Document.from_stored(record.entry_id, segment.stored(within))
        )
        return document
