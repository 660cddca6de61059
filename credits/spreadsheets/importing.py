"""From a file to its preview, from the preview into the records, and back.

`prepare` reads a file into a `SpreadsheetImport`; `apply` judges again, in the transaction that saves, and saves only
what the preview showed; `undo` takes the newest import back as long as nothing came after it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from ..models import (
    DegreeAward,
    Event,
    Organization,
    SpreadsheetImport,
    Teacher,
    TrainingResult,
)
from ..processes import projects
from ..processes.history import Refusal, event, record
from ..rights import demand
from ..summaries import refresh
from . import reader
from .judging import JUDGES, NOTE, Judging, Plan, Problem, Values, judge

Progress = Callable[[int], None]

MOST_NAMED = 5
#: Teachers refreshed between two notes of progress.
BATCH = 500

# --- from the file to the preview --------------------------------------------------------------------------------


def prepare(kind: str, file_name: str, content: bytes, user: User) -> SpreadsheetImport:
    """Reads and judges a file; what would be done, or what is wrong, is saved for the preview, and nothing else."""
    reading = reader.read(kind, content)
    # One file at a time waits to be confirmed: they are large.
    SpreadsheetImport.objects.filter(owner=user, state=SpreadsheetImport.State.READY).delete()
    row = SpreadsheetImport(
        kind=kind,
        owner=user,
        organization=Organization.objects.filter(memberships__user=user).order_by("path").first(),
        file_name=file_name,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=reading.rows,
    )
    problems: list[Problem] = [(one.row, one.column, one.sentence) for one in reading.problems]
    notes: list[Problem] = [(one.row, one.column, one.sentence) for one in reading.notes]
    plan = Plan()
    if not problems:
        problems, plan = judge(kind, reading.rows, user)
        notes += plan.notes
    if problems:  # perhaps because another kind was meant
        other = [(one.row, one.column, one.sentence.removeprefix(NOTE)) for one in reading.notes if one.is_other_kind]
        problems = [*other, *problems]
    _note(row, problems, notes, plan)
    return row


def _note(row: SpreadsheetImport, problems: Sequence[Problem], notes: Sequence[Problem], plan: Plan) -> None:
    """Saves what the preview shows. Where it is refused, nobody needs the rows any more."""
    row.state = SpreadsheetImport.State.REFUSED if problems else SpreadsheetImport.State.READY
    if problems:
        row.rows, plan = [], Plan()
    row.problems = [*problems[: reader.MOST_PROBLEMS], *notes[: reader.MOST_PROBLEMS]]
    row.added, row.changed, row.unchanged = (len(plan.those(action)) for action in ("add", "change", "same"))
    row.done = plan.done
    row.save()


def is_note(problem: Sequence[Any]) -> bool:
    return str(problem[2]).startswith(NOTE)


# --- saved as a whole --------------------------------------------------------------------------------------------


def apply(row: SpreadsheetImport, user: User, progress: Progress | None = None) -> str:
    """Saves what the preview showed, all or nothing, and says what was done.

    Raises Refusal where it was done already, and where something changed since the preview: then the preview is
    made anew, and nothing else is saved.
    """
    try:
        with transaction.atomic():
            said, refused = _apply(row, user, progress)
    except IntegrityError as error:
        raise Refusal("刚才有人改了同样的数据，没有导入。请再确认一次。") from error
    if refused:
        raise Refusal(refused)
    return said


def _apply(given: SpreadsheetImport, user: User, progress: Progress | None) -> tuple[str, str]:
    row = _locked(given, user)
    if row.state == row.State.APPLIED:
        raise Refusal("这份文件已经导入过了，没有重复导入。")
    if row.state != row.State.READY:
        raise Refusal("这份文件不能导入，请重新上传。")
    judging = JUDGES[row.kind](user, lock=True)
    judging.judge(row.rows)
    plan = Plan(judging.steps)
    if judging.problems or plan.done != row.done:
        said = _changed_since(row.done, judging.problems, plan)
        _note(row, judging.problems, [one for one in row.problems if is_note(one)], plan)
        return "", said
    added, changed = plan.those("add"), plan.those("change")
    judging.model._default_manager.bulk_create([step.row for step in added], batch_size=BATCH)
    judging.model._default_manager.bulk_update([step.row for step in changed], judging.written, batch_size=BATCH)
    steps = [step for step in plan.steps if step.action != "same"]
    events = [_event(step.row, *judging.words(step), user) for step in steps]
    events += _of_projects((step.row for step in added), projects.ENTERED, user)
    Event.objects.bulk_create(events, batch_size=BATCH)
    _refresh({_teacher_of(step.row) for step in steps}, progress)
    row.state, row.applied_at = row.State.APPLIED, timezone.now()
    row.done = [[step.row.pk, step.before, step.after, step.number] for step in steps]
    row.rows = []
    row.save()
    said = f"新增 {len(added)} 条，修改 {len(changed)} 条，没有变化 {row.unchanged} 条。"
    record(row, "导入", user, said)
    return f"导入好了：{said}", ""


def _event(row: Any, action: str, note: str, user: User) -> Event:
    """What an import did to a row, marked as such."""
    return event(row, action, user, f"{note}（导入）") if note else event(row, f"{action}（导入）", user)


def _of_projects(rows: Iterable[Any], action: str, user: User) -> list[Event]:
    """What happened to results, one event for each of their projects; none for other rows."""
    numbers = Counter(row.project for row in rows if isinstance(row, TrainingResult))
    return [_event(project, action, f"{number} 条。", user) for project, number in numbers.items()]


def _locked(given: SpreadsheetImport, user: User) -> SpreadsheetImport:
    row = SpreadsheetImport.objects.select_for_update(of=("self",)).select_related("organization").get(pk=given.pk)
    demand(row.owner_id == user.pk)
    return row


def _changed_since(shown: Sequence[list[Any]], problems: Sequence[Problem], plan: Plan) -> str:
    """What is no longer as the preview had it, by number of the row."""
    if problems:
        named = [f"第 {number} 行{column}：{sentence}" for number, column, sentence in problems[:MOST_NAMED]]
        return f"预览以后系统里的数据有变化，没有导入。{' '.join(named)}"
    now = {one[3]: one for one in plan.done}
    then = {one[3]: one for one in shown}
    numbers = sorted(number for number in now.keys() | then.keys() if now.get(number) != then.get(number))
    named = [str(number) for number in numbers[:MOST_NAMED]]
    more = "等" if len(numbers) > MOST_NAMED else ""
    return f"预览以后，第 {'、'.join(named)} 行{more}在系统里的数据有变化，没有导入。下面是新的预览，请核对后再确认。"


def _teacher_of(row: Any) -> int:
    return int(row.pk if isinstance(row, Teacher) else row.teacher_id)


def _refresh(teachers: Collection[int], progress: Progress | None) -> None:
    ids, done = sorted(teachers), 0
    for at in range(0, len(ids), BATCH):
        batch = ids[at : at + BATCH]
        refresh(batch)
        done += len(batch)
        if progress:
            progress(done)


# --- undone as a whole -------------------------------------------------------------------------------------------


def newest(user: User) -> SpreadsheetImport | None:
    """The import that `user` may undo, if nothing came after it."""
    applied = SpreadsheetImport.objects.filter(owner=user, state=SpreadsheetImport.State.APPLIED)
    return applied.order_by("-applied_at", "-pk").first()


def undo(row: SpreadsheetImport, user: User, progress: Progress | None = None) -> str:
    """Takes the newest import back, all or nothing: what it added goes, what it changed is as before.

    Raises Refusal with the rows that were changed since, by anybody.
    """
    try:
        with transaction.atomic():
            return _undo(row, user, progress)
    except IntegrityError as error:
        raise Refusal("这次导入的内容已经在别处用到，不能撤销。") from error


def _undo(given: SpreadsheetImport, user: User, progress: Progress | None) -> str:
    row = _locked(given, user)
    if row.state == row.State.UNDONE:
        raise Refusal("这次导入已经撤销过了。")
    if row.state != row.State.APPLIED or newest(user) != row:
        raise Refusal("只能撤销您最近的一次导入。")
    judging = JUDGES[row.kind]
    found = _present(judging, [one[0] for one in row.done], user)
    _demand_untouched(judging, row.done, found)
    added = [found[pk] for pk, before, *_ in row.done if before is None]
    changed = [(found[pk], before) for pk, before, *_ in row.done if before is not None]
    events = (
        [] if row.kind == row.Kind.TEACHERS else [event(one, "撤销导入", user, "删除导入的这一条。") for one in added]
    )
    teachers = {_teacher_of(one) for one in found.values()}
    for one, before in changed:
        for name in judging.written:
            column = one._meta.get_field(name)
            setattr(one, column.attname, column.to_python(before[column.attname]))
        events.append(event(one, "撤销导入", user, "恢复导入以前的内容。"))
    judging.model._default_manager.bulk_update([one for one, _ in changed], judging.written, batch_size=BATCH)
    judging.remove([one.pk for one in added])
    events += _of_projects(added, "撤销导入", user)
    Event.objects.bulk_create(events, batch_size=BATCH)
    gone = {one.pk for one in added} if row.kind == row.Kind.TEACHERS else set()
    _refresh(teachers - gone, progress)
    row.state, row.done = row.State.UNDONE, []
    row.save()
    said = f"删除 {len(added)} 条，恢复 {len(changed)} 条。"
    record(row, "撤销导入", user, said)
    return f"已撤销导入“{row}”：{said}"


def _present(judging: type[Judging], pks: Iterable[int], user: User) -> dict[int, Any]:
    """The rows of an import as they are now, as far as `user` is still responsible for them."""
    managed = Teacher.objects.managed_by(user).values("pk")
    of_teachers = judging.model is Teacher
    rows = judging.model._default_manager.filter(pk__in=list(pks))
    rows = rows.filter(pk__in=managed) if of_teachers else rows.filter(teacher__in=managed)
    related = ["school"] if of_teachers else ["teacher__school"]
    if judging.model is TrainingResult:
        related.append("project__organizer")
    return {row.pk: row for row in rows.select_for_update(of=("self",)).select_related(*related).order_by("pk")}


def _demand_untouched(judging: type[Judging], done: Sequence[list[Any]], found: Mapping[int, Any]) -> None:
    after = judging.came_after([found[pk] for pk, before, *_ in done if before is None and pk in found])
    touched = []
    for pk, _, then, *number in done:
        now = found.get(pk)
        reason = ""
        if now is None:
            reason = "已经删除，或不再由您管理"
        elif judging.values_of(now) != then:
            reason = _how_changed(judging.values_of(now), then)
        elif pk in after:
            reason = after[pk]
        if reason:
            touched.append(f"{now or f'第 {number[0]} 行'}{reason}")
    if touched:
        more = f"等 {len(touched)} 条" if len(touched) > MOST_NAMED else ""
        raise Refusal(f"导入以后有变化，不能撤销：{'；'.join(touched[:MOST_NAMED])}{more}。")


def _how_changed(now: Values, then: Values) -> str:
    if now.get("status") != then.get("status"):
        reviewed = {TrainingResult.Status.REVIEWED.value: "已经审核", DegreeAward.Status.CREDITED.value: "已经认定"}
        return reviewed.get(str(now.get("status")), "状态变了")
    if now.get("user_id") != then.get("user_id"):
        return "已经有账号"
    return "后来又改过"
