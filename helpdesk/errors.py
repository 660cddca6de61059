"""Error pages, and the page for a form whose CSRF token is missing or old."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from helpdesk.common.same_origin import sent_by_our_page
from helpdesk.common.typed import chosen_files, to_send_again, typed_texts

from .appearance import appearance
from .middleware import API_PREFIX, api_error


def _error(request: HttpRequest, status: int, copy: list[str] | None = None) -> HttpResponse:
    """Returns an error page, or the error object for addresses below /api/. Never asks the database."""
    if request.path.startswith(API_PREFIX):
        return api_error(status)
    context = {"copy": copy or [], "appearance": appearance(request)}
    return render(None, f"{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def too_large(request: HttpRequest, most: str) -> HttpResponse:
    """The answer to a body above what its address takes; `most` says how much that is."""
    if request.path.startswith(API_PREFIX):
        return api_error(413)
    return render(None, "413.html", {"most": most, "appearance": appearance(request)}, status=413)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, _copy(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404, _copy(request))


def _copy(request: HttpRequest) -> list[str]:
    """Returns what was typed into a form that another account may not send; nothing where no view was found."""
    return typed_texts(request) if request.resolver_match else []


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Returns the page for a form whose CSRF token does not fit, as after signing out and in in another window.

    The page keeps what was typed, to be copied. It has a button that sends it again with a new token where a page of
    this site sent the form, and for forms that change nothing: elsewhere another site could have made the request and
    left the button as a trap.
    """
    if request.path.startswith(API_PREFIX):
        return api_error(403)
    stores_nothing = request.path in (reverse("credits:check"), reverse("upgrade"))
    again = stores_nothing or sent_by_our_page(request)
    context = {
        "typed": to_send_again(request) if again else [],
        "files": chosen_files(request) if again else [],
        "copy": [] if stores_nothing else typed_texts(request),
        "path": _where_from(request),
    }
    response = render(request, "403_csrf.html", context, status=403)
    add_never_cache_headers(response)
    return response


def _where_from(request: HttpRequest) -> str:
    """Returns the page of this site that sent the form, else the address it was sent to."""
    sent_by = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(sent_by, {request.get_host()}, require_https=request.is_secure())
    return sent_by if ours else request.get_full_path()
