"""Middleware for everybody who is signed in: their session is used, and what is to be done first comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from . import duties, sessions

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


class SeenMiddleware:
    """Notes that a session is used, and keeps what the signed-in see out of every cache."""

    #: Pages that open themselves again: looking at them is no use of the session.
    QUIET = {"credits:job"}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        broken = response.status_code >= 500  # perhaps since the database is away
        if broken or not request.session.accessed or not request.user.is_authenticated:
            return response
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store"
        if not sessions.is_noted(request):
            sessions.note(request, request.user)
        elif view_name(request) not in self.QUIET:
            sessions.seen(request.session)  # type: ignore[arg-type]
        return response


class DutyMiddleware:
    """Leads whoever has something to do first to the page where it is done, from everywhere else."""

    #: Addresses that are the same for everybody, and the ways out.
    OPEN = {
        "sign-out",
        "admin:logout",
        "appearance",
        "worker",
        "offline",
        "manifest",
        "favicon",
        "robots",
        "sitemap",
        "sitemap-section",
        "healthz",
        "readyz",
        "metrics",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        name = view_name(request)
        if not has_session(request) or name in self.OPEN or name.startswith("api:"):
            return None
        duty = duties.first(request)
        if duty is None or duty == name or not request.user.is_authenticated:
            return None
        return _lead(request, duty)


def _lead(request: HttpRequest, duty: str) -> HttpResponse:
    """Leads to the page of a duty, which leads back to the page that was asked for."""
    query = urlencode({"next": request.get_full_path()}) if request.method in ("GET", "HEAD") else ""
    page = reverse(duty)
    return HttpResponseRedirect(f"{page}?{query}" if query else page)
