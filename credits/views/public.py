"""The credit form with its statement, and the rules in force: for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from ..example import example_data
from ..forms import CreditCheck, blank_data, edited, record_name
from ..models import TrainingCycle
from ..presentation import StatementPage, clause_views, conversion_views, number_views
from ..rules.clauses import CLAUSES, TAG_EXPLANATIONS, TAG_LABELS
from ..rules.evaluate import evaluate
from .common import form_template


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
    context = {
        "nav": "check",
        "action": request.path,
        "form": form,
        "page": page,
        "cycles": TrainingCycle.objects.all(),
    }
    return render(request, f"credits/{form_template(request, 'check.html')}", context)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every number and clause in force, with its words, its entry and its tag."""
    tags = [(tag, TAG_LABELS[tag], TAG_EXPLANATIONS[tag]) for tag in TAG_LABELS]
    cycles = TrainingCycle.objects.prefetch_related("rates")
    context = {
        "nav": "rules",
        "cycles": cycles,
        "numbers": number_views(cycles),
        "conversions": conversion_views(cycles),
        "clauses": clause_views(CLAUSES),
        "tags": tags,
    }
    return render(request, "credits/rules.html", context)
