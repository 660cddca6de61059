"""The work that waits for the signed-in member of staff, and a teacher's records as they were entered."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..models import Event, StatementAccess, TrainingResult
from ..steps.lacking import LONG_WAIT, Lacking
from ..steps.looks import note_looks
from ..steps.waiting import Work
from .awards import KINDS
from .common import for_staff, staff_page, teacher_in_charge, user_of
from .histories import told

#: Rows shown of each kind of work.
MOST = 20
SHOWN_EVENTS = 50


@for_staff
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Decisions to take, filings to be mended, and what is overdue: the first of each kind, with their number."""
    waiting, lacking = Work(user_of(request)), Lacking(user_of(request))
    lists = {
        "projects": waiting.projects,
        "plans": waiting.plans,
        "safety_net": waiting.safety_net,
        "own_plans": waiting.own_plans,
        "unplanned": lacking.own_schools,
        "unfiled": lacking.schools_below,
        "overdue": lacking.reviews,
        "corrections": waiting.corrections,
    }
    shown = {name: _first(rows) for name, rows in lists.items()}
    to_credit = [(kind, *_first(waiting.to_credit(kind.model))) for kind in KINDS]
    returned = [(kind, *_first(waiting.returned(kind.model))) for kind in KINDS]
    listed = [row for _, rows, _ in [*to_credit, *returned] for row in rows] + shown["corrections"][0]
    note_looks(request, {row.teacher_id for row in listed}, StatementAccess.Kind.LIST)
    anything = bool(listed) or any(number for _, number in shown.values())
    times = {"year": lacking.year, "days": LONG_WAIT.days}
    awards = {"to_credit": to_credit, "returned": returned}
    return staff_page(request, "work.html", "work", anything=anything, **times, **shown, **awards)


def _first(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """Returns the first rows, and how many there are in all."""
    return list(rows[:MOST]), rows.count()


@for_staff
@require_safe
def records(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything that was entered of a teacher, in every cycle, with its buttons; the look is recorded."""
    teacher = teacher_in_charge(request, public_id, StatementAccess.Kind.RECORDS)
    return staff_page(
        request,
        "records.html",
        "teachers",
        teacher=teacher,
        results=teacher.results.select_related("project__organizer").order_by("project__ends_on", "pk"),
        activities=teacher.activities.select_related("plan__school"),
        awards=[(kind, kind.of(teacher)) for kind in KINDS],
        entered=TrainingResult.Status.ENTERED,
        events=told(Event.objects.filter(teacher=teacher)[:SHOWN_EVENTS], user_of(request)),
    )
