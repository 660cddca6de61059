"""Opinions that an entry did not help: who hears them, those that wait, and the step that says they were dealt with."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone

from helpdesk.common.decisions import Refusal, demand_seen, locked, step

from .asking.people import name_of
from .models import Feedback
from .models.feedback import UNHEARD


def may_hear(user: User | AnonymousUser) -> bool:
    """Tells whether `user` reads opinions and deals with them: whoever may change the entries they are about."""
    return user.is_active and user.is_staff and user.has_perms(["faq.view_feedback", "faq.change_entry"])


def waiting() -> QuerySet[Feedback]:
    """Returns the opinions of readers who were not helped, that nobody has dealt with."""
    return Feedback.objects.filter(UNHEARD, helpful=False)


def waiting_number(user: User | AnonymousUser) -> int | None:
    """Returns how many opinions wait; None for a user who does not hear them."""
    return waiting().count() if may_hear(user) else None


def dealt_with() -> QuerySet[Feedback]:
    """Returns the opinions that somebody has dealt with, the latest first."""
    return Feedback.objects.filter(helpful=False).exclude(dealt_with_on=None).order_by("-dealt_with_on", "-id")


@step
def deal_with(opinion: Feedback, by: User, *, seen: str = "") -> Feedback:
    """Notes that `by` has dealt with an opinion; a second press of the same person changes nothing.

    Raises Refusal where a colleague was quicker, and where the reader has said something else since `seen`.
    """
    if not may_hear(by):
        raise PermissionDenied
    row = locked(Feedback.objects.all(), opinion.pk)
    if row.dealt_with_on is not None:
        if row.dealt_with_by_id != by.pk:
            raise Refusal(_quicker(row))
        return row
    demand_seen(seen, row)
    row.dealt_with_on, row.dealt_with_by = timezone.localdate(), by
    Feedback.objects.filter(pk=row.pk).update(dealt_with_on=row.dealt_with_on, dealt_with_by=by)
    return row


def _quicker(row: Feedback) -> str:
    day = row.dealt_with_on
    who = name_of(row.dealt_with_by) if row.dealt_with_by else "别的同事"
    return f"{who}在 {day:%Y-%m-%d} 已经处理过这条意见了，您不用再办。"
