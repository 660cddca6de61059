"""What tells two kept pages apart, read from the WSGI environment before Django sees the request."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.handlers.wsgi import get_str_from_wsgi
from django.http.cookie import parse_cookie

from helpdesk.appearance import CHOICES
from helpdesk.middleware import believed_scheme

#: A longer address or query is no page of ours that many ask for.
LONGEST = 1000
#: The cookie by which a reader's own opinion on an entry is found; it is sent below /faq/ only.
READER = "reader"
_GZIP = re.compile(r"\bgzip\b")  # as django.middleware.gzip has it


class Key(NamedTuple):
    """Everything about a request that its page may depend on. The appearance has its known values only."""

    scheme: str
    host: str
    path: str
    query: str
    theme: str
    size: str
    gzip: bool


def key_of(environ: dict[str, Any], *, of_voices: bool = False) -> Key | None:
    """Returns the key of a request; None where its answer may be personal, or is not to be kept for another reason.

    `of_voices` gives one also to a reader whose own opinion may stand on the page, which nobody may keep then. A host
    that is not allowed needs no look: Django answers it with an error, which is never kept.
    """
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("CONTENT_LENGTH") not in (None, "", "0"):
        return None
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if len(path) + len(query) > LONGEST or "HTTP_X_REQUESTED_WITH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    host = environ.get("HTTP_HOST", "")
    if len(host) > LONGEST or "HTTP_AUTHORIZATION" in environ:
        return None
    theme, size = "auto", "usual"
    if environ.get("HTTP_COOKIE"):
        # Decoded as Django does it: spaces beyond ASCII around a name or value would be told apart otherwise.
        cookies = parse_cookie(get_str_from_wsgi(environ, "HTTP_COOKIE", ""))
        if any(name in cookies for name in _personal() if name != READER or not of_voices):
            return None
        theme, size = (_chosen(name, cookies) for name in CHOICES)
    gzip = _GZIP.search(environ.get("HTTP_ACCEPT_ENCODING", "")) is not None
    return Key(believed_scheme(environ), host, path, query, theme, size, gzip)


def may_have_key(head: bytes) -> bool:
    """Tells by the bytes of its head whether a request may have a key: no need to be right, only to be quick."""
    return not any(name.encode() in head for name in _personal())


def _personal() -> tuple[str, str, str]:
    return settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name, READER


def _chosen(name: str, cookies: dict[str, str]) -> str:
    """Returns the choice that a cookie holds, as `helpdesk.appearance` reads it."""
    given = cookies.get(name, "")
    return given if given in CHOICES[name] else next(iter(CHOICES[name]))
