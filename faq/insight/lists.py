"""Lists of what readers look for, as editors see them, and what an editor's help changed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from .. import search
from ..models import Entry, Feedback, SearchCount, SoughtQuery
from ..models.feedback import UNHEARD
from . import striking

State = SoughtQuery.State


class Kind(StrEnum):
    """List of queries: without an answer, with an answer that nobody opened, and those asked most."""

    MISSED = "missed"
    UNOPENED = "unopened"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Looked:
    """A query with its numbers in a period, and the published entries that were nearest when it was last sent."""

    sought: SoughtQuery
    searches: int
    opened: int
    nearest: tuple[Entry, ...]


def looked_for(kind: Kind, days: int, most: int) -> list[Looked]:
    """Returns at most `most` queries of a list in the last 30 or 90 days, the most frequent first."""
    rows = list(_rows(kind, days)[:most])
    entries = _by_ref({ref for row in rows for ref in row.refs})
    return [
        Looked(
            row,
            getattr(row, f"searches_{days}"),
            getattr(row, f"opened_{days}"),
            tuple(entries[ref] for ref in row.refs if ref in entries),
        )
        for row in rows
    ]


def _rows(kind: Kind, days: int) -> QuerySet[SoughtQuery]:
    """Returns the queries of a list; each order and condition has its index."""
    searches = f"searches_{days}"
    rows = SoughtQuery.objects.filter(**{f"{searches}__gt": 0}).order_by(f"-{searches}", "pk")
    if kind == Kind.MISSED:
        return rows.filter(state=State.MISSED)
    if kind == Kind.UNOPENED:
        return rows.filter(state=State.FOUND, **{f"opened_{days}": 0})
    return rows.exclude(state=State.NAMED)


def _by_ref(refs: set[str]) -> dict[str, Entry]:
    found = Entry.objects.filter(ref__in=refs, status=Entry.Status.PUBLISHED)
    return {entry.ref: entry for entry in found.only("ref", "question", "short_question", "stamp")}


def entries_without_help(days: int, most: int) -> list[tuple[Entry, int]]:
    """Returns the entries of which readers said in that time that they did not help, and how many not yet dealt with.

    The one with the most such opinions comes first.
    """
    since = timezone.now() - datetime.timedelta(days=days)
    said = Feedback.objects.filter(UNHEARD, helpful=False, updated_at__gte=since).order_by()
    counted = said.values("entry").annotate(number=Count("pk")).order_by("-number", "entry")[:most]
    numbers = dict(counted.values_list("entry", "number"))
    entries = Entry.objects.in_bulk(numbers)
    return [(entries[pk], number) for pk, number in numbers.items() if pk in entries]


def named_searches(days: int) -> int:
    """Returns how many searches of a period held a name, so that they stand in no list."""
    row = SoughtQuery.objects.filter(query=striking.NAMED).first()
    return getattr(row, f"searches_{days}") if row else 0


def led_to(entry: Entry, most: int = 5) -> list[tuple[str, int]]:
    """Returns the queries from whose results readers opened an entry most in 30 days, and how often."""
    since = timezone.localdate() - datetime.timedelta(days=SoughtQuery.PERIODS[0] - 1)
    counts = SearchCount.objects.filter(entry=entry.ref, day__gte=since).exclude(query=striking.NAMED)
    summed = counts.order_by().values("query").annotate(number=Sum("opened")).order_by("-number", "query")[:most]
    return list(summed.values_list("query", "number"))


# --- mended ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What search says to a query: whether that is an answer, and the first entry."""

    sure: bool
    first: Entry | None


@dataclass(frozen=True, slots=True)
class Effect:
    """A query, what search said to it when a reader last sent it, and what it says now."""

    query: str
    before: Found | None
    now: Found


def effect(query: str) -> Effect:
    """Returns what became of a query. Raises django.db.Error if the database fails."""
    row = SoughtQuery.objects.filter(query=query).first()
    result = search.search(query, limit=1)
    best = result.not_stated or next(iter(result.hits), None)
    sure = result.confident or result.not_stated is not None
    return Effect(query, _before(row) if row else None, Found(sure, best.entry if best else None))


def _before(row: SoughtQuery) -> Found:
    entries = _by_ref(set(row.refs))
    return Found(row.answered, next((entries[ref] for ref in row.refs if ref in entries), None))


def mark_mended(query: str) -> None:
    """Takes a query out of the lists of what is to be mended, until a reader searches for it in vain again."""
    mendable = SoughtQuery.objects.filter(query=query, state__in=[State.MISSED, State.FOUND])
    mendable.update(state=State.MENDED)
