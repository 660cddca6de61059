"""Who may do what: staff work for an organisation and all below it; reviewers also decide there.

A school never reviews itself: what it files goes to the body above it (`Organization.reviewing_body`).
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied

from .models import Membership, Organization


def works_here(user: User | AnonymousUser) -> bool:
    """Whether `user` works for any organisation at all."""
    return user.is_active and (user.is_superuser or Membership.objects.filter(user=user.pk).exists())


def manages(user: User, organization: Organization) -> bool:
    return Organization.objects.visible_to(user).filter(pk=organization.pk).exists()


def reviews(user: User, organization: Organization) -> bool:
    """Whether `user` decides on what `organization` files; where nobody is above a school, superusers do."""
    body = organization.reviewing_body
    if body is None:
        return user.is_superuser
    return Organization.objects.reviewed_by(user).filter(pk=body.pk).exists()


def records_filings(user: User, organization: Organization) -> bool:
    """Whether `user` decides, above `organization`, on what it files upwards; at the top, superusers do."""
    if organization.parent is None:
        return user.is_superuser
    return Organization.objects.reviewed_by(user).filter(pk=organization.parent.pk).exists()


def demand(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
