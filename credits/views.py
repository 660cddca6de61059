"""The credit form with its statement, the rules in force; the roster and the statements of real teachers."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .example import example_data
from .forms import CreditCheck, blank_data, edited, record_name
from .ledger import of_teachers, rules_cycle, today
from .models import Membership, StatementAccess, Teacher, TrainingCycle
from .presentation import StatementPage, clause_views, names_of_records, number_views
from .roster import Roster
from .rules.clauses import CLAUSES, TAG_EXPLANATIONS, TAG_LABELS
from .rules.evaluate import evaluate


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A what-if: judges what was typed and shows it again with the statement; stores nothing."""
    page = None
    if request.method == "POST":
        data = {name: str(value) for name, value in request.POST.items()}
        add, remove = data.get("add"), data.get("remove")
        form = CreditCheck(edited(data, add=add, remove=remove), judge=not (add or remove))
    elif "example" in request.GET:
        form = CreditCheck(example_data(), judge=True)
    else:
        form = CreditCheck(blank_data(), judge=False)
    if form.judge and form.is_valid():
        page = StatementPage(evaluate(form.ledger()), record_name)
    context = {"nav": "check", "form": form, "page": page, "cycles": TrainingCycle.objects.all()}
    return render(request, "credits/check.html", context)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every number and clause in force, with its words, its entry and its tag."""
    tags = [(tag, TAG_LABELS[tag], TAG_EXPLANATIONS[tag]) for tag in TAG_LABELS]
    cycles = TrainingCycle.objects.all()
    context = {
        "nav": "rules",
        "cycles": cycles,
        "numbers": number_views(cycles),
        "clauses": clause_views(CLAUSES),
        "tags": tags,
    }
    return render(request, "credits/rules.html", context)


PER_PAGE = 50


@never_cache
@login_required
@require_safe
def teachers(request: HttpRequest) -> HttpResponse:
    """The roster of those that the signed-in user is responsible for."""
    user = cast("User", request.user)
    if not user.is_superuser and not Membership.objects.filter(user=user).exists():
        raise PermissionDenied
    roster = Roster(user, request.GET)
    page = Paginator(roster.rows, PER_PAGE).get_page(request.GET.get("page"))
    narrowed = request.GET.copy()
    narrowed.pop("page", None)
    context = {"nav": "teachers", "roster": roster, "page": page, "narrowed": narrowed.urlencode()}
    return render(request, "credits/teachers.html", context)


@never_cache
@login_required
@require_safe
def teacher(request: HttpRequest, public_id: str) -> HttpResponse:
    """One teacher's statement, for those responsible; each look is recorded. Others' teachers do not exist here."""
    user = cast("User", request.user)
    in_charge = Teacher.objects.managed_by(user).select_related("school")
    row = in_charge.filter(public_id=public_id).first() if "\x00" not in public_id else None
    if row is None:
        raise Http404
    StatementAccess.objects.create(teacher=row, viewer=user, viewer_name=user.get_username())
    return render(request, "credits/teacher.html", {"nav": "teachers", **_statement(request, row)})


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The signed-in teacher's own statement."""
    row = get_object_or_404(Teacher.objects.select_related("school"), user=cast("User", request.user))
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
