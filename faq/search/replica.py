"""This process's index, kept at the version of the database."""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Callable

from django.db import Error, connection, connections, transaction

from faq.models import Entry, SearchState

from . import generations
from .index import (
    Index,
    TooManyChanges,
    Version,
    build,
    changes_since,
    current_version,
    published,
    take_snapshot,
    unnoticed,
)

logger = logging.getLogger(__name__)

# An index of so many entries is built while a reader waits, about a second; a larger one while others answer.
ON_THE_SPOT = 300
# How often a host looks whether its files are whole and newest, and how often whether something wrote past the
# models, in seconds.
CHECK_EVERY = 10.0
RECONCILE_EVERY = 30.0

_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EIO: "磁盘读写出错",
}

Progress = Callable[[int, int], None]


class Replica:
    """Holds one index and swaps it whole, so that a search under way keeps the one it began with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Index | None = None
        # The version that was too far away to be reached while a reader waits.
        self._out_of_reach: Version | None = None
        # An index that came from the files failed; they are not read until they were written anew.
        self._distrusted = False
        # The version whose files this process last knew to be whole.
        self.written: Version | None = None
        # What keeps the files from being written, in words for an admin.
        self.trouble = ""
        # Called where more is to be done than a reader should wait for.
        self.wake: Callable[[], object] = lambda: None

    # --- while somebody waits ---------------------------------------------------------------------------

    def current(self) -> Index | None:
        """An index to answer from, now: of what the database holds, unless too much changed at once; then the one
        held before, until a new one is built. None where there is none at all and building it takes long."""
        version = current_version()
        held = self._held
        if not self._serves(held, version):
            with self._lock:
                held = self._held
                if not self._serves(held, version):  # another thread may have been faster
                    held = self._held = self._reach(current_version(), held)
        return held

    def forget(self) -> None:
        """Begins anew in a process that was forked off: a lock may have been held at that moment."""
        self._lock = threading.Lock()
        self._held = self._out_of_reach = None

    def fail(self) -> None:
        """Forgets the index held: it failed, and the one on disk may be the same."""
        with self._lock:
            self._held = None
            self._distrusted = True

    def _serves(self, held: Index | None, version: Version) -> bool:
        return self._out_of_reach == version or (held is not None and held.version == version)

    def _reach(self, version: Version, held: Index | None) -> Index | None:
        """The best index that a reader can wait for."""
        for find in (lambda: held, lambda: self._from_disk(version, held)):
            index = find()
            if index is not None and index.version == version:
                return index
            try:
                if index is not None:
                    return index.updated(changes_since(index))
            except TooManyChanges:
                continue
        if published() <= ON_THE_SPOT:
            return build(take_snapshot())
        self._out_of_reach = version
        self.wake()
        return held

    def _from_disk(self, version: Version, held: Index | None) -> Index | None:
        """The index on disk, where it is worth more than the one held."""
        if self._distrusted:
            return None
        try:
            generation = generations.current()
            if held is None or generation.version == version:
                return generations.load(generation)
        except generations.Missing:
            pass
        except generations.Unusable as reason:
            logger.warning("search index on disk not used: %s", reason)
        return None

    # --- while nobody waits -----------------------------------------------------------------------------

    def bring_up(
        self, *, wait: float = 0.0, reconcile: bool = False, rebuild: bool = False, progress: Progress | None = None
    ) -> None:
        """Has the index of the database's version in memory and on disk; with `rebuild`, a new one whatever is there.

        Does nothing inside a transaction, whose changes may never be committed, nor where another process of this
        host is at it and not done within `wait` seconds. What goes wrong with the files is left in `trouble`.
        """
        if connection.in_atomic_block:
            return
        with generations.alone(wait) as alone:
            if alone:
                if reconcile or rebuild:
                    self._reconcile(progress)
                index = self._catch_up(progress)
                if rebuild or self._distrusted or index.worn:
                    index = self._renew(progress)
                if rebuild or self._distrusted or not generations.is_whole(index.version):
                    self._publish(index)
                else:
                    self.written = index.version
        if not alone:
            self._out_of_reach = None  # what the other wrote may be what is wanted
            self.current()

    def _catch_up(self, progress: Progress | None) -> Index:
        """An index of what the database holds now, however long it takes."""
        while True:
            self._out_of_reach = None
            index = self.current()
            if index is not None and index.version == current_version():
                return index
            self._renew(progress)

    def _renew(self, progress: Progress | None) -> Index:
        index = build(take_snapshot(), progress)
        with self._lock:
            self._held = index
        return index

    def _publish(self, index: Index) -> None:
        try:
            generations.publish(index)
        except OSError as error:
            logger.warning("search index not written, search goes on from memory: %s", error)
            reason = _REASONS.get(error.errno or 0, f"错误号 {error.errno}")
            self.trouble = f"搜索索引写不进磁盘：{reason}。搜索和编辑都照常，但请尽快检查磁盘。"
        else:
            self.trouble = ""
            self._distrusted = False
            self.written = index.version

    def _reconcile(self, progress: Progress | None) -> None:
        """Finds what was written past the models (raw SQL, `.update()`) and gives it a new version, so that every
        process on every host notices."""
        found = unnoticed(self._catch_up(progress))
        if found is not None:
            logger.warning("search: %d entries were changed past the models", len(found.entry_ids))
            with transaction.atomic():
                stamp = SearchState.raise_version()
                Entry.objects.filter(pk__in=found.entry_ids).update(stamp=stamp)


class Keeper:
    """A thread in every web process that does for search what no reader should wait for: large builds, writing the
    files, mending them, and finding what was changed past the models."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._reconciled = time.monotonic()

    @property
    def at_work(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Starts the thread, and again in every process forked off this one."""
        if self._thread is None:
            os.register_at_fork(after_in_child=self._start_in_child)
        self._start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """Ends the thread once it is done with what it is at."""
        thread, self._thread = self._thread, None
        self.wake()
        if thread:
            thread.join()

    def _start_in_child(self) -> None:
        if self._thread is not None:
            self._replica.forget()
            self._start()

    def _start(self) -> None:
        self._replica.wake = self.wake
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="search-keeper", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while self._thread is threading.current_thread():
            try:
                self._look()
            except Error as error:
                logger.warning("search keeper: the database does not answer: %s", error)
            except Exception:
                logger.exception("search keeper")
            finally:
                connections.close_all()
            self._woken.wait(CHECK_EVERY)
            self._woken.clear()

    def _look(self) -> None:
        due = time.monotonic() - self._reconciled >= RECONCILE_EVERY
        self._replica.bring_up(reconcile=due)
        if due:
            self._reconciled = time.monotonic()


own_replica = Replica()
own_keeper = Keeper(own_replica)
