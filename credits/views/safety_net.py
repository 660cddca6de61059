"""Counties' safety-net plans 托底培训方案: forecast, drawn up, filed above, carried out (credits-11)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from helpdesk.common.decisions import version

from ..forms.plans import FeedbackForm, ForecastForm, SafetyNetForm
from ..models import Organization, SafetyNetPlan
from ..statements.presentation import safety_net_stages
from ..steps import safety_net as steps
from ..steps.history import events_of
from ..steps.rights import demand, manages, records_filings
from .common import for_staff, form_page, refusals_in, refusals_on_page, require_get_or_post, staff_page, user_of
from .histories import told

PER_PAGE = 100
SHOWN_EVENTS = 30
SECTION = "safety-net"


def _bodies_in_charge(request: HttpRequest) -> QuerySet[Organization]:
    """Returns the education authorities in charge; schools make no such plans."""
    visible = Organization.objects.visible_to(user_of(request))
    return visible.exclude(kind=Organization.Kind.SCHOOL)


@for_staff
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """The safety-net plans of the bodies in charge."""
    bodies = _bodies_in_charge(request)
    found = SafetyNetPlan.objects.filter(organization__in=bodies).select_related("organization")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return staff_page(request, "safety_net_plans.html", SECTION, page=page, may_start=bodies.exists())


@for_staff
@require_get_or_post
def new(request: HttpRequest) -> HttpResponse:
    """Begins with a body's forecast."""
    demand(_bodies_in_charge(request).exists())
    form = ForecastForm(request.POST or None, user=user_of(request))
    if form.is_valid():
        data = form.cleaned_data
        with refusals_in(form):
            plan = steps.forecast(data["organization"], data["school_year"], data["forecast"], user_of(request))
            messages.success(request, "预判已保存。下一步：拟定方案。")
            return redirect("credits:safety-net-plan", plan.pk)
    back = reverse("credits:safety-net")
    lead = "确实无法完成本年度培训学分时，先作出预判，再拟定方案、报上级备案，然后组织实施（学分问答第 11 条）。"
    return form_page(request, SECTION, form, heading="作出预判", submit="保存", back=back, lead=lead)


@for_staff
@require_get_or_post
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Draws the plan up, or rewrites one that was not filed or was returned."""
    plan = _visible_plan(request, pk)
    form = SafetyNetForm(request.POST or None, initial={"forecast": plan.forecast, "content": plan.content})
    if form.is_valid():
        data = form.cleaned_data
        seen = request.POST.get("seen", "")
        with refusals_in(form):
            steps.draw_up(plan, data["forecast"], data["content"], user_of(request), seen=seen)
            messages.success(request, "方案已保存。")
            return redirect("credits:safety-net-plan", pk)
    back = reverse("credits:safety-net-plan", args=[pk])
    return form_page(request, SECTION, form, heading=str(plan), submit="保存", back=back, seen=version(plan))


@for_staff
@require_get_or_post
def safety_net_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One safety-net plan, at which of the four steps it stands, and its history; a POST takes the next one."""
    user = user_of(request)
    plan = _visible_plan(request, pk)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on_page(request, form):
            said = _take_step(request, plan, form.cleaned_data["feedback"])
            messages.success(request, said)
            return redirect("credits:safety-net-plan", pk)
    return staff_page(
        request,
        "safety_net_plan.html",
        SECTION,
        plan=plan,
        stages=safety_net_stages(plan),
        seen=version(plan),
        form=form,
        keeps=manages(user, plan.organization),
        records=records_filings(user, plan.organization),
        events=told(events_of(plan)[:SHOWN_EVENTS], user),
    )


def _take_step(request: HttpRequest, plan: SafetyNetPlan, feedback: str) -> str:
    """Takes the step that the pressed button names, and returns what to say. Raises Http404 for another name."""
    user = user_of(request)
    seen = request.POST.get("seen", "")
    match request.POST.get("step"):
        case "file":
            steps.file_upwards(plan, user, seen=seen)
            return "已报上级，等待备案。"
        case "put_on_record":
            steps.put_on_record(plan, feedback, user, seen=seen)
            return "已备案。"
        case "send_back":
            steps.return_for_changes(plan, feedback, user, seen=seen)
            return "已退回。"
        case "carry_out":
            steps.carry_out(plan, user)
            return "已开始组织实施，可以发布托底培训项目了。"
        case _:
            raise Http404


def _visible_plan(request: HttpRequest, pk: int) -> SafetyNetPlan:
    """Returns the plan of that key. Raises Http404 for one of a body that the user may not see."""
    visible = Organization.objects.visible_to(user_of(request))
    found = SafetyNetPlan.objects.filter(organization__in=visible).select_related("organization__parent")
    return get_object_or_404(found, pk=pk)
