"""Takes the newest import of a user back, for some days, as long as nothing came after it."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from helpdesk.common import audit
from helpdesk.common.decisions import Refusal

from ..models import (
    AWARDS,
    Award,
    Event,
    SelfDirectedActivity,
    SpreadsheetImport,
    StoredChange,
    Teacher,
    TrainingResult,
)
from ..models.imports import Values
from ..steps.history import event, record
from .judging import JUDGES, Judging
from .judging.base import Undone
from .saving import (
    BATCH,
    MOST_NAMED,
    Progress,
    events_of_projects,
    locked_import,
    no_progress,
    refresh_batches,
    teacher_of,
)

UNDO = "撤销导入"
#: Status in which a row was reviewed meanwhile → how that is said.
REVIEWED = {
    TrainingResult.Status.REVIEWED.value: "已经审核",
    Award.Status.CREDITED.value: "已经认定",
}


def newest(user: User) -> SpreadsheetImport | None:
    """The import that `user` may undo, if nothing came after it and it is not too long ago."""
    applied = SpreadsheetImport.objects.filter(owner=user, state=SpreadsheetImport.State.APPLIED)
    return applied.order_by("-applied_at", "-pk").first()


def undoable(user: User) -> SpreadsheetImport | None:
    """The import that `user` may undo now, if nothing came after it."""
    row = newest(user)
    return row if row and not is_too_late(row) else None


def undoable_until(row: SpreadsheetImport) -> datetime.datetime | None:
    """The moment from which on an import cannot be undone any more; None where it was never applied."""
    return row.applied_at and row.applied_at + datetime.timedelta(days=settings.IMPORT_UNDO_DAYS)


def is_too_late(row: SpreadsheetImport) -> bool:
    until = undoable_until(row)
    return until is not None and timezone.now() >= until


def undo(row: SpreadsheetImport, user: User, progress: Progress = no_progress) -> str:
    """Takes the newest import back, all or nothing: what it added goes, what it changed is as before.

    Raises Refusal with the rows that were changed since, by anybody, or that nobody may change back by hand.
    """
    try:
        with transaction.atomic():
            return _undo(row, user, progress)
    except IntegrityError as error:
        raise Refusal("这次导入的内容已经在别处用到，不能撤销。") from error


def _undo(given: SpreadsheetImport, user: User, progress: Progress) -> str:
    row = locked_import(given, user)
    if row.state == row.State.UNDONE:
        raise Refusal("这次导入已经撤销过了。")
    if row.state != row.State.APPLIED or newest(user) != row:
        raise Refusal("只能撤销您最近的一次导入。")
    if is_too_late(row):
        raise Refusal(f"导入已经超过 {settings.IMPORT_UNDO_DAYS} 天，不能撤销了。要改的，请一条一条办理。")
    judging = JUDGES[row.kind]
    changes = row.changes
    found = _present(judging, changes, user)
    _demand_untouched(judging, changes, found)
    _demand_allowed(judging, changes, found, user)
    teachers = {teacher_of(present) for present in found.values()}
    progress(0, "正在撤销")
    restored = _restore(judging, changes, found, user)
    removed = _remove(judging, changes, found, user)
    if judging.model is Teacher:
        teachers -= set(removed)
    refresh_batches(teachers, progress)
    return _finish(row, removed=len(removed), restored=restored, user=user)


def _restore(judging: type[Judging], changes: Iterable[StoredChange], found: Mapping[int, Any], user: User) -> int:
    """Gives changed rows their values of before; returns how many these were."""
    rows = []
    for change in changes:
        if change.pk is not None and change.before is not None:
            row = found[change.pk]
            _set_values(row, judging, change.before)
            rows.append(row)
    manager = judging.model._default_manager
    manager.bulk_update(rows, judging.written, batch_size=BATCH)
    events = [event(row, UNDO, user, "恢复导入以前的内容。") for row in rows]
    Event.objects.bulk_create(events, batch_size=BATCH)
    return len(rows)


def _set_values(row: Any, judging: type[Judging], values: Values) -> None:
    for name in judging.written:
        column = row._meta.get_field(name)
        stored = values[column.attname]
        value = column.to_python(stored)
        setattr(row, column.attname, value)


def _remove(judging: type[Judging], changes: Iterable[StoredChange], found: Mapping[int, Any], user: User) -> list[int]:
    """Deletes added rows, and returns their keys. The history of a teacher goes with the teacher."""
    pks = [change.pk for change in changes if change.adds and change.pk is not None]
    rows = [found[pk] for pk in pks]
    events = events_of_projects(rows, UNDO, user)
    if judging.model is not Teacher:
        events += [event(row, UNDO, user, "删除导入的这一条。") for row in rows]
    judging.remove(pks)
    Event.objects.bulk_create(events, batch_size=BATCH)
    return pks


def _finish(row: SpreadsheetImport, *, removed: int, restored: int, user: User) -> str:
    """Notes that the import is undone, and says what was done."""
    row.state = row.State.UNDONE
    row.keep_changes([])
    row.save()
    said = f"删除 {removed} 条，恢复 {restored} 条。"
    record(row, UNDO, user, said)
    audit.note(audit.Kind.UNDO, user, row, sheet=row.kind, removed=removed, restored=restored)
    return f"已撤销导入“{row}”：{said}"


def _present(judging: type[Judging], changes: Iterable[StoredChange], user: User) -> dict[int, Any]:
    """The rows of an import as they are now, locked, as far as `user` is still responsible for them."""
    _lock_teachers(judging, changes)
    pks = [change.pk for change in changes]
    rows = judging.model._default_manager.filter(pk__in=pks)
    in_charge = _of_teachers_in_charge(judging, rows, user)
    locked = in_charge.select_for_update(of=("self",)).order_by("pk")
    return {row.pk: row for row in locked}


def _lock_teachers(judging: type[Judging], changes: Iterable[StoredChange]) -> None:
    """Locks the teachers of activities and awards before these, in the order of the steps that enter one."""
    if judging.model in (SelfDirectedActivity, *AWARDS):
        ids = {change.after["teacher_id"] for change in changes}
        teachers = Teacher.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
        list(teachers.values_list("pk"))


def _of_teachers_in_charge(judging: type[Judging], rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    managed = Teacher.objects.managed_by(user).values("pk")
    if judging.model is Teacher:
        return rows.filter(pk__in=managed).select_related("school__parent")
    of_teachers = rows.filter(teacher__in=managed).select_related("teacher__school")
    with_postings = of_teachers.prefetch_related("teacher__postings__school")
    if judging.model is TrainingResult:
        return with_postings.select_related("project__organizer")
    if judging.model is SelfDirectedActivity:
        return with_postings.select_related("plan__school")
    return of_teachers


def _demand_untouched(judging: type[Judging], changes: Sequence[StoredChange], found: Mapping[int, Any]) -> None:
    """Raises Refusal with the first rows that are not as the import left them."""
    keys = [change.pk for change in changes if change.adds and change.pk is not None]
    added = [found[pk] for pk in keys if pk in found]
    after = judging.came_after(added)
    touched = []
    for change in changes:
        row = found.get(change.pk or 0)
        reason = _touched(judging, change, row, after)
        if reason:
            called = row or f"第 {change.number} 行"
            touched.append(f"{called}{reason}")
    if touched:
        named = "；".join(touched[:MOST_NAMED])
        more = f"等 {len(touched)} 条" if len(touched) > MOST_NAMED else ""
        raise Refusal(f"导入以后有变化，不能撤销：{named}{more}。")


def _demand_allowed(
    judging: type[Judging], changes: Sequence[StoredChange], found: Mapping[int, Any], user: User
) -> None:
    """Raises Refusal with the first rows that the user might not change back by hand."""
    there = ((change, found[change.pk]) for change in changes if change.pk is not None and change.pk in found)
    rows = [_undone(judging, change, row) for change, row in there]
    wrong = judging.rules_on_undoing(rows, user)
    if wrong:
        named = "；".join(f"{found[pk]}：{finding.sentence}" for pk, finding in list(wrong.items())[:MOST_NAMED])
        more = f"等 {len(wrong)} 条" if len(wrong) > MOST_NAMED else ""
        raise Refusal(f"不能撤销：{named}{more}")


def _undone(judging: type[Judging], change: StoredChange, now: Any) -> Undone:
    if change.before is None:
        return Undone(now, None)
    before = copy.copy(now)
    before._state = copy.copy(now._state)
    before._state.fields_cache = dict(now._state.fields_cache)
    _set_values(before, judging, change.before)
    return Undone(now, before)


def _touched(judging: type[Judging], change: StoredChange, row: Any, after: Mapping[int, str]) -> str:
    """Returns what happened to a row since the import; empty where nothing did."""
    if row is None:
        return "已经删除，或不再由您管理"
    now = judging.values_of(row)
    if now != change.after:
        return _how_changed(now, change.after)
    return after.get(row.pk, "")


def _how_changed(now: Values, then: Values) -> str:
    status = now.get("status")
    if status != then.get("status"):
        return REVIEWED.get(str(status), "状态变了")
    if now.get("user_id") != then.get("user_id"):
        return "已经有账号"
    return "后来又改过"
