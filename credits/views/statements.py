"""The statements of real teachers: for those responsible, and for each teacher their own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..forms.check import CreditCheck
from ..forms.sections import record_name
from ..forms.typed_rows import what_if_data
from ..models import StatementAccess, Teacher, TrainingCycle
from ..models.cycles import begun_cycles
from ..models.people import postings_of, teacher_with
from ..rules.evaluate import evaluate, sums
from ..rules.types import Ledger
from ..statements.as_typed import AsTyped
from ..statements.calendar import rules_cycle, today
from ..statements.from_rows import of_teacher, of_teachers, on_top_of
from ..statements.one_teacher import results_of
from ..statements.pending import pending_of
from ..statements.presentation import StatementPage, names_of_records, plans_in_question
from .common import (
    form_template,
    posted_texts,
    require_get_or_post,
    signed_in,
    staff_page,
    statement_address,
    teacher_in_charge,
    user_of,
)

SECTION = "teachers"


# --- the statement -------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def teacher(request: HttpRequest, public_id: str) -> HttpResponse:
    """One teacher's statement, for those responsible; the look is recorded."""
    shown = teacher_in_charge(request, public_id, StatementAccess.Kind.STATEMENT)
    return staff_page(request, "teacher.html", SECTION, **_statement(request, shown))


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The signed-in teacher's own statement."""
    context = {"nav": "mine", "own": True} | _statement(request, _own_row(request))
    return render(request, "credits/teacher.html", context)


def _statement(request: HttpRequest, teacher: Teacher) -> dict[str, Any]:
    """Returns a teacher's statement, computed afresh: of today's cycle, or of the one that is asked for."""
    cycles = _begun_cycles()
    cycle = cycle_asked_for(request, cycles)
    # After the cycle, too, it is judged as of today: what could have closed the gap is not to be had any more.
    ledger = of_teacher(teacher, rules_cycle(cycle), today())
    results = results_of(teacher.pk, cycle.starts_on, cycle.ends_on)
    names = names_of_records(ledger, {row.code: row.project for row in results})
    return {
        "teacher": teacher,
        "cycle": cycle,
        "cycles": cycles,
        "page": _page(ledger, names),
        "pending": pending_of(teacher, cycle),
        "postings": postings_of(teacher),
    }


def _page(ledger: Ledger, names: dict[str, str], as_typed: AsTyped | None = None) -> StatementPage:
    return StatementPage(evaluate(ledger), names.__getitem__, plans_in_question(ledger), as_typed)


# --- with further records ------------------------------------------------------------------------------------


@signed_in
@require_get_or_post
def what_if(request: HttpRequest, public_id: str) -> HttpResponse:
    """A statement as further records would make it, saving none of them; the look is recorded."""
    shown = teacher_in_charge(request, public_id, StatementAccess.Kind.WHAT_IF)
    template = form_template(request, "what_if.html")
    return staff_page(request, template, SECTION, **_what_if(request, shown), back=statement_address(shown))


@signed_in
@require_get_or_post
def my_what_if(request: HttpRequest) -> HttpResponse:
    """The signed-in teacher's own statement as further records would make it."""
    context = {"nav": "mine", "own": True, "back": reverse("credits:mine")}
    context |= _what_if(request, _own_row(request))
    return render(request, f"credits/{form_template(request, 'what_if.html')}", context)


def _what_if(request: HttpRequest, teacher: Teacher) -> dict[str, Any]:
    """Returns the form for further records, and where it is valid the statement with them."""
    cycles = _begun_cycles()
    if request.method == "POST":
        form = CreditCheck.typed(posted_texts(request))
    else:
        cycle = cycle_asked_for(request, cycles)
        form = CreditCheck(what_if_data(teacher, cycle), judge=True)
    form.teacher.fields["as_of"].help_text = "不填则算到您填的最后一天。"
    form.say_elsewhere()
    context = {"teacher": teacher, "form": form, "cycles": cycles, "action": request.path, "page": None}
    return context | _judged(form, teacher) if form.judge and form.is_valid() else context


def _judged(form: CreditCheck, teacher: Teacher) -> dict[str, Any]:
    """Returns the statement with the typed records, how many these are, and the sums without them.

    Nothing where the answer depends on a field left open, which then says so.
    """
    cycle = rules_cycle(form.teacher.cleaned_data["cycle"])
    recorded = of_teachers([teacher.pk], cycle, today())[teacher.pk]
    # Without a day of its own it is judged as of the last that was typed: these are plans.
    to_the_last = form.teacher.cleaned_data["as_of"] is None

    def complete(typed: Ledger) -> Ledger:
        return on_top_of(typed, recorded, to_the_last=to_the_last)

    if not form.settle(complete, recorded.records):
        return {}
    typed = form.ledger()
    ledger = complete(typed)
    names = names_of_records(ledger)
    for record in typed.records:
        names[f"+{record.id}"] = f"假设：{record_name(record.id)}"
    return {"page": _page(ledger, names, form.as_typed()), "recorded": sums(recorded), "added": len(typed.records)}


# --- whose, and which cycle ----------------------------------------------------------------------------------


def _own_row(request: HttpRequest) -> Teacher:
    """Returns the signed-in teacher. Raises Http404 for an account that is no teacher's."""
    teacher = teacher_with(user_of(request))
    if teacher is None:
        raise Http404
    return teacher


def _begun_cycles() -> list[TrainingCycle]:
    """Returns the cycles that have begun, the newest first. Raises Http404 where there is none."""
    cycles = begun_cycles(today())
    if not cycles:
        raise Http404
    return cycles


def cycle_asked_for(request: HttpRequest, cycles: list[TrainingCycle] | None = None) -> TrainingCycle:
    """Returns the cycle that the query names, else the newest, of those that have begun."""
    cycles = cycles or _begun_cycles()
    code = request.GET.get("cycle", "")
    named = [cycle for cycle in cycles if cycle.code == code]
    return named[0] if named else cycles[0]
