"""The entries before and after another in its category; a long category is not read for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db.models import Q

from .models import Entry, EntryQuerySet

#: The fields of `PLACE_IN_CATEGORY`. A missing value stands after all others.
_FIELDS = ("position", "document__position", "number", "id")
#: A category of no more entries is read as a whole, which takes less time than three queries for places.
FEW = 40

Key = Sequence[tuple[str, Any]]


class Neighbours(NamedTuple):
    """The entries before and after one, each with what a link needs; None where there is none."""

    previous: Entry | None
    next: Entry | None


def neighbours(entry: Entry, among: EntryQuerySet, few: int = FEW) -> Neighbours:
    """Returns the neighbours of `entry`, whether it is itself `among` these entries or not.

    Takes one query in a category of at most `few` entries, and three more in a longer one, however long that is.
    """
    links = among.filter(category=entry.category_id).in_order().select_related(None)
    listed = list(links.only("ref", "question", "short_question", "stamp")[: few + 1])
    if len(listed) > few or entry not in listed:
        return _by_place(entry, among)
    place = listed.index(entry)
    around = [None, *listed, None]
    return Neighbours(around[place], around[place + 2])


def _by_place(entry: Entry, among: EntryQuerySet) -> Neighbours:
    """Returns the neighbours by two queries for their places and one for the rows."""
    document_position = entry.document.position if entry.document else None
    key = list(zip(_FIELDS, (entry.position, document_position, entry.number, entry.pk), strict=True))
    places = among.filter(category=entry.category_id).in_order().values_list("pk", flat=True)
    before = places.filter(_beyond(key, _before)).reverse().first()
    after = places.filter(_beyond(key, _after)).first()
    found = among.only("ref", "question", "short_question", "stamp").in_bulk([before, after])
    return Neighbours(found.get(before), found.get(after))


def _beyond(key: Key, further: Callable[[str, Any], Q]) -> Q:
    """Returns the condition that a row's key is `further` in the first field in which it differs from this one."""
    beyond, same_so_far = Q(pk__in=()), Q()
    for field, value in key:
        beyond |= same_so_far & further(field, value)
        same_so_far &= Q(**{f"{field}__isnull": True}) if value is None else Q(**{field: value})
    return beyond


def _after(field: str, value: Any) -> Q:
    if value is None:
        return Q(pk__in=())  # nothing stands after a missing value
    return Q(**{f"{field}__gt": value}) | Q(**{f"{field}__isnull": True})


def _before(field: str, value: Any) -> Q:
    return Q(**{f"{field}__isnull": False}) if value is None else Q(**{f"{field}__lt": value})
