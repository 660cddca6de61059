"""Results that follow former hours of their project: shown before they are brought along, as long work."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from helpdesk.common.decisions import Refusal, demand_seen, version

from ..models import StatementAccess, TrainingProject, TrainingResult
from ..steps.following import followers
from ..steps.looks import note_looks
from ..steps.projects import credits_for, has_changed
from ..steps.rights import reviews
from .common import for_staff, require_get_or_post, staff_page, take, user_of
from .projects import PER_PAGE, SECTION, visible_project
from .results import all_asked_for, begin_on_results, results_in_charge, ticked_results, versions_on_page


@dataclass(frozen=True)
class Shown:
    """A result as the page lists it, with its version; `offered` says whether this user may bring it along."""

    result: TrainingResult
    version: str
    offered: bool


@for_staff
@require_get_or_post
def hours(request: HttpRequest, code: str) -> HttpResponse:
    """Lists who has former hours of a project, from what to what; a POST brings the chosen results along."""
    project = visible_project(request, code)
    decides = reviews(user_of(request), project.organizer)
    found = followers(project, results_in_charge(request, project))
    offered = found if decides else found.filter(status=TrainingResult.Status.ENTERED)
    if request.method == "POST":
        return _bring_along(request, project, offered)
    page = Paginator(found.order_by("teacher__name_key", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    note_looks(request, {result.teacher_id for result in page}, StatementAccess.Kind.LIST)
    return staff_page(
        request,
        "follow_hours.html",
        SECTION,
        project=project,
        page=page,
        rows=[_shown(result, project, decides) for result in page],
        reviews=decides,
        offered=offered.count(),
        seen=version(project, *offered.order_by("pk")),
        worth=_worth(project),
    )


def _shown(result: TrainingResult, project: TrainingProject, decides: bool) -> Shown:
    entered = result.status == TrainingResult.Status.ENTERED
    return Shown(result, version(project, result), decides or entered)


def _worth(project: TrainingProject) -> Decimal | None:
    """Returns the credits that the project's hours make; None where they make none."""
    try:
        return credits_for(project)
    except Refusal:
        return None


def _bring_along(request: HttpRequest, project: TrainingProject, offered: QuerySet[TrainingResult]) -> HttpResponse:
    """Begins the work on the chosen results, and leads to it; back where nothing was chosen or all has changed."""
    here = reverse("credits:project-hours", args=[project.code])
    chosen = _chosen(request, project, offered.order_by("pk"))
    if not chosen:
        messages.error(request, "没有选中可以改的成绩。请先在成绩前面打勾，或者用“全部”。")
        return redirect(here)
    seen = request.POST.get("seen", "")
    if all_asked_for(request) and not take(request, lambda: demand_seen(seen, project, *chosen)):
        return redirect(here)
    back = reverse("credits:project", args=[project.code])
    return begin_on_results(request, "follow-hours", f"更正 {project}的成绩", project, chosen, back=back)


def _chosen(request: HttpRequest, project: TrainingProject, offered: QuerySet[TrainingResult]) -> list[TrainingResult]:
    """Returns all that are offered, or those that were ticked; one that has changed since too, so that it is named."""
    if all_asked_for(request):
        return list(offered)
    seen = versions_on_page(request)
    ticked = results_in_charge(request, project).filter(pk__in=ticked_results(request)).order_by("pk")
    still_offered = set(offered.values_list("pk", flat=True))
    return [result for result in ticked if result.pk in still_offered or has_changed(result, project, seen)]
