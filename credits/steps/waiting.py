"""Work that waits for a member of staff: decisions of a reviewer, plans and awards that a school has to mend."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet

from ..models import (
    Award,
    CorrectionRequest,
    Organization,
    SafetyNetPlan,
    SchoolPlan,
    Teacher,
    TrainingProject,
    TrainingResult,
)

#: States of a school's plan in which it is the school's turn.
WITH_THE_SCHOOL = [SchoolPlan.Status.DRAFT, SchoolPlan.Status.RETURNED]


class Work:
    """Rows that wait for `user`: to be decided on as a reviewer, to be written or mended as staff of a school."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.reviewed = Organization.objects.reviewed_by(user)
        self.projects = self._projects()
        self.plans = SchoolPlan.objects.filter(
            self._decides_above("school"), status=SchoolPlan.Status.FILED
        ).select_related("school")
        self.safety_net = SafetyNetPlan.objects.filter(
            self._decides_above("organization"), status=SafetyNetPlan.Status.FILED
        ).select_related("organization")
        # Only schools the user works for: a county's staff find the drafts of its schools in the lists.
        schools = Organization.objects.filter(memberships__user=user, kind=Organization.Kind.SCHOOL)
        self.own_plans = SchoolPlan.objects.filter(school__in=schools, status__in=WITH_THE_SCHOOL).select_related(
            "school"
        )
        self.own_schools = schools
        self.corrections = (
            CorrectionRequest.objects.decided_by(user)
            .open()
            .select_related("teacher__school")
            .order_by("filed_at", "pk")
        )

    def to_credit(self, model: type[Award]) -> QuerySet[Any]:
        """Returns the awards of a kind that the user is to credit."""
        of_others = self._decides_above("teacher__school")
        entered = model._default_manager.filter(of_others, status=Award.Status.ENTERED)
        return entered.select_related("teacher__school")

    def returned(self, model: type[Award]) -> QuerySet[Any]:
        """Returns the awards of a kind that the user's own schools have to mend."""
        own = model._default_manager.filter(teacher__school__in=self.own_schools, status=Award.Status.RETURNED)
        return own.select_related("teacher__school")

    def _projects(self) -> QuerySet[TrainingProject]:
        """Returns the projects with results to review, each with the number of these as `entered`."""
        organized_by_school = Q(organizer__kind=Organization.Kind.SCHOOL)
        of_own_bodies = ~organized_by_school & Q(organizer__in=self.reviewed)
        of_schools_below = organized_by_school & self._decides_above("organizer")
        in_charge = Teacher.objects.managed_by(self.user)
        entered = Q(results__status=TrainingResult.Status.ENTERED, results__teacher__in=in_charge)
        projects = TrainingProject.objects.filter(of_own_bodies | of_schools_below)
        counted = projects.annotate(entered=Count("results", filter=entered))
        return counted.filter(entered__gt=0).order_by("ends_on", "code")

    def _decides_above(self, organization: str) -> Q:
        """Returns the condition that the user reviews for the body above `organization`, a lookup path.

        Where there is no body above, superusers decide.
        """
        above = Q(**{f"{organization}__parent__in": self.reviewed})
        if not self.user.is_superuser:
            return above
        return above | Q(**{f"{organization}__parent": None})
