"""Anonymous POSTs are counted exactly, by whoever counts, and no address is kept."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from helpdesk import middleware
from helpdesk.common import ratelimit
from helpdesk.common.models import RateCounter
from tests.installation import ROOT

# A database of its own for each kind of test run: two may go on side by side.
REDIS = f"redis://127.0.0.1:6379/{9 if connection.vendor == 'sqlite' else 8}"
NOBODY_LISTENS = "redis://127.0.0.1:1/9"
DAY = 24 * 3600


def use_redis(settings: Any, location: str) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": location,
            "KEY_PREFIX": f"ratelimit-test-{os.getpid()}-{time.time_ns()}",
        }
    }


@pytest.fixture
def redis(settings: Any) -> Iterator[None]:
    """A real Redis as the cache; the keys of one test are its own."""
    try:
        Redis.from_url(REDIS).ping()
    except RedisAway:
        pytest.skip("Redis 不在 127.0.0.1:6379，跳过用 Redis 计数的测试")
    use_redis(settings, REDIS)
    yield
    for key in Redis.from_url(REDIS).scan_iter(f"{cache.key_prefix}*"):
        Redis.from_url(REDIS).delete(key)


def exceeded(address: str = "192.0.2.7", *, limit: int = 3, seconds: int = DAY, scope: str = "form") -> int:
    return ratelimit.exceeded(RequestFactory().post("/", REMOTE_ADDR=address), scope, limit, seconds)


def from_many_threads(count: Any) -> list[int]:
    """The answers of 8 threads that call `count` 50 times each, every thread with its own connection."""

    def fifty_times(_: int) -> list[int]:
        try:
            return [count() for _ in range(50)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        return [number for numbers in threads.map(fifty_times, range(8)) for number in numbers]


@pytest.mark.django_db(transaction=True)
def test_the_database_counts_every_hit_of_eight_threads() -> None:
    later = int(time.time()) + DAY
    counts = from_many_threads(lambda: RateCounter.hit("k", later))
    assert sorted(counts) == list(range(1, 401))
    assert RateCounter.objects.get(key="k").count == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("counter", ["database", "redis"])
def test_at_once_exactly_the_limit_passes(counter: str, request: pytest.FixtureRequest) -> None:
    if counter == "redis":
        request.getfixturevalue("redis")
    waits = from_many_threads(lambda: exceeded(limit=123))
    assert waits.count(0) == 123
    assert RateCounter.objects.exists() == (counter == "database")


@pytest.mark.django_db
def test_the_database_counts_where_redis_is_away(settings: Any) -> None:
    use_redis(settings, NOBODY_LISTENS)
    assert [exceeded(limit=2) > 0 for _ in range(4)] == [False, False, True, True]
    assert RateCounter.objects.get().count == 4


@pytest.mark.django_db
def test_a_redis_that_does_not_answer_is_asked_once(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_redis(settings, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        settings.CACHES["default"]["OPTIONS"] = {"socket_timeout": 0.1}
        assert [exceeded(limit=2) > 0 for _ in range(4)] == [False, False, True, True]
        silent.settimeout(0.5)
        silent.accept()
        with pytest.raises(TimeoutError):
            silent.accept()


def test_settings_bound_how_long_redis_is_waited_for() -> None:
    place = os.environ | {"CACHE_URL": "redis://127.0.0.1:6379/0?socket_timeout=3"}
    asking = "from helpdesk import settings; print(settings.CACHES['default']['OPTIONS'])"
    told = subprocess.run([sys.executable, "-c", asking], cwd=ROOT, env=place, capture_output=True, text=True)
    assert told.stdout.strip() == "{'socket_connect_timeout': 0.5, 'socket_timeout': 3}", told.stderr


@pytest.mark.django_db
def test_redis_keys_go_away_by_themselves(redis: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "time", time)  # Redis goes by the clock
    exceeded(seconds=60)
    server = Redis.from_url(REDIS)
    [key] = server.scan_iter(f"{cache.key_prefix}*")
    assert 0 < server.ttl(key) <= 65


@pytest.mark.django_db
@pytest.mark.parametrize("counter", ["database", "redis"])
def test_the_wait_ends_with_the_window(
    counter: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if counter == "redis":
        request.getfixturevalue("redis")
    window = int(time.time()) // 60 * 60
    monkeypatch.setattr(ratelimit, "time", SimpleNamespace(time=lambda: window + 45.9))
    assert [exceeded(seconds=60) for _ in range(4)] == [0, 0, 0, 15]
    monkeypatch.setattr(ratelimit, "time", SimpleNamespace(time=lambda: window + 60.0))
    assert exceeded(seconds=60) == 0


@pytest.mark.django_db
def test_addresses_and_scopes_are_counted_apart() -> None:
    assert exceeded("192.0.2.7", limit=1) == 0
    assert exceeded("192.0.2.8", limit=1) == 0
    assert exceeded("192.0.2.7", limit=1, scope="other") == 0
    assert exceeded("192.0.2.7", limit=1) > 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("nonsense", "unknown"),
        ("192.0.2.7:1234", "192.0.2.7"),
        ("[2001:db8:1:2::7]:1234", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]", "2001:db8:1:2::/64"),
        ("[::ffff:192.0.2.7]:1234", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("192.0.2.7:", "unknown"),
        ("192.0.2:1234", "unknown"),
        ("[192.0.2.7", "unknown"),
    ],
)
def test_an_address_counts_by_its_network(address: str, network: str) -> None:
    assert ratelimit.client_network(address) == network


@pytest.mark.django_db
def test_an_ipv6_network_counts_as_one_address() -> None:
    assert exceeded("2001:db8::1", limit=1) == 0
    assert exceeded("2001:db8::2", limit=1) > 0
    assert exceeded("2001:db8:0:1::1", limit=1) == 0


@pytest.mark.django_db
def test_no_limit_where_limits_are_off(settings: Any) -> None:
    settings.RATE_LIMITS = False
    assert [exceeded(limit=1) for _ in range(5)] == [0] * 5
    assert not RateCounter.objects.exists()


@pytest.mark.django_db
def test_the_address_is_never_kept_in_clear() -> None:
    exceeded("198.51.100.23")
    row = RateCounter.objects.values().get()
    assert "198.51.100" not in str(row)
    assert set(row) == {"key", "count", "expires_at"}


@pytest.mark.django_db
def test_an_address_is_hashed_with_the_secret_key(settings: Any) -> None:
    exceeded()
    settings.SECRET_KEY = "another " * 8
    exceeded()
    assert RateCounter.objects.count() == 2


@pytest.mark.django_db
def test_counters_of_past_windows_are_removed() -> None:
    now = int(ratelimit.time.time())
    RateCounter.objects.create(key="past", count=9, expires_at=now - 1)
    RateCounter.objects.create(key="present", count=9, expires_at=now + 60)
    exceeded()
    assert RateCounter.objects.filter(key="present").exists()
    assert not RateCounter.objects.filter(key="past").exists()


# --- as it stands in front of the addresses ------------------------------------------------------------------


@pytest.fixture
def limit_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in middleware.RATE_LIMITED:
        monkeypatch.setitem(middleware.RATE_LIMITED, name, (2, DAY))


def post_form(**address: str) -> HttpResponse:
    """One POST of the credit form by a client that was never here before."""
    return Client(**address).post("/credits/check/", {"cycle": "2018", "project": "县培 <7>", "password": "p"})  # type: ignore[arg-type, return-value]


@pytest.mark.django_db
def test_a_limited_form_is_kept_and_told_kindly(content: None, limit_of_two: None) -> None:
    answers = [post_form() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= DAY
    page = answers[2].content.decode()
    assert "操作太频繁" in page
    assert '<input type="hidden" name="project" value="县培 &lt;7&gt;">' in page
    assert 'name="password"' not in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/admin/login/", "/sign-in/first/"])
def test_the_doors_are_limited_too(limit_of_two: None, path: str) -> None:
    answers = [Client().post(path, {}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert re.search(r"请等 \d+ (秒|分钟|小时)再试", answers[2].content.decode())


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 秒"), (59, "59 秒"), (60, "1 分钟"), (61, "2 分钟"), (7201, "3 小时")]
)
def test_a_wait_is_said_in_words(seconds: int, words: str) -> None:
    assert ratelimit.in_words(seconds) == words


@pytest.mark.django_db
def test_json_says_so_in_json(content: None, limit_of_two: None, client: Client) -> None:
    for _ in range(2):
        client.post("/api/v1/credits/statement", "{}", "application/json")
    answer = client.post("/api/v1/credits/statement", "{}", "application/json")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["error"]["code"] == "too_many_requests"


@pytest.mark.django_db
def test_reading_is_not_limited(content: None, limit_of_two: None, client: Client) -> None:
    assert {client.get("/credits/check/").status_code for _ in range(5)} == {200}
    assert not RateCounter.objects.exists()


def test_a_whole_school_may_sit_behind_one_address() -> None:
    per_minute = {name: limit * 60 / seconds for name, (limit, seconds) in middleware.RATE_LIMITED.items()}
    # The one or two people of a school who import or write answers.
    for_staff = [per_minute.pop(name) for name in ("credits:imports", "admin:faq_entry_picture")]
    assert min(per_minute.values()) >= 200
    assert min(for_staff) >= 10


@pytest.mark.django_db
def test_a_stranger_gains_nothing_by_claiming_other_addresses(content: None, limit_of_two: None) -> None:
    answers = [post_form(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("198.51.100.1, 203.0.113.5", "203.0.113.5"),  # what stands before was written by the client
        ("198.51.100.1, 203.0.113.5, 10.1.2.3", "203.0.113.5"),  # two proxies of ours
        ("10.9.9.9, 10.1.2.3", "10.9.9.9"),
        ("2001:db8::5", "2001:db8::5"),
        (" , ,203.0.113.5 ,", "203.0.113.5"),
        ("203.0.113.5:5555", "203.0.113.5"),
        ("[2001:db8::5]:5555", "2001:db8::5"),
        ("203.0.113.5:5555, 10.1.2.3:80", "203.0.113.5"),
        ("203.0.113.5, unix:", "203.0.113.5"),  # a proxy of ours that was asked through a socket
        ("unknown, 203.0.113.5", "203.0.113.5"),
        ("unknown", "10.1.1.1"),
        ("'; DROP TABLE x; --, \x00", "10.1.1.1"),
        ("", "10.1.1.1"),
    ],
)
def test_our_own_proxies_are_believed(settings: Any, client: Client, forwarded: str, counted: str) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    answer = client.get("/healthz", REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert answer.wsgi_request.META["REMOTE_ADDR"] == counted
    assert "HTTP_X_FORWARDED_FOR" not in answer.wsgi_request.META


@pytest.mark.django_db
def test_our_proxy_is_known_on_dual_stack(settings: Any, client: Client) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    answer = client.get("/healthz", REMOTE_ADDR="::ffff:10.1.1.1", HTTP_X_FORWARDED_FOR="203.0.113.5")
    assert answer.wsgi_request.META["REMOTE_ADDR"] == "203.0.113.5"


@pytest.mark.django_db
@pytest.mark.parametrize("proxies", [[], ["10.0.0.0/8"], ["2001:db8::/32"]])
def test_nobody_else_is_believed(settings: Any, client: Client, proxies: list[str]) -> None:
    settings.TRUSTED_PROXIES = proxies
    stranger = {"REMOTE_ADDR": "192.0.2.9", "HTTP_X_FORWARDED_FOR": "10.1.1.1", "HTTP_X_FORWARDED_PROTO": "https"}
    request = client.get("/healthz", **stranger).wsgi_request  # type: ignore[arg-type]
    assert request.META["REMOTE_ADDR"] == "192.0.2.9"
    assert not request.is_secure()


@pytest.mark.django_db
@pytest.mark.parametrize(("scheme", "secure"), [("https", True), ("http", False), ("ftp", False), ("", False)])
def test_the_scheme_is_believed_from_our_proxies(settings: Any, client: Client, scheme: str, secure: bool) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert client.get("/healthz", HTTP_X_FORWARDED_PROTO=scheme).wsgi_request.is_secure() == secure


@pytest.mark.django_db
def test_clients_behind_our_proxy_are_counted_apart(settings: Any, content: None, limit_of_two: None) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    answers = [post_form(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}") for number in range(3)]
    assert {answer.status_code for answer in answers} == {200}
