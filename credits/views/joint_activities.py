"""One activity entered for many teachers: chosen in the roster, entered on a form of their own."""

from __future__ import annotations

import hashlib
import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from helpdesk.common import jobs
from helpdesk.common.decisions import Refusal
from helpdesk.common.models import Job

from ..forms.records import ActivityForm
from ..models import SelfDirectedActivity, StatementAccess, Teacher
from ..statements.roster import Roster, selected_teachers
from ..steps.joint_activities import texts_of
from ..steps.looks import note_looks
from .common import for_staff, require_get_or_post, staff_page, user_of
from .jobs import follow

MOST_TEACHERS = 500
#: Rows that are read and written for one teacher, about: more than a few teachers are long work.
ROWS_EACH = 8
MOST_TOLD = 20
SECTION = "teachers"


@for_staff
@require_get_or_post
def activities(request: HttpRequest) -> HttpResponse:
    """The form for the teachers ticked in the roster; sent with `save`, it enters their activity.

    A GET of the address leads to the roster, where they are ticked.
    """
    if request.method != "POST":
        return redirect("credits:teachers")
    roster = Roster(user_of(request), request.POST)
    saves = "save" in request.POST
    form = ActivityForm(request.POST if saves else None)
    chosen = list(selected_teachers(request).order_by("pk")[: MOST_TEACHERS + 1])
    offered = _offered(request, chosen) if saves else chosen
    if not offered:
        return _back(request, roster, "还没有选教师。请勾选名单里的教师，或者勾选“找到的全部”，再点一次。")
    if len(offered) > MOST_TEACHERS:
        return _back(request, roster, f"一次最多给 {MOST_TEACHERS} 位教师登记，请先按学校筛选，再分几次登记。")
    if saves and not chosen:
        form.add_error(None, "请至少勾选一位教师。")
    if form.is_valid():
        answer = _entered(request, form, chosen, roster)
        if answer:
            return answer
    note_looks(request, [teacher.pk for teacher in offered], StatementAccess.Kind.FORM)
    ticked = {teacher.pk for teacher in chosen}
    rows = [(teacher, teacher.pk in ticked) for teacher in _by_name(offered)]
    return staff_page(request, "joint_activities.html", SECTION, form=form, roster=roster, rows=rows)


def _offered(request: HttpRequest, chosen: list[Teacher]) -> list[Teacher]:
    """Returns the teachers that the form has shown, ticked or not, in the charge of the user still."""
    shown = request.POST.get("offered", "").replace("\x00", "").split(",")[: MOST_TEACHERS + 1]
    in_charge = Teacher.objects.managed_by(user_of(request)).filter(public_id__in=shown)
    return list({teacher.pk: teacher for teacher in [*in_charge, *chosen]}.values())


def _by_name(teachers: list[Teacher]) -> list[Teacher]:
    return sorted(teachers, key=lambda teacher: (teacher.name_key, teacher.pk))


def _back(request: HttpRequest, roster: Roster, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(roster.address)


def _entered(request: HttpRequest, form: ActivityForm, chosen: list[Teacher], roster: Roster) -> HttpResponse | None:
    """Enters the activity for the chosen teachers; None where not one was, and the form says why."""
    try:
        job = _begin(request, form, chosen, roster)
    except Refusal as refusal:
        form.add_error(None, refusal.messages)
        return None
    if job.is_over and job.outcome and not job.outcome["done"]:
        form.add_error(None, job.details[:MOST_TOLD])
        return None
    return follow(request, job)


def _begin(request: HttpRequest, form: ActivityForm, chosen: list[Teacher], roster: Roster) -> Job:
    """Returns the job that enters the activity; over already where the teachers are few."""
    user = user_of(request)
    activity = form.fill(SelfDirectedActivity())
    teachers = sorted(teacher.pk for teacher in chosen)
    parameters = {"teachers": teachers, "texts": texts_of(activity), "in_plan": form.cleaned_data["in_plan"]}
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:20]
    title = f"给 {len(teachers)} 位教师登记{activity.get_activity_display()}"
    return jobs.start(
        "joint-activities",
        title,
        user,
        key=f"activities:user:{user.pk}:{digest}",
        back=roster.short_address,
        total=len(teachers),
        rows=len(teachers) * ROWS_EACH,
        **parameters,
    )
