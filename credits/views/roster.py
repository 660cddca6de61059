"""The roster, its picture, and the steps on many of its teachers at once."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from helpdesk.common.spreadsheets.writing import MEDIA_TYPE

from ..models import StatementAccess
from ..spreadsheets import exporting
from ..statements import printing
from ..statements.roster import Roster
from ..steps.looks import note_looks
from .common import for_staff, staff_page, user_of
from .jobs import begin, download

SCHOOLS_PER_PAGE = 100


@for_staff
@require_safe
def teachers(request: HttpRequest) -> HttpResponse:
    """The roster of those that the signed-in user is responsible for; a look at each of a page is recorded."""
    roster = Roster(user_of(request), request.GET)
    page = roster.page(request.GET.get("page"))
    note_looks(request, [row.teacher_id for row in page], StatementAccess.Kind.LIST)
    return staff_page(request, "teachers.html", "teachers", roster=roster, page=page)


@for_staff
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """The schools beside each other, with how many of their teachers have met the requirement."""
    roster = Roster(user_of(request), request.GET)
    page = Paginator(roster.pictures, SCHOOLS_PER_PAGE).get_page(request.GET.get("page"))
    return staff_page(request, "picture.html", "teachers", roster=roster, page=page)


@for_staff
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The chosen teachers as a spreadsheet. It takes a POST, since a look at each of them is recorded."""
    user = user_of(request)
    roster = Roster(user, request.POST)
    count = roster.chosen.count()
    if not count:
        return _nobody_chosen(request, roster)
    if count <= exporting.EXPORTED_AT_ONCE:
        return download(exporting.export(roster, user), exporting.file_name(roster), MEDIA_TYPE)
    return _begin("export", f"导出 {count} 位教师的名单", request, roster, count)


@for_staff
@require_POST
def print_statements(request: HttpRequest) -> HttpResponse:
    """The statements of the chosen teachers as one document; a look at each, and the export, are recorded."""
    user = user_of(request)
    roster = Roster(user, request.POST)
    number = roster.chosen.count()
    if not number or roster.cycle is None:
        return _nobody_chosen(request, roster)
    chosen = list(roster.chosen.values_list("teacher_id", flat=True)[: printing.MOST_PRINTED])
    exporting.record_looks(chosen, user, StatementAccess.Kind.PRINT)
    sheets = printing.sheets_of(chosen, roster.cycle)
    context = {"sheets": sheets, "number": number, "clauses": printing.clauses_of(sheets), "back": roster.address}
    return staff_page(request, "statements.html", "teachers", **context)


@for_staff
@require_POST
def export_picture(request: HttpRequest) -> HttpResponse:
    """The schools' picture as a spreadsheet; the export is recorded."""
    user = user_of(request)
    roster = Roster(user, request.POST)
    return download(exporting.export_picture(roster, user), exporting.picture_name(roster), MEDIA_TYPE)


@for_staff
@require_POST
def recompute(request: HttpRequest) -> HttpResponse:
    """Computes the summaries of the chosen teachers anew, as after a cycle's numbers were changed."""
    roster = Roster(user_of(request), request.POST)
    count = roster.chosen.count()
    if not count:
        return _nobody_chosen(request, roster)
    return _begin("recompute", f"重新计算 {count} 位教师的学分", request, roster, count)


def _begin(kind: str, title: str, request: HttpRequest, roster: Roster, count: int) -> HttpResponse:
    """Begins a job that leads back to the roster as it was filtered, where the row has room for that address."""
    back = roster.short_address
    chosen = hashlib.sha256(roster.selection.encode()).hexdigest()[:20]
    key = f"{kind}:user:{user_of(request).pk}:{chosen}"
    return begin(request, kind, title, key=key, back=back, total=count, selection=roster.selection)


def _nobody_chosen(request: HttpRequest, roster: Roster) -> HttpResponse:
    messages.error(request, "还没有选教师。请勾选名单里的教师，或者勾选“找到的全部”，再点一次。")
    return redirect(roster.address)
