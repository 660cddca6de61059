"""Reviewing the results of a project, or taking their review back, as long work (credits-01)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from helpdesk.common.decisions import demand_seen

from ..models import Teacher, TrainingProject, TrainingResult
from ..steps.projects import has_changed, versions_of
from ..steps.rights import demand, reviews
from .common import take, user_of
from .jobs import begin

LONGEST_VERSION = 20
#: Longest text of a primary key that every database can look up.
LONGEST_KEY = 18


def results_in_charge(request: HttpRequest, project: TrainingProject) -> QuerySet[TrainingResult]:
    """Returns the results of the teachers in charge: other schools' teachers do not exist here."""
    in_charge = Teacher.objects.managed_by(user_of(request))
    return project.results.filter(teacher__in=in_charge).select_related("teacher__school", "project__organizer")


def status_asked_for(data: QueryDict) -> str:
    """Returns the status that a query or form names, empty for every other word."""
    status = data.get("status", "")
    return status if status in TrainingResult.Status.values else ""


def review_results(request: HttpRequest, project: TrainingProject, *, undo: bool) -> HttpResponse:
    """Begins the review of the chosen results, or with `undo` takes it back, and leads to the work or back."""
    user = user_of(request)
    demand(reviews(user, project.organizer))
    here = _filtered_page(request, project)
    chosen = _chosen(request, project, undo)
    if not chosen:
        what = "已审核" if undo else "待审核"
        messages.error(request, f"没有选中{what}的成绩。请先在成绩前面打勾，或者用“全部”。")
        return redirect(here)
    seen = request.POST.get("seen", "")
    if all_asked_for(request) and not take(request, lambda: demand_seen(seen, project, *chosen)):
        return redirect(here)
    kind, word = ("unreview", "取消审核") if undo else ("review", "审核")
    return begin_on_results(request, kind, f"{word} {project}的成绩", project, chosen, back=here)


def begin_on_results(
    request: HttpRequest, kind: str, title: str, project: TrainingProject, chosen: list[TrainingResult], *, back: str
) -> HttpResponse:
    """Begins long work of that kind on the chosen results of a project, on the versions that the page showed."""
    ids = [result.pk for result in chosen]
    versions = versions_of(project, chosen) | versions_on_page(request)
    # One key for all these steps: of a review and its taking back, the one that ends last would decide.
    key = f"project:{project.pk}:results"
    subject = {"project": project.pk, "results": ids, "seen": versions}
    return begin(request, kind, title, key=key, back=back, total=len(ids), **subject)


def _chosen(request: HttpRequest, project: TrainingProject, undo: bool) -> list[TrainingResult]:
    """Returns the results in charge that the step can be taken on, all of them or those that were ticked.

    A ticked one that has changed since is among them, so that the step names it.
    """
    status = TrainingResult.Status.REVIEWED if undo else TrainingResult.Status.ENTERED
    results = results_in_charge(request, project).order_by("pk")
    if all_asked_for(request):
        return list(results.filter(status=status))
    ticked = results.filter(pk__in=ticked_results(request))
    seen = versions_on_page(request)
    return [result for result in ticked if result.status == status or has_changed(result, project, seen)]


def all_asked_for(request: HttpRequest) -> bool:
    """Returns true where all results were asked for by one button."""
    return request.POST.get("all") == "1"


def ticked_results(request: HttpRequest) -> list[int]:
    """Returns the keys of the ticked results."""
    keys = [box.partition(":")[0] for box in request.POST.getlist("result")]
    return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY]


def versions_on_page(request: HttpRequest) -> dict[str, str]:
    """Returns the versions of the ticked results as the page showed them; each box names its own behind the key."""
    boxes = [box.partition(":") for box in request.POST.getlist("result")]
    return {key: seen[:LONGEST_VERSION] for key, _, seen in boxes if seen}


def _filtered_page(request: HttpRequest, project: TrainingProject) -> str:
    """Returns the address of the project's page under the filter that the form was sent from."""
    here = reverse("credits:project", args=[project.code])
    status = status_asked_for(request.POST)
    return f"{here}?status={status}" if status else here
