"""The credit form with its statement, and the rules in force: for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from helpdesk.common.shared_pages import same_for_everybody

from ..forms.check import CreditCheck
from ..forms.example import example_data
from ..forms.sections import record_name
from ..forms.typed_rows import blank_data
from ..models import TrainingCycle
from ..rules.clauses import CLAUSES, TAG_EXPLANATIONS, TAG_LABELS
from ..rules.evaluate import evaluate
from ..statements.presentation import StatementPage, clause_views, conversion_views, number_views, position_views
from .common import form_template, posted_texts


@require_http_methods(["GET", "HEAD", "POST"])
@same_for_everybody(token=True)
def check(request: HttpRequest) -> HttpResponse:
    """Judges what was typed and shows it again with the statement; stores nothing."""
    form = _form_asked_for(request)
    judged = form.judge and form.is_valid() and form.settle()
    form.say_elsewhere()
    context = {
        "nav": "check",
        "action": request.path,
        "form": form,
        "page": _page(form) if judged else None,
        "cycles": form.cycles,
        "blank": request.method != "POST" and "example" not in request.GET,
    }
    return render(request, f"credits/{form_template(request, 'check.html')}", context)


def _page(form: CreditCheck) -> StatementPage:
    return StatementPage(evaluate(form.ledger()), record_name, as_typed=form.as_typed())


def _form_asked_for(request: HttpRequest) -> CreditCheck:
    """Returns the form as typed, as the example, or blank."""
    if request.method == "POST":
        return CreditCheck.typed(posted_texts(request))
    if "example" in request.GET:
        return CreditCheck(example_data(), judge=True)
    return CreditCheck(blank_data(), judge=False)


@require_safe
@same_for_everybody()
def rules(request: HttpRequest) -> HttpResponse:
    """Shows every number and clause in force, with its words, its entry and its tag."""
    tags = [(tag, label, TAG_EXPLANATIONS[tag]) for tag, label in TAG_LABELS.items()]
    cycles = TrainingCycle.objects.prefetch_related("rates")
    context = {
        "nav": "rules",
        "cycles": cycles,
        "numbers": number_views(cycles),
        "positions": position_views(cycles),
        "conversions": conversion_views(cycles),
        "clauses": clause_views(CLAUSES),
        "tags": tags,
    }
    return render(request, "credits/rules.html", context)
