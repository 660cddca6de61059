"""How often one may try: the figures, and what they mean for a school and for a guesser."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from helpdesk.common import guessing
from helpdesk.common.guessing import DAY, LIMITS, Door, Kind, Limit, Try
from helpdesk.common.models import SignInTries
from tests.signing_in.doors import let_time_pass

pytestmark = pytest.mark.django_db
SCHOOL = "203.0.113.7"


def a_try(name: str, address: str = SCHOOL, door: Door = Door.PASSWORD) -> Try:
    return Try(RequestFactory().post("/", REMOTE_ADDR=address), door, name)


def wrong(name: str, address: str = SCHOOL, door: Door = Door.PASSWORD) -> int:
    return a_try(name, address, door).begin()


def right(name: str, address: str = SCHOOL) -> int:
    attempt = a_try(name, address)
    wait = attempt.begin()
    if not wait:
        attempt.was_right()
    return wait


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 0), (5, 0), (6, 10), (7, 20), (8, 40), (12, 640), (13, 900), (1000, 900)]
)
def test_each_wrong_try_doubles_the_wait(tries: int, seconds: int) -> None:
    assert Limit(5, 10, 900).wait_after(tries) == seconds


def test_waits_grow_and_end_by_themselves() -> None:
    assert [wrong("a") for _ in range(6)] == [0] * 6
    waits = []
    for _ in range(3):
        waits.append(wrong("a"))
        let_time_pass()
        assert wrong("a") == 0
    assert waits == [10, 20, 40]


def test_asking_while_waiting_makes_it_no_longer() -> None:
    for _ in range(6):
        wrong("a")
    assert {wrong("a") for _ in range(20)} <= {9, 10}


def test_after_a_day_all_is_forgotten() -> None:
    for _ in range(7):
        wrong("a")
    SignInTries.objects.update(forget_at=timezone.now() - DAY)
    let_time_pass()
    assert [wrong("a") for _ in range(6)] == [0] * 6


@pytest.mark.parametrize("spelled", ["EDITOR", "Editor"])
def test_capitals_make_no_other_account(spelled: str) -> None:
    for _ in range(6):
        wrong("editor")
    assert wrong(spelled) > 0


def test_a_code_and_a_password_are_counted_apart() -> None:
    for _ in range(6):
        wrong("A-2")
    assert wrong("A-2") > 0
    assert wrong("A-2", door=Door.CODE) == 0


# --- one network ---------------------------------------------------------------------------------------------------


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    assert [wrong("a", f"2001:db8::{number:x}") for number in range(6)] == [0] * 6
    assert wrong("a", "2001:db8::ffff:1") > 0
    assert wrong("a", "2001:db8:0:1::1") == 0


def test_an_address_that_goes_through_accounts_waits() -> None:
    waits = [wrong(f"teacher-{number}") for number in range(100)]
    assert waits[:81] == [0] * 81
    assert min(waits[81:]) > 0
    assert wrong("teacher-200", "203.0.113.8") == 0


def test_a_school_that_mistypes_in_turn_never_waits() -> None:
    waits = []
    for number in range(60):
        waits += [
            wrong(f"mistyped-{number}"),
            *(wrong(f"teacher-{number}") for _ in range(4)),
            right(f"teacher-{number}"),
        ]
    assert waits == [0] * 360


def test_a_school_that_mistypes_all_at_first_never_waits() -> None:
    names = [f"teacher-{number}" for number in range(60)]
    waits = [wrong(name) for _ in range(4) for name in names]
    waits += [right(name) for name in names]
    assert waits == [0] * 300


def test_ones_own_account_buys_no_more_guesses() -> None:
    for number in range(81):
        wrong(f"teacher-{number}")
    let_time_pass()
    assert [right("insider") for _ in range(5)] == [0] * 5
    guesses = [wrong(f"other-{number}") for number in range(10)]
    assert guesses.count(0) <= 1 + guessing.MISTYPED_NAMES


def test_an_insiders_success_lifts_no_others_wait() -> None:
    own = a_try("insider")
    assert own.begin() == 0
    for number in range(81):
        wrong(f"teacher-{number}")
    own.was_right()
    assert wrong("teacher-100") > 0


# --- one account ---------------------------------------------------------------------------------------------------


def test_an_account_tried_from_everywhere_waits() -> None:
    waits = [wrong("editor", f"198.51.{number}.1") for number in range(60)]
    assert waits[:51] == [0] * 51
    assert min(waits[51:]) > 0
    assert wrong("colleague", "198.51.100.1") == 0


def test_nobody_elsewhere_makes_an_account_wait() -> None:
    for _ in range(20):
        wrong("editor", "198.51.100.1")
    assert right("editor") == 0


# --- at once, and afterwards ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_at_once_no_more_pass_than_in_turn() -> None:
    def come(_: int) -> int:
        try:
            return wrong("editor")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(come, range(40)))
    assert waits.count(0) == LIMITS[Kind.PAIR].free + 1


@pytest.mark.django_db(transaction=True)
def test_many_accounts_at_once_are_all_counted() -> None:
    def come(number: int) -> None:
        try:
            assert right(f"teacher-{number}") == 0
            assert wrong(f"other-{number}") == 0
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(come, range(24)))
    assert SignInTries.objects.filter(kind=Kind.PAIR, wrong=1).count() == 24
    assert SignInTries.objects.filter(kind=Kind.PAIR, wrong=0).count() == 24


def test_nothing_typed_is_kept_and_old_rows_go() -> None:
    wrong("my-real-password-by-mistake")
    assert "my-real-password" not in str(list(SignInTries.objects.values()))
    SignInTries.objects.update(forget_at=timezone.now() - DAY)
    wrong("another")
    assert SignInTries.objects.filter(kind=Kind.PAIR).count() == 1
