"""Which searches are counted: those of readers, in this process's memory first, for `storing` to write down later.

Counting costs a search next to nothing and never makes it fail: nothing here asks the database, reads the query or
waits. What is in memory when a process is killed is lost, which a count of searches bears.
"""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from helpdesk.common.shared_pages import at_each_showing

from ..models import Entry
from ..search import MAX_QUERY_LENGTH, SearchResult

#: Different queries that one process keeps until they are written down; what comes on top is not counted.
MOST_HELD = 1000
#: Programs that say of themselves that they read pages for nobody in particular.
_BOT = re.compile(r"bot\b|bot/|crawl|spider|slurp|preview|monitor", re.IGNORECASE)


class Key(NamedTuple):
    """What is counted as one: a query as it was typed, on one day; with the ref of an entry, its openings."""

    day: datetime.date
    typed: str
    entry: str = ""


@dataclass(slots=True)
class Tally:
    """Numbers of one key, whether search was sure the last time, and the refs of what it found."""

    searches: int = 0
    answered: int = 0
    opened: int = 0
    sure: bool = True
    nearest: tuple[str, ...] = ()


class Held:
    """Tallies that are not written down yet, for all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tallies: dict[Key, Tally] = {}

    def add_search(self, key: Key, *, sure: bool, nearest: tuple[str, ...]) -> None:
        """Counts a search."""
        with self._lock:
            tally = self._tally(key)
            tally.searches += 1
            tally.answered += sure
            tally.sure, tally.nearest = sure, nearest

    def add_opening(self, key: Key) -> None:
        """Counts an entry that was opened."""
        with self._lock:
            self._tally(key).opened += 1

    def _tally(self, key: Key) -> Tally:
        """Returns the tally of a key; one that is not kept where there are too many already."""
        found = self._tallies.get(key)
        if found is None:
            found = Tally()
            if len(self._tallies) < MOST_HELD:
                self._tallies[key] = found
        return found

    def take(self) -> dict[Key, Tally]:
        """Returns all tallies, and begins anew."""
        with self._lock:
            taken, self._tallies = self._tallies, {}
        return taken

    def put_back(self, tallies: dict[Key, Tally]) -> None:
        """Adds tallies that could not be written down to those counted since."""
        with self._lock:
            for key, old in tallies.items():
                new = self._tally(key)
                if not new.searches:
                    new.sure, new.nearest = old.sure, old.nearest
                new.searches += old.searches
                new.answered += old.answered
                new.opened += old.opened


held = Held()


def count_search(request: HttpRequest, query: str, result: SearchResult, *, by_page: bool = True) -> None:
    """Counts a search whose first results are shown, `by_page` or as JSON, which never looks at who asks.

    It is counted now and whenever a kept page shows them again. An entry that says that no document answers is an
    answer here: no editor can do more about that query.
    """
    if not result.normalized or (by_page and _works_in_the_admin(request)):
        return
    shown = [result.not_stated, *result.hits[:3]] if result.not_stated else result.hits[:3]
    nearest = tuple(hit.entry.ref for hit in shown if hit)
    sure = result.confident or result.not_stated is not None
    typed = query[:MAX_QUERY_LENGTH]

    def count(environ: Mapping[str, Any]) -> None:
        if is_counted(environ):
            held.add_search(Key(timezone.localdate(), typed), sure=sure, nearest=nearest)

    at_each_showing(request, count)


def count_opening(request: HttpRequest, entry: Entry) -> None:
    """Counts an entry whenever it is opened from results of ours, which the browser tells in its Referer."""
    if _works_in_the_admin(request):
        return
    results, ref = request.build_absolute_uri(reverse("faq:search")), entry.ref

    def count(environ: Mapping[str, Any]) -> None:
        query = _query_before(environ, results)
        if query and is_counted(environ):
            held.add_opening(Key(timezone.localdate(), query, ref))

    at_each_showing(request, count)


def _query_before(environ: Mapping[str, Any], results: str) -> str:
    """Returns the query of the page of results that led here; nothing where no page at the address `results` did."""
    sender = environ.get("HTTP_REFERER", "")
    if not sender.startswith(f"{results}?"):
        return ""
    try:
        given = parse_qs(urlsplit(sender).query, max_num_fields=20).get("q", [""])
    except ValueError:
        return ""
    return given[-1].replace("\x00", "")[:MAX_QUERY_LENGTH].strip()


def is_counted(environ: Mapping[str, Any]) -> bool:
    """Tells whether a request, by its WSGI environment, is a reader's who may be counted.

    It is not where the browser asks for it (Do Not Track, Global Privacy Control), where a program says that it is
    one, and where it fetches a page before anybody wants it.
    """
    if environ.get("REQUEST_METHOD") != "GET" or not settings.SEARCHES_KEPT_DAYS:
        return False
    if environ.get("HTTP_DNT") == "1" or environ.get("HTTP_SEC_GPC") == "1":
        return False
    if "prefetch" in environ.get("HTTP_SEC_PURPOSE", environ.get("HTTP_PURPOSE", "")):
        return False
    return not _BOT.search(environ.get("HTTP_USER_AGENT", ""))


def _works_in_the_admin(request: HttpRequest) -> bool:
    """Tells whether an editor or an admin sent a request. Without a cookie no session is looked for."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return bool(request.user.is_staff)
