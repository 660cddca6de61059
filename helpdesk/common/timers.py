"""Duties that come due by the clock: apps register them in one list, which workers and `housekeeping` go through.

Each worker sees to them between two jobs, each in its time; `manage.py housekeeping` does every one of them at once.
Any number of processes may see to the same duty at once, so each duty must be safe to do twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)

#: Stands for the seconds between two times of a duty that is long work for a night, and which workers leave alone.
BY_HOUSEKEEPING = float("inf")
#: A duty may return how much it did, or how that went, in Chinese.
Duty = Callable[[], int | str | None]


class Undone(Exception):
    """A duty that could not be done; the sentence, in Chinese, says why and what to do."""


@dataclass
class Timer:
    """A duty, its name in Chinese, the seconds between two times, and when this process last did it."""

    duty: Duty
    every: float
    title: str
    done_at: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Done:
    """How a duty went, in Chinese; `failed` where it was not done."""

    sentence: str
    failed: bool = False


_TIMERS: dict[str, Timer] = {}


def register(name: str, duty: Duty, *, every: float, title: str) -> None:
    """Lets each worker do `duty` about every so many seconds, and housekeeping whenever it runs."""
    _TIMERS[name] = Timer(duty, every, title)


def run_due() -> None:
    """Does the duties whose time has come. A refusal is logged; any other error is the caller's."""
    for name, timer in _TIMERS.items():
        now = time.monotonic()
        if timer.every == BY_HOUSEKEEPING or now - timer.done_at < timer.every:
            continue
        timer.done_at = now
        try:
            timer.duty()
        except ValidationError:
            logger.exception("the duty %s failed", name)


def run_all() -> Iterator[Done]:
    """Does every duty once, and yields how each went; one that fails stops no other."""
    for name, timer in _TIMERS.items():
        try:
            result = timer.duty()
        except Undone as error:
            yield Done(f"{timer.title}：没有做成。{error}", failed=True)
        except Exception:
            logger.exception("the duty %s failed", name)
            yield Done(f"{timer.title}：没有做成，原因写在运行日志里。", failed=True)
        else:
            yield Done(f"{timer.title}：{_in_words(result)}")


def _in_words(result: int | str | None) -> str:
    if isinstance(result, str):
        return result
    return f"{result} 项" if result else "没有要办的"
