"""What every request passes: proxies, an absent database, rate limits, and the JSON addresses' manners."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from faq.feedback import sent_by_our_page

from . import ratelimit
from .appearance import appearance

GetResponse = Callable[[HttpRequest], HttpResponseBase]

API_PREFIX = "/api/"
#: view name → (requests, seconds) for POSTs from one address: a whole school may sit behind it.
RATE_LIMITED = {
    "credits:check": (300, 60),
    "first-sign-in": (300, 60),  # a whole staff meeting; a teacher's code bears ten wrong tries, from wherever
    "api:credit-statement": (600, 60),
    "faq:feedback": (200, 60),
    "credits:imports": (30, 60),  # each is read in a process of its own
}
#: The same for one address of ours: so many voices on one entry come from no school in one day.
LIMITED_BY_PATH = {"faq:feedback": (60, 24 * 3600)}
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
    """The one shape of an error: ``{"error": {"code", "message", "fields"}}``."""
    code, default_message = API_ERRORS.get(status, API_ERRORS[400])
    return JsonResponse(
        {"error": {"code": code, "message": message or default_message, "fields": fields or {}}}, status=status
    )


class TrustedProxyMiddleware:
    """Believes X-Forwarded-For and X-Forwarded-Proto from TRUSTED_PROXIES (addresses or networks) only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.networks = [ipaddress.ip_network(network, strict=False) for network in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]  # no cookie of ours; PostgreSQL could not even look for it
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = request.META.pop("HTTP_X_FORWARDED_PROTO", "")
        if self._trusted(request.META.get("REMOTE_ADDR", "")):
            for address in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
                request.META["REMOTE_ADDR"] = address
                if not self._trusted(address):
                    break
            if scheme in ("http", "https"):
                request.environ["wsgi.url_scheme"] = scheme  # type: ignore[attr-defined]
        return self.get_response(request)

    def _trusted(self, address: str) -> bool:
        parsed = ratelimit.parse_address(address)
        return parsed is not None and any(parsed in network for network in self.networks)


@receiver(got_request_exception, dispatch_uid="helpdesk.database_away")
def note_database_away(sender: object, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Marks a request that failed because the database is locked, gone or unreachable."""
    import sys

    if request is not None and isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        request.database_away = True  # type: ignore[attr-defined]


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed into a form that could not be taken, to send it again; never a password."""
    if request.method != "POST":
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if "password" not in name
        for value in values
        if isinstance(value, str)
    ]


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages for whoever is not signed in: on a phone they come in a third of the bytes.

    Not where a session's cookie came or goes. How well a page compresses tells an eavesdropper who can have it asked
    for with words of his choice (a search in the roster) whether they stand in it; Django's random bytes only slow
    him down (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        cookie = settings.SESSION_COOKIE_NAME
        if cookie in request.COOKIES or cookie in response.cookies:
            return response
        return super().process_response(request, response)


class ServiceUnavailableMiddleware:
    """Answers 503 with Retry-After where the database is away; what was typed can be sent again.

    Works from the signal, not from `process_exception`, because sessions and sign-in fail outside views too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 500 and getattr(request, "database_away", False):
            if request.path.startswith(API_PREFIX):
                response = api_error(503)
            else:
                # No context processors: they might ask the database.
                context = {"typed": typed_fields(request), "appearance": appearance(request)}
                response = render(None, "503.html", context, status=503)
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response


class EncodingMiddleware:
    """Reads forms as UTF-8, as ours are sent, whatever they are called: some encodings bring what no page can show."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.encoding is not None:
            request.encoding = "utf-8"
        return self.get_response(request)


class RateLimitMiddleware:
    """Applies RATE_LIMITED to POSTs: 429 with Retry-After, in the manner of the address."""

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
        if name == "faq:feedback" and not sent_by_our_page(request):
            return None  # refused there; a stranger's page uses nobody's tries up, and is sent again by nobody
        wait = ratelimit.exceeded(request, name, *RATE_LIMITED[name])
        if not wait and name in LIMITED_BY_PATH:
            wait = ratelimit.exceeded(request, request.path, *LIMITED_BY_PATH[name])
        if not wait:
            return None
        response = render(request, "429.html", {"typed": typed_fields(request), "wait": wait}, status=429)
        response.headers["Retry-After"] = str(wait)
        return response


class ApiMiddleware:
    """JSON errors of one shape below /api/, and open doors (CORS) for what is public and read-only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(API_PREFIX):
            return response
        if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith("application/json"):
            kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
            response = api_error(response.status_code)
            for name, value in kept.items():
                response.headers[name] = value
        if request.method in ("GET", "HEAD"):
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A view says what is wrong by raising ValidationError({path: message})."""
        if request.path.startswith(API_PREFIX) and isinstance(exception, ValidationError):
            fields = {path: messages[0] for path, messages in exception.message_dict.items()}
            return api_error(400, fields)
        return None
