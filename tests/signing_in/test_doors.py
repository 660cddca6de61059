"""Every door under the one rule: what it says, and that it tells nothing else."""

from __future__ import annotations

import multiprocessing
import os
import re
import threading
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from helpdesk.common.guessing import LIMITS, Kind, Limit
from helpdesk.common.models import SignInTries
from helpdesk.hashing import PRIORITY, InTurn
from tests.cast import PASSWORD, Place, make_editor
from tests.credits.sign_in.codes import code_of
from tests.signing_in.doors import (
    ADMIN,
    DOORS,
    FIRST,
    FREE,
    PASSWORDS,
    PORTAL,
    WRONG,
    let_time_pass,
    seconds_to_wait,
    try_at,
    use_up,
)

pytestmark = pytest.mark.django_db


def right_secret(place: Place, door: str) -> tuple[str, str]:
    """A name and what opens that door to it."""
    if door == FIRST:
        return "A-1", code_of(place.teacher, place)
    place.editor.set_password(PASSWORD)
    place.editor.save()
    return "editor", PASSWORD


@pytest.mark.parametrize("door", DOORS)
def test_a_door_says_how_long_to_wait(place: Place, cycles: None, door: str) -> None:
    name, secret = right_secret(place, door)
    use_up(door, name)
    refused = try_at(door, name, secret)
    body = refused.content.decode()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert "请等 10 秒再试" in body
    assert f'value="{name}"' in body and PASSWORD not in body
    let_time_pass()
    assert try_at(door, name, secret).status_code == 302


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "forwarded", ["1.2.3.4:5555", "[2001:db8::7]:443", "unknown", "unix:", "_hidden, ", "fe80::1%eth0"]
)
def test_no_forwarded_address_breaks_a_door(settings: Any, door: str, forwarded: str) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert try_at(door, "editor", HTTP_X_FORWARDED_FOR=forwarded).status_code == 200


@pytest.mark.parametrize("door", DOORS)
def test_a_network_is_one_at_every_door(settings: Any, door: str) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    forwarded = [f"[2001:db8::{number}]:{1000 + number}" for number in range(FREE + 2)]
    answers = [try_at(door, "editor", HTTP_X_FORWARDED_FOR=address).status_code for address in forwarded]
    assert answers == [200] * (FREE + 1) + [429]


def test_both_doors_of_passwords_count_together() -> None:
    use_up(PORTAL, "editor")
    assert try_at(ADMIN, "editor").status_code == 429
    assert try_at(FIRST, "editor").status_code == 200


def test_all_doors_count_the_address_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, Kind.ADDRESS, Limit(free=2, first=60, longest=60))
    for door in DOORS:
        assert try_at(door, f"one at {door}").status_code == 200
    assert {try_at(door, "one more").status_code for door in DOORS} == {429}


@pytest.mark.parametrize("door", DOORS)
def test_while_one_waits_no_password_is_looked_up(door: str) -> None:
    use_up(door, "editor")
    with CaptureQueriesContext(connection) as queries:
        assert try_at(door, "editor").status_code == 429
    asked = " ".join(query["sql"] for query in queries)
    assert "common_signintries" in asked
    assert "password" not in asked
    assert "digest" not in asked


@pytest.mark.parametrize("door", PASSWORDS)
def test_an_unknown_account_is_answered_like_a_known_one(door: str) -> None:
    make_editor("known")

    def told(name: str, address: str) -> list[tuple[int, str]]:
        answers = [try_at(door, name, REMOTE_ADDR=address) for _ in range(FREE + 2)]
        bodies = [re.sub(r'value="\w{64}"', "", answer.content.decode()) for answer in answers]
        return [(answer.status_code, body.replace(name, "")) for answer, body in zip(answers, bodies, strict=True)]

    assert told("known", "203.0.113.1") == told("nobody", "203.0.113.2")


@pytest.mark.parametrize("door", PASSWORDS)
def test_an_unknown_account_takes_the_same_queries(door: str) -> None:
    make_editor("known")

    def asked(name: str, address: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            try_at(door, name, REMOTE_ADDR=address)
        return [re.sub(r"'[^']*'|\d+|NULL", "", query["sql"])[:60] for query in queries]

    assert asked("known", "203.0.113.1") == asked("nobody", "203.0.113.2")


def test_a_teacher_right_at_the_admins_door_is_counted(place: Place) -> None:
    place.herself.set_password(PASSWORD)
    place.herself.save()
    assert try_at(ADMIN, "teacher", PASSWORD).status_code == 200
    assert SignInTries.objects.get(kind="pair").wrong == 1


# --- browsers in which one has signed in ------------------------------------------------------------------------------


@pytest.mark.parametrize("door", PASSWORDS)
def test_a_known_browser_is_never_kept_out_by_others(door: str) -> None:
    make_editor()
    known = Client()
    assert try_at(door, "editor", PASSWORD, known).status_code == 302
    known.post("/sign-out/")
    use_up(door, "editor")
    assert seconds_to_wait(try_at(door, "editor")) > 0
    assert try_at(door, "editor", PASSWORD, known).status_code == 302


def test_first_sign_in_makes_a_browser_known(place: Place, cycles: None) -> None:
    known = Client()
    assert try_at(FIRST, "A-2", "no", known).cookies.get("device") is None
    name, code = right_secret(place, FIRST)
    assert try_at(FIRST, name, code, known).cookies["device"]["httponly"]
    use_up(PORTAL, "teacher")
    assert try_at(PORTAL, "teacher", "mulberry-lane-7", known).status_code == 302


def test_a_known_browser_waits_for_its_own_slips() -> None:
    make_editor()
    known = Client()
    try_at(PORTAL, "editor", PASSWORD, known)
    statuses = [try_at(PORTAL, "editor", WRONG, known).status_code for _ in range(FREE + 1)]
    assert statuses == [200] * (FREE + 1)
    assert seconds_to_wait(try_at(PORTAL, "editor", PASSWORD, known)) == 5
    assert try_at(PORTAL, "editor", PASSWORD).status_code == 302


def test_a_browser_is_known_for_its_own_accounts_only() -> None:
    make_editor("one")
    make_editor("two")
    known = Client()
    for name in ("one", "two"):
        try_at(PORTAL, name, PASSWORD, known)
        use_up(PORTAL, name)
        assert try_at(PORTAL, name, PASSWORD, known).status_code == 302
    use_up(PORTAL, "three")
    assert try_at(PORTAL, "three", WRONG, known).status_code == 429


@pytest.mark.parametrize("made", ["", "x", "number.digest", "é", "a:b:c", "." * 3000])
def test_a_cookie_of_ones_own_making_is_ignored(made: str) -> None:
    use_up(PORTAL, "editor")
    forger = Client()
    forger.cookies["device"] = made
    assert try_at(PORTAL, "editor", WRONG, forger).status_code == 429


def test_the_cookie_names_nobody_and_is_signed() -> None:
    make_editor("liming")
    value = try_at(PORTAL, "liming", PASSWORD).cookies["device"].value
    assert "liming" not in value
    use_up(PORTAL, "liming")
    changed = Client()
    changed.cookies["device"] = f"{value[:-1]}{'a' if value[-1] != 'a' else 'b'}"
    assert try_at(PORTAL, "liming", PASSWORD, changed).status_code == 429


# --- the admin lets one go on -----------------------------------------------------------------------------------------

LIST = "/admin/common/signintries/"


def test_an_administrator_ends_a_wait(place: Place) -> None:
    use_up(PORTAL, "editor", REMOTE_ADDR="203.0.113.7")
    client = place.client("superuser")
    body = client.get(LIST).content.decode()
    assert "editor" in body and "203.0.113.7" in body
    chosen = {"action": "release", "_selected_action": [row.pk for row in SignInTries.objects.waiting()]}
    assert "已解除 1 条，马上可以再登录。" in client.post(LIST, chosen, follow=True).content.decode()
    assert try_at(PORTAL, "editor", REMOTE_ADDR="203.0.113.7").status_code == 200


def test_who_may_not_sees_and_ends_no_wait(place: Place) -> None:
    use_up(PORTAL, "editor")
    chosen = {"action": "release", "_selected_action": [row.pk for row in SignInTries.objects.waiting()]}
    assert place.client("editor").get(LIST).status_code == 403
    assert place.client("editor").post(LIST, chosen).status_code == 403
    assert try_at(PORTAL, "editor").status_code == 429


# --- hashing ----------------------------------------------------------------------------------------------------------


def test_passwords_are_hashed_behind_all_pages() -> None:
    hashed = InTurn().encode(PASSWORD, "salt", 1000)
    assert hashed == PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000)
    [hashing] = [thread for thread in threading.enumerate() if thread.name.startswith("passwords")]
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert os.getpriority(os.PRIO_PROCESS, hashing.native_id or 0) == min(19, own + PRIORITY)


@pytest.mark.filterwarnings("ignore:.*fork")  # newer Pythons warn of every fork beside threads
def test_a_forked_process_hashes_passwords_too() -> None:
    InTurn().encode(PASSWORD, "salt", 1000)  # the thread that hashes is there before the fork
    child = multiprocessing.get_context("fork").Process(target=InTurn().encode, args=(PASSWORD, "salt", 1000))
    child.start()
    child.join(20)
    is_stuck = child.is_alive()
    child.kill()
    assert not is_stuck
