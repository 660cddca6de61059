"""Memory of one process for pages, with a bound in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict

from django.conf import settings

from .keys import Key
from .pages import Page

MB = 1024 * 1024
#: Bytes of pages at the addresses that links lead to, and as many of those at other ones (`Store`).
MOST_BYTES = 24 * MB
#: A larger page is not kept.
LARGEST = MB


class Shelf:
    """Keeps the pages asked for last, up to a number of bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._bytes = 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def keep(self, key: Key, page: Page) -> None:
        if page.weight > LARGEST:
            return
        with self._lock:
            before = self._pages.pop(key, None)
            self._bytes += _weight(key, page) - (_weight(key, before) if before else 0)
            self._pages[key] = page
            while self._bytes > self._most:
                self._bytes -= _weight(*self._pages.popitem(last=False))

    @property
    def weight(self) -> int:
        return self._bytes

    def __len__(self) -> int:
        return len(self._pages)


class Store:
    """All kept pages of a process.

    Queries can be made up without end, and so can ports and spellings of a host. Pages at such addresses have a shelf
    of their own, so that they never drive out those which many read.
    """

    def __init__(self) -> None:
        self.plain = Shelf()
        self.made_up = Shelf()

    def get(self, key: Key) -> Page | None:
        return self._shelf(key).get(key)

    def keep(self, key: Key, page: Page) -> None:
        self._shelf(key).keep(key, page)

    def _shelf(self, key: Key) -> Shelf:
        is_plain = not key.query and key.host in settings.ALLOWED_HOSTS
        return self.plain if is_plain else self.made_up


def _weight(key: Key, page: Page) -> int:
    """Returns about how many bytes of memory a page takes with its key."""
    return page.weight + len(key.host) + len(key.path) + len(key.query)
