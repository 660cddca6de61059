"""Inboxes of several apps, named in one place, so that whoever answers people finds all of them from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Inbox:
    """A list of what people sent: its name, how much of it waits for a user (None: not theirs), and its address."""

    name: str
    waiting: Callable[[User], int | None]
    view: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An inbox as a page names it."""

    name: str
    number: int
    address: str


_INBOXES: list[Inbox] = []


def register(inbox: Inbox) -> None:
    """Lets pages name an inbox."""
    if inbox not in _INBOXES:
        _INBOXES.append(inbox)


def waiting_for(user: User) -> list[Waiting]:
    """Returns the inboxes of a user, those with nothing in them too."""
    found = [(inbox, inbox.waiting(user)) for inbox in _INBOXES]
    return [
        Waiting(inbox.name, number, reverse(inbox.view) + inbox.query) for inbox, number in found if number is not None
    ]
