"""Records of a teacher that do not count yet, and who has to decide on them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

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
from .one_teacher import awards_of, results_of

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


def _undecided_plans(teacher: int, begin: datetime.date, end: datetime.date) -> QuerySet[SchoolPlan]:
    undecided = SchoolPlan.objects.exclude(status=SchoolPlan.Status.APPROVED)
    plans = undecided.filter(activities__teacher=teacher, activities__completed_on__range=(begin, end))
    return plans.annotate(number=Count("activities")).select_related("school__parent").order_by("school_year")


_PLANS = Prepared(_undecided_plans, teacher=int, begin=datetime.date, end=datetime.date)


def pending_of(teacher: Teacher, cycle: TrainingCycle) -> list[Pending]:
    """Returns all records of `teacher` in the cycle that somebody has yet to decide on, in three queries at most."""
    return [
        *_results(teacher, cycle),
        *_awards(teacher, cycle),
        *_activities(teacher, cycle),
    ]


def _results(teacher: Teacher, cycle: TrainingCycle) -> Iterable[Pending]:
    for row in results_of(teacher.pk, cycle.starts_on, cycle.ends_on):
        if row.status == TrainingResult.Status.ENTERED:
            of_school = row.organizer_kind == Organization.Kind.SCHOOL
            reviewer = (row.above_organizer or NOBODY_ABOVE) if of_school else row.organizer
            yield Pending(f"{row.project}（培训成绩）", "等待审核", reviewer, row.entered_at)


def _awards(teacher: Teacher, cycle: TrainingCycle) -> Iterable[Pending]:
    """Yields one item for each degree or other offset that is not credited."""
    reviewer = _name(teacher.school.reviewing_body)
    for row in awards_of(teacher.pk, cycle.starts_on, cycle.ends_on):
        model = AWARDS[row.number]
        called = model(**{model.what: row.said}).called
        if row.status == Award.Status.RETURNED:
            state = f"被退回，要修改：{row.feedback.rstrip(STOP)}"
            yield Pending(called, state, teacher.school.name, row.entered_at)
        elif row.status != Award.Status.CREDITED:
            yield Pending(called, "等待认定学分", reviewer, row.entered_at)


def _activities(teacher: Teacher, cycle: TrainingCycle) -> Iterable[Pending]:
    """Yields one item for each plan that is not approved and that activities of the teacher stand under."""
    for plan in _PLANS.rows(teacher=teacher.pk, begin=cycle.starts_on, end=cycle.ends_on):
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
