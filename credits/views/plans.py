"""Schools' yearly plans 校本研修方案 (credits-15): filed by the school, decided on above."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from helpdesk.common.decisions import version

from ..forms.choices import ask_to_choose
from ..forms.plans import FeedbackForm, PlanForm, PlanTextForm
from ..models import Organization, SchoolPlan
from ..steps import plans as steps
from ..steps.history import events_of
from ..steps.lacking import Lacking
from ..steps.rights import manages, reviews
from .common import for_staff, form_page, refusals_in, refusals_on_page, require_get_or_post, staff_page, user_of
from .histories import told

PER_PAGE = 100
SHOWN_EVENTS = 30
SECTION = "plans"
#: The choice of schools, beside the states of plans, that have filed none this school year.
MISSING = "missing"


@for_staff
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """The plans of the schools in charge, the newest first; or the schools that have not filed this year's."""
    user = user_of(request)
    visible = Organization.objects.visible_to(user)
    schools = visible.filter(kind=Organization.Kind.SCHOOL)
    found = SchoolPlan.objects.filter(school__in=schools).select_related("school")
    status = request.GET.get("status", "")
    if status in SchoolPlan.Status.values:
        found = found.filter(status=status)
    lacking = Lacking(user)
    rows: Any = lacking.schools if status == MISSING else _with_activities(found)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return staff_page(
        request,
        "plans.html",
        SECTION,
        page=page,
        status=status,
        year=lacking.year,
        states=[*SchoolPlan.Status.choices, (MISSING, "本学年没上报的学校")],
        may_start=schools.exists(),
    )


def _with_activities(found: QuerySet[SchoolPlan]) -> QuerySet[SchoolPlan]:
    """Returns the plans in order, each with the number of its activities."""
    counted = found.annotate(number=Count("activities"))
    return counted.order_by("-school_year", "school__path")


@for_staff
@require_get_or_post
def new(request: HttpRequest) -> HttpResponse:
    """Begins a school's plan as a draft."""
    form = PlanForm(request.POST or None, user=user_of(request))
    ask_to_choose(form, "school")
    if form.is_valid():
        data = form.cleaned_data
        with refusals_in(form):
            plan = steps.start(data["school"], data["school_year"], data["content"], user_of(request))
            messages.success(request, "草稿已保存。写好以后点“上报”。")
            return redirect("credits:plan", plan.pk)
    back = reverse("credits:plans")
    return form_page(request, SECTION, form, heading="新建校本研修方案", submit="存为草稿", back=back)


@for_staff
@require_get_or_post
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rewrites a plan that was not filed, or was returned."""
    plan = _visible_plan(request, pk)
    form = PlanTextForm(request.POST or None, initial={"content": plan.content})
    if form.is_valid():
        content = form.cleaned_data["content"]
        with refusals_in(form):
            steps.rewrite(plan, content, user_of(request), seen=request.POST.get("seen", ""))
            messages.success(request, "已保存。")
            return redirect("credits:plan", pk)
    back = reverse("credits:plan", args=[pk])
    return form_page(request, SECTION, form, heading=str(plan), submit="保存", back=back, seen=version(plan))


@for_staff
@require_get_or_post
def school_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan with its history; a POST takes a step."""
    user = user_of(request)
    plan = _visible_plan(request, pk)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on_page(request, form):
            said = _take_step(request, plan, form.cleaned_data["feedback"])
            messages.success(request, said)
            is_gone = request.POST["step"] == "discard"
            return redirect("credits:plans") if is_gone else redirect("credits:plan", pk)
    return staff_page(
        request,
        "plan.html",
        SECTION,
        plan=plan,
        seen=version(plan),
        form=form,
        keeps=manages(user, plan.school),
        reviews=reviews(user, plan.school),
        body=plan.school.reviewing_body,
        activities=plan.activities.count(),
        events=told(events_of(plan)[:SHOWN_EVENTS], user),
    )


def _take_step(request: HttpRequest, plan: SchoolPlan, feedback: str) -> str:
    """Takes the step that the pressed button names, and returns what to say. Raises Http404 for another name."""
    user = user_of(request)
    seen = request.POST.get("seen", "")
    match request.POST.get("step"):
        case "file":
            steps.file(plan, user, seen=seen)
            return "已上报，等待审核。"
        case "take_back":
            steps.take_back(plan, user)
            return "已撤回，可以再改。"
        case "approve":
            steps.approve(plan, feedback, user, seen=seen)
            return "已审核通过，方案里的活动从现在起计学分。"
        case "send_back":
            steps.send_back(plan, feedback, user, seen=seen)
            return "已退回，学校改好以后会再上报。"
        case "discard":
            steps.discard(plan, user)
            return "方案已删除。"
        case _:
            raise Http404


def _visible_plan(request: HttpRequest, pk: int) -> SchoolPlan:
    """Returns the plan of that key. Raises Http404 for one of a school that the user may not see."""
    visible = Organization.objects.visible_to(user_of(request))
    found = SchoolPlan.objects.filter(school__in=visible).select_related("school__parent", "filed_by")
    return get_object_or_404(found, pk=pk)
