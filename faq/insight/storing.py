"""Counts written down, brought up to the day, and forgotten in time."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from ..models import SearchCount, SearchMonth, SoughtQuery
from ..models.searches import Seen
from . import striking
from .counting import Key, Tally

#: Rows of one day, above which queries that nobody sent before are no longer kept: only a program sends so many.
MOST_A_DAY = 20_000
#: Rows that are summed or deleted in one transaction, and transactions in one go; the next go takes the rest.
BATCH, BATCHES = 500, 20


def store(tallies: Mapping[Key, Tally]) -> None:
    """Adds tallies to what is counted, all of them or none. Raises django.db.Error if the database fails."""
    kept = striking.kept({key.typed for key in tallies})
    merged = _merged(tallies, kept)
    if not merged:
        return
    with transaction.atomic():
        _add_to_months(merged)
        known = _affordable(merged)
        SearchCount.add(
            SearchCount(
                query=key.typed,
                day=key.day,
                entry=key.entry,
                searches=tally.searches,
                answered=tally.answered,
                opened=tally.opened,
            )
            for key, tally in known.items()
        )
        SoughtQuery.add(_seen(known), named=striking.NAMED)


def _merged(tallies: Mapping[Key, Tally], kept: Mapping[str, str]) -> dict[Key, Tally]:
    """Returns tallies by what is kept of each query; of several spellings of one the last says what search found."""
    merged: dict[Key, Tally] = {}
    for key, tally in tallies.items():
        query = kept[key.typed]
        if not query:
            continue
        entry = "" if query == striking.NAMED else key.entry
        found = merged.setdefault(Key(key.day, query, entry), Tally())
        found.searches += tally.searches
        found.answered += tally.answered
        found.opened += tally.opened
        if tally.searches:
            found.sure, found.nearest = tally.sure, tally.nearest
    return merged


def _add_to_months(merged: Mapping[Key, Tally]) -> None:
    """Adds to the sums of the months, which also makes whoever else counts wait until this transaction ends."""
    months: defaultdict[datetime.date, Tally] = defaultdict(Tally)
    for key, tally in merged.items():
        month = months[key.day.replace(day=1)]
        month.searches += tally.searches
        month.answered += tally.answered
        month.opened += tally.opened
    for first in sorted(months):
        sums = months[first]
        SearchMonth.add(first, sums.searches, sums.answered, sums.opened)


def _affordable(merged: dict[Key, Tally]) -> dict[Key, Tally]:
    """Returns all tallies, or those of queries that are known already where the day has too many rows."""
    today = max(key.day for key in merged)
    if SearchCount.objects.filter(day=today).count() + len(merged) <= MOST_A_DAY:
        return merged
    asked = {key.typed for key in merged}
    known = set(SoughtQuery.objects.filter(query__in=asked).values_list("query", flat=True))
    return {key: tally for key, tally in merged.items() if key.typed in known}


def _seen(merged: Mapping[Key, Tally]) -> list[Seen]:
    """Returns one row for each query, of all its days and entries."""
    by_query: defaultdict[str, list[Tally]] = defaultdict(list)
    for key, tally in merged.items():
        by_query[key.typed].append(tally)
    return [
        Seen(
            query,
            searches=sum(tally.searches for tally in found),
            opened=sum(tally.opened for tally in found),
            answered=all(tally.sure for tally in found),
            nearest=next((tally.nearest for tally in reversed(found) if tally.searches), ()),
        )
        for query, found in by_query.items()
    ]


# --- by the clock ------------------------------------------------------------------------------------------------


def bring_up() -> int:
    """Sums the queries anew that were last summed on an earlier day, and drops those of nobody in 90 days.

    Returns how many there were. It is safe to do at once in several processes: each sums what it finds under a lock.
    """
    return sum(_in_batches(_bring_up_some))


def forget() -> int:
    """Deletes the days that are older than `SEARCHES_KEPT_DAYS`; the months keep their sums. Returns how many rows."""
    return sum(_in_batches(_forget_some))


def _in_batches(some: Callable[[], int]) -> Iterator[int]:
    """Does `some` until it finds less than a whole batch, or often enough for one go; yields how many each time."""
    for _ in range(BATCHES):
        number = some()
        yield number
        if number < BATCH:
            return


@transaction.atomic
def _bring_up_some() -> int:
    today = timezone.localdate()
    old = SoughtQuery.objects.filter(summed_on__lt=today)
    if not old.exists():
        return 0
    SearchMonth.add(today.replace(day=1))  # whoever counts waits, so that nothing is counted between sum and save
    rows = {row.query: row for row in old.order_by("summed_on")[:BATCH]}
    shortest, longest = (today - datetime.timedelta(days=days - 1) for days in SoughtQuery.PERIODS)
    recent = Q(day__gte=shortest)
    counts = SearchCount.objects.filter(query__in=rows, day__gte=longest).order_by().values("query")
    sums = counts.annotate(
        searches_30=Sum("searches", filter=recent, default=0),
        opened_30=Sum("opened", filter=recent, default=0),
        searches_90=Sum("searches"),
        opened_90=Sum("opened"),
    )
    numbers = ["searches_30", "opened_30", "searches_90", "opened_90"]
    summed = {query: found for query, *found in sums.values_list("query", *numbers)}
    for query, found in summed.items():
        rows[query].pk, rows[query].summed_on = None, today
        for name, number in zip(numbers, found, strict=True):
            setattr(rows[query], name, number)
    # An upsert that always finds its row: `bulk_update` takes many times as long.
    SoughtQuery.objects.bulk_create(
        [rows[query] for query in summed],
        update_conflicts=True,
        unique_fields=["query"],
        update_fields=[*numbers, "summed_on"],
    )
    SoughtQuery.objects.filter(query__in=rows.keys() - summed.keys()).delete()
    return len(rows)


def _forget_some() -> int:
    before = timezone.localdate() - datetime.timedelta(days=settings.SEARCHES_KEPT_DAYS)
    keys = list(SearchCount.objects.filter(day__lt=before).order_by("day").values_list("pk", flat=True)[:BATCH])
    SearchCount.objects.filter(pk__in=keys).delete()
    return len(keys)
