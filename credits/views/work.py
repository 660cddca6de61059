"""What waits for whoever is signed in, and a teacher's records as they were entered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..models import Event, StatementAccess, TrainingResult
from ..pending import Work
from .common import for_staff, note_look, staff_page, teacher_in_charge, user_of

MOST = 20


@for_staff
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """What to decide, and what came back to be mended: the first of each, with how many there are."""
    waiting = Work(user_of(request))
    lists = {
        "projects": waiting.projects,
        "plans": waiting.plans,
        "degrees": waiting.degrees,
        "safety_net": waiting.safety_net,
        "own_plans": waiting.own_plans,
        "own_degrees": waiting.own_degrees,
    }
    shown = {name: (rows[:MOST], rows.count()) for name, rows in lists.items()}
    anything = any(number for _, number in shown.values())
    return staff_page(request, "work.html", "work", anything=anything, **shown)


@for_staff
@require_safe
def records(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything that was entered of a teacher, in every cycle, with what can be done about it; a look is recorded."""
    teacher = teacher_in_charge(request, public_id)
    note_look(request, teacher, StatementAccess.Kind.RECORDS)
    return staff_page(
        request,
        "records.html",
        "teachers",
        teacher=teacher,
        results=teacher.results.select_related("project__organizer").order_by("project__ends_on", "pk"),
        activities=teacher.activities.select_related("plan__school"),
        degrees=teacher.degrees.all(),
        entered=TrainingResult.Status.ENTERED,
        events=Event.objects.filter(teacher=teacher)[:50],
    )
