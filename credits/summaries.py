"""Keeps the summaries of statements true: `refresh` for some teachers, in the transaction that changed a record.

A teacher's own page never reads them; it always computes afresh. They say as of when they hold: with time alone,
and with a cycle's numbers, they are brought up by `manage.py refresh_statements`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import transaction

from .ledger import of_teachers, rules_cycle, today
from .models import StatementSummary, Teacher, TrainingCycle
from .rules.evaluate import sums
from .rules.types import Cycle, Ledger

#: Teachers at once: each time takes the same number of queries.
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
    """Computes the summaries of these teachers, by id, in every cycle that has begun by `as_of` (today).

    A cycle that is over is summed up as of its last day. `progress` is told how many teachers are done.
    """
    day = as_of or today()
    cycles = [(row.pk, rules_cycle(row)) for row in TrainingCycle.objects.filter(starts_on__lte=day)]
    done = 0
    for batch in _batches(sorted(set(teachers))):
        with transaction.atomic():
            # Whoever else changes a record of these waits here, and then sees what was changed.
            locked = Teacher.objects.select_for_update(no_key=True).filter(pk__in=batch).order_by("pk")
            columns = ("pk", "school_id", "name_key", "status", "formally_employed_on")
            facts = {pk: about for pk, *about in locked.values_list(*columns)}
            rows = [row for pk, cycle in cycles for row in _summaries(facts, pk, cycle, min(day, cycle.ends_on))]
            StatementSummary.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["teacher", "cycle"], update_fields=FIELDS
            )
        done += len(batch)
        if progress:
            progress(done)


def _summaries(
    facts: Mapping[int, Sequence[Any]], cycle_id: int, cycle: Cycle, as_of: datetime.date
) -> Iterator[StatementSummary]:
    for pk, ledger in of_teachers(list(facts), cycle, as_of).items():
        row = summarize(ledger, teacher_id=pk, cycle_id=cycle_id)
        row.school_id, row.name_key, status, employed = facts[pk]
        # Who came after the cycle had ended has no part in it.
        row.listed = status == Teacher.Status.ACTIVE and not (employed and employed > cycle.ends_on)
        yield row


def summarize(ledger: Ledger, *, teacher_id: int, cycle_id: int) -> StatementSummary:
    """The sums of a ledger's statement, as a row that is not saved and has nothing of the teacher's own facts."""
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
