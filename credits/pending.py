"""What is still under way for a teacher, and with whom; and what waits for a member of staff to decide."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Q

from .models import (
    DegreeAward,
    Organization,
    SafetyNetPlan,
    SchoolPlan,
    Teacher,
    TrainingCycle,
    TrainingProject,
    TrainingResult,
)

NOBODY_ABOVE = "系统管理员"
STOP = "。.！! "  # the sentence around a remark ends by itself


@dataclass(frozen=True)
class Pending:
    """Something of a teacher's that counts only when `whom` has done what `state` says; `since` where it is known."""

    what: str
    state: str
    whom: str
    since: datetime.datetime | None


def pending_of(teacher: Teacher, cycle: TrainingCycle) -> list[Pending]:
    """Everything recorded of `teacher` in the cycle that somebody has yet to decide, in three queries."""
    within = (cycle.starts_on, cycle.ends_on)
    results = teacher.results.filter(status=TrainingResult.Status.ENTERED, project__ends_on__range=within)
    items = [
        Pending(
            f"{result.project}（培训成绩）",
            "等待审核",
            _name(result.project.organizer.reviewing_body),
            result.entered_at,
        )
        for result in results.select_related("project__organizer__parent")
    ]
    above = _name(teacher.school.reviewing_body)
    degrees = teacher.degrees.exclude(status=DegreeAward.Status.CREDITED).filter(awarded_on__range=within)
    for degree in degrees:
        what = f"{degree.get_level_display()}学历"
        if degree.status == DegreeAward.Status.RETURNED:
            state = f"被退回，要修改：{degree.feedback.rstrip(STOP)}"
            items.append(Pending(what, state, teacher.school.name, degree.entered_at))
        else:
            items.append(Pending(what, "等待认定学分", above, degree.entered_at))
    undecided = SchoolPlan.objects.exclude(status=SchoolPlan.Status.APPROVED)
    plans = undecided.filter(activities__teacher=teacher, activities__completed_on__range=within)
    for plan in plans.annotate(number=Count("activities")).select_related("school__parent").order_by("school_year"):
        what = f"{plan}里的 {plan.number} 项活动"
        if plan.status == SchoolPlan.Status.FILED:
            items.append(Pending(what, "方案已上报，等待审核", _name(plan.school.reviewing_body), plan.filed_at))
        else:
            returned = plan.status == SchoolPlan.Status.RETURNED
            state = f"方案被退回，要修改：{plan.feedback.rstrip(STOP)}" if returned else "方案还没有上报"
            items.append(Pending(what, state, plan.school.name, plan.reviewed_at))
    return items


def _name(body: Organization | None) -> str:
    return body.name if body else NOBODY_ABOVE


class Work:
    """What waits for `user`: to be decided as a reviewer, to be written or mended as staff."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.reviewed = Organization.objects.reviewed_by(user)
        in_charge = Teacher.objects.managed_by(user)
        waiting = Q(results__status=TrainingResult.Status.ENTERED, results__teacher__in=in_charge)
        own_body = ~Q(organizer__kind=Organization.Kind.SCHOOL) & Q(organizer__in=self.reviewed)
        of_schools = Q(organizer__kind=Organization.Kind.SCHOOL) & self._decides_above("organizer")
        self.projects = (
            TrainingProject.objects.filter(own_body | of_schools)
            .annotate(entered=Count("results", filter=waiting))
            .filter(entered__gt=0)
            .order_by("ends_on", "code")
        )
        self.plans = SchoolPlan.objects.filter(
            self._decides_above("school"), status=SchoolPlan.Status.FILED
        ).select_related("school")
        self.degrees = DegreeAward.objects.filter(
            self._decides_above("teacher__school"), status=DegreeAward.Status.ENTERED
        ).select_related("teacher__school")
        self.safety_net = SafetyNetPlan.objects.filter(
            self._decides_above("organization"), status=SafetyNetPlan.Status.FILED
        ).select_related("organization")
        to_mend = [SchoolPlan.Status.DRAFT, SchoolPlan.Status.RETURNED]
        # A county's staff see its schools' drafts in the lists; here stands what is their own to do.
        schools = Organization.objects.filter(memberships__user=user, kind=Organization.Kind.SCHOOL)
        self.own_plans = SchoolPlan.objects.filter(school__in=schools, status__in=to_mend).select_related("school")
        self.own_degrees = DegreeAward.objects.filter(
            teacher__school__in=schools, status=DegreeAward.Status.RETURNED
        ).select_related("teacher__school")

    def _decides_above(self, organization: str) -> Q:
        """That the user reviews for the body above `organization`; where there is none, superusers do."""
        above = Q(**{f"{organization}__parent__in": self.reviewed})
        return above | Q(**{f"{organization}__parent": None}) if self.user.is_superuser else above
