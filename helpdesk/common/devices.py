"""Cookie of a browser in which somebody has signed in, by which that account is known there again.

It holds a random number of the browser and, for each account, a keyed hash of both: it opens nothing, names nobody, and
without SECRET_KEY nobody can make one. Whoever guesses at a password elsewhere can so never keep its owner out here.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "device"
SALT = "helpdesk.device"
HALF_A_YEAR = 182 * 24 * 3600
#: Accounts that one browser is known for, the latest ones: as many share a computer in a school office.
MOST_ACCOUNTS = 12


def known_device(request: HttpRequest, name: str) -> str:
    """Returns the number of this browser where the account of that name has signed in before, else nothing."""
    number, digests = _read(request)
    wanted = _digest(number, name)
    found = [constant_time_compare(digest, wanted) for digest in digests]
    return number if any(found) else ""


def remember(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Makes this browser known for the account of that name, which has just signed in."""
    number, digests = _read(request)
    number = number or secrets.token_urlsafe(16)
    own = _digest(number, name)
    others = [digest for digest in digests if digest != own]
    latest = [own, *others][:MOST_ACCOUNTS]
    response.set_signed_cookie(
        COOKIE,
        ".".join([number, *latest]),
        salt=SALT,
        max_age=HALF_A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    """Returns the number of the browser and the hashes of its accounts; nothing where the cookie is not ours."""
    value = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=HALF_A_YEAR)
    number, *digests = (value or "").split(".")
    return number, digests


def _digest(number: str, name: str) -> str:
    return salted_hmac(SALT, f"{number}|{name.casefold()}", algorithm="sha256").hexdigest()[:24]
