"""One kept page, and the answer made of it."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import time
from collections.abc import Iterable
from typing import Any

from django.utils.http import parse_etags

from helpdesk.common.shared_pages import SharedPage

from .versions import Version

#: Seconds for which a page is shown at most: what was written past the models is seen then.
LONGEST_SHOWN = 5.0
#: Bytes of memory for the objects that a page consists of, and for those of each header and named entry, as measured.
_OF_A_PAGE, _OF_A_HEADER, _OF_A_NAME = 1500, 200, 150
#: Headers of the body, which an answer without one leaves out.
_OF_BODY = {"content-type", "content-length", "content-encoding"}


class Page:
    """An answer as Django gave it, the content's version and the day it was made on, and what its view said of it."""

    def __init__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        body: bytes,
        version: Version,
        day: datetime.date,
        mark: SharedPage,
    ) -> None:
        self._status = status
        self._body = body
        self._version = version
        self._day = day
        self._mark = mark
        self._until = time.monotonic() + LONGEST_SHOWN
        self._etag = _etag_of(headers, body)
        self._headers = self._completed(headers)
        self._overhead = (
            _OF_A_PAGE
            + _OF_A_NAME * len(mark.named)
            + sum(_OF_A_HEADER + len(name) + len(value) for name, value in self._headers)
        )
        self._without_body = [(name, value) for name, value in self._headers if name.lower() not in _OF_BODY]

    def _completed(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Returns the headers with those by which a browser asks whether its copy still holds."""
        own = [("ETag", self._etag), ("Content-Length", str(len(self._body)))]
        if not any(name.lower() == "cache-control" for name, _ in headers):
            own.append(("Cache-Control", "no-cache"))  # kept by the browser, and asked for each time
        replaced = {name.lower() for name, _ in own}
        return [(name, value) for name, value in headers if name.lower() not in replaced] + own

    @property
    def weight(self) -> int:
        """About how many bytes of memory the page takes."""
        return len(self._body) + self._overhead

    def shows(self, version: Version, day: datetime.date) -> bool:
        """Tells whether the page is what Django would answer now."""
        same = self._version == version if self._mark.votes else self._version.content == version.content
        return same and self._is_of(day)

    @property
    def named(self) -> dict[int, int]:
        """Stamps, by id, of the entries that the page names and that alone decide it; empty where others do too."""
        return self._mark.named

    def shows_unless_named(self, version: Version, day: datetime.date) -> bool:
        """Tells whether the page is what Django would answer, unless an entry that it names has changed."""
        before = self._version
        same = before.places == version.places and before.content[1] == version.content[1]
        same = same and (before.votes == version.votes or not self._mark.votes)
        return bool(self._mark.named) and same and self._is_of(day)

    def holds_at(self, version: Version) -> None:
        """Notes that the page is what Django would answer at a later version too."""
        self._version = version

    def _is_of(self, day: datetime.date) -> bool:
        return self._day == day and time.monotonic() < self._until

    def answer(self, environ: dict[str, Any], start_response: Any, *, first: bool = False) -> Iterable[bytes]:
        """Answers a request, with 304 and no body where the reader has the page; the `first` was counted already."""
        if not first:
            for action in self._mark.actions:
                action(environ)
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and (asked == self._etag or self._etag in map(_weak, parse_etags(asked))):
            start_response("304 Not Modified", list(self._without_body))
            return []
        start_response(self._status, list(self._headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self._body]


def _etag_of(headers: list[tuple[str, str]], body: bytes) -> str:
    """Returns the weak ETag of what a page says, equal in every process and whenever the page is made again.

    Django compresses with random bytes against BREACH, so a compressed body is never equal to another.
    """
    encoded = any(name.lower() == "content-encoding" for name, _ in headers)
    whole = gzip.decompress(body) if encoded else body
    return f'W/"{hashlib.blake2b(whole, digest_size=12, person=b"gzip" * encoded).hexdigest()}"'


def _weak(etag: str) -> str:
    return etag if etag.startswith("W/") else f"W/{etag}"
