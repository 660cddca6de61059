"""Who may do what with entries: write, publish, decide on what others wrote."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied

from helpdesk.common.decisions import Refusal

from ..models import Revision

OWN_WRITING = "这一版里有您自己写的内容，要由别的审核人来发布。"


def may_write(user: User | AnonymousUser) -> bool:
    return user.has_perm("faq.change_entry")


def may_publish(user: User | AnonymousUser) -> bool:
    """Tells whether `user` may publish: reviewers, and editors where publishing needs no review (a setting)."""
    if user.has_perm("faq.publish_entry"):
        return True
    return settings.DIRECT_PUBLISHING and may_write(user)


def may_publish_own(user: User | AnonymousUser) -> bool:
    """Tells whether `user` may publish their own writing: only where publishing needs no review."""
    return settings.DIRECT_PUBLISHING and may_publish(user)


def demand(allowed: bool) -> None:
    """Raises PermissionDenied where something is not allowed."""
    if not allowed:
        raise PermissionDenied


def demand_of_others(revision: Revision, by: User) -> None:
    """Raises Refusal where `by` wrote any of the version, be it in an earlier draft that it replaced."""
    if not settings.DIRECT_PUBLISHING and wrote_in(revision, by):
        raise Refusal(OWN_WRITING)


def wrote_in(revision: Revision, user: User | AnonymousUser) -> bool:
    """Tells whether `user` wrote the version or one of the drafts that led to it since the last publication."""
    since = revision.base.number if revision.base else 0
    led_to_it = Revision.objects.filter(entry=revision.entry_id, number__gt=since, number__lte=revision.number)
    return led_to_it.filter(author_id=user.pk).exists()
