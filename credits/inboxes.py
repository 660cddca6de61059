"""Inbox of correction requests, named at the portal's other inboxes."""

from __future__ import annotations

from django.contrib.auth.models import User

from helpdesk.common.inboxes import Inbox

from .models import CorrectionRequest
from .steps.rights import works_here


def _waiting(user: User) -> int | None:
    return CorrectionRequest.objects.decided_by(user).open().count() if works_here(user) else None


CORRECTIONS = Inbox("学分更正", _waiting, "credits:corrections")
