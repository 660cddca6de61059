"""Offices: who is above whom, for apps that must not import the one whose table of organisations it is.

An office is known by its path, a text such as `1.4.27.`: the paths of all offices below it begin with it. The app that
has the organisations registers an implementation when it is ready; others ask `offices()`. A path that is stored
elsewhere may outlive its office, so every function takes any text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ImproperlyConfigured


class Offices(Protocol):
    def visible_to(self, user: User | AnonymousUser) -> list[str]:
        """Returns the topmost paths that `user` may see: a path that begins with one of them is visible too.

        The empty text, with which every path begins, is returned for a user who may see all.
        """

    def names(self, paths: Collection[str]) -> dict[str, str]:
        """Returns the name of each office by its path, read at once for a whole list; unknown paths are left out."""

    def parent(self, path: str) -> str | None:
        """Returns the path of the office directly above; None at the top and for an unknown path."""

    def contact(self, path: str) -> str:
        """Returns whom to turn to in Chinese: the nearest office, from `path` upwards, at which somebody works.

        The full names of those who work there follow, where their accounts have some: `桃源县（王芳、李军）`. Account
        names are never told, since people sign in with them. Empty where nobody works at any of these offices.
        """

    def of_person(self, user: User | AnonymousUser) -> tuple[str, str]:
        """Returns path and name of the office that `user` belongs to without working for it, as a teacher does.

        Both are empty where there is none.
        """

    def called(self, name: str) -> str:
        """Returns the path of the office with exactly that name; empty where there is none, or more than one."""

    def any_below(self, paths: Collection[str]) -> bool:
        """Tells whether one of these offices has another one below it; unknown paths have none."""

    def workers(self, path: str) -> list[User]:
        """Returns the active users who work for this very office, by name; none for an unknown path."""

    def moved(self, paths: Collection[str]) -> dict[str, str]:
        """Returns, by the path that it had, the present path of each office that was put below another one since."""


_registered: Offices | None = None
_followers: list[Callable[[], object]] = []


def register(implementation: Offices) -> None:
    """Makes `implementation` the one that `offices()` returns."""
    global _registered
    _registered = implementation


def follow_moves(follower: Callable[[], object]) -> None:
    """Lets an app that stores paths see to them whenever offices are moved."""
    if follower not in _followers:
        _followers.append(follower)


def note_move() -> None:
    """Says, in the transaction of the move, that some offices have other paths now."""
    for follower in _followers:
        follower()


def offices() -> Offices:
    """Returns the registered implementation; raises ImproperlyConfigured where no app has registered one."""
    if _registered is None:
        raise ImproperlyConfigured("no installed app has registered its offices")
    return _registered
