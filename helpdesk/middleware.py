"""Middleware: trusted proxies, compression, a missing database, rate limits, and errors of the JSON addresses."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from helpdesk.common.same_origin import sent_by_our_page
from helpdesk.common.typed import chosen_files, typed_fields

from . import outages
from .appearance import appearance
from .common import ratelimit
from .common.once import asking_once
from .waits import SAFE

GetResponse = Callable[[HttpRequest], HttpResponseBase]

API_PREFIX = "/api/"
#: view name → (POST requests, seconds) allowed to one client address, behind which a whole school may sit.
RATE_LIMITED = {
    "credits:check": (300, 60),
    "upgrade": (300, 60),
    # A whole staff meeting. This only bounds the work; wrong tries are counted in helpdesk/common/guessing.py.
    "sign-in": (300, 60),
    "admin:login": (300, 60),
    "first-sign-in": (300, 60),
    "api:credit-statement": (600, 60),
    "api:upgrade-check": (600, 60),
    "api:upgrade-points": (600, 60),
    "faq:feedback": (200, 60),
    "faq:ask": (200, 60),
    "faq:ask-look": (600, 60),  # one for each pause in typing
    "faq:ask-helped": (200, 60),
    "faq:ask-find": (200, 60),  # of 8 × 10¹¹ codes
    "faq:ask-follow": (200, 60),
    "api:questions": (200, 60),
    "credits:imports": (30, 60),  # each file starts a process that reads it
    "admin:faq_entry_picture": (60, 60),
}
#: The same, counted for each path: no school sends so many opinions on one entry in a day, questions or codes.
LIMITED_BY_PATH = {
    "faq:feedback": (60, 24 * 3600),
    "faq:ask": (1000, 24 * 3600),
    "faq:ask-find": (1000, 24 * 3600),
    "api:questions": (1000, 24 * 3600),
}
#: Forms without a CSRF token, which their views refuse where no page of ours sent them.
SENT_BY_OUR_PAGES = {
    "faq:feedback",
    "faq:ask",
    "faq:ask-look",
    "faq:ask-helped",
    "faq:ask-find",
    "faq:ask-follow",
}
API_ERRORS = {
    400: ("bad_request", "请求有误，请检查参数。"),
    403: ("forbidden", "没有权限。"),
    404: ("not_found", "没有这个地址或条目。"),
    405: ("method_not_allowed", "这个地址不支持这种请求方法。"),
    413: ("too_large", "提交的内容太大，请分批提交。"),
    415: ("unsupported_media_type", "请以 application/json 提交（UTF-8）。"),
    429: ("too_many_requests", "请求太频繁，请稍后再试。"),
    500: ("server_error", "系统出了点问题，请稍后再试。"),
    503: ("unavailable", "系统暂时不可用，请稍后再试。"),
}
RETRY_AFTER_SECONDS = 10


def api_error(status: int, fields: dict[str, str] | None = None, message: str | None = None) -> JsonResponse:
    """Returns an error in the one shape that all have: ``{"error": {"code", "message", "fields"}}``."""
    code, default_message = API_ERRORS.get(status, API_ERRORS[400])
    error = {"code": code, "message": message or default_message, "fields": fields or {}}
    return JsonResponse({"error": error}, status=status)


class TrustedProxyMiddleware:
    """Takes the client's address and scheme from X-Forwarded-For and -Proto, but only of TRUSTED_PROXIES.

    These are addresses or networks. A request that somebody else forwarded is marked: its REMOTE_ADDR is a proxy's and
    says nothing of its client. Cookies that hold a NUL are dropped: none of ours does, and PostgreSQL fails on it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        for network in settings.TRUSTED_PROXIES:
            ipaddress.ip_network(network, strict=False)  # a wrong one is said at the start

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\x00" not in value}
        scheme = believed_scheme(request.META)
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        request.META.pop("HTTP_X_FORWARDED_PROTO", "")
        if is_trusted(request.META.get("REMOTE_ADDR", "")):
            self._use_nearest_stranger(request, forwarded)
            request.environ["wsgi.url_scheme"] = scheme  # type: ignore[attr-defined]
        else:
            request.forwarded_by_stranger = bool(forwarded)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _use_nearest_stranger(self, request: HttpRequest, forwarded: str) -> None:
        """Sets REMOTE_ADDR to the last of the forwarded addresses that is no trusted proxy, else to the first.

        Ports are left out; what is no address, as `unknown` or `unix:`, is passed over.
        """
        for part in reversed(forwarded.split(",")):
            address = ratelimit.parse_address(part)
            if address is None:
                continue
            request.META["REMOTE_ADDR"] = str(address)
            if not is_trusted(str(address)):
                break


def believed_scheme(environ: Mapping[str, Any]) -> str:
    """Returns the scheme of a request: what a trusted proxy says, else that of the connection."""
    said = environ.get("HTTP_X_FORWARDED_PROTO", "")
    if said in ("http", "https") and is_trusted(environ.get("REMOTE_ADDR", "")):
        return str(said)
    return str(environ.get("wsgi.url_scheme", "http"))


def is_trusted(address: str) -> bool:
    """Tells whether an address is one of TRUSTED_PROXIES."""
    return bool(settings.TRUSTED_PROXIES) and _is_within(address, tuple(settings.TRUSTED_PROXIES))


@lru_cache(maxsize=1000)
def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    parsed = ratelimit.parse_address(address)
    return parsed is not None and any(parsed in ipaddress.ip_network(network, strict=False) for network in networks)


@receiver(got_request_exception, dispatch_uid="helpdesk.database_away")
def note_database_away(sender: object, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Marks a request that failed because the database is locked, gone or unreachable."""
    if request is not None and outages.is_away(sys.exc_info()[1]):
        request.database_away = True  # type: ignore[attr-defined]


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages for readers who are not signed in, to about a third of the bytes.

    Pages with a session's cookie stay uncompressed. An eavesdropper who can make the browser search the roster for
    chosen words could tell from the size of the answer whether they are in it (BREACH); the random bytes that Django
    adds only slow that down.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        cookie = settings.SESSION_COOKIE_NAME
        if cookie in request.COOKIES or cookie in response.cookies:
            return response
        return super().process_response(request, response)


class OnceMiddleware:
    """Lets a request that only reads ask the database once for what it needs in several places."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in SAFE:
            return self.get_response(request)
        with asking_once():
            return self.get_response(request)


class ServiceUnavailableMiddleware:
    """Answers 503 with Retry-After while the database is away, with a button that sends the form again.

    The signal tells of it, not `process_exception`, because sessions and sign-in ask the database outside views too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 500 and getattr(request, "database_away", False):
            response = unavailable(request)
        return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """The answer while the database is away: what was typed can be sent again."""
    response: HttpResponse
    if request.path.startswith(API_PREFIX) or request.path == "/readyz":
        response = api_error(503)
    else:
        # No context processors: they might ask the database.
        context = {"typed": typed_fields(request), "files": chosen_files(request), "appearance": appearance(request)}
        response = render(None, "503.html", context, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


class EncodingMiddleware:
    """Reads every form as UTF-8, as ours are sent: other encodings can yield characters that no page can show."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.encoding is not None:
            request.encoding = "utf-8"
        return self.get_response(request)


def _is_refused_anyway(request: HttpRequest, name: str) -> bool:
    """Returns whether the view refuses a request for where it comes from.

    It is counted apart: another site must not use up the tries of its readers' address.
    """
    if name == "api:questions":
        return request.content_type != "application/json"  # which no page of another site can send
    return name in SENT_BY_OUR_PAGES and not sent_by_our_page(request)


class RateLimitMiddleware:
    """Answers 429 with Retry-After to POST requests beyond RATE_LIMITED and LIMITED_BY_PATH."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.method != "POST" or name not in RATE_LIMITED:
            return None
        apart = " from elsewhere" if _is_refused_anyway(request, name) else ""
        wait = ratelimit.exceeded(request, name + apart, *RATE_LIMITED[name])
        if not wait and name in LIMITED_BY_PATH and not apart:
            wait = ratelimit.exceeded(request, request.path, *LIMITED_BY_PATH[name])
        if not wait:
            return None
        context = {
            "typed": typed_fields(request),
            "files": chosen_files(request),
            "wait": ratelimit.in_words(wait),
        }
        response = render(request, "429.html", context, status=429)
        response.headers["Retry-After"] = str(wait)
        return response


class ApiMiddleware:
    """Gives every error below /api/ the shape of `api_error`, and lets other sites read GET answers (CORS)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(API_PREFIX):
            return response
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code >= 400 and not is_json:
            response = self._as_json(response)
        if request.method in ("GET", "HEAD"):
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @staticmethod
    def _as_json(response: HttpResponseBase) -> JsonResponse:
        """Returns the error object in place of an error page, with the headers that say what to do."""
        error = api_error(response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                error.headers[name] = response.headers[name]
        return error

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answers 400 where a view raised ValidationError({path: message})."""
        if request.path.startswith(API_PREFIX) and isinstance(exception, ValidationError):
            fields = {path: messages[0] for path, messages in exception.message_dict.items()}
            return api_error(400, fields)
        return None
