"""How often passwords and codes may be tried: one rule for every door by which one signs in.

A try is counted before anything costly is done, under a lock, and taken back where it was right. So of many at once,
in whatever process, no more pass than `LIMITS` say, and a refused try costs one query. Nobody is ever shut out for
good: each wrong try beyond the free ones doubles the wait until the next, up to the longest.

Four things are counted, each for a day from its first wrong try:

- pair: one account from one network (an IPv4 address, or the /64 of an IPv6 address). This is what somebody meets who
  mistypes. Nobody elsewhere can make them wait.
- device: one account in a browser where it has signed in before, in place of the other three. So whoever guesses at
  the account elsewhere, or at many accounts behind the same address, never keeps its owner out.
- account: one account from everywhere. It bounds a guesser with many addresses.
- address: accounts that were tried wrongly from one network and not rightly since. It bounds a guesser who goes
  through many accounts. An account counts once, however often it is mistyped, and no more when it signs in.

An unknown account, staff number or code is counted like a known one, by the same queries.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from . import ratelimit
from .devices import known_device
from .models import SignInTries

Kind: TypeAlias = SignInTries.Kind
Door: TypeAlias = SignInTries.Door
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """Wrong tries that are free within a day, and the shortest and the longest wait after them, in seconds."""

    free: int
    first: int
    longest: int

    def wait_after(self, wrong: int) -> int:
        """Returns for how many seconds the next try waits after so many wrong ones."""
        beyond = min(wrong - self.free, 20)
        seconds = self.first * 2 ** (beyond - 1) if beyond > 0 else 0
        return min(seconds, self.longest)

    def wait_until(self, wrong: int) -> datetime.datetime | None:
        """Returns when the next try may be made after so many wrong ones; None where that is at once."""
        seconds = self.wait_after(wrong)
        return timezone.now() + datetime.timedelta(seconds=seconds) if seconds else None


#: A school of 60 teachers behind one address, each of them wrong a few times on the same morning, never waits.
#: Guesses that remain possible, a day: some 105 at one account from one address, 340 at one account from everywhere,
#: 1,500 accounts from one address. Passwords have ten characters and are not common; codes have 49 bits.
LIMITS = {
    Kind.PAIR: Limit(free=5, first=10, longest=15 * 60),
    Kind.DEVICE: Limit(free=5, first=5, longest=5 * 60),
    Kind.ACCOUNT: Limit(free=50, first=10, longest=5 * 60),
    Kind.ADDRESS: Limit(free=80, first=5, longest=60),
}
#: Names that a teacher may have mistyped before signing in rightly: taken back too, once a day for each account.
MISTYPED_NAMES = 2
#: Old rows that one try sweeps away.
MOST_SWEPT = 1000


def too_often(seconds: int) -> str:
    """Returns the sentence for somebody who has to wait so many seconds."""
    return f"试的次数太多了，为了账号安全，请等 {ratelimit.in_words(seconds)}再试。"


class Try:
    """One try at signing in as `name`, by a password or a code."""

    def __init__(self, request: HttpRequest, door: Door, name: str) -> None:
        self.request = request
        self.door = door
        self.name = name
        self.subject = f"{door}|{name.casefold()}"
        self.keys: list[str] = []
        self.waits: dict[Kind, datetime.datetime | None] = {}

    def begin(self) -> int:
        """Counts the try as wrong and returns 0; or returns the seconds to wait, and counts nothing."""
        rows = self._rows()
        self.keys = [row.key for row in rows]
        wait = _seconds_to_wait(SignInTries.objects.filter(key__in=self.keys))
        if wait:
            return wait
        _sweep()
        account = self._account()
        for row in rows:
            row.user_id = account if row.door else None
        SignInTries.objects.bulk_create(rows, ignore_conflicts=True)
        return self._count()

    @transaction.atomic
    def _count(self) -> int:
        rows = self._locked()
        wait = _seconds_to_wait(rows.values())
        if wait:
            return wait
        pair = rows.get(Kind.PAIR)
        if pair is not None and pair.wrong > 0:
            rows.pop(Kind.ADDRESS, None)  # which has counted this account already
        for kind, row in rows.items():
            row.wrong += 1
            row.wait_until = LIMITS[kind].wait_until(row.wrong)
        self.waits = {kind: row.wait_until for kind, row in rows.items()}
        _save(rows)
        return 0

    @transaction.atomic
    def was_right(self) -> None:
        """Takes the try back, with the wait that it began and the earlier wrong ones of this account from here."""
        rows = self._locked()
        names = MISTYPED_NAMES if self._first_today() else 0
        taken_back = {Kind.ACCOUNT: 1, Kind.ADDRESS: 1 + names}
        for kind, row in rows.items():
            row.wrong -= min(row.wrong, taken_back.get(kind, row.wrong))
            if row.wait_until == self.waits.get(kind):
                row.wait_until = None
        _save(rows)

    def _first_today(self) -> bool:
        """Returns true for the first right try of this account from this network on a day."""
        return not ratelimit.exceeded(self.request, f"signed in: {self.subject}", 1, int(DAY.total_seconds()))

    def _locked(self) -> dict[Kind, SignInTries]:
        """Returns the rows of this try, locked in the order of their keys: no two tries ever wait for each other."""
        rows = SignInTries.objects.select_for_update().filter(key__in=self.keys).order_by("key")
        return {Kind(row.kind): row for row in rows}

    def _rows(self) -> list[SignInTries]:
        """Returns new rows of all that this try is counted by."""
        device = known_device(self.request, self.name)
        if device:
            return [_row(Kind.DEVICE, f"{self.subject}|{device}", door=self.door)]
        network = ratelimit.network_of(self.request)
        return [
            _row(Kind.PAIR, f"{self.subject}|{network}", door=self.door, network=network),
            _row(Kind.ACCOUNT, self.subject, door=self.door),
            _row(Kind.ADDRESS, network, network=network),
        ]

    def _account(self) -> int | None:
        """Returns the key of the account, for the admin's list; None for a code, which may be of no account yet."""
        if self.door == Door.CODE:
            return None
        accounts = get_user_model().objects.filter(username=self.name)
        return accounts.values_list("pk", flat=True).first()


def _row(kind: Kind, counted: str, **fields: Any) -> SignInTries:
    """Returns a new row that has counted nothing yet."""
    key = salted_hmac("helpdesk.sign-in", f"{kind}|{counted}", algorithm="sha256").hexdigest()
    return SignInTries(key=key, kind=kind, forget_at=timezone.now() + DAY, **fields)


def _seconds_to_wait(rows: Iterable[SignInTries]) -> int:
    """Returns the longest wait that these rows ask for; 0 where there is none."""
    ends = [row.wait_until for row in rows if row.wait_until]
    if not ends:
        return 0
    wait = (max(ends) - timezone.now()).total_seconds()
    return max(0, math.ceil(wait))


def _save(rows: dict[Kind, SignInTries]) -> None:
    SignInTries.objects.bulk_update(rows.values(), ["wrong", "wait_until"])


def forget_over() -> int:
    """Deletes every row that is over; returns how many."""
    number = 0
    while swept := _sweep():
        number += swept
    return number


@transaction.atomic
def _sweep() -> int:
    """Deletes some rows that are over, but none that another try has locked; returns how many."""
    over = SignInTries.objects.filter(forget_at__lt=timezone.now())
    free = over.select_for_update(skip_locked=True).values_list("key", flat=True)
    return SignInTries.objects.filter(key__in=list(free[:MOST_SWEPT])).delete()[0]
