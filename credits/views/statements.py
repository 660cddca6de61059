"""The roster and the statements of real teachers: for those responsible, and for each teacher their own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..ledger import of_teachers, rules_cycle, today
from ..models import StatementAccess, Teacher, TrainingCycle
from ..presentation import StatementPage, names_of_records
from ..roster import Roster
from ..rules.evaluate import evaluate
from .common import for_staff, staff_page, teacher_in_charge, user_of

PER_PAGE = 50


@for_staff
@require_safe
def teachers(request: HttpRequest) -> HttpResponse:
    """The roster of those that the signed-in user is responsible for."""
    roster = Roster(user_of(request), request.GET)
    page = Paginator(roster.rows, PER_PAGE).get_page(request.GET.get("page"))
    narrowed = request.GET.copy()
    narrowed.pop("page", None)
    return staff_page(request, "teachers.html", "teachers", roster=roster, page=page, narrowed=narrowed.urlencode())


@never_cache
@login_required
@require_safe
def teacher(request: HttpRequest, public_id: str) -> HttpResponse:
    """One teacher's statement, for those responsible; each look is recorded. Others' teachers do not exist here."""
    user = user_of(request)
    row = teacher_in_charge(request, public_id)
    StatementAccess.objects.create(teacher=row, viewer=user, viewer_name=user.get_username())
    return staff_page(request, "teacher.html", "teachers", **_statement(request, row))


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The signed-in teacher's own statement."""
    row = get_object_or_404(Teacher.objects.select_related("school"), user=user_of(request))
    return render(request, "credits/teacher.html", {"nav": "mine", "own": True, **_statement(request, row)})


def _statement(request: HttpRequest, row: Teacher) -> dict[str, Any]:
    """A teacher's statement, computed afresh: today's, or of the cycle that is asked for."""
    day = today()
    cycles = list(TrainingCycle.objects.filter(starts_on__lte=day).order_by("-starts_on"))
    asked = request.GET.get("cycle", "")
    cycle = next((one for one in cycles if one.code == asked), None) or TrainingCycle.objects.holding(day)
    if cycle is None:
        raise Http404
    ledger = of_teachers([row.pk], rules_cycle(cycle), min(day, cycle.ends_on))[row.pk]
    names = names_of_records(ledger)
    return {
        "teacher": row,
        "cycle": cycle,
        "cycles": cycles,
        "page": StatementPage(evaluate(ledger), names.__getitem__),
        "postings": row.postings.select_related("school"),
    }
