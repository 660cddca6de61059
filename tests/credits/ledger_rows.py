"""The ledger and the summary of a teacher whose records are rows, in the cycle of 2018."""

from __future__ import annotations

from datetime import date

from credits.models import (
    StatementSummary,
    Teacher,
    TrainingCycle,
)
from credits.rules.types import Ledger
from credits.statements.calendar import rules_cycle
from credits.statements.from_rows import of_teachers

END = date(2023, 8, 31)


def cycle_row(code: str = "2018") -> TrainingCycle:
    return TrainingCycle.objects.get(code=code)


def ledger_of(teacher: Teacher, as_of: date = END) -> Ledger:
    return of_teachers([teacher.pk], rules_cycle(cycle_row()), as_of)[teacher.pk]


def summary_of(teacher: Teacher) -> StatementSummary:
    return StatementSummary.objects.get(teacher=teacher, cycle=cycle_row())
