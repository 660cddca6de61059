"""Small cache that threads may share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any


class LeastRecentlyUsed(OrderedDict[Any, Any]):
    """Keeps the values used last, at most `most` of them.

    Two threads may compute the same value at once; the later one replaces the equal earlier one.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._lock = threading.Lock()

    def value(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return the value kept under `key`; where there is none, the one that `make` returns, which is then kept."""
        with self._lock:
            if key in self:
                self.move_to_end(key)
                return self[key]
        made = make()
        with self._lock:
            self[key] = made
            while len(self) > self._most:
                self.popitem(last=False)
        return made
