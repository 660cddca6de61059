"""Looks at statements: for those responsible, and for each teacher the looks at their own."""

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

from ..forms.people import LooksForm
from ..models import Event, StatementAccess, Teacher
from ..steps.codes import OPENING
from .common import for_staff, staff_page, user_of

PER_PAGE = 50
SHOWN_OPENED = 30
#: Accounts with the typed text in their name that are looked for; so short a text finds too much to read anyway.
MOST_VIEWERS = 200
#: Time by which the numbers of looks may differ from their order in time, as transactions overtake each other.
MOMENT = datetime.timedelta(minutes=5)
ONE_DAY = datetime.timedelta(days=1)
#: Lookup path to the viewer's current organisations.
ORGANIZATIONS = "viewer__memberships__organization"
#: Digits of a number that every database can look up.
MOST_DIGITS = 18

Looks = QuerySet[StatementAccess]


@for_staff
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """The looks at the teachers in the user's charge, the newest first."""
    user = user_of(request)
    form = LooksForm(request.GET)
    form.is_valid()  # fills `cleaned_data` with what can be read; the rest filters nothing
    found = _filtered(StatementAccess.objects.readable_by(user), user, form.cleaned_data)
    return staff_page(request, "looks.html", "looks", form=form, **_page(request, found))


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The looks at the signed-in teacher's own statement, and who gave out or used a code to sign in as the teacher."""
    teacher = get_object_or_404(Teacher, user=user_of(request))
    found = StatementAccess.objects.filter(teacher=teacher)
    opened = Event.objects.filter(teacher=teacher, subject=Event.Subject.TEACHER, action__in=OPENING)
    context = {"nav": "mine", "opened": opened[:SHOWN_OPENED], **_page(request, found)}
    return render(request, "credits/my_looks.html", context)


# --- the filter ----------------------------------------------------------------------------------------------


def _filtered(found: Looks, user: User, asked: dict[str, Any]) -> Looks:
    text, viewer = asked.get("q"), asked.get("viewer")
    since, until = asked.get("since"), asked.get("until")
    if text:
        found = found.filter(teacher__in=Teacher.objects.managed_by(user).called(text))
    if viewer:
        found = found.filter(_seen_by(viewer))
    if since:
        found = _from(found, _midnight(since))
    if until:
        found = _before(found, _midnight(until + ONE_DAY))
    return found


def _from(found: Looks, begin: datetime.datetime) -> Looks:
    """Returns the looks from `begin` on, by their numbers first: these are read in order, times are not."""
    everything = StatementAccess.objects.order_by().values("pk")
    first = everything.filter(at__gte=begin - MOMENT).order_by("at")[:1]
    return found.filter(pk__gte=Subquery(first), at__gte=begin)


def _before(found: Looks, end: datetime.datetime) -> Looks:
    """Returns the looks before `end`, by their numbers first, as `_from` does."""
    everything = StatementAccess.objects.order_by().values("pk")
    last = everything.filter(at__lt=end + MOMENT).order_by("-at")[:1]
    return found.filter(pk__lte=Subquery(last), at__lt=end)


def _seen_by(name: str) -> Q:
    """Returns the condition that the viewer's account holds `name`, through the index on viewers.

    Accounts that were deleted have left their name in the look; these are few, and are compared here.
    """
    accounts = User.objects.filter(username__icontains=name).values_list("pk", flat=True)
    viewers = list(accounts[:MOST_VIEWERS])
    without_account = StatementAccess.objects.filter(viewer=None).order_by()
    gone = without_account.values_list("viewer_name", flat=True).distinct()
    matching = [viewer_name for viewer_name in gone if name.lower() in viewer_name.lower()]
    return Q(viewer__in=viewers) | Q(viewer=None, viewer_name__in=matching)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


# --- one page ------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, found: Looks) -> dict[str, Any]:
    """Returns a page of looks, the newest first, before the look that the query names.

    Pages are not numbered: to count a million looks would take its time.
    """
    before = _number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    newest = found.order_by("-pk").select_related("teacher__school").prefetch_related(ORGANIZATIONS)
    rows = list(newest[: PER_PAGE + 1])
    asked = request.GET.copy()
    asked.pop("before", None)
    return {
        "looks": rows[:PER_PAGE],
        "before": before is not None,
        "more": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
        "query": asked.urlencode(),
        "narrowed": any(value.strip() for _, values in asked.lists() for value in values),
    }


def _number(text: str) -> int | None:
    """Returns the number of a look that `text` writes, None where it writes none."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None
