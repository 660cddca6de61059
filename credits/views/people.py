"""Teachers come, change schools and go; and the codes with which they sign in for the first time."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ..ledger import today
from ..models import Teacher
from ..models.access import CODE_LENGTH
from ..people_forms import TAKEN, EndForm, TeacherForm, TransferForm, schools_of
from ..processes import people as steps
from ..processes.history import Refusal
from ..roster import Roster, selected_teachers
from .common import add_refusal, for_staff, staff_page, take, teacher_in_charge, user_of

MOST_CODES = 2000
MOST_REASONS = 5
#: For more than so many that were found, not ticked, one is asked whether they are meant.
MOST_UNASKED = 30
#: What a session remembers of the forms that codes were issued for, so that a reload does not void the printed ones.
SENT, MOST_SENT = "codes_sent", 20
SENT_ALREADY = "这些登录码刚才已经发过，没有重发，已经印好的仍然有效。要重新发，请在名单里再办一次。"
#: Codes are printed in two groups.
HALF = CODE_LENGTH // 2
TEACHERS = "teachers"


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Adds a teacher to a school in charge."""
    form = TeacherForm(request.POST or None, user=user_of(request))
    if request.method == "POST" and (teacher := _saved(request, form)):
        messages.success(request, f"已新增{teacher.name}。可以接着给这位教师发登录码。")
        if numbers := steps.numbers_of_namesakes(teacher):
            known = f"本校已有一位同名教师（编号 {'、'.join(numbers)}），请核对是不是同一人。"
            messages.warning(request, known)
        return redirect("credits:teacher", teacher.public_id)
    lead = "从别的学校调来的教师不要新增，请找上级主管部门办理调动，学分才会跟着走。"
    return _form(request, form, "新增教师", lead, "保存", reverse("credits:teachers"))


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    teacher = teacher_in_charge(request, public_id)
    name, back = teacher.name, _statement(teacher)
    form = TeacherForm(request.POST or None, instance=teacher, user=user_of(request))
    if request.method == "POST" and _saved(request, form):
        messages.success(request, "已保存。")
        return redirect(back)
    return _form(request, form, f"修改{name}的资料", "换学校请用“调动”。", "保存", back)


def _saved(request: HttpRequest, form: TeacherForm) -> Teacher | None:
    """The teacher as typed, saved; else None, and the form says why."""
    if not form.is_valid():
        return None
    teacher = form.save(commit=False)
    try:
        steps.save_teacher(teacher, user_of(request))
    except IntegrityError:  # somebody else took the number in this moment
        form.add_error("staff_number", TAKEN)
    except ValidationError as error:
        add_refusal(form, error)
    else:
        return teacher
    return None


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, public_id: str) -> HttpResponse:
    """To another school of those in charge; where there is no other, the page says who can."""
    teacher, user = teacher_in_charge(request, public_id), user_of(request)
    back = _statement(teacher)
    if not schools_of(user).exclude(pk=teacher.school_id).exists():
        body = teacher.school.parent
        return staff_page(request, "cannot_transfer.html", TEACHERS, teacher=teacher, body=body, back=back)
    form = TransferForm(request.POST or None, user=user, teacher=teacher, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        school = form.cleaned_data["school"]
        try:
            steps.transfer(teacher, school, form.cleaned_data["on"], user)
        except Refusal as refusal:
            add_refusal(form, refusal)
        except ValidationError as error:
            form.add_error("on", error.messages)
        else:
            messages.success(request, f"{teacher.name}已调到{school}。")
            return redirect(back)
    lead = f"现在的学校：{teacher.school}。学分记录会一起转过去；调动以后由新学校管理。"
    return _form(request, form, f"{teacher.name}调动", lead, "办理调动", back)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    teacher = teacher_in_charge(request, public_id)
    back = _statement(teacher)
    form = EndForm(request.POST or None, teacher=teacher, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            steps.end(teacher, form.cleaned_data["status"], form.cleaned_data["on"], user_of(request))
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"已登记。{teacher.name}不再列入在职教师，学分记录都保留。")
            return redirect(back)
    lead = "登记以后不再列入在职教师；学分记录和核对结果都保留，登记错了可以恢复在职。"
    return _form(request, form, f"{teacher.name}退休或离开", lead, "登记", back)


@for_staff
@require_POST
def return_to_work(request: HttpRequest, public_id: str) -> HttpResponse:
    teacher = teacher_in_charge(request, public_id)
    take(request, lambda: steps.return_to_work(teacher, user_of(request)), f"{teacher.name}已恢复在职。")
    return redirect(_statement(teacher))


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """A page of slips to print, each with a code that is shown this once only. Who comes back to it finds the roster.

    Where many are to have one without having been ticked one by one, it asks once more.
    """
    if request.method != "POST":
        return redirect("credits:teachers")
    selected = selected_teachers(request).select_related("school", "user").order_by("school__name", "staff_number")
    chosen = list(selected[: MOST_CODES + 1])
    if len(chosen) > MOST_CODES:
        messages.error(request, f"一次最多发 {MOST_CODES} 张登录码，请先按学校筛选，再分几次发。")
        return redirect("credits:teachers")
    if (sent := _digest(request)) in request.session.get(SENT, []):
        messages.error(request, SENT_ALREADY)
        return redirect(_statement(chosen[0]) if len(chosen) == 1 else Roster(user_of(request), request.POST).address)
    refused = steps.without_code(chosen)
    many = len(chosen) > MOST_UNASKED and bool(request.POST.get("all"))
    if many and len(chosen) > len(refused) and request.POST.get("confirmed") != str(len(chosen)):
        return _ask(request, len(chosen), len(chosen) - len(refused))
    try:
        issued = steps.issue_codes([one for one in chosen if one.pk not in refused], user_of(request))
    except Refusal as refusal:  # somebody retired, or was given other work, in this moment
        issued, refused = [], dict(enumerate(refusal.messages))
    if not issued:
        for reason in list(refused.values())[:MOST_REASONS] or ["请先选要发登录码的教师。"]:
            messages.error(request, reason)
        return redirect(_statement(chosen[0]) if len(chosen) == 1 else reverse("credits:teachers"))
    request.session[SENT] = [*request.session.get(SENT, []), sent][-MOST_SENT:]
    return staff_page(
        request,
        "codes.html",
        TEACHERS,
        slips=[(teacher, f"{code[:HALF]}-{code[HALF:]}") for teacher, code in issued],
        refused=list(refused.values()),
        until=issued[0][0].sign_in_code.expires_at,
        address=request.build_absolute_uri(reverse("first-sign-in")),
    )


def _ask(request: HttpRequest, found: int, number: int) -> HttpResponse:
    roster = Roster(user_of(request), request.POST)
    counts = {"found": found, "number": number, "without": found - number}
    return staff_page(request, "codes_ask.html", TEACHERS, roster=roster, **counts)


def _digest(request: HttpRequest) -> str:
    """The form as it was sent. Each page that is opened has a token of its own; a reload sends the same again."""
    return hashlib.sha256(repr(sorted(request.POST.lists())).encode()).hexdigest()


def _statement(teacher: Teacher) -> str:
    return reverse("credits:teacher", args=[teacher.public_id])


def _form(request: HttpRequest, form: BaseForm, heading: str, lead: str, submit: str, back: str) -> HttpResponse:
    context: dict[str, Any] = {"heading": heading, "lead": lead, "submit": submit, "back": back}
    return staff_page(request, "form.html", TEACHERS, form=form, **context)
