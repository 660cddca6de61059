"""Trying out an entry that is being written, without saving it: an index in memory that holds it in place of its
published version. The large segment of the live index is shared; only the entry is indexed anew, in milliseconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from faq.models import Entry

from . import text
from .answering import Answer, is_answer, order, worth_showing
from .content import Row
from .document import Document
from .index import Changes, Index
from .session import Session

#: Results among which an entry's place is told.
PLACES = 10
#: Candidates that may be called alike.
_LOOKED_AT = 8
#: An entry that search is sure answers the question holds at least this share of its weight and of its pairs.
_SHARE_HELD, _SOME_PAIRS = 0.6, 0.25
#: With this share of pairs two questions are nearly the same, whatever search thinks of it.
_MOST_PAIRS = 0.6
#: Id of an entry that has none yet: behind all others, as the newest one is.
_NO_ID = sys.maxsize


class Written(NamedTuple):
    """Content of an entry as search would read it; `entry_id` is None before it is first saved."""

    entry_id: int | None
    question: str
    short_question: str = ""
    answer: str = ""
    category: str = ""
    phrasings: tuple[str, ...] = ()
    own: bool = False
    not_stated: bool = False

    @property
    def row(self) -> Row:
        """The content as a row that can be indexed."""
        return Row(
            id=self._id,
            stamp=0,
            short_question=self.short_question,
            question=self.question,
            answer=self.answer,
            category=self.category,
            phrasings=self.phrasings,
            own=self.own,
            not_stated=self.not_stated,
        )

    @property
    def _id(self) -> int:
        return _NO_ID if self.entry_id is None else self.entry_id


class Alike(NamedTuple):
    """A published entry whose question is near; `share` of their pairs of characters, from 0 to 1, are the same."""

    entry_id: int
    share: float
    #: Its heading, question or phrasing that comes nearest, in normal form.
    nearest: str
    entry: Entry | None = None


class Place(NamedTuple):
    """Places of an entry for one query, counted from 1, None where it is not among the first ten that readers see."""

    query: str
    now: int | None = None
    then: int | None = None
    #: True if readers are told that this is an answer.
    sure_now: bool = False
    sure_then: bool = False
    #: False where time ran out before this query was asked.
    tried: bool = True


def rehearse(index: Index, written: Written, queries: Iterable[str], seconds: float) -> list[Place]:
    """Return the place of the entry for each query, in `index` and in one that holds what is written in its place."""
    until = time.monotonic() + seconds
    wanted = written.row.id
    live, drafted = index.session(), _without(index, wanted, (written.row,)).session()
    places: list[Place] = []
    for query in queries:
        if time.monotonic() > until:
            places.append(Place(query, tried=False))
            continue
        now, sure_now = _place(query, wanted, live)
        then, sure_then = _place(query, wanted, drafted)
        places.append(Place(query, now, then, sure_now, sure_then))
    return places


def alike(index: Index, written: Written) -> list[Alike]:
    """Return other entries that search would give as an answer to this question, or whose question is nearly the same.

    They are looked for in an index without the entry, since nothing answers a question better than its own entry.
    """
    others = index if written.entry_id is None else _without(index, written.row.id, ())
    session = others.session()
    found: dict[int, Alike] = {}
    for question in dict.fromkeys(filter(None, (written.short_question, written.question))):
        normalized = text.normalize_query(question)
        for one in _alike(normalized, session):
            known = found.get(one.entry_id)
            if known is None or known.share < one.share:
                found[one.entry_id] = one
    return sorted(found.values(), key=lambda one: (-one.share, one.entry_id))


def _alike(normalized: str, session: Session) -> Iterable[Alike]:
    pairs = set(text.bigrams(normalized))
    if not pairs:
        return
    _, ranked = order(normalized, session)
    for candidate in ranked[:_LOOKED_AT]:
        share, nearest = _nearest(pairs, candidate.document)
        answers = candidate.confident and candidate.alike >= _SHARE_HELD and share >= _SOME_PAIRS
        if candidate.exact or answers or share >= _MOST_PAIRS:
            yield Alike(candidate.entry_id, 1.0 if candidate.exact else share, nearest)


def _nearest(pairs: set[str], document: Document) -> tuple[float, str]:
    """Return the largest share of pairs that one of the document's questions has in common with these, and it."""
    names = (document.heading, document.question, *document.phrasings)
    shares = [(_share(pairs, set(text.bigrams(name))), name) for name in names]
    return max(shares, key=lambda found: found[0])


def _share(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def _place(query: str, wanted: int, session: Session) -> tuple[int | None, bool]:
    """Return the place of an entry among what readers see, and whether they are told that anything answers.

    An entry that says that no document answers is shown first as such, and so counts as told too.
    """
    asked, ranked = order(text.normalize_query(query), session)
    answer = Answer(asked, worth_showing(ranked))
    for number, candidate in enumerate(answer.shown[:PLACES], 1):
        if candidate.entry_id == wanted:
            return number, is_answer(answer.ranked)
    return None, is_answer(answer.ranked)


def _without(index: Index, entry_id: int, instead: Sequence[Row]) -> Index:
    """Return an index without this entry, and with the rows given instead."""
    return index.updated(Changes(index.version, frozenset({entry_id}), tuple(instead), index.synonyms))
