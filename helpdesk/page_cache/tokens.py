"""Kept pages with a form: each reader gets an own CSRF token in it.

The page is kept cut at its tokens. A compressed one is put together of parts that were compressed once: between two of
them the compressor forgets what it has seen, so a token can stand there as it is.
"""

from __future__ import annotations

import gzip
import re
import struct
import zlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token

from .pages import Page

_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[0-9A-Za-z]+(?=")')
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


class TokenPage(Page):
    """A page whose body is put together for each reader. It has no ETag, because no two answers are equal."""

    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        own = {"set-cookie", "etag", "content-length"}
        encoded = any(name.lower() == "content-encoding" for name, _ in self._headers)
        self._headers = [(name, value) for name, value in self._headers if name.lower() not in own]
        whole = gzip.decompress(self._body) if encoded else self._body
        self._parts = _TOKEN.split(whole)
        self._squeezed = [_squeezed(part) for part in self._parts] if encoded else None
        self._body = b""
        self._size = len(whole) + sum(map(len, self._squeezed or []))

    @property
    def weight(self) -> int:
        return self._size + self._overhead

    @staticmethod
    def sets_token(cookie: str) -> bool:
        """Tells whether a Set-Cookie header is the one of the CSRF token."""
        return cookie.lstrip().startswith(f"{settings.CSRF_COOKIE_NAME}=")

    def answer(self, environ: dict[str, Any], start_response: Any, *, first: bool = False) -> Iterable[bytes]:
        token, cookie = own_token(environ)
        body = self._with(token.encode())
        headers = [*self._headers, ("Content-Length", str(len(body)))]
        start_response(self._status, headers + ([("Set-Cookie", cookie)] if cookie else []))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _with(self, token: bytes) -> bytes:
        if self._squeezed is None:
            return token.join(self._parts)
        whole = token.join(self._parts)
        stored = b"\x00" + struct.pack("<HH", len(token), len(token) ^ 0xFFFF) + token
        end = b"\x03\x00" + struct.pack("<LL", zlib.crc32(whole), len(whole) & 0xFFFFFFFF)
        return _HEAD + stored.join(self._squeezed) + end


def _squeezed(part: bytes) -> bytes:
    """Returns a part as deflate's blocks that end at a whole byte and refer to nothing before them."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(part) + compressor.flush(zlib.Z_FULL_FLUSH)


def own_token(environ: dict[str, Any]) -> tuple[str, str]:
    """Returns a reader's CSRF token, masked anew, and the Set-Cookie header for one who had none, else an empty one."""
    request = WSGIRequest(environ)
    csrf = CsrfViewMiddleware(_nothing)
    csrf.process_request(request)
    token = get_token(request)
    answer = csrf.process_response(request, HttpResponse())
    cookie = answer.cookies.get(settings.CSRF_COOKIE_NAME)
    return token, cookie.OutputString().strip() if cookie else ""


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
