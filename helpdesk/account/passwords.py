"""Passwords that are set: by their owner, who then is signed in here alone, or by an administrator."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from helpdesk.models import PasswordToChange

from . import duties, sessions


def change(request: HttpRequest, user: User, password: str) -> None:
    """Sets the password of the signed-in user, and signs them out everywhere else."""
    user.set_password(password)
    user.save(update_fields=["password"])
    PasswordToChange.objects.filter(user=user).delete()
    sessions.end_others(request, user)
    update_session_auth_hash(request, user)
    duties.done(request, duties.PASSWORD)


def set_by_administrator(user: User) -> None:
    """Notes that the user did not choose the password: they are asked to, when they sign in with it."""
    if user.has_usable_password():
        PasswordToChange.objects.update_or_create(user=user, defaults={"fingerprint": _fingerprint(user)})


def must_be_changed(user: User) -> bool:
    """Returns true while the password is the one that an administrator set in the admin's form.

    A password set since then by any other way, a printed code or `changepassword`, has another fingerprint.
    """
    row = PasswordToChange.objects.filter(user=user).first()
    return row is not None and constant_time_compare(row.fingerprint, _fingerprint(user))


def _fingerprint(user: User) -> str:
    return salted_hmac("helpdesk.password-to-change", user.password, algorithm="sha256").hexdigest()
