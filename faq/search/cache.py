"""Small cache that threads may share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any


class LeastRecentlyUsed(OrderedDict[Any, Any]):
    """Keeps the values used last, at most `most` of them, or so many that they weigh `most` together.

    Two threads may compute the same value at once; the later one replaces the equal earlier one.
    """

    def __init__(self, most: int, weigh: Callable[[Any], int] = lambda value: 1) -> None:
        super().__init__()
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._lock = threading.Lock()

    def value(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return the value kept under `key`; where there is none, the one that `make` returns, which is then kept."""
        with self._lock:
            if key in self:
                self.move_to_end(key)
                return self[key]
        made = make()
        with self._lock:
            if key in self:
                self._weight -= self._weigh(self[key])
            self[key] = made
            self._weight += self._weigh(made)
            while self._weight > self._most:
                _, oldest = self.popitem(last=False)
                self._weight -= self._weigh(oldest)
        return made

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            super().clear()
            self._weight = 0
