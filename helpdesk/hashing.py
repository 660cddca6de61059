"""How passwords are hashed: Django's way, one after another and behind all pages."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache

from django.contrib.auth.hashers import PBKDF2PasswordHasher

#: Lower by so much than that of the threads which answer pages.
PRIORITY = 10


class InTurn(PBKDF2PasswordHasher):
    """Django's own hasher, one password after another in each process and behind all pages.

    A hash takes a processor for a third of a second. Eight who try passwords at once would else take both processors
    from everybody who reads.
    """

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        return _in_turn().submit(super().encode, password, salt, iterations).result()


@cache
def _in_turn() -> ThreadPoolExecutor:
    """The one thread that hashes; made where it is first needed, because a fork would leave it behind."""
    return ThreadPoolExecutor(1, "passwords", initializer=_give_way)


def _give_way() -> None:
    """Lowers the priority of this thread, on Linux, where threads have one of their own."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PRIORITY)


# A forked process has the pool but not its thread, and would wait for it without end.
os.register_at_fork(after_in_child=_in_turn.cache_clear)
