"""The beginning of every session, through whichever door: what is noted of it and what is to be done first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from . import again, duties, factor, passwords, sessions
from .roles import must_have_factor


@receiver(user_logged_in, dispatch_uid="helpdesk.account.begin")
def begin(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Begins the session of somebody who has just given their password, or a printed code."""
    duties.owe(request, _duties_of(user))
    again.note(request)
    sessions.note(request, user)


def _duties_of(user: User) -> Iterator[str]:
    enrolled = factor.is_enrolled(user)
    if enrolled:
        yield duties.CODE
    if passwords.must_be_changed(user):
        yield duties.PASSWORD
    if not enrolled and must_have_factor(user):
        yield duties.FACTOR
