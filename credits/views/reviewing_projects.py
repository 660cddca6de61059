"""Several projects reviewed in one go: ticked in the list of projects, reviewed as one piece of long work."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from helpdesk.common.decisions import Refusal, demand_seen, version

from ..models import Organization, Teacher, TrainingProject, TrainingResult
from ..steps.projects import versions_of
from ..steps.rights import demand, reviews
from .common import user_of
from .jobs import begin
from .results import LONGEST_KEY, LONGEST_VERSION

MOST_PROJECTS = 50
#: Value of a ticked box: the project's key, and the version of the project with all its entered results.
Seen = dict[int, str]


def boxes_of(projects: Iterable[TrainingProject], user: User) -> dict[int, str]:
    """Returns the value of the box of each of these projects that `user` may review and that has entered results."""
    waiting = entered_of([project for project in _reviewed_by(projects, user) if project.entered], user)
    return {project.pk: f"{project.pk}:{version(project, *results)}" for project, results in waiting}


def _reviewed_by(projects: Iterable[TrainingProject], user: User) -> list[Any]:
    reviewed = set(Organization.objects.reviewed_by(user).values_list("pk", flat=True))
    return [project for project in projects if reviews(user, project.organizer, reviewed)]


def entered_of(projects: list[Any], user: User) -> list[tuple[TrainingProject, list[TrainingResult]]]:
    """Returns each project with its entered results in `user`'s charge, in the order of their keys."""
    entered = TrainingResult.objects.filter(
        project__in=projects, status=TrainingResult.Status.ENTERED, teacher__in=Teacher.objects.managed_by(user)
    )
    grouped = groupby(entered.order_by("project", "pk"), key=lambda result: result.project_id)
    by_project = {pk: list(results) for pk, results in grouped}
    return [(project, by_project.get(project.pk, [])) for project in projects]


def review_projects(request: HttpRequest, back: str) -> HttpResponse:
    """Begins the review of the ticked projects, and leads to it; back where there is nothing to review.

    A project that is not as the page showed it is left out, and named. Raises PermissionDenied where the user may not
    review one of them.
    """
    user, seen = user_of(request), _seen_on_page(request)
    visible = TrainingProject.objects.visible_to(user).select_related("organizer__parent")
    chosen = list(visible.filter(pk__in=list(seen)[:MOST_PROJECTS]).order_by("pk"))
    demand(len(_reviewed_by(chosen, user)) == len(chosen))
    if not chosen:
        messages.error(request, "没有选中项目。请先在有待审核成绩的项目前面打勾。")
        return redirect(back)
    parts = [
        _part(project, results)
        for project, results in entered_of(chosen, user)
        if _is_as_seen(request, seen[project.pk], project, results)
    ]
    return _begin(request, parts, back) if parts else redirect(back)


def _is_as_seen(request: HttpRequest, seen: str, project: TrainingProject, results: list[TrainingResult]) -> bool:
    """Returns true where a project still has the entered results that the page showed; else says why not."""
    try:
        demand_seen(seen, project, *results)
    except Refusal as refusal:
        messages.error(request, f"{project}：{refusal.sentence}")
        return False
    if not results:
        messages.error(request, f"{project}：没有待审核的成绩。")
    return bool(results)


def _part(project: TrainingProject, results: list[TrainingResult]) -> dict[str, Any]:
    keys = [result.pk for result in results]
    return {"project": project.pk, "title": str(project), "results": keys, "seen": versions_of(project, results)}


def _begin(request: HttpRequest, parts: list[dict[str, Any]], back: str) -> HttpResponse:
    total = sum(len(part["results"]) for part in parts)
    ticked = ",".join(str(part["project"]) for part in parts)
    digest = hashlib.sha256(ticked.encode()).hexdigest()[:20]
    # Reviews of these projects alone may be under way: what they decide first is left out here, by its version.
    key = f"projects:user:{user_of(request).pk}:{digest}"
    title = f"审核 {len(parts)} 个项目的成绩"
    return begin(request, "review-projects", title, key=key, back=back, total=total, projects=parts)


def _seen_on_page(request: HttpRequest) -> Seen:
    """Returns the ticked projects by key, each with the version that the page showed."""
    boxes = [box.partition(":") for box in request.POST.getlist("project")]
    whole = [(key, seen) for key, _, seen in boxes if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY]
    return {int(key): seen[:LONGEST_VERSION] for key, seen in whole}
