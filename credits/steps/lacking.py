"""Things that should be there by now and are not: plans of this school year, and reviews of what was entered."""

from __future__ import annotations

import datetime
from functools import cached_property

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from ..models import Organization, SchoolPlan, Teacher, TrainingProject, TrainingResult
from ..models.people import OrganizationQuerySet
from ..statements.calendar import school_year, today

#: A result that has waited so long for its review is named to those who wait and to those who decide.
LONG_WAIT = datetime.timedelta(days=30)
#: States of a plan that the school has done its part for.
FILED = (SchoolPlan.Status.FILED, SchoolPlan.Status.APPROVED)


class Lacking:
    """Plans and reviews that are overdue among what is in the charge of `user`."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def year(self) -> int:
        """The school year of today."""
        return school_year(today())

    @property
    def own_schools(self) -> OrganizationQuerySet:
        """The schools that the user works for, without any plan for this school year, not even a draft."""
        own = self._schools.filter(self._works_there)
        return own.exclude(Exists(self._plans_of_this_year))

    @property
    def schools_below(self) -> QuerySet[Organization]:
        """The schools below a body that the user works for, which have not filed the plan of this school year."""
        return self.schools.exclude(self._works_there)

    @property
    def schools(self) -> QuerySet[Organization]:
        """All schools in charge that have not filed this school year's plan; as `this_year` what there is of it."""
        filed = self._plans_of_this_year.filter(status__in=FILED)
        begun = SchoolPlan.objects.filter(school_year=self.year)
        lacking = self._schools.exclude(Exists(filed)).order_by("path")
        return lacking.prefetch_related(Prefetch("plans", begun, to_attr="this_year"))

    @property
    def reviews(self) -> QuerySet[TrainingProject]:
        """The projects in which results of teachers in charge wait too long: how many (`overdue`), `since` when."""
        late = Q(
            results__status=TrainingResult.Status.ENTERED,
            results__entered_at__lte=timezone.now() - LONG_WAIT,
            results__teacher__in=Teacher.objects.managed_by(self.user),
        )
        late_projects = TrainingProject.objects.filter(late).select_related("organizer__parent")
        counted = late_projects.annotate(overdue=Count("results"), since=Min("results__entered_at"))
        return counted.order_by("since", "code")

    @property
    def _schools(self) -> OrganizationQuerySet:
        return Organization.objects.visible_to(self.user).filter(kind=Organization.Kind.SCHOOL)

    @property
    def _works_there(self) -> Q:
        return Q(pk__in=Organization.objects.filter(memberships__user=self.user).values("pk"))

    @property
    def _plans_of_this_year(self) -> QuerySet[SchoolPlan]:
        return SchoolPlan.objects.filter(school=OuterRef("pk"), school_year=self.year).order_by()
