"""Rights: staff work for an organisation and all below it, and reviewers also decide there.

A school never reviews itself: what it files goes to the body above it (`Organization.reviewing_body`). Rights follow
from the place in the tree, never from a single row, so no permissions are stored by row.
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied

from ..models import Organization
from ..models.people import workplaces


def works_here(user: User | AnonymousUser) -> bool:
    """Returns true where `user` works for any organisation at all."""
    return user.is_active and (user.is_superuser or bool(workplaces(user)))


def manages(user: User, organization: Organization) -> bool:
    """Returns true where `user` works for `organization` or for a body above it."""
    return Organization.objects.visible_to(user).filter(pk=organization.pk).exists()


def reviews(user: User, organization: Organization, reviewed: Collection[int] | None = None) -> bool:
    """Returns true where `user` decides on what `organization` files; superusers do where nobody is above a school.

    `reviewed`: the ids of all organisations that `user` reviews for, where they were looked up before.
    """
    body = organization.reviewing_body
    if body is None:
        return user.is_superuser
    if reviewed is not None:
        return body.pk in reviewed
    return Organization.objects.reviewed_by(user).filter(pk=body.pk).exists()


def records_filings(user: User, organization: Organization) -> bool:
    """Returns true where `user` decides, above `organization`, on what it files upwards; superusers do at the top."""
    if organization.parent is None:
        return user.is_superuser
    return Organization.objects.reviewed_by(user).filter(pk=organization.parent.pk).exists()


def demand(allowed: bool) -> None:
    """Raises PermissionDenied unless the user is allowed to take the step."""
    if not allowed:
        raise PermissionDenied
