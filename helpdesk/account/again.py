"""Asking somebody who is signed in once more who they are: by the code of their app, else by their password."""

from __future__ import annotations

import time

from django.contrib.auth.models import User
from django.http import HttpRequest

from . import factor, tries

#: Key of the session: when the person last showed who they are, in seconds since 1970.
KEY = "confirmed_at"
#: So long nobody is asked again.
GOOD_FOR = 10 * 60
WRONG_CODE = "验证码不对，或者已经用过。请看手机上现在显示的数字；也可以填一个没有用过的恢复码。"


def note(request: HttpRequest) -> None:
    """Notes that the person has shown just now who they are."""
    request.session[KEY] = int(time.time())


def is_good(request: HttpRequest) -> bool:
    """Returns true where the person has shown lately who they are."""
    ago = time.time() - request.session.get(KEY, 0)
    return 0 <= ago < GOOD_FOR


def confirm(request: HttpRequest, user: User, typed: str) -> str:
    """Takes the code or password that was typed; returns what is wrong with it, or nothing."""
    wait = tries.seconds_to_wait(user)
    if wait:
        return tries.too_often(wait)
    enrolled = factor.is_enrolled(user)
    right = factor.fits(user, typed) if enrolled else user.check_password(typed)
    if not right:
        return WRONG_CODE if enrolled else tries.WRONG_PASSWORD
    request.session.cycle_key()
    note(request)
    return ""
