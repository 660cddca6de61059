"""The second opinion on an entry: how much of the query's wording it has anywhere, in whatever places.

`ranking.py` asks first for the words that matter, in an entry's own words and its best phrasing. Here every bigram of
the query counts, stop words too (能不能, 有分), and all that an entry says: a long question is rarely said by one
phrasing, but several have a part of it.
"""

from __future__ import annotations

from typing import NamedTuple

from . import text
from .document import Document
from .query import Query

# A term that an entry has very often counts at most this many times its weight more than one that it has once, as in
# BM25; the answer mentions much in passing.
SATURATION = 1.2
IN_ANSWER = 0.5


class Held(NamedTuple):
    """How much of a query's wording an entry holds: its weight, repeated terms more, and as a share from 0 to 1."""

    evidence: float
    share: float


NOT_HELD = Held(0.0, 0.0)


def held(query: Query, document: Document) -> Held:
    """Return how much of the query's wording an entry holds."""
    evidence = 0.0
    weight_held = 0.0
    for term, weight in query.wording.items():
        times = _times(term, document.asked) + _times(term, document.said) + IN_ANSWER * _times(term, document.answer)
        if times:
            evidence += weight * times * (SATURATION + 1) / (times + SATURATION)
            weight_held += weight
    return Held(evidence, weight_held / (sum(query.wording.values()) or 1.0))


def _times(term: str, within: str) -> int:
    """Return how often normal text has the term; numbers and words in letters count only as a whole."""
    if term not in within:
        return 0
    return within.count(term) if text.is_cjk(term) else len(text.whole(term).findall(within))
