"""Looks at teachers' credit data by others, recorded once a session and teacher.

A session that lasts is asked again after `SAME_LOOK`. Two tabs opened at the same moment may both be recorded.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..models import StatementAccess, Teacher

#: Further looks of a session at a teacher count as the first for so long.
SAME_LOOK = timedelta(hours=12)


def note_looks(request: HttpRequest, teachers: Collection[int], kind: str) -> None:
    """Records that the signed-in user sees the data of these teachers, given by key, unless it is their own.

    The page is not shown where this fails: no look without its record.
    """
    if not teachers:
        return
    viewer, session = cast("User", request.user), _session_of(request)
    others = Teacher.objects.filter(pk__in=teachers).exclude(user=viewer)
    unseen = others.exclude(pk__in=_seen(viewer, session).filter(teacher__in=teachers).values("teacher"))
    name = viewer.get_username()
    looks = [
        StatementAccess(teacher_id=pk, viewer=viewer, viewer_name=name, kind=kind, session=session)
        for pk in unseen.order_by("pk").values_list("pk", flat=True)
    ]
    StatementAccess.objects.bulk_create(looks)


def _seen(viewer: User, session: str) -> QuerySet[StatementAccess]:
    """Returns the looks of this session that are recent enough to stand for a further one."""
    since = timezone.now() - SAME_LOOK
    return StatementAccess.objects.filter(viewer=viewer, session=session, at__gte=since)


def _session_of(request: HttpRequest) -> str:
    """Returns a digest of the session, from which nobody learns its key."""
    return salted_hmac("credits.look", request.session.session_key or "").hexdigest()[:32]
