"""The browsers in which somebody is signed in: noted, seen, listed and ended."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import DatabaseError, models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from helpdesk.models import SignedIn
from helpdesk.waits import without_waiting

from .devices import device_name
from .roles import idle_seconds
from .store import BEGUN, IDLE, SessionStore

#: A use of the session is written down once in so long at most.
ONCE_A_MINUTE = datetime.timedelta(seconds=60)


def note(request: HttpRequest, user: User) -> None:
    """Notes in which browser the user is signed in from now on, and how long the session may be idle."""
    session = request.session
    session[IDLE] = idle_seconds(user)
    session[BEGUN] = int(time.time())
    if session.session_key is None:
        session.create()
    now = timezone.now()
    device = device_name(request.headers.get("User-Agent", ""))
    facts = {"user": user, "device": device, "since": now, "seen_at": now}
    SignedIn.objects.update_or_create(session_id=session.session_key, defaults=facts)


def is_noted(request: HttpRequest) -> bool:
    """Returns false for a session that began before sessions were noted."""
    return IDLE in request.session


def seen(session: SessionStore) -> None:
    """Notes that the session is used just now, which makes it last; once a minute at most.

    It never makes a page wait or fail: where the database cannot write at once, the next page notes it.
    """
    until = session.next_end()
    due = until - ONCE_A_MINUTE
    if session.ends_at is None or session.ends_at > due:
        return
    row = Session.objects.filter(pk=session.session_key, expire_date__lte=due)
    browser = SignedIn.objects.filter(session=session.session_key)
    try:
        with without_waiting(), transaction.atomic():
            if row.update(expire_date=until):
                browser.update(seen_at=timezone.now())
    except DatabaseError:
        pass


# --- the list --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Browser:
    """A line of the list: what it is, since when and until when it was used, and whether it is this one."""

    device: str
    since: datetime.datetime
    seen_at: datetime.datetime
    is_this: bool


def browsers(request: HttpRequest, user: User) -> list[Browser]:
    """Returns the browsers in which the user is signed in, this one first, then the one used last."""
    here = request.session.session_key
    rows = SignedIn.objects.filter(user=user, session__expire_date__gt=timezone.now())
    live = [row for row in rows.select_related("session") if _is_live(row, user)]
    found = [Browser(row.device, row.since, row.seen_at, row.session_id == here) for row in live]
    return sorted(found, key=lambda browser: (browser.is_this, browser.seen_at), reverse=True)


def _is_live(row: SignedIn, user: User) -> bool:
    """Returns false where the password was changed since: Django lets such a session in no more."""
    held = row.session.get_decoded().get(HASH_SESSION_KEY, "")
    return constant_time_compare(held, user.get_session_auth_hash())


def end_others(request: HttpRequest, user: User) -> None:
    """Signs the user out everywhere but here."""
    _sessions_of(user).exclude(pk=request.session.session_key).delete()


def end_all(user: User) -> None:
    """Signs the user out everywhere."""
    _sessions_of(user).delete()


def _sessions_of(user: User) -> models.QuerySet[Session]:
    return Session.objects.filter(signed_in__user=user)
