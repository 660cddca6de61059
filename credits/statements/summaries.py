"""Summaries of statements, brought up to date by `refresh` in the transaction that changed a record.

A teacher's own page never reads them: it always computes afresh. Each says as of which day it holds. As days pass,
and when a cycle's numbers change, `manage.py refresh_statements` brings all of them up to date.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import transaction

from ..models import StatementSummary, Teacher, TrainingCycle
from ..rules.evaluate import sums
from ..rules.types import Cycle, Ledger
from .calendar import rules_cycle, today
from .from_rows import of_teachers

#: Teachers in one transaction, which takes the same number of queries however many they are.
BATCH = 1000
FIELDS = [
    "school",
    "name_key",
    "listed",
    "as_of",
    "verdict",
    "coordinated_counted",
    "coordinated_missing",
    "self_directed_counted",
    "self_directed_pending",
    "self_directed_missing",
]


def refresh(
    teachers: Iterable[int], *, as_of: datetime.date | None = None, progress: Callable[[int], None] | None = None
) -> None:
    """Computes the summaries of the teachers with these ids, in every cycle that has begun by `as_of` (today).

    A cycle that is over is summed up as of its last day. `progress` is called with the number of teachers done.
    """
    day = as_of or today()
    cycles = [(row.pk, rules_cycle(row)) for row in TrainingCycle.objects.filter(starts_on__lte=day)]
    done = 0
    for batch in _batches(sorted(set(teachers))):
        _refresh_batch(batch, cycles, day)
        done += len(batch)
        if progress:
            progress(done)


@transaction.atomic
def _refresh_batch(ids: Collection[int], cycles: Iterable[tuple[int, Cycle]], day: datetime.date) -> None:
    # Somebody else who changes a record of these teachers waits here, and then computes from what was changed.
    locked = Teacher.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    columns = ("pk", "school_id", "name_key", "status", "formally_employed_on")
    facts = {pk: about for pk, *about in locked.values_list(*columns)}
    rows: list[StatementSummary] = []
    for cycle_id, cycle in cycles:
        as_of = min(day, cycle.ends_on)
        rows.extend(_summaries(facts, cycle_id, cycle, as_of))
    StatementSummary.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["teacher", "cycle"], update_fields=FIELDS
    )


def _summaries(
    facts: Mapping[int, Sequence[Any]], cycle_id: int, cycle: Cycle, as_of: datetime.date
) -> Iterator[StatementSummary]:
    for pk, ledger in of_teachers(list(facts), cycle, as_of).items():
        row = summarize(ledger, teacher_id=pk, cycle_id=cycle_id)
        row.school_id, row.name_key, status, employed_on = facts[pk]
        # A teacher employed after the cycle's end has no part in it.
        came_later = employed_on is not None and employed_on > cycle.ends_on
        row.listed = status == Teacher.Status.ACTIVE and not came_later
        yield row


def summarize(ledger: Ledger, *, teacher_id: int, cycle_id: int) -> StatementSummary:
    """Returns the sums of a ledger's statement as an unsaved row, without the columns copied from the teacher."""
    statement = sums(ledger)
    return StatementSummary(
        teacher_id=teacher_id,
        cycle_id=cycle_id,
        as_of=ledger.as_of,
        verdict=statement.verdict.value,
        coordinated_counted=statement.coordinated_counted,
        coordinated_missing=statement.coordinated_missing,
        self_directed_counted=statement.self_directed_counted,
        self_directed_pending=statement.self_directed_pending,
        self_directed_missing=statement.self_directed_missing,
    )


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    iterator = iter(ids)
    while batch := list(islice(iterator, BATCH)):
        yield batch
