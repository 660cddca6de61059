"""Parts of views that every app shares: the user of a request."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest


def user_of(request: HttpRequest) -> User:
    """Returns the signed-in user of a request that a guard let through."""
    return cast("User", request.user)
