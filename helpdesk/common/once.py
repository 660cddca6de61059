"""Answers that a request needs in several places and asks the database for once, as where its user works.

Only requests that change nothing keep them, and none outlives its request.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Answer = TypeVar("Answer")

_kept: ContextVar[dict[Hashable, object] | None] = ContextVar("answers of this request", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Keeps each answer of `once` until the block ends; nothing in it may change what is asked."""
    before = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(before)


def once(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """Returns what `ask` returns; within `asking_once` it is called once for each `key`."""
    kept = _kept.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]  # type: ignore[return-value]  # of this key's own kind
