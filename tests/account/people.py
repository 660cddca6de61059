"""Somebody at a browser of their own, whose clock a test can put forward."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from helpdesk.account import again, store
from helpdesk.models import SignedIn
from tests.cast import PASSWORD

SIGN_IN, ADMIN = "/sign-in/", "/admin/login/"
ACCOUNT, CHANGE, CODE, FACTOR = "/account/", "/account/password/", "/account/code/", "/account/second-factor/"
LEAVE = "/account/sign-out/"
WECHAT = "Mozilla/5.0 (Linux; Android 12; HMA-AL00) Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0.47"


def with_password(user: User, password: str = PASSWORD) -> User:
    user.set_password(password)
    user.save()
    return user


def sign_in(user: User, password: str = PASSWORD, door: str = SIGN_IN, **more: Any) -> tuple[Client, Any]:
    """A browser that was never here before, and the answer to its signing in."""
    client = Client(**more)
    return client, client.post(door, {"username": user.get_username(), "password": password, "next": ""})


def later(client: Client, **time: float) -> None:
    """Lets time pass for a session: everything that it knows of is longer ago."""
    passed = datetime.timedelta(**time)
    session = client.session
    row = Session.objects.get(pk=session.session_key)
    for key in (store.BEGUN, again.KEY):
        session[key] -= int(passed.total_seconds())
    session.save()
    Session.objects.filter(pk=row.pk).update(expire_date=row.expire_date - passed)
    SignedIn.objects.filter(session=row.pk).update(since=F("since") - passed, seen_at=F("seen_at") - passed)


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def enrol(user: User) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="app", confirmed=True)


def shown(device: TOTPDevice, steps_ahead: int = 0) -> str:
    """The six digits that the app shows now, or so many steps of 30 seconds from now."""
    return f"{totp(device.bin_key, drift=steps_ahead):06d}"


def wrong(device: TOTPDevice) -> str:
    """Six digits that fit in none of the steps that are taken now."""
    right = {shown(device, step) for step in range(-3, 4)}
    return next(
        digits
        for digits in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777")
        if digits not in right
    )
