"""The page of the 2021 project: does a teacher pass, what are their points. For everybody; nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from helpdesk.common.shared_pages import same_for_everybody

from ..forms.upgrade import UpgradeForm
from ..statements.presentation import clause_views
from ..statements.upgrade_page import PointsView, check_view, document, points_view
from ..upgrade.activity import activity, activity_text
from ..upgrade.check import check_pass
from ..upgrade.clauses import UPGRADE_CLAUSES
from ..upgrade.points import count_points
from .common import posted_texts


@require_http_methods(["GET", "HEAD", "POST"])
@same_for_everybody(token=True)
def check(request: HttpRequest) -> HttpResponse:
    """Judges each part that is filled in, and shows everything again as it was typed."""
    form = UpgradeForm(posted_texts(request))
    context = {
        "form": form,
        "document": document(),
        "clauses": clause_views(UPGRADE_CLAUSES),
        **_answers(form),
    }
    return render(request, "credits/upgrade.html", context)


def _answers(form: UpgradeForm) -> dict[str, Any]:
    """Returns the answer to each part, None where it is not filled in or wrong."""
    return {
        "passing": check_view(check_pass(form.progress)) if form.progress else None,
        "points": _points(form),
        "county": activity_text(activity(*form.sums)) if form.sums else "",
    }


def _points(form: UpgradeForm) -> PointsView | None:
    given = form.given
    if given is None or form.too_many:
        return None
    points = count_points(given.year, given.as_of, given.deeds)
    listed = [row.amount for row in given.pasted.rows]
    return points_view(given.year, given.as_of, points, listed, given.pasted.problems)
