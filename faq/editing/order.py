"""The order of categories, and of the entries of a category, as somebody arranges it by hand.

A page shows the rows in order and remembers the version it was opened on. What is saved is the whole order, as
positions 10, 20, 30 …; where rows came, went or moved meanwhile it is refused, with what became different.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import transaction

from helpdesk.common.decisions import Refusal, step

from .. import search
from ..models import Category, Entry, SearchState

Row = TypeVar("Row", Category, Entry)

#: Distance between two positions, so that a number typed by hand fits between them.
STEP = 10
#: The largest position that a row can have.
LAST = 32_767
#: States of the entries that have a place; the others are on their way out.
ARRANGED = (Entry.Status.PUBLISHED, Entry.Status.DRAFT)
#: Rows that came or went, as many as a refusal names.
MOST_NAMED = 5

TOO_MANY = f"太多了，排不下：最多 {LAST} 条。请先分成几个分类。"


@dataclass(frozen=True)
class Arrangement(Generic[Row]):
    """Rows in an order, with the version of the order that is saved."""

    rows: list[Row]
    version: str


class Overtaken(Refusal):
    """Somebody else changed the set or its order meanwhile."""


def categories() -> Arrangement[Category]:
    """Returns all categories as they stand."""
    return _arrangement(list(Category.objects.order_by("position", "id")))


def entries_of(category: Category) -> Arrangement[Entry]:
    """Returns the published entries and the drafts of a category as they stand."""
    return _arrangement(list(Entry.objects.in_order().filter(category=category, status__in=ARRANGED)))


def _arrangement(rows: list[Row]) -> Arrangement[Row]:
    told = [(row.pk, row.position) for row in rows]
    return Arrangement(rows, hashlib.sha256(repr(told).encode()).hexdigest()[:20])


def arranged(standing: Arrangement[Row], wanted: Iterable[int]) -> list[Row]:
    """Returns the rows as `wanted` by their keys; those it does not name come last, keys of none are left aside."""
    by_key = {row.pk: row for row in standing.rows}
    named = dict.fromkeys(pk for pk in wanted if pk in by_key)
    return [by_key[pk] for pk in named] + [row for row in standing.rows if row.pk not in named]


def moved(rows: Sequence[Row], pk: int, where: str) -> list[Row]:
    """Returns the rows with one moved: `up` or `down` by one place, or to be the `first`."""
    others = [row for row in rows if row.pk != pk]
    for at, row in enumerate(rows):
        if row.pk == pk:
            places = {"up": max(0, at - 1), "down": at + 1, "first": 0}
            others.insert(places.get(where, at), row)
            break
    return others


@step
def place_categories(wanted: Sequence[int], seen: str) -> list[Category]:
    """Saves the order of all categories, given by their keys; returns those that got another position.

    `seen` is the version on which it was decided. Raises Overtaken where the saved order is another by now.
    """
    # `no_key`: who writes a new entry has the search version already, and needs its category to stay.
    list(Category.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    changed = _placed(categories(), wanted, seen)
    if changed:
        SearchState.raise_version()
        for row in changed:
            Category.objects.filter(pk=row.pk).update(position=row.position)
        _tell_search()
    return changed


@step
def place_entries(category: Category, wanted: Sequence[int], seen: str) -> list[Entry]:
    """Saves the order of all entries of a category; returns those that got another position. Raises Overtaken too."""
    Entry.objects.filter(category=category).lock()
    changed = _placed(entries_of(category), wanted, seen)
    if changed:
        stamp = SearchState.raise_version()  # a form of an entry that is open is told, as its position would go back
        for row in changed:
            Entry.objects.filter(pk=row.pk).update(position=row.position, stamp=stamp)
        _tell_search()
    return changed


def _tell_search() -> None:
    transaction.on_commit(search.sync_soon, robust=True)


def _placed(standing: Arrangement[Row], wanted: Sequence[int], seen: str) -> list[Row]:
    """Returns the rows whose position becomes another one, with the new one set. Raises Overtaken, or Refusal."""
    if seen != standing.version:
        raise Overtaken(_what_changed(standing.rows, wanted))
    rows = arranged(standing, wanted)
    if len(rows) > LAST:
        raise Refusal(TOO_MANY)
    distance = STEP if STEP * len(rows) <= LAST else 1
    changed = []
    for number, row in enumerate(rows, start=1):
        if row.position != number * distance:
            row.position = number * distance
            changed.append(row)
    return changed


def _what_changed(rows: Sequence[Row], wanted: Sequence[int]) -> str:
    """Returns what became different from the set that somebody arranged, in Chinese."""
    known = set(wanted)
    new = [f"“{row}”" for row in rows if row.pk not in known]
    gone = len(known - {row.pk for row in rows})
    said = []
    if new:
        more = "等" if len(new) > MOST_NAMED else ""
        said.append(f"多了 {len(new)} 条（{'、'.join(new[:MOST_NAMED])}{more}），先排在最后")
    if gone:
        said.append(f"少了 {gone} 条")
    what = "，".join(said) or "同事排过一次顺序"
    return f"您打开以后，这里有变化：{what}。您排的顺序还在下面，没有保存；看过以后再点一次“保存顺序”，就照下面的保存。"
