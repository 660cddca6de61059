"""This process's index, kept at the version of the database."""

from __future__ import annotations

import logging
import threading
import time

from django.db import connection

from faq.models import SearchState

from . import generations
from .index import Index, build, current_version, take_snapshot

logger = logging.getLogger(__name__)

# How often a process looks whether the files on disk are as they should be, in seconds.
CHECK_EVERY = 10.0
# How long a command or an editor's save waits for another builder, in seconds.
WAIT = 5.0


class Replica:
    """Holds one index and swaps it whole, so that a search under way keeps the one it began with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Index | None = None
        # Built inside a transaction that may yet be rolled back.
        self._provisional: Index | None = None
        self._checked = float("-inf")

    def current(self) -> Index:
        """An index of what the database holds now, from memory, from disk, or built on the spot."""
        if connection.in_atomic_block:
            return self._inside_transaction()
        held = self._held
        if held is None or held.version != current_version():
            with self._lock:
                held = self._held  # another thread may have been faster
                version = current_version()
                if held is None or held.version != version:
                    held = self._held = self._from_disk(version) or build(take_snapshot())
        self._mend(held)
        return held

    def renew(self) -> None:
        """Builds from the database, whatever is held or lies on disk: that one failed."""
        index = build(take_snapshot())
        if connection.in_atomic_block:
            self._provisional, self._held = index, None
        else:
            with self._lock:
                self._held = index
            generations.publish(index)

    def bring_up(self, *, rebuild: bool) -> None:
        """Has the index of the database's version on disk; with `rebuild`, a new one whatever stands there."""
        if connection.in_atomic_block:
            return  # not committed yet; it may never be
        if rebuild:
            index = self._rebuilt()
        else:
            index = self.current()
            if generations.is_current(index.version):
                return
        generations.publish(index, wait=WAIT)

    def _rebuilt(self) -> Index:
        with self._lock:
            snapshot = take_snapshot()
            if self._differs_unnoticed(snapshot.version, snapshot.digest):
                # Something wrote past the models; only a new version tells the other processes.
                SearchState.raise_version()
                snapshot = take_snapshot()
            self._held = build(snapshot)
            return self._held

    def _differs_unnoticed(self, version: tuple[int, str], digest: str) -> bool:
        try:
            known: Index | generations.Generation | None = generations.current()
        except generations.Unusable:
            known = self._held
        return known is not None and known.version == version and known.digest != digest

    def _inside_transaction(self) -> Index:
        """A version that may be rolled back and given again proves nothing, so contents are compared."""
        snapshot = take_snapshot()
        for index in (self._provisional, self._held):
            if index is not None and index.digest == snapshot.digest:
                return index
        index = self._provisional = build(snapshot)
        return index

    def _from_disk(self, version: tuple[int, str]) -> Index | None:
        try:
            generation = generations.current()
            return generations.load(generation) if generation.version == version else None
        except generations.Missing:
            return None
        except generations.Unusable as reason:
            logger.warning("search index on disk not used: %s", reason)
            return None

    def _mend(self, held: Index) -> None:
        """Writes the files again where they were lost or fell behind."""
        now = time.monotonic()
        if now - self._checked < CHECK_EVERY:
            return
        self._checked = now
        if not generations.is_current(held.version):
            generations.publish(held)


own_replica = Replica()
