"""Histories as a page shows them: of a step by somebody else's staff the organisation is told, not the account."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet

from ..models import Event, Membership, Organization

ADMINISTRATOR = "系统管理员"
DELETED = "已删除的账号"


def told(events: QuerySet[Event], user: User) -> list[Event]:
    """Returns these events, each with `by`: whoever took the step, by the name that `user` may know.

    That is the account where it works for an organisation in the user's charge, or is the event's own teacher's; else
    the organisations that it works for. People sign in with the names of their accounts.
    """
    works = Prefetch("actor__memberships", Membership.objects.select_related("organization"))
    found = list(events.select_related("actor", "teacher").prefetch_related(works))
    own = set(Organization.objects.visible_to(user).filter(pk__in=_workplaces(found)).values_list("pk", flat=True))
    for event in found:
        event.by = event.actor_name if _is_known(event, user, own) else _office_of(event)  # type: ignore[attr-defined]
    return found


def _workplaces(events: Iterable[Event]) -> set[int]:
    return {work.organization_id for event in events for work in _works_of(event)}


def _works_of(event: Event) -> list[Membership]:
    return list(event.actor.memberships.all()) if event.actor else []


def _is_known(event: Event, user: User, own: set[int]) -> bool:
    """Returns true where `user` may read the account's name; `own` are the organisations in the user's charge."""
    if user.is_superuser or event.actor_id == user.pk:
        return True
    if event.actor_id is not None and event.teacher is not None and event.teacher.user_id == event.actor_id:
        return True
    return any(work.organization_id in own for work in _works_of(event))


def _office_of(event: Event) -> str:
    """Returns where the account works; an account that works nowhere is an administrator's."""
    if event.actor is None:
        return DELETED
    names = [work.organization.name for work in _works_of(event)]
    return "、".join(dict.fromkeys(names)) or ADMINISTRATOR
