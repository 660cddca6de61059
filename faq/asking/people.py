"""People who answer questions: what they are called, and the colleagues to whom one may give a question."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User

from helpdesk.common.offices import offices

from ..models import Question
from .rights import AT_THE_DESK

#: Colleagues that a page offers to choose from.
MOST_COLLEAGUES = 200
EDITORS, GONE = "本站编辑", "已经撤销的机构"


def name_of(user: User) -> str:
    """Returns the full name as Chinese write it, the family name first; the account's name where it has none."""
    return f"{user.last_name}{user.first_name}" or user.get_username()


def office_names(paths: Iterable[str]) -> dict[str, str]:
    """Returns what each of these offices is called; the empty path is that of the portal's editors."""
    wanted = set(paths)
    named = offices().names(wanted - {""})
    return {path: named.get(path, GONE) if path else EDITORS for path in wanted}


def colleagues(question: Question, by: User) -> list[User]:
    """Returns those who may be given the question: who works at its office or above; without an office, the editors.

    Left out are `by`, who has a button of their own, and the one who asked.
    """
    people = _workers_from(question.office) if question.office else _editors()
    others = {person.pk: person for person in people if person.pk not in (by.pk, question.asker_id)}
    return list(others.values())[:MOST_COLLEAGUES]


def office_above(question: Question) -> str:
    """Returns the nearest office above that of the question at which somebody works; empty where there is none."""
    known = offices()
    path = known.parent(question.office)
    while path and not known.workers(path):
        path = known.parent(path)
    return path or ""


def _workers_from(path: str | None) -> list[User]:
    known = offices()
    found: list[User] = []
    while path:
        found += known.workers(path)
        path = known.parent(path)
    return found


def _editors() -> list[User]:
    return list(User.objects.with_perm(AT_THE_DESK, include_superusers=False).order_by("pk")[:MOST_COLLEAGUES])
