"""Who looked at whose statement: for those responsible, and for each teacher who looked at theirs."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..models import StatementAccess, Teacher
from ..people_forms import LooksForm
from .common import for_staff, staff_page, user_of

PER_PAGE = 50
#: So many accounts that match are looked for; who types so little finds more than they can read anyway.
MOST_VIEWERS = 200
#: A look is numbered and timed in one transaction, which others may overtake for so long.
MOMENT = datetime.timedelta(minutes=5)
#: For whom who looks works now.
WHERE = "viewer__memberships__organization"


@for_staff
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """The looks at the teachers in the user's charge, the newest first."""
    user = user_of(request)
    form = LooksForm(request.GET)
    form.is_valid()
    rows = _narrowed(StatementAccess.objects.readable_by(user), user, form.cleaned_data)
    return staff_page(request, "looks.html", "looks", form=form, **_page(request, rows))


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Who looked at the signed-in teacher's own statement."""
    teacher = get_object_or_404(Teacher, user=user_of(request))
    rows = StatementAccess.objects.filter(teacher=teacher)
    return render(request, "credits/my_looks.html", {"nav": "mine", **_page(request, rows)})


def _narrowed(rows: QuerySet[StatementAccess], user: User, asked: dict[str, Any]) -> QuerySet[StatementAccess]:
    if text := asked.get("q"):
        teachers = Teacher.objects.managed_by(user)
        rows = rows.filter(teacher__in=teachers.filter(Q(name__icontains=text) | Q(staff_number__iexact=text)))
    if name := asked.get("viewer"):
        rows = rows.filter(_seen_by(name))
    # Looks are numbered in the order of time, within a moment: so days become numbers, by which they are read.
    everything = StatementAccess.objects.order_by().values("pk")
    if since := asked.get("since"):
        begin = _midnight(since)
        first = everything.filter(at__gte=begin - MOMENT).order_by("at")[:1]
        rows = rows.filter(pk__gte=Subquery(first), at__gte=begin)
    if until := asked.get("until"):
        end = _midnight(until + datetime.timedelta(days=1))
        last = everything.filter(at__lt=end + MOMENT).order_by("-at")[:1]
        rows = rows.filter(pk__lte=Subquery(last), at__lt=end)
    return rows


def _seen_by(name: str) -> Q:
    """By account, for which there is an index. Accounts that are gone have left their name; these are few."""
    viewers = User.objects.filter(username__icontains=name).values_list("pk", flat=True)[:MOST_VIEWERS]
    without = StatementAccess.objects.filter(viewer=None).order_by().values_list("viewer_name", flat=True).distinct()
    gone = [one for one in without if name.lower() in one.lower()]
    return Q(viewer__in=list(viewers)) | Q(viewer=None, viewer_name__in=gone)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _page(request: HttpRequest, rows: QuerySet[StatementAccess]) -> dict[str, Any]:
    """A page, the newest first, of looks before a numbered one: to count a million would take its time."""
    before = request.GET.get("before", "")
    numbered = before.isascii() and before.isdecimal() and len(before) < 19
    if numbered:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk").select_related("teacher__school").prefetch_related(WHERE)[: PER_PAGE + 1])
    asked = request.GET.copy()
    asked.pop("before", None)
    narrowed = any(value.strip() for _, values in asked.lists() for value in values)
    more = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return {
        "looks": found[:PER_PAGE],
        "before": numbered,
        "more": more,
        "query": asked.urlencode(),
        "narrowed": narrowed,
    }
