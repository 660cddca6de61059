"""The results and awards of one teacher in one cycle: each table is asked once for what counts and for what waits."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Value

from helpdesk.common.once import once
from helpdesk.common.prepared import Prepared

from ..models import AWARDS, TrainingResult


class ResultRow(NamedTuple):
    """A result with its project; `organizer` has a kind, a name and the name of the body above it, None at the top."""

    pk: int
    status: str
    category: str
    credits: Decimal | None
    converted: bool | None
    entered_at: datetime.datetime
    code: str
    project: str
    ends_on: datetime.date
    organizer_kind: str
    organizer: str
    above_organizer: str | None


class AwardRow(NamedTuple):
    """A degree or another offset; `number` is the place of its kind in `AWARDS`, `said` what its own column says."""

    number: int
    awarded_on: datetime.date
    pk: int
    said: str
    status: str
    feedback: str
    entered_at: datetime.datetime
    credits: Decimal | None


def _results(teacher: int, begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
    own = TrainingResult.objects.filter(teacher=teacher, project__ends_on__range=(begin, end))
    columns = ("pk", "status", "category", "credits", "converted", "entered_at")
    project = ("project__code", "project__name", "project__ends_on")
    organizer = ("project__organizer__kind", "project__organizer__name", "project__organizer__parent__name")
    return own.values_list(*columns, *project, *organizer)


def _awards(teacher: int, begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
    first, *others = (_awards_of_kind(number, teacher, begin, end) for number in range(len(AWARDS)))
    return first.union(*others, all=True).order_by("number", "awarded_on", "pk")


def _awards_of_kind(number: int, teacher: int, begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
    """Returns the awards of the kind at that place of `AWARDS`, in columns that all have."""
    model = AWARDS[number]
    own = model._default_manager.filter(teacher=teacher, awarded_on__range=(begin, end)).order_by()
    said = own.annotate(number=Value(number), said=F(model.what))
    return said.values_list("number", "awarded_on", "pk", "said", "status", "feedback", "entered_at", "credits")


_VALUES: dict[str, type] = {"teacher": int, "begin": datetime.date, "end": datetime.date}
_RESULTS, _AWARDS = Prepared(_results, **_VALUES), Prepared(_awards, **_VALUES)


def results_of(teacher: int, begin: datetime.date, end: datetime.date) -> list[ResultRow]:
    """Returns the results of the teacher with this key whose projects ended from one day to another, in any status."""

    def ask() -> list[ResultRow]:
        return [ResultRow(*row) for row in _RESULTS.rows(teacher=teacher, begin=begin, end=end)]

    return once(("results", teacher, begin, end), ask)


def awards_of(teacher: int, begin: datetime.date, end: datetime.date) -> list[AwardRow]:
    """Returns the teacher's awards from one day to another, in any status: by kind, the earliest first."""

    def ask() -> list[AwardRow]:
        return [AwardRow(*row) for row in _AWARDS.rows(teacher=teacher, begin=begin, end=end)]

    return once(("awards", teacher, begin, end), ask)
