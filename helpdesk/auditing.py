"""Signing in and out, and refusals, for the audit log. `helpdesk.admin` and the steps of credits note what is done.

Members of staff are recorded: who works for an organisation, or in the admin. Of teachers only refusals are, and
nothing of anybody who is not signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

from credits.steps.rights import works_here
from helpdesk.common import audit
from helpdesk.common.audit import Kind

#: Digits of a key in an address that is noted; longer ones are no key of ours.
MOST_DIGITS = 18


def is_of_staff(user: User) -> bool:
    return user.is_staff or works_here(user)


@receiver(user_logged_in, dispatch_uid="helpdesk.audit.signed_in")
def note_sign_in(sender: object, user: User, **kwargs: Any) -> None:
    if is_of_staff(user):
        audit.note(Kind.SIGN_IN, user)


@receiver(user_logged_out, dispatch_uid="helpdesk.audit.signed_out")
def note_sign_out(sender: object, user: User | None, **kwargs: Any) -> None:
    if user is not None and is_of_staff(user):
        audit.note(Kind.SIGN_OUT, user)


@receiver(user_login_failed, dispatch_uid="helpdesk.audit.failed")
def note_failure(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Notes a failure, and the account where it is one of staff. Other names are not: people type passwords there.

    A row is written in any case, so that the time it takes does not tell which names are accounts of staff.
    """
    name = str(credentials.get("username") or "").replace("\x00", "")
    of_staff = Q(is_staff=True) | Q(is_superuser=True) | Q(memberships__isnull=False)
    account = User.objects.filter(of_staff, username=name).first()
    audit.note_attempt(Kind.SIGN_IN_FAILED, None, account or "")


class AuditMiddleware:
    """Notes that a signed-in user was refused.

    The view has ended by then, and what it had begun to save is rolled back, so the note stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 403 and request.user.is_authenticated:
            note_refusal(request)
        return response


def note_refusal(request: HttpRequest) -> None:
    """Notes the view by its name, and the public id or key in the address, but not the address: it may be typed."""
    match = request.resolver_match
    detail = {"method": request.method, "view": match.view_name if match else ""}
    asked = match.kwargs if match else {}
    detail |= {name: value for name, value in asked.items() if _is_a_key(name, value)}
    audit.note_attempt(Kind.REFUSED, request.user, "", **detail)  # type: ignore[arg-type]


def _is_a_key(name: str, value: Any) -> bool:
    is_number = str(value).isascii() and str(value).isdecimal() and len(str(value)) <= MOST_DIGITS
    return is_number if name in ("pk", "object_id") else name == "public_id"
