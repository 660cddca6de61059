"""The roster, its picture, and what is done for many of its teachers at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from .. import bulk, jobs
from ..models import Job
from ..roster import Roster
from ..spreadsheets.sheets import MEDIA_TYPE
from .common import for_staff, staff_page, user_of
from .jobs import download, follow

SCHOOLS_PER_PAGE = 100


@for_staff
@require_safe
def teachers(request: HttpRequest) -> HttpResponse:
    """The roster of those that the signed-in user is responsible for."""
    roster = Roster(user_of(request), request.GET)
    page = roster.page(request.GET.get("page"))
    return staff_page(request, "teachers.html", "teachers", roster=roster, page=page)


@for_staff
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """How the schools stand, one beside the other."""
    roster = Roster(user_of(request), request.GET)
    page = Paginator(roster.pictures, SCHOOLS_PER_PAGE).get_page(request.GET.get("page"))
    return staff_page(request, "picture.html", "teachers", roster=roster, page=page)


@for_staff
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The chosen teachers as a spreadsheet. Only by POST: each of them is looked at, and that is recorded."""
    user, roster = user_of(request), Roster(user_of(request), request.POST)
    count = roster.chosen.count()
    if not count:
        return _nobody(request, roster)
    if count <= bulk.EXPORTED_AT_ONCE:
        return download(bulk.export(roster, user), bulk.file_name(roster), MEDIA_TYPE)
    return follow(request, _begin("export", f"导出 {count} 位教师的名单", request, roster, count))


@for_staff
@require_POST
def recompute(request: HttpRequest) -> HttpResponse:
    """The summaries of the chosen teachers anew, as after a cycle's numbers were changed."""
    roster = Roster(user_of(request), request.POST)
    count = roster.chosen.count()
    if not count:
        return _nobody(request, roster)
    return follow(request, _begin("recompute", f"重新计算 {count} 位教师的学分", request, roster, count))


def _begin(kind: str, title: str, request: HttpRequest, roster: Roster, count: int) -> Job:
    longest = Job._meta.get_field("back").max_length or 0
    back = roster.address if len(roster.address) <= longest else reverse("credits:teachers")
    return jobs.start(kind, title, user_of(request), back=back, total=count, selection=roster.selection)


def _nobody(request: HttpRequest, roster: Roster) -> HttpResponse:
    messages.error(request, "还没有选教师。请勾选名单里的教师，或者勾选“找到的全部”，再点一次。")
    return redirect(roster.address)
