"""Records of a teacher that do not count yet, and who has to decide on them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Value

from helpdesk.common.prepared import Prepared

from ..models import (
    AWARDS,
    Award,
    Organization,
    SchoolPlan,
    Teacher,
    TrainingCycle,
    TrainingResult,
)

NOBODY_ABOVE = "系统管理员"
STOP = "。.！! "  # cut off the end of a remark: the sentence around it has a full stop of its own


@dataclass(frozen=True)
class Pending:
    """A record of a teacher that counts once `whom` has acted; it is in `state` since `since`, where that is known."""

    what: str
    state: str
    whom: str
    since: datetime.datetime | None

    @property
    def for_review(self) -> bool:
        """True where the body above has it to review, false where the school has to file or mend it."""
        return "等待" in self.state


# --- the three queries, each of one teacher's records from one day to another --------------------------------------


def _entered_results(teacher: int, begin: datetime.date, end: datetime.date) -> QuerySet[TrainingResult]:
    own = TrainingResult.objects.filter(teacher=teacher, project__ends_on__range=(begin, end))
    return own.filter(status=TrainingResult.Status.ENTERED).select_related("project__organizer__parent")


def _uncredited_awards(teacher: int, begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
    first, *others = (_awards_of_kind(number, teacher, begin, end) for number in range(len(AWARDS)))
    return first.union(*others, all=True).order_by("number", "awarded_on", "pk")


def _awards_of_kind(number: int, teacher: int, begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
    """Returns the awards of the kind at that place of `AWARDS` that are not credited, in columns that all have."""
    model = AWARDS[number]
    own = model._default_manager.filter(teacher=teacher, awarded_on__range=(begin, end))
    waiting = own.exclude(status=Award.Status.CREDITED).order_by()
    said = waiting.annotate(number=Value(number), said=F(model.what))
    return said.values_list("number", "awarded_on", "pk", "said", "status", "feedback", "entered_at")


def _undecided_plans(teacher: int, begin: datetime.date, end: datetime.date) -> QuerySet[SchoolPlan]:
    undecided = SchoolPlan.objects.exclude(status=SchoolPlan.Status.APPROVED)
    plans = undecided.filter(activities__teacher=teacher, activities__completed_on__range=(begin, end))
    return plans.annotate(number=Count("activities")).select_related("school__parent").order_by("school_year")


_VALUES: dict[str, type] = {"teacher": int, "begin": datetime.date, "end": datetime.date}
_ENTERED = Prepared(_entered_results, **_VALUES)
_AWARDS = Prepared(_uncredited_awards, **_VALUES)
_PLANS = Prepared(_undecided_plans, **_VALUES)


def _asked(teacher: Teacher, cycle: TrainingCycle) -> dict[str, Any]:
    return {"teacher": teacher.pk, "begin": cycle.starts_on, "end": cycle.ends_on}


# --- the list ------------------------------------------------------------------------------------------------------


def pending_of(teacher: Teacher, cycle: TrainingCycle) -> list[Pending]:
    """Returns all records of `teacher` in the cycle that somebody has yet to decide on, in three queries."""
    return [
        *_results(teacher, cycle),
        *_awards(teacher, cycle),
        *_activities(teacher, cycle),
    ]


def _results(teacher: Teacher, cycle: TrainingCycle) -> Iterable[Pending]:
    for result in _ENTERED.rows(**_asked(teacher, cycle)):
        reviewer = _name(result.project.organizer.reviewing_body)
        yield Pending(f"{result.project}（培训成绩）", "等待审核", reviewer, result.entered_at)


def _awards(teacher: Teacher, cycle: TrainingCycle) -> Iterable[Pending]:
    """Yields one item for each degree or other offset that is not credited, of all kinds in one query."""
    reviewer = _name(teacher.school.reviewing_body)
    for number, _, _, what, status, feedback, entered_at in _AWARDS.rows(**_asked(teacher, cycle)):
        model = AWARDS[number]
        called = model(**{model.what: what}).called
        if status == Award.Status.RETURNED:
            state = f"被退回，要修改：{feedback.rstrip(STOP)}"
            yield Pending(called, state, teacher.school.name, entered_at)
        else:
            yield Pending(called, "等待认定学分", reviewer, entered_at)


def _activities(teacher: Teacher, cycle: TrainingCycle) -> Iterable[Pending]:
    """Yields one item for each plan that is not approved and that activities of the teacher stand under."""
    for plan in _PLANS.rows(**_asked(teacher, cycle)):
        what = f"{plan}里的 {plan.number} 项活动"
        if plan.status == SchoolPlan.Status.FILED:
            reviewer = _name(plan.school.reviewing_body)
            yield Pending(what, "方案已上报，等待审核", reviewer, plan.filed_at)
        elif plan.status == SchoolPlan.Status.RETURNED:
            state = f"方案被退回，要修改：{plan.feedback.rstrip(STOP)}"
            yield Pending(what, state, plan.school.name, plan.reviewed_at)
        else:
            yield Pending(what, "方案还没有上报", plan.school.name, plan.reviewed_at)


def _name(body: Organization | None) -> str:
    return body.name if body else NOBODY_ABOVE
