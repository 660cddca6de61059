"""The thread of a web process that writes down, every few seconds, what was counted in it."""

from __future__ import annotations

import atexit
import logging
import threading

from django.db import Error, connections

from . import storing
from .counting import Held, held

logger = logging.getLogger(__name__)

#: Seconds between two times.
EVERY = 5.0
#: Seconds that the end of a process waits for what is being written down.
LAST_WAIT = 5.0


def flush(of: Held = held) -> bool:
    """Writes down what was counted; returns false where the database failed, and keeps it for the next time.

    What fails for another reason is given up, since it would fail again.
    """
    tallies = of.take()
    if not tallies:
        return True
    try:
        storing.store(tallies)
    except Error as error:
        of.put_back(tallies)
        logger.warning("searches were not counted yet: %s", error)
        return False
    except Exception:
        logger.exception("searches were not counted")
    return True


class Keeper:
    """The thread, which starts only in a process that serves, never in one that goes on to fork."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._ended = threading.Event()

    def start(self) -> None:
        """Starts the thread unless it runs in this process; at the normal end of the process it writes a last time."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._ended = threading.Event()
                self._thread = threading.Thread(target=self._run, name="search-counter", daemon=True)
                self._thread.start()
                atexit.unregister(self.stop)
                atexit.register(self.stop)

    def stop(self) -> None:
        """Ends the thread, which writes down what is left."""
        thread, self._thread = self._thread, None
        self._ended.set()
        if thread is not None:
            thread.join(LAST_WAIT)

    def _run(self) -> None:
        ended = self._ended
        while not ended.wait(EVERY):
            self._flush()
        self._flush()

    @staticmethod
    def _flush() -> None:
        try:
            flush()
        finally:
            connections.close_all()


own_keeper = Keeper()
