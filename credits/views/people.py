"""Teachers are added, changed, transferred; they end and take up work."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from helpdesk.common.decisions import Refusal, version

from ..forms.people import EndForm, TeacherForm, TransferForm, schools_of
from ..models import Teacher
from ..statements.calendar import today
from ..steps import people as steps
from .common import (
    add_refusal,
    for_staff,
    form_page,
    refusals_in,
    require_get_or_post,
    staff_page,
    statement_address,
    take,
    teacher_in_charge,
    user_of,
)

SECTION = "teachers"


@for_staff
@require_get_or_post
def new(request: HttpRequest) -> HttpResponse:
    """Adds a teacher to a school in charge."""
    form = TeacherForm(request.POST or None, user=user_of(request))
    teacher = _saved(request, form)
    if teacher:
        messages.success(request, f"已新增{teacher.name}。可以接着给这位教师发登录码。")
        _warn_of_namesakes(request, teacher)
        return redirect("credits:teacher", teacher.public_id)
    lead = "从别的学校调来的教师不要新增，请找上级主管部门办理调动，学分才会跟着走。"
    back = reverse("credits:teachers")
    return form_page(request, SECTION, form, heading="新增教师", submit="保存", back=back, lead=lead)


def _warn_of_namesakes(request: HttpRequest, teacher: Teacher) -> None:
    numbers = steps.numbers_of_namesakes(teacher)
    if numbers:
        known = "、".join(numbers)
        messages.warning(request, f"本校已有一位同名教师（编号 {known}），请核对是不是同一人。")


@for_staff
@require_get_or_post
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Changes the facts about a teacher."""
    teacher = teacher_in_charge(request, public_id)
    heading = f"修改{teacher.name}的资料"  # before the form writes the typed name into the row
    back = statement_address(teacher)
    now = version(teacher)
    form = TeacherForm(request.POST or None, instance=teacher, user=user_of(request))
    if _saved(request, form):
        messages.success(request, "已保存。")
        return redirect(back)
    lead = "换学校请用“调动”。"
    return form_page(request, SECTION, form, heading=heading, submit="保存", back=back, lead=lead, seen=now)


def _saved(request: HttpRequest, form: TeacherForm) -> Teacher | None:
    """Returns the teacher as typed, saved; None where nothing was typed or it was refused, and the form says why."""
    if not form.is_valid():
        return None
    teacher: Teacher = form.save(commit=False)
    try:
        steps.save_teacher(teacher, user_of(request), seen=request.POST.get("seen", ""))
    except ValidationError as error:
        add_refusal(form, error)
    else:
        return teacher
    return None


@for_staff
@require_get_or_post
def transfer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Moves a teacher to another school in charge; where there is no other, the page says who can."""
    teacher, user = teacher_in_charge(request, public_id), user_of(request)
    back = statement_address(teacher)
    if not schools_of(user).exclude(pk=teacher.school_id).exists():
        body = teacher.school.parent
        return staff_page(request, "cannot_transfer.html", SECTION, teacher=teacher, body=body, back=back)
    form = TransferForm(request.POST or None, user=user, teacher=teacher, initial={"on": today()})
    if form.is_valid() and _transferred(request, form, teacher):
        messages.success(request, f"{teacher.name}已调到{form.cleaned_data['school']}。")
        return redirect(back)
    heading = f"{teacher.name}调动"
    lead = f"现在的学校：{teacher.school}。学分记录会一起转过去；调动以后由新学校管理。"
    return form_page(request, SECTION, form, heading=heading, submit="办理调动", back=back, lead=lead)


def _transferred(request: HttpRequest, form: TransferForm, teacher: Teacher) -> bool:
    """Transfers the teacher. Returns False where it was refused: the form says why, the model's reasons at the day."""
    data = form.cleaned_data
    try:
        steps.transfer(teacher, data["school"], data["on"], user_of(request))
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    except ValidationError as error:
        form.add_error("on", error.messages)
        return False
    return True


@for_staff
@require_get_or_post
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Enters that a teacher retired or left."""
    teacher = teacher_in_charge(request, public_id)
    back = statement_address(teacher)
    form = EndForm(request.POST or None, teacher=teacher, initial={"on": today()})
    if form.is_valid():
        data = form.cleaned_data
        with refusals_in(form):
            steps.end(teacher, data["status"], data["on"], user_of(request))
            messages.success(request, f"已登记。{teacher.name}不再列入在职教师，学分记录都保留。")
            return redirect(back)
    heading = f"{teacher.name}退休或离开"
    lead = "登记以后不再列入在职教师；学分记录和核对结果都保留，登记错了可以恢复在职。"
    return form_page(request, SECTION, form, heading=heading, submit="登记", back=back, lead=lead)


@for_staff
@require_POST
def return_to_work(request: HttpRequest, public_id: str) -> HttpResponse:
    """Takes back that a teacher retired or left."""
    teacher = teacher_in_charge(request, public_id)
    said = f"{teacher.name}已恢复在职。"
    take(request, lambda: steps.return_to_work(teacher, user_of(request)), said)
    return redirect(statement_address(teacher))
