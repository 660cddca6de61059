"""Text that was typed comes back where a form meets a page that asks to sign in, instead of what it was sent for."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers

from helpdesk.common.same_origin import sent_by_our_page
from helpdesk.common.typed import chosen_files, holds_typing, to_send_again, typed_texts

#: Names of the pages that ask who somebody is.
SIGN_IN_PAGES = {"sign-in", "admin:login"}


class KeepTypedMiddleware:
    """Shows what was typed, to copy or to send again, where the answer to a form leads to a sign-in page.

    It looks at the answer alone, so it serves the admin and every guard, and whatever ends a session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        sign_in = response.headers.get("Location", "")
        if request.method != "POST" or not leads_to_sign_in(sign_in) or asked_by_script(request):
            return response
        return given_back(request, sign_in) if holds_typing(request) else response


def asked_by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def leads_to_sign_in(location: str) -> bool:
    """Returns whether an address is a sign-in page of this site."""
    parts = urlsplit(location)
    if not location or parts.netloc:
        return False
    try:
        return resolve(parts.path).view_name in SIGN_IN_PAGES
    except Resolver404:
        return False


def given_back(request: HttpRequest, sign_in: str) -> HttpResponse:
    """Returns the page with what was typed and the way to the page `sign_in`. Nothing of it is stored."""
    context = {
        "copy": typed_texts(request),
        "typed": to_send_again(request),
        "files": chosen_files(request),
        "sign_in": sign_in,
        # Signing in changes the token; only what our own page sent may be sent again with the new one at one press.
        "renews_token": sent_by_our_page(request),
    }
    response = render(request, "signed_out.html", context, status=403)
    add_never_cache_headers(response)
    return response
