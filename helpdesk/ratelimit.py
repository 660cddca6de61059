"""How many anonymous POSTs one address may send, counted atomically across processes.

`RATE_LIMITED` in `helpdesk.middleware` says which addresses are limited. Redis counts where CACHE_URL
names one, else one upsert in the database.
"""

from __future__ import annotations

import ipaddress
import logging
import time

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .models import RateCounter

logger = logging.getLogger(__name__)


def parse_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """`address` as one; IPv4 in IPv6's clothes (`::ffff:192.0.2.7`, of a dual-stack socket) is IPv4."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, ipaddress.IPv6Address) else parsed


def client_network(address: str) -> str:
    """The address a limit counts by: IPv4 as it is, IPv6 by its /64, anything else as one."""
    parsed = parse_address(address)
    if parsed is None:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)


def exceeded(request: HttpRequest, scope: str, limit: int, seconds: int) -> int:
    """Counts this request; returns 0 while within `limit` per `seconds`, else the seconds to wait."""
    if not settings.RATE_LIMITS:
        return 0
    now = int(time.time())
    window = now // seconds
    key = salted_hmac("helpdesk.ratelimit", f"{scope}|{window}|{client_network(request.META.get('REMOTE_ADDR', ''))}")
    count = _count(key.hexdigest()[:40], (window + 1) * seconds)
    return (window + 1) * seconds - now if count > limit else 0


def _count(key: str, expires_at: int) -> int:
    cache = caches["default"]
    if isinstance(cache, RedisCache):
        try:
            cache.add(key, 0, timeout=max(1, expires_at - int(time.time()) + 5))
            return int(cache.incr(key))
        except Exception:
            logger.exception("Redis did not count a request; the database does")
    count = RateCounter.hit(key, expires_at)
    if count == 1:
        RateCounter.objects.filter(expires_at__lt=int(time.time())).delete()
    return count
