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

from credits.models import Teacher
from credits.steps.rights import works_here

from .appearance import CHOICES, appearance


@dataclass(frozen=True)
class Menu:
    """Which parts of the credit pages a reader has."""

    works_here: bool = False
    is_teacher: bool = False


def menu_of(user: User | AnonymousUser) -> Menu:
    """Returns the menu of a reader, by at most two queries; by none for one who is not signed in."""
    if isinstance(user, AnonymousUser):
        return Menu()
    teaches = Teacher.objects.filter(user=user.pk).exists()
    return Menu(works_here=works_here(user), is_teacher=teaches)


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
