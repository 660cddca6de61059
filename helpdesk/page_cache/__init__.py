"""Whole pages kept in each process and answered before Django is asked, the same for every reader without a session.

The cache stands around Django's handler (`helpdesk.wsgi`). A page is kept when its view marked it
(`helpdesk.common.shared_pages`) and nothing about the answer is personal. It is shown for a request with the same
key (`keys`), as long as nothing that it may show has changed (`versions`), on the same day, and for five seconds at
most, which bounds what was written past the models. A page that says which entries it names outlives new words of
others as long as no list changes; its choice of related entries may be a minute and five seconds old. `store` bounds
the memory, `tokens` gives each reader an own CSRF token. Where the version cannot be asked, nothing kept is shown and
Django answers.

Where there is a replica of the database, a page that must be made is read from it as long as it has the version of the
primary. While the primary is away, the replica's own version counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone

from helpdesk.common import replica
from helpdesk.common.replica import Reading
from helpdesk.common.shared_pages import SharedPage, page_of

from .keys import Key, key_of, may_have_key
from .pages import Page
from .store import Store
from .tokens import TokenPage
from .versions import Version, Versions

__all__ = ["PageCache"]

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Headers = list[tuple[str, str]]

#: Seconds for which the replica may have been behind the primary and still stand in for it.
MOST_BEHIND = 60.0


class PageCache:
    """A WSGI application that answers from kept pages, and else asks the one it stands around."""

    def __init__(self, application: Application, versions: Versions | None = None) -> None:
        self._application = application
        self._versions = versions or Versions()
        self._of_replica = Versions(replica.ALIAS) if replica.ALIAS in settings.DATABASES else None
        self._behind_since: float | None = None
        self._last: Version | None = None  # that the primary said
        self._store = Store()

    def expect(self, head: bytes) -> None:
        """Is told that a request has come: lets the version be asked while the server reads it."""
        if may_have_key(head):
            self._versions.ask_ahead()

    def settle(self) -> None:
        """Is told that a request is over, which may never have been given to the application."""
        self._versions.forget()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        key = key_of(environ)
        version = self._version(environ) if key or self._may_stand_in(environ) else None
        if key is None or version is None:
            self._versions.forget()
            return self._application(environ, start_response)
        page = self._store.get(key)
        if page is not None and self._is_current(page, version):
            return page.answer(environ, start_response)
        if self._of_replica and not replica.noted(environ) and self._is_as_far(self._of_replica, version):
            replica.note(environ, Reading.EQUAL)
        return self._make(key, version, environ, start_response)

    def _may_stand_in(self, environ: dict[str, Any]) -> bool:
        """Tells whether the replica may stand in for a request whose answer is not kept, that of a known reader."""
        return self._of_replica is not None and key_of(environ, of_voices=True) is not None

    def _version(self, environ: dict[str, Any]) -> Version | None:
        """Returns the version of the primary, or that of the replica while the primary is away.

        A replica that was behind for long may lack what was withdrawn days ago, so it does not stand in; unless it has
        by now all that the primary had when it was last asked here.
        """
        version = self._versions.now()
        if version is not None:
            self._last = version
        elif self._of_replica and self._versions.is_away:
            version = self._of_replica.now(needed=True)
            if version != self._last and self._was_long_behind():
                return None
            if version is not None:
                replica.note(environ, Reading.ALONE)
        return version

    def _was_long_behind(self) -> bool:
        return self._behind_since is not None and time.monotonic() - self._behind_since > MOST_BEHIND

    def _is_as_far(self, of_replica: Versions, version: Version) -> bool:
        """Tells whether the replica has this version of the primary, and notes since when it has not."""
        if of_replica.now() == version:
            self._behind_since = None
            return True
        if self._behind_since is None:
            self._behind_since = time.monotonic()
        return False

    def _is_current(self, page: Page, version: Version) -> bool:
        """Tells whether a page is what Django would answer; where only words changed, by the entries that it names."""
        day = timezone.localdate()
        if page.shows(version, day):
            return True
        if not page.shows_unless_named(version, day) or self._versions.stamps(page.named) != page.named:
            return False
        page.holds_at(version)
        return True

    def _make(self, key: Key, version: Version, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Lets Django answer, and keeps the page where that may be.

        The version was read before, so a change that is made meanwhile can only make the page newer than its version.
        """
        day = timezone.localdate()
        told: list[Any] = []

        def note(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            told[:] = [status, headers]
            return start_response(status, headers, exc_info) if exc_info else _never_written

        answer = self._application(environ, note)
        if self._of_replica and replica.noted(environ) is Reading.FAILED:
            self._of_replica.leave_alone()
        status, headers = told
        mark = page_of(environ)
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        if mark is None or is_head or not may_be_kept(mark, status, headers):
            start_response(status, headers)
            return answer
        body = b"".join(answer)
        close = getattr(answer, "close", None)
        if close:
            close()
        if mark.token:
            made: Page = TokenPage(status, headers, body, version, day, mark)
            self._store.keep(key, made)
            start_response(status, headers)
            return [body]
        made = Page(status, headers, body, version, day, mark)
        self._store.keep(key, made)
        return made.answer(environ, start_response, first=True)


def may_be_kept(mark: SharedPage, status: str, headers: Headers) -> bool:
    """Tells whether an answer holds nothing personal: a page as it should be, without cookies, not marked private."""
    if not mark.kept or not status.startswith("200 "):
        return False
    named = {name.lower(): value for name, value in headers}
    cookies = [value for name, value in headers if name.lower() == "set-cookie"]
    if cookies and not (mark.token and all(map(TokenPage.sets_token, cookies))):
        return False
    control = named.get("cache-control", "")
    return "private" not in control and "no-store" not in control


def _never_written(data: bytes) -> None:
    raise NotImplementedError("Django's handler writes nothing by itself")
