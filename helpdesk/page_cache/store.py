"""Memory of one process for pages, with a bound in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict

from .keys import Key
from .pages import Page

MB = 1024 * 1024
#: Bytes of pages without a query, and of those with one. Queries can be made up without end, so they have their own.
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
            self._bytes += page.weight - (before.weight if before else 0)
            self._pages[key] = page
            while self._bytes > self._most:
                _, oldest = self._pages.popitem(last=False)
                self._bytes -= oldest.weight

    @property
    def weight(self) -> int:
        return self._bytes

    def __len__(self) -> int:
        return len(self._pages)


class Store:
    """All kept pages of a process."""

    def __init__(self) -> None:
        self.plain = Shelf()
        self.queried = Shelf()

    def get(self, key: Key) -> Page | None:
        return self._shelf(key).get(key)

    def keep(self, key: Key, page: Page) -> None:
        self._shelf(key).keep(key, page)

    def _shelf(self, key: Key) -> Shelf:
        return self.queried if key.query else self.plain
