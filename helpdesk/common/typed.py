"""Text of a form that could not be taken, so that it can be sent again or copied."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.middleware.csrf import get_token

#: Fields that never hold somebody's own words.
NOT_WORDS = {"csrfmiddlewaretoken", "teacher", "all", "q", "next", "seen", "form_key", "looked"}
#: Value that a list or a button sends: ASCII without spaces.
ONE_WORD = re.compile(r"[!-~]*")
#: Characters from which on even ASCII without spaces counts as somebody's own words.
LONG = 20
#: Pages whose fields are passwords and codes, by the names of their addresses: nothing of them is ever kept.
SECRET_PAGES = re.compile(r"sign-in|login|password|account")
#: Parts of the names of fields that are kept nowhere, and those beside a password.
_SECRET = ("password", "passcode", "one_time", "otp")
_SECRET_BESIDE_PASSWORD = {"code", "token"}


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Returns the fields of a POST request as (name, value), to send them again; never a password, code or file."""
    if request.method != "POST" or _is_secret_page(request):
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if not _is_secret(name, request)
        for value in values
        if isinstance(value, str)
    ]


def chosen_files(request: HttpRequest) -> list[tuple[str, str]]:
    """Returns the files of a POST request as (field, name of the file): no page can send them again by itself."""
    if request.method != "POST" or _is_secret_page(request):
        return []
    return [(field, str(file.name)) for field, files in request.FILES.lists() for file in files]


def _is_secret_page(request: HttpRequest) -> bool:
    found = request.resolver_match
    return bool(found and SECRET_PAGES.search(found.view_name or ""))


def _is_secret(name: str, request: HttpRequest) -> bool:
    lowered = name.lower()
    if any(part in lowered for part in _SECRET):
        return True
    return lowered in _SECRET_BESIDE_PASSWORD and any("password" in other.lower() for other in request.POST)


def to_send_again(request: HttpRequest) -> list[tuple[str, str]]:
    """Returns the fields of a form for a page that sends it again, with a new CSRF token."""
    fields = [(name, value) for name, value in typed_fields(request) if name != "csrfmiddlewaretoken"]
    return [*fields, ("csrfmiddlewaretoken", get_token(request))] if fields else []


def holds_typing(request: HttpRequest) -> bool:
    """Returns whether a POST request holds words, numbers, dates or files that somebody would have to enter again."""
    values = [value for name, value in typed_fields(request) if name not in NOT_WORDS]
    typed = any(_is_own_words(value) or re.search(r"\d", value) for value in values)
    return typed or bool(chosen_files(request))


def typed_texts(request: HttpRequest) -> list[str]:
    """Returns the words and lines of a POST request, to be copied by hand; no ids, no values of buttons."""
    fields = [(name, value) for name, value in typed_fields(request) if name not in NOT_WORDS]
    return [value for _, value in fields if _is_own_words(value)]


def _is_own_words(text: str) -> bool:
    return bool(text.strip()) and (len(text) >= LONG or not ONE_WORD.fullmatch(text))
