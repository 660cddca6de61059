"""Work that awaits somebody in the admin: drafts of theirs, versions to review, entries to check, opinions."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse

from ..asking.queue import waiting_number
from ..asking.rights import AT_THE_DESK
from ..models import Entry, Feedback, Revision, SoughtQuery
from ..models.feedback import UNHEARD
from .rights import may_publish, may_write

#: Searches in vain from which on a query awaits an editor; and queries that are counted, since more say no more.
A_FEW_TIMES, MOST_COUNTED = 3, 999


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A line of the admin's first page: how many of something, and the list of them."""

    name: str
    number: int
    address: str


def awaiting(user: User) -> list[Awaiting]:
    """Returns the lines for `user`, without those of which there is nothing."""
    if not may_write(user):
        return []
    versions = Revision.objects.exclude(entry__status=Entry.Status.BINNED)
    mine = versions.filter(author=user)
    lines = [
        _versions("我写的草稿，还没有提交或发布", mine.filter(state=Revision.State.DRAFT).count(), "draft", user),
        _versions("退回给我的", mine.filter(state=Revision.State.RETURNED).count(), "returned", user),
    ]
    if may_publish(user):
        waiting = versions.filter(state=Revision.State.WAITING).count()
        lines.append(_versions("等待审核的", waiting, "waiting"))
    scheduled = versions.filter(state=Revision.State.SCHEDULED).count()
    lines.append(_versions("定好时间发布的", scheduled, "scheduled"))
    overdue = reverse("admin:faq_entry_changelist", query={"care": "overdue"})
    lines.append(Awaiting("过了核对期限的", Entry.objects.overdue().count(), overdue))
    if user.has_perm(AT_THE_DESK):
        lines.append(Awaiting("等待答复的提问", waiting_number(user), reverse("faq:questions")))
    if user.has_perm("faq.view_feedback"):
        opinions = reverse("faq:question-opinions")
        unheard = Feedback.objects.filter(UNHEARD, helpful=False).count()
        lines.append(Awaiting("读者说没帮助、还没处理的", unheard, opinions))
    lines.append(Awaiting("老师近 30 天搜过几次、没找到的", _sought_in_vain(), reverse("admin:faq_entry_sought")))
    return [line for line in lines if line.number]


def _sought_in_vain() -> int:
    """Returns how many queries found nothing and were sent a few times, at most `MOST_COUNTED`."""
    missed = SoughtQuery.objects.filter(state=SoughtQuery.State.MISSED, searches_30__gte=A_FEW_TIMES)
    return missed[:MOST_COUNTED].count()


def _versions(name: str, number: int, state: str, user: User | None = None) -> Awaiting:
    query = {"version": state} | ({"by": "me"} if user else {})
    return Awaiting(name, number, reverse("admin:faq_entry_changelist", query=query))
