"""Duties of somebody who has just signed in. They stand in the session, so no page asks the database for it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

KEY = "duties"
#: Duties, which are also the names of the pages where they are done; the order is the order of doing them.
CODE, PASSWORD, FACTOR = "account-code", "account-password", "account-factor"
ORDER = (CODE, PASSWORD, FACTOR)


def owe(request: HttpRequest, names: Iterable[str]) -> None:
    """Sets what is to be done in this session."""
    owed = set(names)
    request.session[KEY] = [name for name in ORDER if name in owed]


def first(request: HttpRequest) -> str | None:
    """Returns what is to be done next, None where there is nothing."""
    owed: list[str] = request.session.get(KEY, [])
    return owed[0] if owed else None


def done(request: HttpRequest, name: str) -> None:
    """Notes that one of them is done."""
    request.session[KEY] = [other for other in request.session.get(KEY, []) if other != name]
