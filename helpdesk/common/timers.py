"""Duties that come due by the clock: apps register them, each worker sees to them between two jobs.

Any number of workers may see to the same duty at once, so each duty must be safe to do twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)


@dataclass
class Timer:
    """A duty, how many seconds lie between two times, and when this process last did it."""

    duty: Callable[[], object]
    every: float
    done_at: float = float("-inf")


_TIMERS: dict[str, Timer] = {}


def register(name: str, duty: Callable[[], object], *, every: float) -> None:
    """Lets each worker do `duty` about every so many seconds."""
    _TIMERS[name] = Timer(duty, every)


def run_due() -> None:
    """Does the duties whose time has come. A refusal is logged; any other error is the caller's."""
    for name, timer in _TIMERS.items():
        now = time.monotonic()
        if now - timer.done_at < timer.every:
            continue
        timer.done_at = now
        try:
            timer.duty()
        except ValidationError:
            logger.exception("the duty %s failed", name)
