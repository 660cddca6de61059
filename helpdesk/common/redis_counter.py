"""Counting in Redis that never holds a request up: where Redis is away, it is left alone for a few seconds."""

from __future__ import annotations

import logging
import time

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)

#: Seconds for which a process does not ask Redis after it failed.
PAUSE = 5.0
#: Seconds by which a count outlives its window, so that it is never gone while it is raised.
_MARGIN = 5

#: Moment of the monotonic clock until which a Redis is left alone, by its address and the prefix of its keys.
_left_alone_until: dict[tuple[str, str], float] = {}


def hit(key: str, expires_at: int) -> int | None:
    """Counts one request under `key` until `expires_at`, in seconds since 1970; returns how many there are.

    None where CACHE_URL names no Redis, or none that answers: then somebody else has to count.
    """
    cache = caches["default"]
    if not isinstance(cache, RedisCache):
        return None
    name = (str(cache._servers), cache.key_prefix)  # type: ignore[attr-defined]  # the stubs leave it out
    if time.monotonic() < _left_alone_until.get(name, 0.0):
        return None
    try:
        cache.add(key, 0, timeout=max(1, expires_at - int(time.time()) + _MARGIN))
        count = int(cache.incr(key))
    except Exception as error:
        _note_failure(name, error)
        return None
    if _left_alone_until.pop(name, None) is not None:
        logger.info("Redis counts requests again")
    return count


def _note_failure(name: tuple[str, str], error: Exception) -> None:
    """Leaves that Redis alone for a while; logs the first failure of an outage in this process."""
    if name not in _left_alone_until:
        logger.warning("Redis does not count requests, the database does: %s", error)
    _left_alone_until[name] = time.monotonic() + PAUSE
