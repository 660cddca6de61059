"""An account's work here: how long it may be idle, and whether it needs a second factor, follow from it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured

from credits.models import Membership

#: Roles by the names that SECOND_FACTOR_FOR uses.
ROLES = {"superuser", "admin", "reviewer", "staff"}


def check_settings() -> None:
    """Raises ImproperlyConfigured where SECOND_FACTOR_FOR names a role that does not exist."""
    unknown = set(settings.SECOND_FACTOR_FOR) - ROLES
    if unknown:
        known = ", ".join(sorted(ROLES))
        raise ImproperlyConfigured(f"SECOND_FACTOR_FOR: {', '.join(sorted(unknown))} is none of {known}.")


def roles_of(user: User) -> set[str]:
    """Returns the roles of an account; none for a teacher, who sees nothing but their own credits."""
    roles = set(Membership.objects.filter(user=user).values_list("role", flat=True))
    if user.is_staff:
        roles.add("admin")
    if user.is_superuser:
        roles.add("superuser")
    return roles


def idle_seconds(user: User) -> int:
    """Returns after how many seconds without a page the user is signed out."""
    minutes = settings.STAFF_IDLE_MINUTES if roles_of(user) else settings.TEACHER_IDLE_MINUTES
    return 60 * minutes


def must_have_factor(user: User) -> bool:
    """Returns true where SECOND_FACTOR_FOR names a role of the user."""
    return not roles_of(user).isdisjoint(settings.SECOND_FACTOR_FOR)
