"""Values that every page has: the site's settings, and what the menu offers the reader.

Only the menu needs the database, and asks it when a page first reads it: error pages have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from credits.models.people import teacher_with
from credits.steps.rights import works_here
from faq.asking.queue import MOST_SHOWN, shown_number
from faq.asking.rights import is_at_the_desk

from .appearance import CHOICES, appearance


@dataclass(frozen=True)
class Menu:
    """Which parts of the credit pages a reader has, and whether they answer questions."""

    user: User | None = None
    works_here: bool = False
    is_teacher: bool = False
    answers_questions: bool = False

    @property
    def waiting_questions(self) -> str:
        """The number of questions that wait for the reader, in one query for the pages that show it; empty for none."""
        number = shown_number(self.user) if self.user and self.answers_questions else 0
        return f"{MOST_SHOWN}+" if number > MOST_SHOWN else str(number or "")


def menu_of(user: User | AnonymousUser) -> Menu:
    """Returns the menu of a reader, by at most two queries; by none for one who is not signed in.

    Rights are read, which takes one more, only for those who work in the admin: the editors, who answer what no office
    has.
    """
    if isinstance(user, AnonymousUser):
        return Menu()
    teaches = teacher_with(user) is not None
    works = works_here(user)
    answers = works or (user.is_staff and is_at_the_desk(user))
    return Menu(user=user, works_here=works, is_teacher=teaches, answers_questions=answers)


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "menu": SimpleLazyObject(lambda: menu_of(request.user)),
        "appearance": appearance(request),
        "here": request.get_full_path(),
        "appearance_choices": CHOICES,
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "canonical": request.build_absolute_uri(request.path),
        "site_name": settings.SITE_NAME,
        "scheme_name": settings.SCHEME_NAME,
        "icp_number": settings.ICP_NUMBER,
        "police_number": settings.POLICE_NUMBER,
        "contact_line": settings.CONTACT_LINE,
        "run_by": settings.RUN_BY,
        "run_for": settings.RUN_FOR,
        "current_as_of": settings.CURRENT_AS_OF,
    }
