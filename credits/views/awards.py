"""Degrees and other offsets, entered by the school and credited by whoever reviews them (credits-05, credits-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from helpdesk.common.decisions import Refusal, version

from ..forms.records import CreditForm, DegreeForm, OffsetForm
from ..models import Award, DegreeAward, OffsetAward, StatementAccess, Teacher
from ..rules import wording
from ..steps import awards as steps
from ..steps.history import events_of
from ..steps.looks import note_looks
from ..steps.rights import reviews
from .common import (
    for_staff,
    form_page,
    refusals_in,
    refusals_on_page,
    require_get_or_post,
    staff_page,
    take,
    teacher_in_charge,
    user_of,
)
from .histories import told

PER_PAGE = 100
SHOWN_EVENTS = 30
TEACHERS = "teachers"


@dataclass(frozen=True)
class Kind:
    """One kind of award: its model and form, the names of its addresses, and the words of its pages."""

    model: type[Award]
    form: type[ModelForm]
    #: Name of the list among the pages for staff, and of its address.
    section: str
    #: Beginning of the names of the other addresses.
    single: str
    title: str
    #: Said by the form above its fields.
    lead: str
    #: The number of the entry that the list rests on.
    entry: int
    #: Said at the credits that a reviewer sets.
    credits_help: str

    @property
    def noun(self) -> str:
        return self.model.words.noun

    @property
    def list_lead(self) -> str:
        """Say what the list shows, above its rows."""
        return f"学校在教师页面登记{self.noun}，审核员在这里认定学分（学分问答第 {self.entry} 条）。"

    @property
    def list_url(self) -> str:
        return f"credits:{self.section}"

    @property
    def url(self) -> str:
        return f"credits:{self.single}"

    @property
    def new_url(self) -> str:
        return f"{self.url}-new"

    @property
    def edit_url(self) -> str:
        return f"{self.url}-edit"

    @property
    def delete_url(self) -> str:
        return f"{self.url}-delete"

    def of(self, teacher: Teacher) -> QuerySet[Any]:
        """Returns the awards of this kind that were entered of a teacher."""
        return self.model._default_manager.filter(teacher=teacher).select_related("teacher__school")


DEGREES = Kind(
    model=DegreeAward,
    form=DegreeForm,
    section="degrees",
    single="degree",
    title="学历认定",
    lead="本周期内、正式任教以后取得的学历可以冲抵（学分问答第 5 条）；学分由审核员认定。",
    entry=5,
    credits_help="资料没有写明各级学历计多少学分，请按文件填写；超过周期上限的部分，系统不会计入。",
)
OFFSETS = Kind(
    model=OffsetAward,
    form=OffsetForm,
    section="offsets",
    single="offset",
    title="其他冲抵认定",
    lead="学历以外、本周期内取得的冲抵（学分问答第 12 条）；资料没有写明有哪些途径，学分由审核员认定。",
    entry=12,
    credits_help="资料没有写明计多少学分，请按文件填写；周期定了上限的，超过的部分系统不会计入。",
)
KINDS = (DEGREES, OFFSETS)


# --- at the school -------------------------------------------------------------------------------------------


@for_staff
@require_get_or_post
def award(request: HttpRequest, public_id: str, kind: Kind, pk: int | None = None) -> HttpResponse:
    """Enters an award, or corrects one that was not credited yet."""
    teacher = teacher_in_charge(request, public_id)
    row = _award(kind, teacher, pk)
    seen, now = request.POST.get("seen", ""), version(row) if pk else ""
    form = kind.form(request.POST or None, instance=row)
    if form.is_valid():
        with refusals_in(form):
            steps.save(form.save(commit=False), user_of(request), seen=seen)
            body = teacher.school.reviewing_body or "上级"
            messages.success(request, f"已登记，等待{body}认定学分。")
            return redirect("credits:records", public_id)
    heading = f"{teacher.name}的{kind.noun}"
    back = reverse("credits:records", args=[public_id])
    return form_page(request, TEACHERS, form, heading=heading, submit="登记", back=back, lead=kind.lead, seen=now)


def _award(kind: Kind, teacher: Teacher, pk: int | None) -> Award:
    """Returns the teacher's award of that key, or a new one. Raises Http404 for another teacher's."""
    if pk is None:
        return kind.model(teacher=teacher)
    found = get_object_or_404(kind.of(teacher), pk=pk)
    found.teacher = teacher
    return found


@for_staff
@require_POST
def remove(request: HttpRequest, public_id: str, kind: Kind, pk: int) -> HttpResponse:
    """Deletes an award that was not credited."""
    teacher = teacher_in_charge(request, public_id)
    row = get_object_or_404(kind.of(teacher), pk=pk)
    day = wording.date_in_words(row.awarded_on)
    said = f"已删除{teacher.name}的{row.called}（{day}取得）。"
    take(request, lambda: steps.remove(row, user_of(request)), said)
    return redirect("credits:records", public_id)


# --- for those who review ------------------------------------------------------------------------------------


@for_staff
@require_safe
def awards(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The awards of the teachers in charge, those that wait for their credits first."""
    found = _in_charge(request, kind)
    status = request.GET.get("status", Award.Status.ENTERED.value)
    if status in Award.Status.values:
        found = found.filter(status=status)
    page = Paginator(found.order_by("entered_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    note_looks(request, {row.teacher_id for row in page}, StatementAccess.Kind.LIST)
    shown = {"kind": kind, "page": page, "status": status, "states": Award.Status.choices}
    return staff_page(request, "awards.html", kind.section, **shown)


@for_staff
@require_get_or_post
def credit(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    """One award with its history; a reviewer sets its credits or sends it back."""
    row = get_object_or_404(_in_charge(request, kind), pk=pk)
    note_looks(request, [row.teacher_id], StatementAccess.Kind.FORM)
    reason = steps.too_early(row)
    proposed = f"{reason}；日期有误的，请改好再登记。" if reason else ""
    form = CreditForm(request.POST if request.method == "POST" else None, initial={"feedback": proposed})
    form.fields["credits"].help_text = kind.credits_help
    if form.is_valid():
        with refusals_on_page(request, form):
            said = _decide(request, row, form)
            messages.success(request, said)
            return redirect(kind.list_url)
    return staff_page(
        request,
        "award.html",
        kind.section,
        kind=kind,
        award=row,
        seen=version(row),
        form=form,
        may=reviews(user_of(request), row.teacher.school),
        too_early=bool(reason),
        events=told(events_of(row)[:SHOWN_EVENTS], user_of(request)),
    )


def _decide(request: HttpRequest, row: Award, form: CreditForm) -> str:
    """Takes the step that the pressed button names, and returns what to say. Raises Http404 for another name."""
    data, user = form.cleaned_data, user_of(request)
    seen = request.POST.get("seen", "")
    match request.POST.get("step"):
        case "credit":
            if data["credits"] is None:
                raise Refusal({"credits": "请填写认定的学分。"})
            steps.credit(row, data["credits"], user, seen=seen)
            return "已认定。"
        case "send_back":
            steps.send_back(row, data["feedback"], user, seen=seen)
            return "已退回，学校改好以后会再登记。"
        case _:
            raise Http404


def _in_charge(request: HttpRequest, kind: Kind) -> QuerySet[Any]:
    in_charge = Teacher.objects.managed_by(user_of(request))
    return kind.model._default_manager.filter(teacher__in=in_charge).select_related("teacher__school__parent")
