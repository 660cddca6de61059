"""Schools' yearly plans (credits-15) and counties' safety-net plans (credits-11): filed here, decided on above."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ..models import Organization, SafetyNetPlan, SchoolPlan
from ..process_forms import FeedbackForm, ForecastForm, PlanForm, PlanTextForm, SafetyNetForm, ask_to_choose
from ..processes import plans as steps
from ..processes.history import events_of, version
from ..rights import demand, manages, records_filings, reviews
from .common import add_refusal, for_staff, row_or_404, staff_page, user_of

PER_PAGE = 100
PLANS, SAFETY_NET = "plans", "safety-net"


@for_staff
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """The plans of the schools in charge, the newest first."""
    user = user_of(request)
    schools = Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL)
    rows = SchoolPlan.objects.filter(school__in=schools).select_related("school")
    asked = request.GET.get("status", "")
    if asked in SchoolPlan.Status.values:
        rows = rows.filter(status=asked)
    rows = rows.annotate(number=Count("activities")).order_by("-school_year", "school__path")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return staff_page(
        request,
        "plans.html",
        PLANS,
        page=page,
        status=asked,
        states=SchoolPlan.Status.choices,
        may_start=schools.exists(),
    )


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    form = PlanForm(request.POST or None, user=user_of(request))
    ask_to_choose(form, "school")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            plan = steps.start(data["school"], data["school_year"], data["content"], user_of(request))
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "草稿已保存。写好以后点“上报”。")
            return redirect("credits:plan", plan.pk)
    back = reverse("credits:plans")
    return staff_page(request, "form.html", PLANS, heading="新建校本研修方案", form=form, submit="存为草稿", back=back)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def edit_plan(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    form = PlanTextForm(request.POST or None, initial={"content": plan.content})
    if request.method == "POST" and form.is_valid():
        try:
            steps.rewrite(plan, form.cleaned_data["content"], user_of(request), seen=request.POST.get("seen", ""))
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("credits:plan", pk)
    back = reverse("credits:plan", args=[pk])
    return staff_page(
        request, "form.html", PLANS, heading=str(plan), form=form, submit="保存", back=back, seen=version(plan)
    )


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan with its history; a POST takes a step."""
    row, user = _plan(request, pk), user_of(request)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    feedback = form.cleaned_data.get("feedback", "") if form.is_bound and form.is_valid() else ""
    seen = request.POST.get("seen", "")
    taken: dict[str, tuple[Callable[[], None], str]] = {
        "file": (lambda: steps.file(row, user), "已上报，等待审核。"),
        "take_back": (lambda: steps.take_back(row, user), "已撤回，可以再改。"),
        "approve": (lambda: steps.approve(row, feedback, user, seen=seen), "已审核通过，方案里的活动从现在起计学分。"),
        "send_back": (lambda: steps.send_back(row, feedback, user, seen=seen), "已退回，学校改好以后会再上报。"),
        "discard": (lambda: steps.discard(row, user), "方案已删除。"),
    }
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        step, said = taken.get(request.POST.get("step", "")) or _no_step()
        if _taken(request, form, step, said):
            return redirect("credits:plans") if request.POST["step"] == "discard" else redirect("credits:plan", pk)
    return staff_page(
        request,
        "plan.html",
        PLANS,
        plan=row,
        seen=version(row),
        form=form,
        keeps=manages(user, row.school),
        reviews=reviews(user, row.school),
        body=row.school.reviewing_body,
        activities=row.activities.count(),
        events=events_of(row)[:30],
    )


def _taken(request: HttpRequest, form: FeedbackForm, step: Callable[[], None], said: str) -> bool:
    """Takes a step and says so; where it was refused, what is about a field stands at it, the rest above."""
    try:
        step()
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            add_refusal(form, error)
        else:
            messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, said)
    return True


def _no_step() -> tuple[Callable[[], None], str]:
    raise Http404


def _plan(request: HttpRequest, pk: int) -> SchoolPlan:
    visible = Organization.objects.visible_to(user_of(request))
    return row_or_404(SchoolPlan.objects.filter(school__in=visible).select_related("school__parent", "filed_by"), pk)


# --- safety net ----------------------------------------------------------------------------------------------


@for_staff
@require_safe
def safety_net(request: HttpRequest) -> HttpResponse:
    """The safety-net plans of the bodies in charge."""
    bodies = Organization.objects.visible_to(user_of(request)).exclude(kind=Organization.Kind.SCHOOL)
    rows = SafetyNetPlan.objects.filter(organization__in=bodies).select_related("organization")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return staff_page(request, "safety_net_plans.html", SAFETY_NET, page=page, may_start=bodies.exists())


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def new_safety_net(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    demand(Organization.objects.visible_to(user).exclude(kind=Organization.Kind.SCHOOL).exists())
    form = ForecastForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            plan = steps.forecast(data["organization"], data["school_year"], data["forecast"], user)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "预判已保存。下一步：拟定方案。")
            return redirect("credits:safety-net-plan", plan.pk)
    back = reverse("credits:safety-net")
    lead = "确实无法完成本年度培训学分时，先作出预判，再拟定方案、报上级备案，然后组织实施（学分问答第 11 条）。"
    return staff_page(
        request, "form.html", SAFETY_NET, heading="作出预判", lead=lead, form=form, submit="保存", back=back
    )


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def edit_safety_net(request: HttpRequest, pk: int) -> HttpResponse:
    row = _safety_net(request, pk)
    form = SafetyNetForm(request.POST or None, initial={"forecast": row.forecast, "content": row.content})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            steps.draw_up(row, data["forecast"], data["content"], user_of(request), seen=request.POST.get("seen", ""))
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "方案已保存。")
            return redirect("credits:safety-net-plan", pk)
    back = reverse("credits:safety-net-plan", args=[pk])
    return staff_page(
        request, "form.html", SAFETY_NET, heading=str(row), form=form, submit="保存", back=back, seen=version(row)
    )


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def safety_net_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One safety-net plan, at which of the four steps it stands, and its history; a POST takes the next one."""
    row, user = _safety_net(request, pk), user_of(request)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    feedback = form.cleaned_data.get("feedback", "") if form.is_bound and form.is_valid() else ""
    seen = request.POST.get("seen", "")
    taken: dict[str, tuple[Callable[[], None], str]] = {
        "file": (lambda: steps.file_upwards(row, user), "已报上级，等待备案。"),
        "put_on_record": (lambda: steps.put_on_record(row, feedback, user, seen=seen), "已备案。"),
        "send_back": (lambda: steps.return_for_changes(row, feedback, user, seen=seen), "已退回。"),
        "carry_out": (lambda: steps.carry_out(row, user), "已开始组织实施，可以发布托底培训项目了。"),
    }
    if request.method == "POST" and form.is_valid():
        step, said = taken.get(request.POST.get("step", "")) or _no_step()
        if _taken(request, form, step, said):
            return redirect("credits:safety-net-plan", pk)
    return staff_page(
        request,
        "safety_net_plan.html",
        SAFETY_NET,
        plan=row,
        seen=version(row),
        form=form,
        keeps=manages(user, row.organization),
        records=records_filings(user, row.organization),
        events=events_of(row)[:30],
    )


def _safety_net(request: HttpRequest, pk: int) -> SafetyNetPlan:
    visible = Organization.objects.visible_to(user_of(request))
    return row_or_404(SafetyNetPlan.objects.filter(organization__in=visible).select_related("organization__parent"), pk)
