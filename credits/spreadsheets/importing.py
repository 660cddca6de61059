"""From a file to its preview, and from the preview into the records; `undoing` takes an import back.

`prepare` reads a file into a `SpreadsheetImport`; `apply` judges again, in the transaction that saves, and saves only
what the preview showed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from helpdesk.common import audit
from helpdesk.common.decisions import Refusal

from ..decisions.findings import FindingLevel
from ..models import Event, Organization, SheetFinding, SpreadsheetImport, StoredChange
from ..steps import projects
from ..steps.history import record
from . import reader
from .judging import JUDGES, ImportPreview, Judging, judge
from .judging.base import Action
from .saving import (
    BATCH,
    MOST_NAMED,
    Progress,
    event_of,
    events_of_projects,
    locked_import,
    no_progress,
    refresh_batches,
    teacher_of,
)
from .undoing import newest, undo, undoable

__all__ = ["apply", "newest", "prepare", "undo", "undoable"]

CHANGED_MEANWHILE = "刚才有人改了同样的数据，没有导入。请再确认一次。"

# --- from the file to the preview --------------------------------------------------------------------------------


def prepare(kind: str, file_name: str, content: bytes, user: User) -> SpreadsheetImport:
    """Reads and judges a file; what would be done, or what is wrong, is saved for the preview, and nothing else."""
    reading = reader.read(kind, content)
    own = Organization.objects.filter(memberships__user=user)
    row = SpreadsheetImport(
        kind=kind,
        owner=user,
        organization=own.order_by("path").first(),
        file_name=file_name,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=reading.rows,
    )
    problems = _placed(reading.problems, FindingLevel.PROBLEM)
    preview = ImportPreview()
    if not problems:
        problems, preview = judge(kind, reading.rows, user)
    if problems:
        problems = [*_perhaps_another_kind(reading), *problems]
    reminders = [*_placed(reading.notes, FindingLevel.REMINDER), *preview.reminders]
    keep_preview(row, problems, reminders, preview)
    if row.state == SpreadsheetImport.State.READY:
        _displace_earlier(row)
    return row


def _displace_earlier(row: SpreadsheetImport) -> None:
    """Gives up what else the owner has not confirmed: one file at a time waits, as they are large.

    The earlier ones stay without their rows, and say so to whoever still has their preview open.
    """
    said = SheetFinding(None, "", f"您后来又上传了“{row.file_name}”，这份预览就作废了，什么都没有保存。")
    waiting = SpreadsheetImport.objects.filter(owner=row.owner, state=SpreadsheetImport.State.READY)
    earlier = waiting.exclude(pk=row.pk)
    displaced = SpreadsheetImport.State.DISPLACED
    earlier.update(state=displaced, rows=[], done=[], problems=[said.to_json()], added=0, changed=0, unchanged=0)


def _placed(found: Iterable[reader.Problem], level: FindingLevel) -> list[SheetFinding]:
    return [SheetFinding(one.row, one.column, one.sentence, level, one.cell) for one in found]


def _perhaps_another_kind(reading: reader.Reading) -> list[SheetFinding]:
    """The first finding on a file whose headers fit another kind better than the chosen one."""
    other = [note for note in reading.notes if note.is_other_kind]
    return _placed(other, FindingLevel.PROBLEM)


def keep_preview(
    row: SpreadsheetImport,
    problems: Sequence[SheetFinding],
    reminders: Sequence[SheetFinding],
    preview: ImportPreview,
) -> None:
    """Saves what the preview shows. Where the file is refused, nobody needs its rows any more."""
    if problems:
        row.rows = []
        preview = ImportPreview()
    row.state = SpreadsheetImport.State.REFUSED if problems else SpreadsheetImport.State.READY
    row.keep_findings([*problems[: reader.MOST_PROBLEMS], *reminders[: reader.MOST_PROBLEMS]])
    row.keep_changes(preview.stored)
    row.added = preview.count(Action.ADD)
    row.changed = preview.count(Action.CHANGE)
    row.unchanged = preview.count(Action.SAME)
    row.save()


# --- saved as a whole --------------------------------------------------------------------------------------------


def apply(row: SpreadsheetImport, user: User, progress: Progress = no_progress) -> str:
    """Saves what the preview showed, all or nothing, and says what was done.

    Raises Refusal where it was done already, and where something changed since the preview: then the preview is
    made anew, and nothing else is saved.
    """
    try:
        with transaction.atomic():
            said, refused = _apply(row, user, progress)
    except IntegrityError as error:
        raise Refusal(CHANGED_MEANWHILE) from error
    if refused:
        raise Refusal(refused)
    return said


def _apply(given: SpreadsheetImport, user: User, progress: Progress) -> tuple[str, str]:
    """Returns what was done and an empty sentence; else an empty one and why only the preview was renewed."""
    row = locked_import(given, user)
    if row.state == row.State.APPLIED:
        raise Refusal("这份文件已经导入过了，没有重复导入。")
    if row.state == row.State.DISPLACED:
        raise Refusal(row.findings[0].sentence)
    if row.state != row.State.READY:
        raise Refusal("这份文件不能导入，请重新上传。")
    judging = JUDGES[row.kind](user, lock=True)
    judging.judge(row.rows, lambda number: progress(0, f"正在核对，已核对 {number} 行"))
    shown = row.changes
    if judging.problems or judging.preview.stored != shown:
        refused = _changed_since(shown, judging.problems, judging.preview.stored)
        reminders = [finding for finding in row.findings if finding.is_reminder]
        keep_preview(row, judging.problems, reminders, judging.preview)
        return "", refused
    _save_rows(judging, progress)
    _write_history(judging, user)
    teachers = {teacher_of(change.row) for change in judging.preview.effective}
    refresh_batches(teachers, progress)
    return _finish(row, judging.preview, user), ""


def _save_rows(judging: Judging, progress: Progress) -> None:
    """Saves what is added and changed: the first half of the work, reported before each batch."""
    rows = judging.model._default_manager
    added = [change.row for change in judging.preview.those(Action.ADD)]
    changed = [change.row for change in judging.preview.those(Action.CHANGE)]
    for start in range(0, len(added), BATCH):
        progress(start // 2, "正在保存")
        rows.bulk_create(added[start : start + BATCH])
    for start in range(0, len(changed), BATCH):
        progress((len(added) + start) // 2, "正在保存")
        rows.bulk_update(changed[start : start + BATCH], judging.written)


def _write_history(judging: Judging, user: User) -> None:
    """One event for each row, and one for each project that results were added to."""
    events = []
    for change in judging.preview.effective:
        action, note = judging.words(change)
        events.append(event_of(change.row, action, note, user))
    added = [change.row for change in judging.preview.those(Action.ADD)]
    events += events_of_projects(added, projects.ENTERED, user)
    Event.objects.bulk_create(events, batch_size=BATCH)


def _finish(row: SpreadsheetImport, preview: ImportPreview, user: User) -> str:
    """Notes that the import is done, with the keys that added rows now have; says what was done."""
    row.state = row.State.APPLIED
    row.applied_at = timezone.now()
    row.keep_changes(preview.stored)
    row.rows = []
    row.save()
    added = preview.count(Action.ADD)
    changed = preview.count(Action.CHANGE)
    said = f"新增 {added} 条，修改 {changed} 条，没有变化 {row.unchanged} 条。"
    record(row, "导入", user, said)
    audit.note(audit.Kind.IMPORT, user, row, sheet=row.kind, added=added, changed=changed)
    return f"导入好了：{said}"


def _changed_since(shown: Sequence[StoredChange], problems: Sequence[SheetFinding], now: Sequence[StoredChange]) -> str:
    """A sentence on what is no longer as the preview showed it, by number of the row."""
    if problems:
        first = problems[:MOST_NAMED]
        named = " ".join(f"第 {problem.row} 行{problem.column}：{problem.sentence}" for problem in first)
        return f"预览以后系统里的数据有变化，没有导入。{named}"
    before = {change.number: change for change in shown}
    after = {change.number: change for change in now}
    either = sorted(before.keys() | after.keys())
    numbers = [number for number in either if before.get(number) != after.get(number)]
    named = "、".join(str(number) for number in numbers[:MOST_NAMED])
    more = "等" if len(numbers) > MOST_NAMED else ""
    return f"预览以后，第 {named} 行{more}在系统里的数据有变化，没有导入。下面是新的预览，请核对后再确认。"
