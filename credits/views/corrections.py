"""我的学分记错了: a teacher's requests to correct a record, and the pages of those who decide on them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from helpdesk.common.decisions import version

from ..forms.corrections import CorrectionForm, ReplyForm
from ..models import CorrectionRequest, StatementAccess, Teacher
from ..models.corrections import CorrectionRequestQuerySet
from ..rules.evaluate import evaluate
from ..statements.calendar import rules_cycle, today
from ..statements.from_rows import of_teachers
from ..statements.presentation import LineView, StatementPage, names_of_records, plans_in_question
from ..steps import corrections as steps
from ..steps.history import events_of
from ..steps.looks import note_looks
from .common import (
    for_staff,
    refusals_in,
    refusals_on_page,
    require_get_or_post,
    signed_in,
    staff_page,
    user_of,
)
from .histories import told
from .statements import cycle_asked_for

SECTION = "corrections"
PER_PAGE = 50
MOST_OF_MINE = 50
SHOWN_EVENTS = 30


# --- the teacher's ---------------------------------------------------------------------------------------------


def _own_row(request: HttpRequest) -> Teacher:
    return get_object_or_404(Teacher.objects.select_related("school__parent"), user=user_of(request))


@signed_in
@require_get_or_post
def new(request: HttpRequest) -> HttpResponse:
    """Files a request about one line of one's own statement, or about a record that is missing."""
    teacher = _own_row(request)
    records = request.GET.get("line", "").replace("\x00", "")[:200]
    line = _line_of(request, teacher, records) if records else None
    said = told_line(line) if line else ""
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            known = records if line else ""
            steps.file(teacher, user_of(request), form.cleaned_data["text"], records=known, line=said)
            messages.success(request, "已经交给学校核对，办好以后在这里看得到结果。")
            return redirect("credits:my-corrections")
    context = {"nav": "mine", "form": form, "line": said, "gone": bool(records and not line)}
    return render(request, "credits/correction_new.html", context)


def _line_of(request: HttpRequest, teacher: Teacher, records: str) -> LineView | None:
    """Returns the line of the teacher's statement that has these records; None where there is none any more."""
    cycle = cycle_asked_for(request)
    ledger = of_teachers([teacher.pk], rules_cycle(cycle), today())[teacher.pk]
    page = StatementPage(evaluate(ledger), names_of_records(ledger).__getitem__, plans_in_question(ledger))
    lines = [*page.lines_not_counted, *page.lines_counted]
    return next((line for line in lines if line.records[:200] == records), None)


def told_line(line: LineView) -> str:
    """Returns a line of a statement as one text: its records, what counts of them, and why."""
    claimed = f"（登记 {line.claimed}）" if line.claimed != line.counted else ""
    return f"{line.names}：{line.outcome_label} {line.counted} 学分{claimed}。{line.because}"


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The teacher's requests, and what became of them."""
    rows = _own_row(request).correction_requests.select_related("office")[:MOST_OF_MINE]
    return render(request, "credits/my_corrections.html", {"nav": "mine", "rows": rows})


# --- those who decide -------------------------------------------------------------------------------------------


def _to_decide(request: HttpRequest) -> CorrectionRequestQuerySet:
    found = CorrectionRequest.objects.decided_by(user_of(request))
    return found.select_related("teacher__school", "office__parent")


@for_staff
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """The requests to decide on, those that wait longest first; or all."""
    rows = _to_decide(request)
    status = request.GET.get("status", "open")
    rows = rows.open().order_by("filed_at", "pk") if status != "all" else rows
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    note_looks(request, {row.teacher_id for row in page}, StatementAccess.Kind.LIST)
    return staff_page(request, "corrections.html", SECTION, page=page, status=status)


@for_staff
@require_get_or_post
def correction(request: HttpRequest, public_id: str) -> HttpResponse:
    """One request; a POST ends it or passes it on."""
    row = get_object_or_404(_to_decide(request), public_id=public_id)
    note_looks(request, [row.teacher_id], StatementAccess.Kind.FORM)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on_page(request, form):
            messages.success(request, _decide(request, row, form.cleaned_data["reply"]))
            return redirect(reverse("credits:corrections"))
        row = _seen_again(request, row)
    user = user_of(request)
    own = row.teacher.user_id == user.pk
    takes_words = row.is_open and not own
    context = {
        "correction": row,
        "form": form,
        "seen": version(CorrectionRequest.objects.get(pk=row.pk)),
        "own": own,
        # Typed into a form that the page does not have any more.
        "unsent": "" if takes_words else request.POST.get("reply", "").strip(),
        "in_charge": Teacher.objects.managed_by(user).filter(pk=row.teacher_id).exists(),
        "events": told(events_of(row)[:SHOWN_EVENTS], user),
    }
    return staff_page(request, "correction.html", SECTION, **context)


def _seen_again(request: HttpRequest, row: CorrectionRequest) -> CorrectionRequest:
    """Returns the request as it is now; raises PermissionDenied where it went to others meanwhile."""
    now = _to_decide(request).filter(pk=row.pk).first()
    if now is None:
        raise PermissionDenied  # whose page gives back what was typed
    return now


def _decide(request: HttpRequest, row: CorrectionRequest, reply: str) -> str:
    """Takes the step that the pressed button names, and returns what to say. Raises Http404 for another name."""
    user, seen = user_of(request), request.POST.get("seen", "")
    match request.POST.get("step"):
        case "corrected":
            steps.decide(row, True, reply, user, seen=seen)
            return "已办结，老师看得到改了什么。"
        case "refused":
            steps.decide(row, False, reply, user, seen=seen)
            return "已办结，老师看得到为什么没有更正。"
        case "pass_on":
            steps.pass_on(row, reply, user, seen=seen)
            return "已经交给上级办理。"
        case _:
            raise Http404
