"""Every door by which one signs in, as a test tries it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from helpdesk.common.models import SignInTries

PORTAL, ADMIN, FIRST = "/sign-in/", "/admin/login/", "/sign-in/first/"
PASSWORDS = (PORTAL, ADMIN)
DOORS = (*PASSWORDS, FIRST)
WRONG = "a-wrong-one-12"
#: Wrong tries that nobody waits for, at one account from one network.
FREE = 5


def try_at(door: str, name: str, secret: str = WRONG, client: Client | None = None, **address: str) -> Any:
    """One try at a door, by a browser that was never here before unless `client` is given."""
    typed = {"username": name, "password": secret}
    if door == FIRST:
        typed = {"staff_number": name, "code": secret, "password1": "mulberry-lane-7", "password2": "mulberry-lane-7"}
    browser = client or Client()
    return browser.post(door, typed, **address)  # type: ignore[arg-type]


def use_up(door: str, name: str, **address: str) -> None:
    """Wrong tries until the next one has to wait."""
    browser = Client(**address)  # type: ignore[arg-type]
    statuses = [try_at(door, name, client=browser).status_code for _ in range(FREE + 1)]
    assert statuses == [200] * (FREE + 1)


def seconds_to_wait(answer: Any) -> int:
    """How long an answer says to wait; 0 where it does not."""
    return int(answer.headers["Retry-After"]) if answer.status_code == 429 else 0


def let_time_pass() -> None:
    """Every wait is over; what was counted stays counted."""
    SignInTries.objects.filter(wait_until__gt=timezone.now()).update(wait_until=timezone.now())
