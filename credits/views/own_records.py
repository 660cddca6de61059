"""A teacher's self-directed activities, entered by the school."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from helpdesk.common.decisions import version

from ..forms.records import ActivityForm
from ..models import SelfDirectedActivity, Teacher
from ..steps import activities as activities_steps
from .common import (
    for_staff,
    form_page,
    refusals_in,
    require_get_or_post,
    take,
    teacher_in_charge,
    user_of,
)

TEACHERS = "teachers"


@for_staff
@require_get_or_post
def activity(request: HttpRequest, public_id: str, pk: int | None = None) -> HttpResponse:
    """Adds an activity, or changes one."""
    teacher = teacher_in_charge(request, public_id)
    row = _activity(teacher, pk)
    form = ActivityForm(request.POST or None, initial=ActivityForm.initial_of(row) if pk else None)
    seen, now = request.POST.get("seen", ""), version(row) if pk else ""
    if form.is_valid():
        in_plan = form.cleaned_data["in_plan"]
        with refusals_in(form):
            activities_steps.save_activity(form.fill(row), user_of(request), in_plan=in_plan, seen=seen)
            messages.success(request, "已保存。")
            return redirect("credits:records", public_id)
    heading = f"{teacher.name}的自主培训活动"
    lead = "活动要有计划、有过程记录才计学分（学分问答第 9 条），还要列入已通过的校本研修方案。"
    back = reverse("credits:records", args=[public_id])
    return form_page(request, TEACHERS, form, heading=heading, submit="保存", back=back, lead=lead, seen=now)


def _activity(teacher: Teacher, pk: int | None) -> SelfDirectedActivity:
    """Returns the teacher's activity of that key, or a new one. Raises Http404 for another teacher's."""
    if pk is None:
        return SelfDirectedActivity(teacher=teacher)
    found = get_object_or_404(teacher.activities.select_related("plan"), pk=pk)
    found.teacher = teacher
    return found


@for_staff
@require_POST
def remove_activity(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Deletes an activity."""
    activities = teacher_in_charge(request, public_id).activities.select_related("teacher__school", "plan")
    activity = get_object_or_404(activities, pk=pk)
    said = f"已删除{activity.teacher.name}的活动：{activities_steps.describe(activity)}"
    take(request, lambda: activities_steps.remove_activity(activity, user_of(request)), said)
    return redirect("credits:records", public_id)
