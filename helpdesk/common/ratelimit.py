"""Rate limits for anonymous POST requests by client address, counted atomically across processes.

`RATE_LIMITED` in `helpdesk.middleware` says which addresses are limited. Redis counts where CACHE_URL names one and it
answers (`redis_counter`), else one upsert in a table of our own: Django's database cache has no atomic `incr`, and
django-ratelimit, which would need such a cache, is unmaintained.
"""

from __future__ import annotations

import ipaddress
import math
import re
import time

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from . import redis_counter
from .models import RateCounter

#: An address with its port as some proxies write it: `192.0.2.7:1234`, `[2001:db8::7]:1234`, `[2001:db8::7]`.
WITH_PORT = re.compile(r"(?P<ipv4>[0-9.]+):[0-9]+|\[(?P<ipv6>[^]]+)\](?::[0-9]+)?")


def parse_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Returns the address without its port, None where it is none. IPv4 in IPv6 (`::ffff:192.0.2.7`) becomes IPv4."""
    found = WITH_PORT.fullmatch(address.strip())
    bare = (found["ipv4"] or found["ipv6"]) if found else address.strip()
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, ipaddress.IPv6Address) else parsed


def client_network(address: str) -> str:
    """Returns what a limit counts by: an IPv4 address, the /64 of an IPv6 address, or `unknown` for all others."""
    parsed = parse_address(address)
    if parsed is None:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)


def network_of(request: HttpRequest) -> str:
    """Returns what a limit counts the sender of `request` by."""
    return client_network(request.META.get("REMOTE_ADDR", ""))


def in_words(seconds: int) -> str:
    """Returns a time to wait as people say it: `20 秒`, `3 分钟`, `5 小时`."""
    if seconds < 60:
        return f"{seconds} 秒"
    if seconds < 90 * 60:
        return f"{math.ceil(seconds / 60)} 分钟"
    return f"{math.ceil(seconds / 3600)} 小时"


def exceeded(request: HttpRequest, scope: str, limit: int, seconds: int) -> int:
    """Counts this request and returns the seconds to wait; 0 while there are at most `limit` in `seconds`."""
    return counted(client_network(request.META.get("REMOTE_ADDR", "")), scope, limit, seconds)


def counted(who: str, scope: str, limit: int, seconds: int) -> int:
    """Counts a try of `who` and returns the seconds to wait; 0 while there are at most `limit` in `seconds`."""
    if not settings.RATE_LIMITS:
        return 0
    now = int(time.time())
    window = now // seconds
    ends_at = (window + 1) * seconds
    key = salted_hmac("helpdesk.ratelimit", f"{scope}|{window}|{who}").hexdigest()[:40]
    return ends_at - now if _count(key, ends_at) > limit else 0


def _count(key: str, expires_at: int) -> int:
    """Counts one request under `key` until `expires_at`, in seconds since 1970; returns how many there are."""
    in_redis = redis_counter.hit(key, expires_at)
    if in_redis is not None:
        return in_redis
    count = RateCounter.hit(key, expires_at)
    if count == 1:
        forget_over()
    return count


def forget_over() -> int:
    """Deletes the counts of windows that are over; returns how many."""
    return RateCounter.objects.filter(expires_at__lt=int(time.time())).delete()[0]
