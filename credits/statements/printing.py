"""The statements of many teachers as one document to print, in few queries however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..models import Posting, Teacher, TrainingCycle
from ..rules.evaluate import evaluate
from ..rules.types import Ledger
from .calendar import rules_cycle, today
from .from_rows import of_teachers
from .pending import Pending, pending_of
from .presentation import (
    ClauseView,
    StatementPage,
    clause_views,
    names_of_records,
    plans_in_question,
    readable_refs,
)

#: The most statements of one document: a browser lays some two hundred pages out while one waits.
MOST_PRINTED = 100


@dataclass(frozen=True)
class Sheet:
    """The statement of one teacher, with what its template shows beside it."""

    teacher: Teacher
    page: StatementPage
    pending: list[Pending]
    postings: list[Posting]


def sheets_of(ids: Sequence[int], cycle: TrainingCycle) -> list[Sheet]:
    """Returns the statements of these teachers in this order, as of today."""
    ledgers = of_teachers(ids, rules_cycle(cycle), today())
    everything = _together(ledgers.values())
    names = names_of_records(everything) if everything else {}
    said = plans_in_question(everything) if everything else {}
    readable = readable_refs()
    found = Teacher.objects.select_related("school__parent").prefetch_related("postings__school")
    teachers = found.in_bulk(list(ledgers))
    sheets = []
    for pk in (pk for pk in ids if pk in teachers):
        page = StatementPage(evaluate(ledgers[pk]), names.__getitem__, said, readable=readable)
        teacher = teachers[pk]
        sheets.append(Sheet(teacher, page, pending_of(teacher, cycle), list(teacher.postings.all())))
    return sheets


def _together(ledgers: Iterable[Ledger]) -> Ledger | None:
    """Returns one ledger with the records of all, whose names are then looked up at once; None without any."""
    every = list(ledgers)
    records = tuple(record for ledger in every for record in ledger.records)
    return replace(every[0], records=records) if every else None


def clauses_of(sheets: Iterable[Sheet]) -> list[ClauseView]:
    """Returns every clause that one of the statements cites, once, in order."""
    codes = {clause.code for sheet in sheets for clause in sheet.page.clauses}
    return clause_views(sorted(codes, key=lambda code: int(code[1:])))
