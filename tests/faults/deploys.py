"""Readers who read on while the server is reloaded or its workers are told to stop."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Sequence

from tests.installation import Server

PATHS = ("/", "/faq/upgrade-01/", "/search/?q=abc", "/api/v1/suggest?q=abc", "/credits/check/")


class Readers:
    """Reads pages until the block ends; counts the answers by status, connections cut by their error."""

    def __init__(self, server: Server, number: int = 4, paths: Sequence[str] = PATHS) -> None:
        self.answered: Counter[str] = Counter()
        self.slowest = 0.0
        self._server = server
        self._paths = paths
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(number)]

    @property
    def cut(self) -> int:
        """Number of requests that got no answer, because their connection was cut."""
        return sum(number for outcome, number in self.answered.items() if not outcome.isdigit())

    @property
    def wrong(self) -> int:
        """Number of answers other than 200."""
        return self.answered.total() - self.cut - self.answered["200"]

    def _read(self) -> None:
        while not self._stop.is_set():
            for path in self._paths:
                began = time.monotonic()
                try:
                    outcome = str(self._server.visitor().get(path).status)
                except (OSError, http.client.HTTPException) as error:
                    outcome = type(error).__name__
                self.answered[outcome] += 1
                self.slowest = max(self.slowest, time.monotonic() - began)

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
