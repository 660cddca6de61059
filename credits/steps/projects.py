"""Training projects and their results: publish with the conversion, enter, review, 取消审核 → 重新审核 (credits-01)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from helpdesk.common.decisions import Refusal, demand_seen, locked, refusing_doubles, step, version

from ..decisions import results as decisions
from ..decisions.findings import Door, Finding
from ..decisions.oneself import own_finding
from ..decisions.results import CycleRates
from ..models import Event, Organization, SafetyNetPlan, Teacher, TrainingCycle, TrainingProject, TrainingResult
from ..rules import wording
from ..rules.types import Category, TrainingForm
from ..rules.wording import amount_text
from ..statements.calendar import school_year
from ..statements.summaries import refresh
from .deciding import demand_no_problem
from .history import event, record, record_deletion
from .people import demand_of_others, lock_all_in_charge
from .rights import demand, manages, reviews

BATCH = 500
Value = TypeVar("Value")
#: Fields in which two projects are equal that are the same one, entered twice.
IDENTITY = ("organizer", "name", "category", "form", "hours", "converted", "starts_on", "ends_on")
#: The forms of a project, none among them.
EVERY_FORM = ("", *(form.value for form in TrainingForm))
CODE_TAKEN = "这个编号刚才已经用了，请换一个。"
#: Key of a result, as text → its version together with its project's.
Versions = Mapping[str, str]
#: The action of entering a result, in its own history and in the project's.
ENTERED = "登记成绩"


def credits_for(project: TrainingProject, hours: Decimal | None = None) -> Decimal:
    """The credits that `hours` of a project make, its own unless given (C11, `ConversionRate`), exact.

    Raises Refusal where no cycle holds its last day or the credits are none that can be counted.
    """
    return converted(project.hours if hours is None else hours, rate_of(project))


def rate_of(project: TrainingProject) -> int:
    """The hours of a project that make one credit. Raises Refusal where no cycle holds its last day."""
    return _decided(rate_or_finding(project, cycle_rates()))


def rate_or_finding(project: TrainingProject, cycles: Iterable[CycleRates]) -> int | Finding:
    """The hours of a project that make one credit in its cycle; a problem where none of the cycles is."""
    return decisions.rate_of(project.category, project.form, project.ends_on, cycles)


def forms_of_other_rates(project: TrainingProject) -> list[str]:
    """The forms in which the project would convert otherwise than it does; "" is no form."""
    cycles = cycle_rates()
    now = rate_or_finding(project, cycles)
    others = (decisions.rate_of(project.category, form, project.ends_on, cycles) for form in EVERY_FORM)
    return [form for form, rate in zip(EVERY_FORM, others, strict=True) if rate != now]


def converted(hours: Decimal, hours_per_credit: int) -> Decimal:
    """`hours` in credits, exact; raises Refusal where these are none that can be counted."""
    return _decided(decisions.credits_of(hours, hours_per_credit))


def cycle_rates() -> list[CycleRates]:
    """The conversion of every cycle, in two queries."""
    return [_rates_of(cycle) for cycle in TrainingCycle.objects.prefetch_related("rates")]


def _rates_of(cycle: TrainingCycle) -> CycleRates:
    kinds = [(category.value, form) for category in Category for form in EVERY_FORM]
    hours_per_credit = {kind: cycle.hours_per_credit_of(*kind) for kind in kinds}
    return CycleRates(cycle.starts_on, cycle.ends_on, hours_per_credit)


def _decided(found: Value | Finding) -> Value:
    """The value that was decided. Raises Refusal at no field, as the forms of a project and of its results differ."""
    if isinstance(found, Finding):
        raise Refusal(found.sentence)
    return found


@step
def add(project: TrainingProject, by: User, *, numbered: bool) -> None:
    """Adds a project, not published yet; `numbered` says whether its code was typed, else it was made here."""
    demand(manages(by, project.organizer))
    locked(Organization.objects.all(), project.organizer_id)  # of two equal forms at once the second waits here
    if not numbered:
        _demand_first(project)
    with refusing_doubles({"code": CODE_TAKEN}):
        project.save()
    record(project, "新建项目", by)


def _demand_first(project: TrainingProject) -> None:
    """Refuses a second project that nothing but a code made by the portal tells from the first."""
    same = TrainingProject.objects.filter(**{name: getattr(project, name) for name in IDENTITY}).first()
    if same is not None:
        raise Refusal({"code": f"已经有一个一样的项目，编号是 {same.code}。确实是另一个，请填一个编号。"})


@step
def publish(project: TrainingProject, by: User, *, seen: str = "") -> None:
    """未发布 → 已发布: from now on results can be entered. Safety-net training needs a plan on file above (C20)."""
    demand(manages(by, project.organizer))
    row = locked_project(project)
    demand_seen(seen, row)
    if row.status == TrainingProject.Status.PUBLISHED:
        raise Refusal("这个项目已经发布了。")
    _demand_safety_net_plan(row)
    credits = credits_for(row)
    row.status = TrainingProject.Status.PUBLISHED
    row.save()
    worth = f"勾选了折算，{amount_text(row.hours)} 学时折 {amount_text(credits)} 学分"
    conversion = worth if row.converted else "没有勾选折算"
    record(row, "发布", by, f"{row.kind_in_words}，{conversion}。")
    project.status = row.status


def _demand_safety_net_plan(row: TrainingProject) -> None:
    if row.category != Category.SAFETY_NET:
        return
    year = school_year(row.ends_on)
    plans = SafetyNetPlan.objects.filter(organization=row.organizer, school_year=year)
    if not plans.filter(status__in=SafetyNetPlan.STANDING).exists():
        raise Refusal(
            f"托底培训要先作出预判、拟定方案、报上级备案，再组织实施（学分问答第 11 条）。"
            f"{row.organizer}还没有已备案的 "
            f"{wording.school_year_in_words(year)}托底培训方案。"
        )


@step
def withdraw(project: TrainingProject, by: User) -> None:
    """已发布 → 未发布, as long as nobody's result was entered."""
    demand(manages(by, project.organizer))
    row = locked_project(project)
    if row.status != TrainingProject.Status.PUBLISHED:
        raise Refusal("这个项目还没有发布。")
    if row.results.exists():
        raise Refusal("已经登记了成绩，不能撤回发布；要撤回，请先删除这些成绩。")
    row.status = TrainingProject.Status.DRAFT
    row.save()
    record(row, "撤回发布", by)
    project.status = row.status


@step
def change(project: TrainingProject, by: User, *, seen: str = "") -> None:
    """Saves changed attributes. What was reviewed keeps the conversion it was reviewed with (credits-01)."""
    demand(manages(by, project.organizer))
    before = locked_project(project)
    demand_seen(seen, before)
    _demand_that_results_allow(before, project, by)
    project.status = before.status
    if project.status == TrainingProject.Status.PUBLISHED:
        _demand_safety_net_plan(project)
        credits_for(project)
    changed = list(_what_changed(before, project))
    _keep_former_hours(before, project)
    project.save()
    if changed:
        record(project, "修改项目属性", by, "；".join(changed) + "。")


def _keep_former_hours(before: TrainingProject, project: TrainingProject) -> None:
    """Keeps in `project`, not saved, which hours it had `before` and until when, where results have these hours."""
    former = dict(before.former_hours)
    if before.results.filter(hours=before.hours).exists():
        former[amount_text(Decimal(before.hours))] = timezone.now().isoformat()
    former.pop(amount_text(Decimal(project.hours)), None)
    project.former_hours = former


def _demand_that_results_allow(before: TrainingProject, project: TrainingProject, by: User) -> None:
    """Raises Refusal where results that are there keep the organizer or the last day from being changed."""
    if before.organizer_id != project.organizer_id:
        demand(manages(by, before.organizer))
        if before.results.exists():
            raise Refusal({"organizer": "已经登记了成绩，不能换举办机构。"})
    reviewed = before.results.filter(status=TrainingResult.Status.REVIEWED).exists()
    if reviewed and before.ends_on != project.ends_on:
        raise Refusal("有已审核的成绩，不能改结束日期：请先在成绩登记里取消审核。")


def _what_changed(before: TrainingProject, project: TrainingProject) -> Iterator[str]:
    """Every changed attribute with its old and its new value."""
    for column in TrainingProject._meta.concrete_fields:
        if column.editable and getattr(before, column.attname) != getattr(project, column.attname):
            old, new = _shown(before, column.name), _shown(project, column.name)
            yield f"{column.verbose_name}由“{old}”改为“{new}”"


def _shown(project: TrainingProject, name: str) -> str:
    """An attribute as people read it; 空 where it is not given."""
    display = getattr(project, f"get_{name}_display", None)
    value = display() if display else getattr(project, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return amount_text(value)
    return "空" if value in (None, "") else str(value)


@step
def delete(project: TrainingProject, by: User, *, seen: str = "") -> None:
    """Only without reviewed results (credits-06); what was merely entered goes with it.

    `seen` is the version of the project and its entered results, by key.
    """
    demand(manages(by, project.organizer))
    row = locked_project(project)
    entered_now = row.results.filter(status=TrainingResult.Status.ENTERED).order_by("pk")
    demand_seen(seen, row, *entered_now)
    if row.results.filter(status=TrainingResult.Status.REVIEWED).exists():
        raise Refusal("有已审核的成绩，不能删除：请先在成绩登记里取消审核。")
    if row.results.exclude(teacher__in=Teacher.objects.managed_by(by)).exists():
        raise Refusal("有的成绩属于您管理范围以外的教师，您不能删除这个项目：请上级办理。")
    entered = row.results.count()
    record_deletion(row, "删除项目", by, f"连同 {entered} 条还没审核的成绩。" if entered else "")
    row.results.all().delete()
    row.delete()


# --- results -------------------------------------------------------------------------------------------------


class RefusedResults(Refusal):
    """Refusal of results for reasons of their teachers: key of the teacher → sentence."""

    def __init__(self, of_teachers: Mapping[int, str], sentences: Sequence[str]) -> None:
        super().__init__(list(sentences))
        self.of_teachers = dict(of_teachers)


@step
def enter(project: TrainingProject, results: Mapping[Teacher, Decimal], by: User) -> list[TrainingResult]:
    """成绩登记, all or none: of a published project that `by` can see and that is over, hours by teacher in charge.

    Raises RefusedResults that names every teacher whose result cannot be.
    """
    demand(TrainingProject.objects.visible_to(by).filter(pk=project.pk).exists())
    hours_of = {teacher.pk: hours for teacher, hours in results.items()}
    current = locked_project(project)
    teachers = lock_all_in_charge(hours_of, by)
    published = current.status == TrainingProject.Status.PUBLISHED
    demand_no_problem([decisions.entering_finding(published, Door.HAND)])
    rows = _new_results(current, teachers, hours_of, by)
    entered = TrainingResult.objects.bulk_create(rows)
    Event.objects.bulk_create(event(row, ENTERED, by, f"{amount_text(Decimal(row.hours))} 学时。") for row in entered)
    if entered:
        record(current, ENTERED, by, f"{len(entered)} 条。")
    return entered  # no summary to refresh: a result that is not reviewed counts nowhere


def _new_results(
    project: TrainingProject, teachers: Sequence[Teacher], hours_of: Mapping[int, Decimal], by: User
) -> list[TrainingResult]:
    """A result for each teacher, not saved. Raises RefusedResults where one cannot be."""
    there = set(project.results.filter(teacher__in=hours_of).values_list("teacher_id", flat=True))
    rate = rate_of(project)
    rows, problems = [], {}
    for teacher in teachers:
        try:
            _demand_none(teacher, there)
            rows.append(_new_result(project, teacher, hours_of[teacher.pk], rate, by))
        except ValidationError as error:
            problems[teacher.pk] = " ".join(error.messages)
    if problems:
        names = {teacher.pk: teacher.name for teacher in teachers}
        raise RefusedResults(problems, [f"{names[pk]}：{sentence}" for pk, sentence in problems.items()])
    return rows


def _demand_none(teacher: Teacher, there: Collection[int]) -> None:
    """Raises Refusal where the teacher is among those who have a result already."""
    if teacher.pk in there:
        raise Refusal(f"{teacher.name}在这个项目里已经有成绩了。")


def _new_result(project: TrainingProject, teacher: Teacher, hours: Decimal, rate: int, by: User) -> TrainingResult:
    """A result that is checked but not saved. Raises ValidationError where it could never be reviewed."""
    demand_of_others(teacher, by, "登记自己的成绩")
    row = TrainingResult(project=project, teacher=teacher, hours=hours, entered_by=by)
    row.clean_fields(exclude={"project", "teacher", "entered_by", "reviewed_by"})
    row.clean()
    converted(row.hours, rate)
    return row


@step
def correct(result: TrainingResult, hours: Decimal, by: User, *, seen: str = "") -> None:
    """Changes the hours of a result that was not reviewed yet; writes no event where they are the same."""
    row = _locked_in_charge(result, by, "更正自己的成绩")
    demand_seen(seen, row)
    _demand_entered(row)
    before, row.hours = row.hours, hours
    if before == hours:
        return
    row.full_clean()
    credits_for(row.project, hours)
    row.save()
    record(row, "更正学时", by, f"由 {amount_text(before)} 改为 {amount_text(Decimal(hours))} 学时。")


@step
def remove(result: TrainingResult, by: User) -> None:
    """Deletes a result that was not reviewed yet."""
    row = _locked_in_charge(result, by, "删除自己的成绩")
    _demand_entered(row)
    record_deletion(row, "删除成绩", by)
    row.delete()


def _locked_in_charge(result: TrainingResult, by: User, deed: str) -> TrainingResult:
    """The result, locked, for the `deed` of somebody in charge of its teacher who is not the teacher."""
    row = locked(TrainingResult.objects.select_related("teacher__school", "project__organizer"), result.pk)
    demand(Teacher.objects.managed_by(by).filter(pk=row.teacher_id).exists())
    demand_of_others(row.teacher, by, deed)
    return row


def _demand_entered(row: TrainingResult) -> None:
    reviewed = row.status == TrainingResult.Status.REVIEWED
    demand_no_problem([decisions.changing_finding(reviewed, row.hours, Door.HAND)])


@dataclass
class ReviewReport:
    """The number of results that a step was taken on, and a sentence for each that was refused."""

    step: str
    done: int = 0
    refused: list[str] = field(default_factory=list)
    #: Results that were not found as the step needs them: deleted or decided by somebody else meanwhile.
    gone: int = 0

    @property
    def handled(self) -> int:
        return self.done + len(self.refused) + self.gone

    @property
    def kept(self) -> dict[str, Any]:
        """The numbers and sentences, as a job keeps them between two attempts."""
        return {"done": self.done, "refused": self.refused, "gone": self.gone}

    @property
    def sentence(self) -> str:
        not_done = len(self.refused) + self.gone
        said = f"，{not_done} 条没有办成" if not_done else ""
        return f"已{self.step} {self.done} 条{said}。"


def review(
    project: TrainingProject, results: Collection[int], by: User, *, seen: Versions | None = None
) -> ReviewReport:
    """审核 of all these results at once: fixes category, form, conversion and credits as the project has them.

    A result that is not of the version that was `seen` is left out, and named.
    """
    outcome = ReviewReport("审核")
    for batch in batches(results):
        review_batch(project, batch, by, outcome, seen)
    record_outcome(project, outcome, by)
    return outcome


def unreview(
    project: TrainingProject, results: Collection[int], by: User, *, seen: Versions | None = None
) -> ReviewReport:
    """取消审核 of all these results at once: they are as entered again, and count no more until they are reviewed."""
    outcome = ReviewReport("取消审核")
    for batch in batches(results):
        unreview_batch(project, batch, by, outcome, seen)
    record_outcome(project, outcome, by)
    return outcome


@step
def review_batch(
    project: TrainingProject, batch: Collection[int], by: User, outcome: ReviewReport, seen: Versions | None = None
) -> None:
    """Reviews some results of a project, and adds to `outcome` what came of it."""
    current = locked_project(project)
    demand(reviews(by, current.organizer))
    rows = locked_results(current, batch)
    rate = rate_of(current)
    now = timezone.now()
    reviewed = []
    for row in _as_seen(rows, TrainingResult.Status.ENTERED, current, seen or {}, outcome):
        credits = _credits_on_review(row, rate, by)
        if isinstance(credits, Finding):
            outcome.refused.append(f"{row.teacher}：{credits.sentence}")
            continue
        row.status, row.credits = row.Status.REVIEWED, credits
        row.category, row.form, row.converted = current.category, current.form, current.converted
        row.reviewed_by, row.reviewed_at = by, now
        reviewed.append(row)
    conversion = "，折算学分。" if current.converted else "，没有勾选折算。"
    _save(reviewed, "审核", by, current.kind_in_words + conversion)
    outcome.done += len(reviewed)
    outcome.gone += len(batch) - len(rows)


def _credits_on_review(row: TrainingResult, rate: int, by: User) -> Decimal | Finding:
    """The credits of a result that `by` reviews; a problem where it is their own, of others, or makes no credits."""
    own = own_finding(row.teacher.user_id, by.pk, "审核自己的成绩", "审核员")
    return own or row.organizer_finding or decisions.credits_of(row.hours, rate)


@step
def unreview_batch(
    project: TrainingProject, batch: Collection[int], by: User, outcome: ReviewReport, seen: Versions | None = None
) -> None:
    """Takes the review of some results of a project back, and adds to `outcome` what came of it."""
    current = locked_project(project)
    demand(reviews(by, current.organizer))
    rows = locked_results(current, batch)
    taken_back = []
    for row in _as_seen(rows, TrainingResult.Status.REVIEWED, current, seen or {}, outcome):
        own = own_finding(row.teacher.user_id, by.pk, "取消审核自己的成绩", "审核员")
        if own:
            outcome.refused.append(f"{row.teacher}：{own.sentence}")
            continue
        row.status, row.category, row.form = row.Status.ENTERED, "", ""
        row.converted = row.credits = None
        row.reviewed_by = row.reviewed_at = None
        taken_back.append(row)
    _save(taken_back, "取消审核", by)
    outcome.done += len(taken_back)
    outcome.gone += len(batch) - len(rows)


def _as_seen(
    rows: Iterable[TrainingResult], status: str, project: TrainingProject, seen: Versions, outcome: ReviewReport
) -> list[TrainingResult]:
    """Those of the results that have this status and are as they were seen; names what has changed in `outcome`."""
    same = []
    for row in rows:
        if has_changed(row, project, seen):
            outcome.refused.append(told_as_changed(row))
        elif row.status == status:
            same.append(row)
        else:
            outcome.gone += 1
    return same


def told_as_changed(row: TrainingResult) -> str:
    """A sentence on a result that is not as it was seen."""
    now = f"{amount_text(Decimal(row.hours))} 学时，{row.get_status_display()}"
    return f"{row.teacher}：您打开那一页以后有变化（现在是 {now}），请看过再办。"


def has_changed(result: TrainingResult, project: TrainingProject, seen: Versions) -> bool:
    """Returns true where a result is not of the version that was seen; false where nobody says what was."""
    known = seen.get(str(result.pk))
    return known is not None and known != version(project, result)


def versions_of(project: TrainingProject, results: Iterable[TrainingResult]) -> dict[str, str]:
    """The versions of these results, each together with the project whose conversion it takes."""
    return {str(row.pk): version(project, row) for row in results}


def record_outcome(project: TrainingProject, outcome: ReviewReport, by: User) -> None:
    """Writes the step into the project's history, once for all batches."""
    if outcome.done:
        record(project, f"{outcome.step}成绩", by, f"{outcome.done} 条。")


REVIEWED_FIELDS = ["status", "category", "form", "converted", "credits", "reviewed_by", "reviewed_at"]


def _save(rows: Sequence[TrainingResult], action: str, by: User, note: str = "") -> None:
    TrainingResult.objects.bulk_update(rows, REVIEWED_FIELDS)
    Event.objects.bulk_create(event(row, action, by, note) for row in rows)
    refresh(row.teacher_id for row in rows)


def locked_results(project: TrainingProject, ids: Collection[int]) -> list[TrainingResult]:
    """Those of the project's results, locked, with all that is asked when they are reviewed."""
    rows = project.results.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    whole = rows.select_related("teacher__school", "project__organizer").prefetch_related("teacher__postings__school")
    return list(whole.order_by("pk"))


def locked_project(project: TrainingProject) -> TrainingProject:
    """The project as it now is, locked, with its organizer."""
    return locked(TrainingProject.objects.select_related("organizer"), project.pk)


def batches(results: Iterable[int]) -> Iterable[list[int]]:
    """Results by key in the batches in which they are reviewed, always the same for the same results."""
    ordered = sorted(results)
    return (ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH))
