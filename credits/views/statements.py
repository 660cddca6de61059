"""The statements of real teachers: for those responsible, and for each teacher their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..forms import CreditCheck, edited, record_name, what_if_data
from ..ledger import of_teachers, on_top_of, rules_cycle, today
from ..models import StatementAccess, Teacher, TrainingCycle
from ..pending import pending_of
from ..presentation import StatementPage, names_of_records, plans_in_question
from ..rules.evaluate import evaluate, sums
from .common import (
    SAME_LOOK,
    asked_by_script,
    form_template,
    note_look,
    signed_in,
    staff_page,
    teacher_in_charge,
    user_of,
)

#: How long the looks of one person at one teacher, asked by the script, count as the one that came before.
WHILE_TYPING = timedelta(minutes=30)


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
    row = _own(request)
    return render(request, "credits/teacher.html", {"nav": "mine", "own": True, **_statement(request, row)})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a statement would be with further records, without saving any of them; a look like any other."""
    row = teacher_in_charge(request, public_id)
    # The answers that come while one types belong to the look that began with the page.
    note_look(request, row, StatementAccess.Kind.WHAT_IF, WHILE_TYPING if asked_by_script(request) else SAME_LOOK)
    back = reverse("credits:teacher", args=[public_id])
    return staff_page(request, form_template(request, "what_if.html"), "teachers", **_what_if(request, row), back=back)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def my_what_if(request: HttpRequest) -> HttpResponse:
    """The same on top of the signed-in teacher's own records."""
    row = _own(request)
    context = {"nav": "mine", "own": True, "back": reverse("credits:mine"), **_what_if(request, row)}
    return render(request, f"credits/{form_template(request, 'what_if.html')}", context)


def _own(request: HttpRequest) -> Teacher:
    return get_object_or_404(Teacher.objects.select_related("school__parent"), user=user_of(request))


def _what_if(request: HttpRequest, row: Teacher) -> dict[str, Any]:
    cycles = _cycles()
    if request.method == "POST":
        data = {name: str(value) for name, value in request.POST.items()}
        add, remove = data.get("add"), data.get("remove")
        form = CreditCheck(edited(data, add=add, remove=remove), judge=not (add or remove))
    else:
        form = CreditCheck(what_if_data(row, _cycle(request, cycles)), judge=True)
    form.teacher.fields["as_of"].help_text = "留空就核对到您填的最后一天。"
    context: dict[str, Any] = {"teacher": row, "form": form, "cycles": cycles, "action": request.path, "page": None}
    if form.judge and form.is_valid():
        typed = form.ledger()
        # Without a day of its own it is judged as of the last that was typed: these are plans.
        ledger = on_top_of(typed, row.pk, to_the_last=form.teacher.cleaned_data["as_of"] is None)
        names = names_of_records(ledger)
        names |= {f"+{record.id}": f"假设：{record_name(record.id)}" for record in typed.records}
        recorded = sums(of_teachers([row.pk], typed.cycle, today())[row.pk])
        page = StatementPage(evaluate(ledger), names.__getitem__, plans_in_question(ledger))
        context |= {"page": page, "recorded": recorded}
        context["added"] = len(typed.records)
    return context


def _cycles() -> list[TrainingCycle]:
    """The cycles that have begun, the newest first."""
    cycles = list(TrainingCycle.objects.filter(starts_on__lte=today()).order_by("-starts_on"))
    if not cycles:
        raise Http404
    return cycles


def _cycle(request: HttpRequest, cycles: list[TrainingCycle]) -> TrainingCycle:
    """The one that is asked for, else the one that holds today."""
    asked = request.GET.get("cycle", "")
    return next((one for one in cycles if one.code == asked), None) or cycles[0]


def _statement(request: HttpRequest, row: Teacher) -> dict[str, Any]:
    """A teacher's statement, computed afresh: today's, or of the cycle that is asked for."""
    cycles = _cycles()
    cycle = _cycle(request, cycles)
    # After the cycle, too, it is judged as of today: what could have closed the gap is not to be had any more.
    ledger = of_teachers([row.pk], rules_cycle(cycle), today())[row.pk]
    names = names_of_records(ledger)
    return {
        "teacher": row,
        "cycle": cycle,
        "cycles": cycles,
        "page": StatementPage(evaluate(ledger), names.__getitem__, plans_in_question(ledger)),
        "pending": pending_of(row, cycle),
        "postings": row.postings.select_related("school"),
    }
