"""How much each address takes, and the refusal of more before a byte of it is parsed.

The server (`helpdesk.server`) receives no more than this, and the middleware refuses what was announced as more.
A form that takes much has its line in BOUNDS; any other address takes DEFAULT.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.core.handlers.wsgi import get_path_info
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from credits.spreadsheets.reader import MOST_BYTES
from helpdesk.common.picture_recoding import MOST_BYTES as MOST_OF_PICTURE

from .errors import too_large

KB = 1024
MB = 1024 * KB
#: About twenty thousand characters of Chinese, as a form sends them.
DEFAULT = 256 * KB
#: View name, or namespace with `:*`, → bytes of a whole body.
BOUNDS = {
    "sign-in": 16 * KB,
    "sign-out": 16 * KB,
    "first-sign-in": 16 * KB,
    "account-password": 16 * KB,
    "account-code": 16 * KB,
    "account-factor": 16 * KB,
    "account-leave": 16 * KB,
    "appearance": 16 * KB,
    "faq:feedback": 512 * KB,  # a comment far too long comes back to be shortened
    "faq:ask": 21 * MB,  # pictures of 20 MB together; a question far too long comes back to be shortened
    "faq:ask-look": 64 * KB,
    "faq:ask-follow": 2 * MB,
    "faq:ask-find": 16 * KB,
    "faq:ask-helped": 16 * KB,
    "api:questions": 64 * KB,
    "faq:question-entry": 1 * MB,  # an answer of twenty thousand characters, or one too long
    "api:credit-statement": 4 * MB,  # one ledger of 2,000 records with the longest ids
    "api:upgrade-points": 4 * MB,  # 5,000 deeds, spread over lines
    "upgrade": 2 * MB,  # 5,000 lines pasted, each Chinese sign sent as nine
    "credits:check": 1 * MB,  # sixty rows of the form
    "credits:what-if": 1 * MB,
    "credits:my-what-if": 1 * MB,
    "credits:imports": MOST_BYTES + 64 * KB,  # the file, and what a browser writes around it
    "credits:*": 1 * MB,  # long texts, long lists of rows
    "admin:login": 16 * KB,
    "admin:faq_entry_import": 21 * MB,  # a document of 20 MB, and what a browser writes around it
    "admin:faq_entry_picture": MOST_OF_PICTURE + 64 * KB,
    "admin:*": 4 * MB,  # answers with tables, pasted from elsewhere
}

WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


def most_bytes(path: str) -> int:
    """How many bytes the body of a request to this path may have."""
    try:
        match = resolve(path)
    except Resolver404:
        return DEFAULT
    whole_app = f"{match.namespace}:*"
    return BOUNDS.get(match.view_name, BOUNDS.get(whole_app, DEFAULT))


def in_words(size: int) -> str:
    """A bound as readers know it: `5 MB`, `64 KB`."""
    return f"{size // MB} MB" if size >= MB else f"{size // KB} KB"


def of_known_length(application: WsgiApplication) -> WsgiApplication:
    """Gives chunked bodies a length, which Django needs: one byte above the bound where they are too long."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ and environ.get("wsgi.input_terminated"):
            most = most_bytes(get_path_info(environ))
            body = environ["wsgi.input"].read(most + 1)
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return application(environ, start_response)

    return answer


class BoundedBodyMiddleware:
    """Refuses with 413 what was announced as more than its address takes, before anything reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = _announced(request)
        if not announced:
            return self.get_response(request)
        most = most_bytes(request.path_info)
        if announced <= most:
            return self.get_response(request)
        if not request.META.get("wsgi.input_terminated"):
            _discard(request)
        return too_large(request, in_words(most))


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _discard(request: HttpRequest) -> None:
    """Reads a body away piece by piece: runserver would take all of it into memory to get to the next request."""
    while request.read(64 * KB):
        pass
