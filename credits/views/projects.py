"""Training projects: published with their conversion, results entered and reviewed (credits-01, credits-06)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from helpdesk.common.decisions import Refusal, version

from ..forms.choices import ask_to_choose
from ..forms.projects import HoursForm, ProjectForm, ResultsForm
from ..models import Event, Organization, StatementAccess, Teacher, TrainingProject, TrainingResult
from ..rules.wording import amount_text
from ..spreadsheets.undoing import UNDO
from ..steps import projects as steps
from ..steps.following import BROUGHT_ALONG, followers
from ..steps.history import events_of
from ..steps.looks import note_looks
from ..steps.rights import demand, manages, reviews
from .common import for_staff, form_page, refusals_in, require_get_or_post, staff_page, take, user_of
from .histories import told
from .results import results_in_charge, review_results, status_asked_for
from .reviewing_projects import boxes_of, review_projects

PER_PAGE = 50
LONGEST_QUERY = 60
SHOWN_EVENTS = 30
SECTION = "projects"
#: Actions in a project's history that schools take, each on its own teachers' results.
OF_SCHOOLS = [steps.ENTERED, BROUGHT_ALONG, UNDO]


@for_staff
@require_get_or_post
def projects(request: HttpRequest) -> HttpResponse:
    """The projects of the organisations in charge, and what bodies above have published; a POST reviews several."""
    if request.method == "POST":
        return review_projects(request, f"{reverse('credits:projects')}?waiting=1")
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUERY].strip()
    waiting = bool(request.GET.get("waiting"))
    found = _with_counts(_matching(user_of(request), text), user_of(request), waiting=waiting)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    # The boxes name the version of every entered result, which are many to read where nobody came to review.
    boxes = boxes_of(page, user_of(request)) if waiting else {}
    rows = [(project, boxes.get(project.pk, "")) for project in page]
    return staff_page(request, "projects.html", SECTION, page=page, rows=rows, boxes=boxes, text=text, waiting=waiting)


def _matching(user: User, text: str) -> QuerySet[TrainingProject]:
    """Returns the visible projects with every word of `text` in their name or code."""
    found = TrainingProject.objects.visible_to(user).select_related("organizer__parent")
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return found


def _with_counts(found: QuerySet[TrainingProject], user: User, *, waiting: bool) -> QuerySet[TrainingProject]:
    """Returns the projects with the number of own teachers' results, `entered` and `reviewed`, the newest first.

    With `waiting`, those alone that have entered results, which wait for a review.
    """
    own = Q(results__teacher__in=Teacher.objects.managed_by(user))
    is_entered = Q(results__status=TrainingResult.Status.ENTERED)
    is_reviewed = Q(results__status=TrainingResult.Status.REVIEWED)
    counted = found.annotate(
        entered=Count("results", filter=own & is_entered),
        reviewed=Count("results", filter=own & is_reviewed),
    )
    shown = counted.filter(entered__gt=0) if waiting else counted
    return shown.order_by("-ends_on", "code")


@for_staff
@require_get_or_post
def new(request: HttpRequest) -> HttpResponse:
    """Adds a project, not published yet."""
    form = ProjectForm(request.POST or None, user=user_of(request))
    ask_to_choose(form, "organizer")
    if form.is_valid():
        project = _added(form, user_of(request))
        if project:
            messages.success(request, "项目已保存，还没有发布。核对无误后点“发布”。")
            return redirect("credits:project", project.code)
    back = reverse("credits:projects")
    return form_page(request, SECTION, form, heading="新建培训项目", submit="保存", back=back)


def _added(form: ProjectForm, user: User) -> TrainingProject | None:
    """Returns the project as typed, saved; None where it was refused, and the form says why."""
    project: TrainingProject = form.save(commit=False)
    with refusals_in(form):
        steps.add(project, user, numbered=form.is_numbered)
    return None if form.errors else project


@for_staff
@require_get_or_post
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Changes the attributes of a project."""
    user = user_of(request)
    project = visible_project(request, code)
    demand(manages(user, project.organizer))
    now = version(project)  # before the form writes what was typed into the row
    form = ProjectForm(request.POST or None, instance=project, user=user)
    if form.is_valid():
        with refusals_in(form):
            steps.change(form.save(commit=False), user, seen=request.POST.get("seen", ""))
            return _changed(request, form)
    back = reverse("credits:project", args=[code])
    lead = _what_stays(project)
    return form_page(request, SECTION, form, heading="项目属性", submit="保存", back=back, lead=lead, seen=now)


def _changed(request: HttpRequest, form: ProjectForm) -> HttpResponse:
    """Says that a project was saved, and leads to the results that did not follow its hours, if there are any."""
    project: TrainingProject = form.instance
    following = followers(project, results_in_charge(request, project)).count()
    if "hours" not in form.changed_data or not following:
        messages.success(request, "已保存。")
        return redirect("credits:project", project.code)
    messages.success(request, f"已保存。有 {following} 条成绩还是项目以前的学时，没有跟着改。")
    return redirect("credits:project-hours", project.code)


def _what_stays(project: TrainingProject) -> str:
    """Returns what a change of the project does not change in its results; nothing where it has none."""
    if not project.results.exists():
        return ""
    hours = "改了学时，已经登记的成绩不会跟着变，保存以后会列出来，由您决定要不要一起改。"
    if not project.results.filter(status=TrainingResult.Status.REVIEWED).exists():
        return hours
    conversion = (
        "改了折算类型或是否折算以后，已审核的成绩不会跟着变：要到成绩登记里先取消审核，再审核一次（学分问答第 1 条）。"
    )
    return conversion + hours


# --- one project ---------------------------------------------------------------------------------------------


@for_staff
@require_get_or_post
def project(request: HttpRequest, code: str) -> HttpResponse:
    """One project with its results; a POST takes a step on it or on the chosen results."""
    shown = visible_project(request, code)
    if request.method == "POST":
        return _take_step(request, shown)
    results = _results_of(request, shown)
    note_looks(request, {result.teacher_id for result in results["page"]}, StatementAccess.Kind.LIST)
    return staff_page(request, "project.html", SECTION, **_about(request, shown), **results)


def _take_step(request: HttpRequest, project: TrainingProject) -> HttpResponse:
    """Takes the step that the pressed button names. Raises Http404 where there is none of that name."""
    user = user_of(request)
    seen = request.POST.get("seen", "")
    match request.POST.get("step"):
        case "publish":
            take(request, lambda: steps.publish(project, user, seen=seen), "已发布，可以登记成绩了。")
        case "withdraw":
            take(request, lambda: steps.withdraw(project, user), "已撤回发布。")
        case "delete":
            if take(request, lambda: steps.delete(project, user, seen=seen), "项目已删除。"):
                return redirect("credits:projects")
        case "review":
            return review_results(request, project, undo=False)
        case "unreview":
            return review_results(request, project, undo=True)
        case _:
            raise Http404
    return redirect("credits:project", project.code)


def _about(request: HttpRequest, project: TrainingProject) -> dict[str, Any]:
    """Returns the part of the page about the project itself: rights, conversion and history."""
    user = user_of(request)
    keeps = manages(user, project.organizer)
    standing = project.results.filter(status=TrainingResult.Status.REVIEWED).count() if keeps else 0
    events = told(_events(project, user, keeps)[:SHOWN_EVENTS], user)
    about = {
        "project": project,
        "seen_project": version(project),
        "keeps": keeps,
        "reviews": reviews(user, project.organizer),
        "standing": standing,
        "events": events,
    }
    return about | _conversion(project)


def _conversion(project: TrainingProject) -> dict[str, Any]:
    """Returns the credits that the project's hours make, exact, or why they make none."""
    try:
        worth = steps.credits_for(project)
    except Refusal as refusal:
        return {"worth": None, "trouble": refusal.sentence}
    return {"worth": worth, "trouble": ""}


def _events(project: TrainingProject, user: User, keeps: bool) -> QuerySet[Event]:
    """Returns the history of a project; to those who do not keep it, without what other schools entered or undid."""
    events = events_of(project)
    if keeps:
        return events
    visible = Organization.objects.visible_to(user)
    known = Organization.objects.filter(Q(pk__in=visible) | Q(pk=project.organizer_id))
    colleagues = User.objects.filter(memberships__organization__in=known)
    return events.exclude(Q(action__in=OF_SCHOOLS) & ~Q(actor__in=colleagues))


def _results_of(request: HttpRequest, project: TrainingProject) -> dict[str, Any]:
    """Returns the part of the page about the results in charge: a page of them, their numbers and versions."""
    in_charge = results_in_charge(request, project)
    status = status_asked_for(request.GET)
    shown = in_charge.filter(status=status) if status else in_charge
    by_status = in_charge.order_by().values_list("status").annotate(number=Count("pk"))
    counts: dict[str, int] = dict(by_status)
    page = Paginator(shown.order_by("teacher__name_key", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "rows": [(result, version(project, result)) for result in page],
        "status": status,
        "seen": _versions(project, in_charge),
        "entered": counts.get(TrainingResult.Status.ENTERED, 0),
        "reviewed": counts.get(TrainingResult.Status.REVIEWED, 0),
        "stale": _stale(project, in_charge).count(),
        "following": followers(project, in_charge).count(),
    }


def _versions(project: TrainingProject, results: QuerySet[TrainingResult]) -> dict[str, str]:
    """Returns the version of the results of each status together with the project, which a decision on all names."""
    versions = {}
    for status in TrainingResult.Status.values:
        of_status = results.filter(status=status).order_by("pk")
        versions[status] = version(project, *of_status)
    return versions


def _stale(project: TrainingProject, results: QuerySet[TrainingResult]) -> QuerySet[TrainingResult]:
    """Returns those reviewed with another conversion than the project now has (credits-01)."""
    reviewed = results.filter(status=TrainingResult.Status.REVIEWED)
    otherwise = ~Q(category=project.category, converted=project.converted)
    if project.converted:
        otherwise |= Q(form__in=steps.forms_of_other_rates(project))
    return reviewed.filter(otherwise)


# --- entering and correcting results -------------------------------------------------------------------------


@for_staff
@require_get_or_post
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enters the results of many teachers at once 成绩登记, all or none."""
    user = user_of(request)
    project = visible_project(request, code)
    here = reverse("credits:project", args=[code])
    if project.status != TrainingProject.Status.PUBLISHED:
        messages.error(request, "项目发布以后才能登记成绩。")
        return redirect(here)
    form = ResultsForm(request.POST or None, project=project, user=user)
    if form.is_valid() and _entered(form, project, user):
        number = len(form.cleaned_data["numbers"])
        messages.success(request, f"已登记 {number} 位教师的成绩，等待审核。")
        return redirect(here)
    about = f"项目：{project}，{project.kind_in_words}，{amount_text(project.hours)} 学时。"
    lead = f"{about}登记以后由{project.organizer.reviewing_body or '系统管理员'}审核。"
    return form_page(request, SECTION, form, heading="登记成绩", submit="登记", back=here, lead=lead)


def _entered(form: ResultsForm, project: TrainingProject, user: User) -> bool:
    """Enters what was typed. Returns False where it was refused, and the form says why at its one field."""
    try:
        steps.enter(project, dict(form.cleaned_data["numbers"]), user)
    except ValidationError as refusal:
        form.add_refusal(refusal)
        return False
    return True


@for_staff
@require_get_or_post
def correct(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Corrects the hours of a result that was not reviewed yet."""
    result = _result_in_charge(request, code, pk)
    form = HoursForm(request.POST or None, initial={"hours": amount_text(Decimal(result.hours))})
    seen = request.POST.get("seen", "")
    here = reverse("credits:project", args=[code])
    if form.is_valid():
        with refusals_in(form):
            steps.correct(result, form.cleaned_data["hours"], user_of(request), seen=seen)
            messages.success(request, f"{result.teacher.name}的学时已更正。")
            return redirect(here)
    heading = f"更正{result.teacher.name}的学时"
    lead = f"项目：{result.project}，{amount_text(Decimal(result.project.hours))} 学时。"
    now = version(result)
    return form_page(request, SECTION, form, heading=heading, submit="保存", back=here, lead=lead, seen=now)


@for_staff
@require_POST
def remove_result(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Deletes a result that was not reviewed yet."""
    result = _result_in_charge(request, code, pk)
    said = f"已删除{result.teacher.name}的成绩（{amount_text(Decimal(result.hours))} 学时）。"
    take(request, lambda: steps.remove(result, user_of(request)), said)
    return redirect("credits:project", code)


def _result_in_charge(request: HttpRequest, code: str, pk: int) -> TrainingResult:
    """Returns a result of a teacher in charge, and records the look."""
    result = get_object_or_404(results_in_charge(request, visible_project(request, code)), pk=pk)
    note_looks(request, [result.teacher_id], StatementAccess.Kind.FORM)
    return result


def visible_project(request: HttpRequest, code: str) -> TrainingProject:
    """Returns the project of that code. Raises Http404 for one that the user may not see."""
    visible = TrainingProject.objects.visible_to(user_of(request)).select_related("organizer__parent")
    return get_object_or_404(visible, code=code)
