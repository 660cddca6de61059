"""The parts that importing and undoing share: the lock, the history, and refreshed summaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from django.contrib.auth.models import User

from ..models import Event, SpreadsheetImport, Teacher, TrainingResult
from ..statements.summaries import refresh
from ..steps.history import event
from ..steps.rights import demand


class Progress(Protocol):
    """Told how many rows are done and what is being done; may raise where the work is not to go on."""

    def __call__(self, done: int, phase: str = "") -> None: ...


def no_progress(done: int, phase: str = "") -> None:
    """Tells nobody."""


#: Rows that one sentence names.
MOST_NAMED = 5
#: Rows saved, and teachers refreshed, in one go.
BATCH = 500


def locked_import(given: SpreadsheetImport, user: User) -> SpreadsheetImport:
    """The import as it now is, kept from others. Raises PermissionDenied where it is not the user's own."""
    imports = SpreadsheetImport.objects.select_for_update(of=("self",)).select_related("organization")
    row = imports.get(pk=given.pk)
    demand(row.owner_id == user.pk)
    return row


def event_of(row: Any, action: str, note: str, user: User) -> Event:
    """An event about what an import did to a row, marked as such; not saved."""
    if note:
        return event(row, action, user, f"{note}（导入）")
    return event(row, f"{action}（导入）", user)


def events_of_projects(rows: Iterable[Any], action: str, user: User) -> list[Event]:
    """One event for each project of these results, with their number; none for rows of other kinds."""
    numbers = Counter(row.project for row in rows if isinstance(row, TrainingResult))
    return [event_of(project, action, f"{number} 条。", user) for project, number in numbers.items()]


def teacher_of(row: Any) -> int:
    """The id of the teacher that an imported row is about."""
    return int(row.pk if isinstance(row, Teacher) else row.teacher_id)


def refresh_batches(teachers: Collection[int], progress: Progress) -> None:
    """Computes the summaries of these teachers anew: the second half of the work, reported after each batch."""
    ids = sorted(teachers)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        refresh(batch)
        progress((len(ids) + start + len(batch)) // 2, "正在计算学分")
