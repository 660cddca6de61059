"""The way a document is cut, and the next best ones, so that nobody is surprised by the choice."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ..lines import Document
from ..problems import Refused
from .chains import Way, ways_of
from .entries import Split, split
from .rows import rows_of

#: Ways that are offered beside the chosen one.
MOST_ALTERNATIVES = 4
#: Share of the best score below which a way with numbers is not worth offering.
LEAST_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to cut the document, and how many entries it gives."""

    numbering: str
    entries: int


@dataclass(slots=True)
class Reading:
    """A document cut into entries by one way."""

    numbering: str
    alternatives: list[Alternative]
    split: Split
    #: The document asks nothing: it may be a rule paper, and every entry should be looked at.
    asks_nothing: bool


def read_entries(document: Document, numbering: str = "") -> Reading:
    """Returns the entries of a document by the best way, or by the one that `numbering` names.

    Raises Refused where it has none, and LookupError with the names of the ways where that one is not among them.
    """
    rows = rows_of(document)
    ways = ways_of(rows)
    chosen = _named(ways, numbering) if numbering else ways[0]
    made = split(rows, chosen)
    if not made.entries:
        raise Refused("no_entries")
    others = [Alternative(way.name, way.size) for way in ways if way is not chosen and way.size]
    asks = chosen.asking >= 0.2 or chosen.marked >= 0.2 or chosen.table is not None
    return Reading(chosen.name, others[:MOST_ALTERNATIVES], made, not asks)


def _named(ways: Sequence[Way], numbering: str) -> Way:
    wanted = _plain(numbering)
    for way in ways:
        if _plain(way.name) == wanted:
            return way
    names = "、".join(f"“{way.name}”" for way in ways)
    raise LookupError(f"这份文件里没有“{numbering}”这种编号。可以选：{names}。")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace(" ", "").casefold()
