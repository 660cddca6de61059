"""Looks at teachers' credit data by others, recorded once a session and teacher.

A session that lasts is asked again after `SAME_LOOK`. Two tabs opened at the same moment may both be recorded.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from helpdesk.common.prepared import Prepared

from ..models import StatementAccess, Teacher

#: Further looks of a session at a teacher count as the first for so long.
SAME_LOOK = datetime.timedelta(hours=12)


def note_looks(request: HttpRequest, teachers: Collection[int], kind: str) -> None:
    """Records that the signed-in user sees the data of these teachers, given by key, unless it is their own.

    The page is not shown where this fails: no look without its record.
    """
    if not teachers:
        return
    viewer, session = cast("User", request.user), _session_of(request)
    name = viewer.get_username()
    looks = [
        StatementAccess(teacher_id=pk, viewer=viewer, viewer_name=name, kind=kind, session=session)
        for pk in _unseen(teachers, viewer.pk, session)
    ]
    StatementAccess.objects.bulk_create(looks)


def _unseen(teachers: Collection[int], viewer: int, session: str) -> Iterable[int]:
    """Returns those of the teachers, but for the viewer, at whom this session has not looked lately."""
    since = timezone.now() - SAME_LOOK
    for size, prepared in _UNSEEN.items():
        if len(teachers) <= size:
            keys = [*teachers, *[next(iter(teachers))] * (size - len(teachers))]
            asked = {f"teacher{number}": key for number, key in enumerate(keys)}
            return prepared.rows(viewer=viewer, session=session, since=since, **asked)
    return _others(teachers, viewer, session, since)


def _others(teachers: Collection[int], viewer: int, session: str, since: datetime.datetime) -> QuerySet[Teacher, int]:
    looks = StatementAccess.objects.filter(viewer=viewer, session=session, at__gte=since, teacher__in=teachers)
    others = Teacher.objects.filter(pk__in=teachers).exclude(user=viewer).exclude(pk__in=looks.values("teacher"))
    return others.order_by("pk").values_list("pk", flat=True)


def _prepared(size: int) -> Prepared:
    """Returns the query for so many teachers; one of fewer names one of them again."""

    def others(viewer: int, session: str, since: datetime.datetime, **teachers: int) -> QuerySet[Teacher, int]:
        return _others(list(teachers.values()), viewer, session, since)

    teachers: dict[str, type] = {f"teacher{number}": int for number in range(size)}
    return Prepared(others, viewer=int, session=str, since=datetime.datetime, **teachers)


#: The queries for a statement and for a page of the roster, by the number of teachers.
_UNSEEN = {size: _prepared(size) for size in (1, 50)}


def _session_of(request: HttpRequest) -> str:
    """Returns a digest of the session, from which nobody learns its key."""
    return salted_hmac("credits.look", request.session.session_key or "").hexdigest()[:32]
