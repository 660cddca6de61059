"""Training projects and their results: publish with the conversion, enter, review, 取消审核 → 重新审核 (credits-01)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ..ledger import amount_error, school_year
from ..models import Event, SafetyNetPlan, Teacher, TrainingCycle, TrainingProject, TrainingResult
from ..rights import demand, manages, reviews
from ..rules import wording
from ..rules.types import Category
from ..rules.wording import amount
from ..summaries import refresh
from .history import Refusal, demand_seen, event, locked, record

Progress = Callable[[int], None]
BATCH = 500
#: What histories say of it, the result's and the project's.
ENTERED = "登记成绩"


def credits_for(category: str, hours: Decimal, day: datetime.date) -> Decimal:
    """The credits that `hours` of a category make on `day` (C11, `ConversionRate`), exact.

    Raises Refusal where no cycle holds that day or the credits are none that can be counted.
    """
    return converted(hours, rate_of(category, day))


def rate_of(category: str, day: datetime.date) -> int:
    """How many hours of a category make one credit on `day`. Raises Refusal where no cycle holds that day."""
    cycle = TrainingCycle.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    if cycle is None:
        raise Refusal(f"{wording.date_in_words(day)}不在任何培训周期里，不能折算学分，请检查日期。")
    return cycle.hours_per_credit_of(category)


def converted(hours: Decimal, hours_per_credit: int) -> Decimal:
    """`hours` in credits, exact; raises Refusal where these are none that can be counted."""
    credits = Decimal(hours) / hours_per_credit
    if message := amount_error(credits, "credits"):
        standard = f"按 {hours_per_credit} 学时 1 学分，"
        raise Refusal(f"{standard}{amount(Decimal(hours))} 学时折算成 {amount(credits)} 学分：{message}请检查学时。")
    return credits


@transaction.atomic
def publish(project: TrainingProject, by: User) -> None:
    """未发布 → 已发布: from now on results can be entered. Safety-net training needs a plan on file above (C20)."""
    demand(manages(by, project.organizer))
    row = _locked(project)
    if row.status == TrainingProject.Status.PUBLISHED:
        raise Refusal("这个项目已经发布了。")
    _demand_safety_net_plan(row)
    credits = credits_for(row.category, row.hours, row.ends_on)
    row.status = TrainingProject.Status.PUBLISHED
    row.save()
    converted = f"勾选了折算，{amount(row.hours)} 学时折 {amount(credits)} 学分" if row.converted else "没有勾选折算"
    record(row, "发布", by, f"{row.get_category_display()}，{converted}。")
    project.status = row.status


def _demand_safety_net_plan(row: TrainingProject) -> None:
    if row.category != Category.SAFETY_NET:
        return
    year = school_year(row.ends_on)
    standing = SafetyNetPlan.objects.filter(
        organization=row.organizer, school_year=year, status__in=SafetyNetPlan.STANDING
    )
    if not standing.exists():
        raise Refusal(
            f"托底培训要先作出预判、拟定方案、报上级备案，再组织实施（学分问答第 11 条）。"
            f"{row.organizer}还没有已备案的 "
            f"{wording.school_year(year)}托底培训方案。"
        )


@transaction.atomic
def withdraw(project: TrainingProject, by: User) -> None:
    """已发布 → 未发布, as long as nobody's result was entered."""
    demand(manages(by, project.organizer))
    row = _locked(project)
    if row.status != TrainingProject.Status.PUBLISHED:
        raise Refusal("这个项目还没有发布。")
    if row.results.exists():
        raise Refusal("已经登记了成绩，不能撤回发布；要撤回，请先删除这些成绩。")
    row.status = TrainingProject.Status.DRAFT
    row.save()
    record(row, "撤回发布", by)
    project.status = row.status


@transaction.atomic
def change(project: TrainingProject, by: User, *, seen: str = "") -> None:
    """Saves changed attributes. What was reviewed keeps the conversion it was reviewed with (credits-01)."""
    demand(manages(by, project.organizer))
    before = _locked(project)
    demand_seen(seen, before)
    if before.organizer_id != project.organizer_id:
        demand(manages(by, before.organizer))
        if before.results.exists():
            raise Refusal({"organizer": "已经登记了成绩，不能换举办机构。"})
    reviewed = before.results.filter(status=TrainingResult.Status.REVIEWED).exists()
    if reviewed and before.ends_on != project.ends_on:
        raise Refusal("有已审核的成绩，不能改结束日期：请先在成绩登记里取消审核。")
    project.status = before.status
    if project.status == TrainingProject.Status.PUBLISHED:
        _demand_safety_net_plan(project)
        credits_for(project.category, project.hours, project.ends_on)
    changed = [
        f"{field.verbose_name}由“{_shown(before, field.name)}”改为“{_shown(project, field.name)}”"
        for field in TrainingProject._meta.concrete_fields
        if getattr(before, field.attname) != getattr(project, field.attname)
    ]
    project.save()
    if changed:
        record(project, "修改项目属性", by, "；".join(changed) + "。")


def _shown(project: TrainingProject, name: str) -> str:
    value = getattr(project, f"get_{name}_display", None)
    shown = value() if value else getattr(project, name)
    if isinstance(shown, bool):
        return "是" if shown else "否"
    return amount(shown) if isinstance(shown, Decimal) else str(shown if shown is not None else "空")


@transaction.atomic
def delete(project: TrainingProject, by: User) -> None:
    """Only without reviewed results (credits-06); what was merely entered goes with it."""
    demand(manages(by, project.organizer))
    row = _locked(project)
    if row.results.filter(status=TrainingResult.Status.REVIEWED).exists():
        raise Refusal("有已审核的成绩，不能删除：请先在成绩登记里取消审核。")
    if row.results.exclude(teacher__in=Teacher.objects.managed_by(by)).exists():
        raise Refusal("有的成绩属于您管理范围以外的教师，您不能删除这个项目：请上级办理。")
    entered = row.results.count()
    record(row, "删除项目", by, f"连同 {entered} 条还没审核的成绩。" if entered else "")
    row.results.all().delete()
    row.delete()


# --- results -------------------------------------------------------------------------------------------------


@transaction.atomic
def enter(project: TrainingProject, results: Mapping[Teacher, Decimal], by: User) -> list[TrainingResult]:
    """成绩登记, all or none: of a published project that `by` can see and that is over, hours by teacher in charge."""
    demand(TrainingProject.objects.visible_to(by).filter(pk=project.pk).exists())
    ids = [teacher.pk for teacher in results]
    demand(Teacher.objects.managed_by(by).filter(pk__in=ids).count() == len(ids))
    current = _locked(project)
    if current.status != TrainingProject.Status.PUBLISHED:
        raise Refusal("项目发布以后才能登记成绩。")
    if there := current.results.filter(teacher__in=ids).select_related("teacher"):
        raise Refusal(f"{there[0].teacher.name}在这个项目里已经有成绩了。")
    rate = rate_of(current.category, current.ends_on)
    rows = [
        TrainingResult(project=current, teacher=teacher, hours=hours, entered_by=by)
        for teacher, hours in results.items()
    ]
    for row in rows:
        row.clean_fields(exclude={"project", "teacher", "entered_by", "reviewed_by"})
        row.clean()
        converted(row.hours, rate)  # what could never be reviewed is not entered
    entered = TrainingResult.objects.bulk_create(rows)
    Event.objects.bulk_create(event(row, ENTERED, by, f"{amount(Decimal(row.hours))} 学时。") for row in entered)
    if entered:
        record(current, ENTERED, by, f"{len(entered)} 条。")
    return entered  # nothing to refresh: what is not reviewed counts nowhere


@transaction.atomic
def correct(result: TrainingResult, hours: Decimal, by: User) -> None:
    """Changes the hours of a result that was not reviewed yet."""
    demand(Teacher.objects.managed_by(by).filter(pk=result.teacher_id).exists())
    row = locked(TrainingResult.objects.select_related("teacher__school", "project"), result.pk)
    _demand_entered(row)
    before, row.hours = row.hours, hours
    row.full_clean()
    credits_for(row.project.category, hours, row.project.ends_on)
    row.save()
    record(row, "更正学时", by, f"由 {amount(before)} 改为 {amount(Decimal(hours))} 学时。")


@transaction.atomic
def remove(result: TrainingResult, by: User) -> None:
    """Deletes a result that was not reviewed yet."""
    demand(Teacher.objects.managed_by(by).filter(pk=result.teacher_id).exists())
    row = locked(TrainingResult.objects.select_related("teacher__school", "project"), result.pk)
    _demand_entered(row)
    record(row, "删除成绩", by)
    row.delete()


def _demand_entered(row: TrainingResult) -> None:
    if row.status != TrainingResult.Status.ENTERED:
        raise Refusal("已经审核的成绩不能改，也不能删：请先取消审核。")


@dataclass
class Outcome:
    """How many results a step was taken on, and which not, with the reason."""

    step: str
    done: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        refused = f"，{len(self.refused)} 条没有办成" if self.refused else ""
        return f"已{self.step} {self.done} 条{refused}。"


def review(project: TrainingProject, results: Collection[int], by: User, progress: Progress | None = None) -> Outcome:
    """审核: fixes category, conversion and credits as the project has them now. Done in batches, each whole."""
    demand(reviews(by, project.organizer))
    outcome = Outcome("审核")
    for batch in _batches(sorted(results)):
        with transaction.atomic():
            now, current = timezone.now(), _locked(project)
            rows = _results(current, batch, TrainingResult.Status.ENTERED)
            rate = rate_of(current.category, current.ends_on)
            fit = []
            for row in rows:
                try:
                    if row.teacher.user_id == by.pk:
                        raise Refusal("不能审核自己的成绩，请别的审核员办理。")
                    row.credits = converted(row.hours, rate)
                except Refusal as refusal:
                    outcome.refused.append(f"{row.teacher}：{refusal.sentence}")
                    continue
                row.status, row.category, row.converted = row.Status.REVIEWED, current.category, current.converted
                row.reviewed_by, row.reviewed_at = by, now
                fit.append(row)
            note = current.get_category_display() + ("，折算学分。" if current.converted else "，没有勾选折算。")
            _save(fit, "审核", by, note)
        outcome.done += len(fit)
        if progress:
            progress(outcome.done + len(outcome.refused))
    if outcome.done:
        record(project, "审核成绩", by, f"{outcome.done} 条。")
    return outcome


def unreview(project: TrainingProject, results: Collection[int], by: User, progress: Progress | None = None) -> Outcome:
    """取消审核: the results are as entered again, and count no more until they are reviewed."""
    demand(reviews(by, project.organizer))
    outcome = Outcome("取消审核")
    for batch in _batches(sorted(results)):
        with transaction.atomic():
            rows = _results(_locked(project), batch, TrainingResult.Status.REVIEWED)
            for row in rows:
                row.status, row.category, row.converted, row.credits = row.Status.ENTERED, "", None, None
                row.reviewed_by, row.reviewed_at = None, None
            _save(rows, "取消审核", by)
        outcome.done += len(rows)
        if progress:
            progress(outcome.done)
    if outcome.done:
        record(project, "取消审核成绩", by, f"{outcome.done} 条。")
    return outcome


REVIEWED_FIELDS = ["status", "category", "converted", "credits", "reviewed_by", "reviewed_at"]


def _save(rows: Sequence[TrainingResult], action: str, by: User, note: str = "") -> None:
    TrainingResult.objects.bulk_update(rows, REVIEWED_FIELDS)
    Event.objects.bulk_create(event(row, action, by, note) for row in rows)
    refresh(row.teacher_id for row in rows)


def _results(project: TrainingProject, ids: Collection[int], status: str) -> list[TrainingResult]:
    rows = project.results.select_for_update(of=("self",)).filter(pk__in=ids, status=status)
    return list(rows.select_related("teacher__school", "project"))


def _locked(project: TrainingProject) -> TrainingProject:
    return locked(TrainingProject.objects.select_related("organizer"), project.pk)


def _batches(ids: Iterable[int]) -> Iterable[list[int]]:
    everything = list(ids)
    return (everything[at : at + BATCH] for at in range(0, len(everything), BATCH))
