"""A teacher's activities and degrees, entered by the school; degrees credited by whoever reviews them (credits-05)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ..models import DegreeAward, SelfDirectedActivity, Teacher
from ..process_forms import ActivityForm, CreditForm, DegreeForm
from ..processes import own_records as steps
from ..processes.history import Refusal, events_of, version
from ..rights import reviews
from ..rules import wording
from .common import add_refusal, for_staff, row_or_404, staff_page, take, teacher_in_charge, user_of

PER_PAGE = 100
TEACHERS, DEGREES = "teachers", "degrees"


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def activity(request: HttpRequest, public_id: str, pk: int | None = None) -> HttpResponse:
    """Adds an activity, or changes one."""
    teacher = teacher_in_charge(request, public_id)
    row = row_or_404(teacher.activities.select_related("plan"), pk) if pk else SelfDirectedActivity(teacher=teacher)
    row.teacher = teacher
    form = ActivityForm(request.POST or None, initial=ActivityForm.initial_of(row) if pk else None)
    if request.method == "POST" and form.is_valid():
        try:
            steps.save_activity(form.fill(row), user_of(request), in_plan=form.cleaned_data["in_plan"])
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("credits:records", public_id)
    back = reverse("credits:records", args=[public_id])
    return staff_page(
        request,
        "form.html",
        TEACHERS,
        heading=f"{teacher.name}的自主培训活动",
        lead="活动要有计划、有过程记录才计学分（学分问答第 9 条），还要列入已通过的校本研修方案。",
        form=form,
        submit="保存",
        back=back,
    )


@for_staff
@require_http_methods(["POST"])
def remove_activity(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    row = row_or_404(teacher_in_charge(request, public_id).activities.select_related("teacher__school", "plan"), pk)
    said = f"已删除{row.teacher.name}的活动：{steps.describe(row)}"
    take(request, lambda: steps.remove_activity(row, user_of(request)), said)
    return redirect("credits:records", public_id)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def degree(request: HttpRequest, public_id: str, pk: int | None = None) -> HttpResponse:
    """Enters a degree, or corrects one that was not credited yet."""
    teacher = teacher_in_charge(request, public_id)
    row = row_or_404(teacher.degrees.all(), pk) if pk else DegreeAward(teacher=teacher)
    row.teacher = teacher
    form = DegreeForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            steps.save_degree(form.save(commit=False), user_of(request))
        except ValidationError as error:
            add_refusal(form, error)
        else:
            body = teacher.school.reviewing_body
            messages.success(request, f"已登记，等待{body or '上级'}认定学分。")
            return redirect("credits:records", public_id)
    back = reverse("credits:records", args=[public_id])
    return staff_page(
        request,
        "form.html",
        TEACHERS,
        heading=f"{teacher.name}的学历",
        lead="本周期内、正式任教以后取得的学历可以冲抵（学分问答第 5 条）；学分由审核员认定。",
        form=form,
        submit="登记",
        back=back,
    )


@for_staff
@require_http_methods(["POST"])
def remove_degree(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    row = row_or_404(teacher_in_charge(request, public_id).degrees.select_related("teacher__school"), pk)
    said = f"已删除{row.teacher.name}的{row.get_level_display()}学历（{wording.date_in_words(row.awarded_on)}取得）。"
    take(request, lambda: steps.remove_degree(row, user_of(request)), said)
    return redirect("credits:records", public_id)


@for_staff
@require_safe
def degrees(request: HttpRequest) -> HttpResponse:
    """The degrees of the teachers in charge, those that wait for their credits first."""
    rows = _degrees(request)
    asked = request.GET.get("status", DegreeAward.Status.ENTERED.value)
    if asked in DegreeAward.Status.values:
        rows = rows.filter(status=asked)
    page = Paginator(rows.order_by("entered_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return staff_page(request, "degrees.html", DEGREES, page=page, status=asked, states=DegreeAward.Status.choices)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: HttpRequest, pk: int) -> HttpResponse:
    """One degree with its history; a reviewer sets its credits or sends it back."""
    row, user = row_or_404(_degrees(request), pk), user_of(request)
    may = reviews(user, row.teacher.school)
    reason = steps.too_early(row)
    proposed = f"{reason}；日期有误的，请改好再登记。" if reason else ""
    form = CreditForm(request.POST if request.method == "POST" else None, initial={"feedback": proposed})
    if request.method == "POST" and form.is_valid():
        data, step = form.cleaned_data, request.POST.get("step")
        try:
            if step == "credit" and data["credits"] is None:
                raise Refusal({"credits": "请填写认定的学分。"})
            if step == "credit":
                steps.credit(row, data["credits"], user, seen=request.POST.get("seen", ""))
                messages.success(request, "已认定。")
            elif step == "send_back":
                steps.send_back(row, data["feedback"], user, seen=request.POST.get("seen", ""))
                messages.success(request, "已退回，学校改好以后会再登记。")
            else:
                raise Http404
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                add_refusal(form, error)
            else:
                messages.error(request, " ".join(error.messages))
        else:
            return redirect("credits:degrees")
    return staff_page(
        request,
        "degree.html",
        DEGREES,
        degree=row,
        seen=version(row),
        form=form,
        may=may,
        too_early=bool(reason),
        events=events_of(row)[:30],
    )


def _degrees(request: HttpRequest) -> QuerySet[DegreeAward]:
    in_charge = Teacher.objects.managed_by(user_of(request))
    return DegreeAward.objects.filter(teacher__in=in_charge).select_related("teacher__school__parent")
