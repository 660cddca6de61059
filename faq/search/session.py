"""Looking things up in one index, within one thread: how frequent a term is, which entries may match."""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from . import text
from .cache import LeastRecentlyUsed
from .document import Document, Record

# Terms that more entries than this have are left out of the search for candidates once rarer ones found enough.
_COMMON = 1000
# The most sounds that are read from the index to complete what somebody is typing.
_MOST_EXPANDED = 300
_FREQUENCIES_KEPT = 50_000
_POSTINGS_KEPT = 2000
# The worth of a term, by the field that has it, when candidates are compared.
_FIELD_WORTH = {"asked": 1.0, "answered": 0.6, "characters": 1.0, "sound": 1.0}
_NO_RECORD = Record(0, 0, "")


def rarity(frequency: int, size: int) -> float:
    """Return the usual inverse document frequency: about 0 for a word that all of `size` entries have."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


@dataclass(frozen=True)
class Shared:
    """Data that all sessions of one index have in common."""

    # The entry of each of Whoosh's documents, by document number; None where the entry was changed or removed since.
    records: tuple[Record | None, ...]
    # The number of documents in the base, the large segment.
    base: int
    # The number of entries.
    size: int
    # By field and term: the number of changed or removed entries that Whoosh still counts.
    gone: Mapping[tuple[str, str], int]
    same_meaning: Mapping[str, tuple[str, ...]]
    documents: LeastRecentlyUsed
    # Results by query, for this version of the content.
    answers: LeastRecentlyUsed


class _Wanted(NamedTuple):
    """A term to look for: the number of entries that have it, and the fields of the schema to look in."""

    frequency: int
    term: str
    fields: tuple[str, ...]


class Session:
    """Access to one index for one thread."""

    def __init__(self, shared: Shared, reader: Any) -> None:
        self.size = shared.size
        self.answers = shared.answers
        self.same_meaning = shared.same_meaning
        self._records = shared.records
        self._base = shared.base
        self._gone = shared.gone
        self._documents = shared.documents
        self._reader = reader
        self._postings = LeastRecentlyUsed(_POSTINGS_KEPT)
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
        expanded = islice(self._reader.expand_prefix("sound", letters), _MOST_EXPANDED)
        sounds = [sound.decode() for sound in expanded]
        known = [sound for sound in sounds if self.sound_frequency(sound)]
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
            for field in wanted.fields:
                worth = weight * _FIELD_WORTH[field]
                for number in self._numbers(field, wanted.term):
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
        best.sort(key=lambda number: (-weights[number], self._records[number]))
        return best[:limit]

    def _heaviest(self, weights: Mapping[int, float], limit: int) -> list[int]:
        """Return the `limit` heaviest documents and a few more of the same weight as the last.

        Thousands may weigh the same. Within the base, and within the segment after it, documents stand in the order
        of their entries, so the first `limit` of the base and all after it suffice.
        """
        least = heapq.nlargest(limit, weights.values())[-1]
        heavier = [number for number, weight in weights.items() if weight > least]
        equal = sorted(number for number, weight in weights.items() if weight == least)
        in_base = bisect_left(equal, self._base)
        return [*heavier, *equal[: min(in_base, limit)], *equal[in_base:]]

    def _term_frequency(self, term: str) -> int:
        return self._count("asked", term) + self._count("answered", term)

    def _count(self, field: str, term: str) -> int:
        """Return the number of entries with this term in this field."""
        key = (field, term)
        count = self._frequencies.get(key)
        if count is None:
            if len(self._frequencies) > _FREQUENCIES_KEPT:
                self._frequencies.clear()
            counted = int(self._reader.doc_frequency(field, term))
            count = self._frequencies[key] = counted - self._gone.get(key, 0)
        return count

    def _numbers(self, field: str, term: str) -> array[int]:
        """Return the numbers of Whoosh's documents that have this term and are still up to date."""
        numbers: array[int] = self._postings.value((field, term), lambda: self._read_numbers(field, term))
        return numbers

    def _read_numbers(self, field: str, term: str) -> array[int]:
        if not self._reader.doc_frequency(field, term):
            return array("I")
        numbers = self._reader.postings(field, term).all_ids()
        return array("I", filter(self._records.__getitem__, numbers))

    def _document(self, number: int) -> Document:
        record = self._records[number] or _NO_RECORD  # never None: `_numbers` leaves those out
        document: Document = self._documents.value(record, lambda: self._read(number, record))
        return document

    def _read(self, number: int, record: Record) -> Document:
        stored = self._reader.stored_fields(number)
        return Document.from_stored(record.entry_id, stored)
