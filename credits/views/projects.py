"""Training projects: published with their conversion, results entered and reviewed (credits-01, credits-06)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from .. import jobs
from ..models import Event, Job, Organization, Teacher, TrainingProject, TrainingResult
from ..process_forms import HoursForm, ProjectForm, ResultsForm, ask_to_choose
from ..processes import projects as steps
from ..processes.history import Refusal, demand_seen, events_of, record, version
from ..rights import demand, manages, reviews
from ..rules.wording import amount
from .common import add_refusal, for_staff, row_or_404, staff_page, take, user_of
from .jobs import follow

PER_PAGE = 50
SECTION = "projects"


@for_staff
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """The projects of the organisations in charge, and what bodies above have published."""
    user = user_of(request)
    own = Q(results__teacher__in=Teacher.objects.managed_by(user))
    entered = Count("results", filter=own & Q(results__status=TrainingResult.Status.ENTERED))
    reviewed = Count("results", filter=own & Q(results__status=TrainingResult.Status.REVIEWED))
    rows = TrainingProject.objects.visible_to(user).select_related("organizer")
    text = request.GET.get("q", "").replace("\x00", "")[:60].strip()
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word))
    rows = rows.annotate(entered=entered, reviewed=reviewed).order_by("-ends_on", "code")
    waiting = bool(request.GET.get("waiting"))
    if waiting:
        rows = rows.filter(entered__gt=0)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return staff_page(request, "projects.html", SECTION, page=page, text=text, waiting=waiting)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = ProjectForm(request.POST or None, user=user)
    ask_to_choose(form, "organizer")
    if request.method == "POST" and form.is_valid():
        project = form.save(commit=False)
        demand(manages(user, project.organizer))
        try:
            with transaction.atomic():
                project.save()
                record(project, "新建项目", user)
        except IntegrityError:  # sent twice
            form.add_error("code", "这个编号刚才已经用了，请换一个。")
        else:
            messages.success(request, "项目已保存，还没有发布。核对无误后点“发布”。")
            return redirect("credits:project", project.code)
    back = reverse("credits:projects")
    return staff_page(request, "form.html", SECTION, heading="新建培训项目", form=form, submit="保存", back=back)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    user, project = user_of(request), _project(request, code)
    demand(manages(user, project.organizer))
    form = ProjectForm(request.POST or None, instance=project, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            steps.change(form.save(commit=False), user, seen=request.POST.get("seen", ""))
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("credits:project", code)
    lead = ""
    if project.results.filter(status=TrainingResult.Status.REVIEWED).exists():
        lead = (
            "改了折算类型或是否折算以后，已审核的成绩不会跟着变："
            "要到成绩登记里先取消审核，再审核一次（学分问答第 1 条）。"
        )
    back = reverse("credits:project", args=[code])
    return staff_page(request, "form.html", SECTION, heading="项目属性", lead=lead, form=form, submit="保存", back=back)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def project(request: HttpRequest, code: str) -> HttpResponse:
    """One project with its results; a POST takes a step on it or on the chosen results."""
    row = _project(request, code)
    if request.method == "POST" and (answer := _take_step(request, row)):
        return answer
    user = user_of(request)
    in_charge = _results(request, row)
    asked = request.GET.get("status", "")
    shown = in_charge.filter(status=asked) if asked in TrainingResult.Status.values else in_charge
    page = Paginator(shown.order_by("teacher__name_key", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    counts = dict(in_charge.order_by().values_list("status").annotate(number=Count("pk")))
    # Reviewed with another conversion than the project now has: 取消审核, then 审核 again (credits-01).
    stale = in_charge.filter(status=TrainingResult.Status.REVIEWED).exclude(
        category=row.category, converted=row.converted
    )
    try:
        worth = steps.credits_for(row.category, row.hours, row.ends_on)
        trouble = ""
    except Refusal as refusal:
        worth, trouble = None, refusal.sentence
    keeps = manages(user, row.organizer)
    return staff_page(
        request,
        "project.html",
        SECTION,
        project=row,
        keeps=keeps,
        reviews=reviews(user, row.organizer),
        page=page,
        status=asked if asked in TrainingResult.Status.values else "",
        seen={
            status: version(row, *in_charge.filter(status=status).order_by("pk"))
            for status in TrainingResult.Status.values
        },
        entered=counts.get(TrainingResult.Status.ENTERED, 0),
        reviewed=counts.get(TrainingResult.Status.REVIEWED, 0),
        stale=stale.count(),
        standing=row.results.filter(status=TrainingResult.Status.REVIEWED).count() if keeps else 0,
        worth=worth,
        trouble=trouble,
        events=_events(row, user, keeps)[:30],
    )


def _events(row: TrainingProject, user: User, keeps: bool) -> QuerySet[Event]:
    """The history of a project; who does not keep it learns nothing of what other schools entered."""
    events = events_of(row)
    if keeps:
        return events
    known = Organization.objects.filter(Q(pk__in=Organization.objects.visible_to(user)) | Q(pk=row.organizer_id))
    colleagues = User.objects.filter(memberships__organization__in=known)
    return events.exclude(Q(action=steps.ENTERED) & ~Q(actor__in=colleagues))


def _take_step(request: HttpRequest, row: TrainingProject) -> HttpResponse | None:
    user, step, here = user_of(request), request.POST.get("step", ""), reverse("credits:project", args=[row.code])
    match step:
        case "publish":
            take(request, lambda: steps.publish(row, user), "已发布，可以登记成绩了。")
        case "withdraw":
            take(request, lambda: steps.withdraw(row, user), "已撤回发布。")
        case "delete":
            if take(request, lambda: steps.delete(row, user), "项目已删除。"):
                return redirect("credits:projects")
        case "review" | "unreview":
            return _on_results(request, row, step)
        case _:
            raise Http404
    return redirect(here)


def _filtered(request: HttpRequest, row: TrainingProject) -> str:
    """The project's page, under the filter that the form was sent from."""
    here, status = reverse("credits:project", args=[row.code]), request.POST.get("status", "")
    return f"{here}?status={status}" if status in TrainingResult.Status.values else here


def _on_results(request: HttpRequest, row: TrainingProject, step: str) -> HttpResponse:
    user, here = user_of(request), _filtered(request, row)
    demand(reviews(user, row.organizer))
    status = TrainingResult.Status.ENTERED if step == "review" else TrainingResult.Status.REVIEWED
    chosen = _results(request, row).filter(status=status)
    if request.POST.get("all") != "1":
        asked = [int(pk) for pk in request.POST.getlist("result") if pk.isascii() and pk.isdigit() and len(pk) < 19]
        chosen = chosen.filter(pk__in=asked)
    rows = list(chosen.order_by("pk"))
    ids = [one.pk for one in rows]
    seen = request.POST.get("seen", "")
    if ids and request.POST.get("all") == "1" and not take(request, lambda: demand_seen(seen, row, *rows)):
        return redirect(here)
    if not ids:
        what = "待审核" if step == "review" else "已审核"
        messages.error(request, f"没有选中{what}的成绩。请先在成绩前面打勾，或者用“全部”。")
        return redirect(here)
    title = f"{'审核' if step == 'review' else '取消审核'} {row}的成绩"
    job = jobs.start(step, title, user, back=here, total=len(ids), project=row.pk, results=ids)
    return follow(request, job)


@jobs.runner("review")
def _review(job: Job, progress: jobs.Progress) -> None:
    _report(job, steps.review(_project_of(job), job.parameters["results"], job.owner, progress))


@jobs.runner("unreview")
def _unreview(job: Job, progress: jobs.Progress) -> None:
    _report(job, steps.unreview(_project_of(job), job.parameters["results"], job.owner, progress))


def _project_of(job: Job) -> TrainingProject:
    project = TrainingProject.objects.filter(pk=job.parameters["project"]).first()
    if project is None:
        raise Refusal("这个项目已经删除了，没有办成。")
    return project


def _report(job: Job, outcome: steps.Outcome) -> None:
    job.message, job.details = outcome.sentence, outcome.refused[:200]


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """成绩登记: many teachers at once, all or none."""
    user, row = user_of(request), _project(request, code)
    here = reverse("credits:project", args=[code])
    if row.status != TrainingProject.Status.PUBLISHED:
        messages.error(request, "项目发布以后才能登记成绩。")
        return redirect(here)
    form = ResultsForm(request.POST or None, project=row, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            steps.enter(row, dict(form.cleaned_data["numbers"]), user)
        except ValidationError as error:
            form.add_error("numbers", error.messages)
        else:
            messages.success(request, f"已登记 {len(form.cleaned_data['numbers'])} 位教师的成绩，等待审核。")
            return redirect(here)
    about = f"项目：{row}，{row.get_category_display()}，{amount(row.hours)} 学时。"
    lead = f"{about}登记以后由{row.organizer.reviewing_body or '系统管理员'}审核。"
    return staff_page(request, "form.html", SECTION, heading="登记成绩", lead=lead, form=form, submit="登记", back=here)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Other hours for a result that was not reviewed yet."""
    result = row_or_404(_results(request, _project(request, code)), pk)
    form = HoursForm(request.POST or None, initial={"hours": amount(Decimal(result.hours))})
    here = reverse("credits:project", args=[code])
    if request.method == "POST" and form.is_valid():
        try:
            steps.correct(result, form.cleaned_data["hours"], user_of(request))
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{result.teacher.name}的学时已更正。")
            return redirect(here)
    heading, lead = (
        f"更正{result.teacher.name}的学时",
        f"项目：{result.project}，{amount(Decimal(result.project.hours))} 学时。",
    )
    return staff_page(request, "form.html", SECTION, heading=heading, lead=lead, form=form, submit="保存", back=here)


@for_staff
@require_http_methods(["POST"])
def remove_result(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    result = row_or_404(_results(request, _project(request, code)), pk)
    said = f"已删除{result.teacher.name}的成绩（{amount(Decimal(result.hours))} 学时）。"
    take(request, lambda: steps.remove(result, user_of(request)), said)
    return redirect("credits:project", code)


def _project(request: HttpRequest, code: str) -> TrainingProject:
    visible = TrainingProject.objects.visible_to(user_of(request)).select_related("organizer__parent")
    row = visible.filter(code=code).first() if "\x00" not in code else None
    if row is None:
        raise Http404
    return row


def _results(request: HttpRequest, row: TrainingProject) -> Any:
    """The results of the teachers in charge: other schools' teachers do not exist here."""
    in_charge = Teacher.objects.managed_by(user_of(request))
    return row.results.filter(teacher__in=in_charge).select_related("teacher__school", "project__organizer")
