"""The index of this process, kept at the version of the database, and the thread that does so while nobody waits."""

from __future__ import annotations

import errno
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection, connections, transaction

from helpdesk.common.replica import read_from_primary

from . import generations
from .changes import AT_MOST, WHILE_WAITING, TooManyChanges, announce, changes_since, unnoticed
from .content import Version, count_published, current_version, take_snapshot
from .index import Bound, Index, build

logger = logging.getLogger(__name__)

# An index of up to this many entries is built while a reader waits, which takes about a second. A larger one is built
# in the background.
ON_THE_SPOT = 300
# A web process leaves an index of more entries than this to a process of its own: building takes several times the
# memory of the index, and readers would share the processor with it.
APART = 5000
# Seconds for which a web process builds for itself after that other process failed.
BUILT_HERE = 600.0
# Longest time, in seconds, that a reader waits for another who brings the index up: that one may wait for the database.
LONGEST_WAIT = 4.0
# Seconds between two checks that the files of a host are whole and up to date.
CHECK_EVERY = 10.0
# Seconds between two checks for entries that were written without the models.
RECONCILE_EVERY = 30.0
# With very many entries that takes long; it is done again after so many times the computing it took, so that readers do
# not feel it.
RECONCILE_REST = 20.0

_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EIO: "磁盘读写出错",
}

Progress = Callable[[int, int], None]
_CHILD = """
import os
os.nice(10)
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "search_index", "--rebuild"])
"""


class Replica:
    """Holder of one index, which is only ever replaced as a whole: a running search keeps the one it began with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Index | None = None
        # The version that too many changes separate from the index held for a reader to wait for it.
        self._out_of_reach: Version | None = None
        # True after an index failed that may have come from the files; they are not read until written anew.
        self._distrusted = False
        # The version whose files this process last found or left whole.
        self.written: Version | None = None
        # The reason why the files cannot be written, as a sentence for an admin; empty if they can.
        self.trouble = ""
        # Called when an index must be built that a reader should not wait for.
        self.wake: Callable[[], object] = lambda: None
        # Builds a large index in another process, which writes the files and keeps the lock with this handle, and
        # tells whether it did; None to build here.
        self.build_apart: Callable[[int], bool] | None = None
        # Time (`time.monotonic`) until which a large index is built here all the same.
        self._built_here_until = 0.0

    # --- while somebody waits ---------------------------------------------------------------------------

    def current(self) -> Index | None:
        """Return an index to answer from now.

        It is at the version of the database, unless too much changed at once; then it is the one held before, until a
        new one is built. It is brought up from the primary database, also for a page that reads from a replica: so it
        never goes back to a state that a replica is still in. Returns None if there is no index at all and building
        one takes long. Raises django.db.Error if the database fails.
        """
        version = current_version()
        held = self._held
        if self._serves(held, version) or not self._lock.acquire(timeout=LONGEST_WAIT):
            return held
        try:
            held = self._held
            if not self._serves(held, version):  # another thread may have been faster
                with read_from_primary():
                    held = self._held = self._reach(current_version(), held)
        finally:
            self._lock.release()
        return held

    def fail(self) -> None:
        """Forget the index held because it failed, and distrust the files because they may hold the same one."""
        with self._lock:
            self._held = None
            self._distrusted = True

    def _serves(self, held: Index | None, version: Version) -> bool:
        """Tell whether nothing better than `held` can be had now for a database at `version`."""
        return self._out_of_reach == version or (held is not None and held.version == version)

    def _reach(self, version: Version, held: Index | None) -> Index | None:
        """Return the best index that a reader can wait for.

        That is the index held, else the one on disk, brought up to date; else a new one if there are few entries.
        """
        index = _brought_up(held, version) or _brought_up(self._from_disk(version, held), version)
        if index is not None:
            return index
        if count_published() <= ON_THE_SPOT:
            return build(take_snapshot())
        self._out_of_reach = version
        self.wake()
        return held

    def _from_disk(self, version: Version, held: Index | None) -> Index | None:
        """Return the index on disk if none is held or if it has the version wanted, and if it can be used."""
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
        """Bring the index in memory and on disk up to the database, however long it takes.

        With `reconcile`, entries written without the models are found first; with `rebuild`, a new index is built
        whatever there is. Does nothing inside a transaction, since its changes may never be committed. Does nothing
        to the files if another process of this host builds and is not done within `wait` seconds. Trouble with the
        files is described in `trouble`. Raises django.db.Error if the database fails.
        """
        if connection.in_atomic_block:
            return
        try:
            with generations.alone(wait) as alone:
                if alone:
                    if reconcile or rebuild:
                        self._reconcile(progress)
                    self._bring_up_alone(progress, rebuild=rebuild)
        except _TooLargeToBuildHere:
            self._have_built_apart()
            return
        if not alone:
            self._out_of_reach = None  # the other process may have written the version wanted
            self.current()
            self._update()
        held = self._held
        if held is not None and held.loose:
            self._hold(held.tidied())

    def _bring_up_alone(self, progress: Progress | None, *, rebuild: bool) -> None:
        """Bring index and files up to the database, as the only builder of this host."""
        index = self._catch_up(progress)
        if index.worn and not (rebuild or self._distrusted):
            index = self._renewed_by_another() or index
        if rebuild or self._distrusted or index.worn:
            index = self._renew(progress)
        if rebuild or self._distrusted or not generations.is_whole(index.version):
            self._publish(index)
        else:
            self.trouble = ""  # another process of this host could write what this one could not
            self.written = index.version

    def _catch_up(self, progress: Progress | None) -> Index:
        """Return an index at the version of the database, however long it takes."""
        while True:
            self._out_of_reach = None
            index = self.current()
            if index is not None and index.version == current_version():
                return index
            if not self._update():
                self._renew(progress)

    def _update(self) -> bool:
        """Update the index held, with more changes than a reader waits for; return whether that was possible."""
        index = _brought_up(self._held, current_version(), AT_MOST)
        if index is not None:
            self._hold(index)
        return index is not None

    def _hold(self, index: Index) -> None:
        """Answer from this index from now on. If it is not the newest, the next reader brings it up."""
        with self._lock:
            self._held = index

    def _renewed_by_another(self) -> Index | None:
        """Hold and return the index on disk, where another process of this host has made a new base already."""
        index = self._hold_from_disk() if generations.is_whole(current_version()) else None
        return index if index is not None and index.version == current_version() else None

    def _have_built_apart(self) -> None:
        """Let another process build the index and write the files, and hold what it wrote.

        One process of a host does so at a time; the others find the files at their next check. Where it does not
        succeed, for instance on a full disk, this process builds for a while.
        """
        try:
            with generations.apart() as lock:
                if lock is None:
                    return
                done = self.build_apart is not None and self.build_apart(lock)
        except OSError as error:
            logger.warning("search index not built apart: %s", error)
            done = False
        if done:
            self._distrusted = False
            self._hold_from_disk()
        else:
            self._built_here_until = time.monotonic() + BUILT_HERE

    def _hold_from_disk(self) -> Index | None:
        """Hold the index on disk, brought up to date, and return it; None where there is none that can be."""
        try:
            index = _brought_up(generations.load(generations.current()), current_version(), AT_MOST)
        except generations.Unusable as reason:
            logger.warning("search index on disk not used: %s", reason)
            return None
        if index is not None:
            self._hold(index)
        return index

    def _renew(self, progress: Progress | None) -> Index:
        """Build an index from all entries, hold it and return it.

        Raises _TooLargeToBuildHere where another process is to do that.
        """
        if self.build_apart and time.monotonic() >= self._built_here_until and count_published() > APART:
            raise _TooLargeToBuildHere
        index = build(take_snapshot(), progress)
        self._hold(index)
        return index

    def _publish(self, index: Index) -> None:
        """Write the files of an index, or put the reason why not in `trouble`."""
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
        """Give entries that were written without the models (raw SQL, `.update()`) a new version.

        So every process on every host notices them.
        """
        found = unnoticed(self._catch_up(progress))
        if found is not None:
            logger.warning("search: %d entries were changed past the models", len(found.entry_ids))
            with transaction.atomic():
                announce(found.entry_ids)


def _brought_up(index: Index | None, version: Version, most: Bound = WHILE_WAITING) -> Index | None:
    """Return the index at this version, updated if it has another; None if more than `most` changed, or if it is."""
    if index is None or index.version == version:
        return index
    try:
        return index.updated(changes_since(index, most))
    except TooManyChanges:
        return None


class _TooLargeToBuildHere(Exception):
    """The index is to be built by a process of its own."""


def _build_in_child(lock: int) -> bool:
    """Build the index and write the files in a process of low priority, and return whether it did.

    That process keeps `lock` and takes the lock of the builder itself, so it may outlive this one.
    """
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", _CHILD],
        cwd=settings.BASE_DIR,
        pass_fds=[lock],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        logger.warning("search index not built apart: %s", done.stderr.decode(errors="replace")[-500:])
    return done.returncode == 0


class Keeper:
    """A thread in every web process that does the work no reader should wait for.

    That is to build large indexes, to write and mend the files, and to find entries written without the models.
    """

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._reconcile_at = time.monotonic() + RECONCILE_EVERY

    @property
    def at_work(self) -> bool:
        """True while the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the thread unless it runs in this process.

        Only a process that serves calls this, never one that goes on to fork: a fork halfway through the thread's
        check would leave the new process its open connection to SQLite, and modules that stay half imported.
        """
        if self.at_work:
            return
        with self._starting:
            if not self.at_work:
                self._replica.wake = self.wake
                self._replica.build_apart = _build_in_child
                self._woken = threading.Event()
                self._thread = threading.Thread(target=self._run, name="search-keeper", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Make the thread check now instead of after CHECK_EVERY seconds.

        The thread itself, which finds that another process builds what it wants, waits as ever.
        """
        if threading.current_thread() is not self._thread:
            self._woken.set()

    def stop(self) -> None:
        """End the thread, after its present check, and wait for that."""
        thread = self._thread
        self._thread = None
        self.wake()
        if thread:
            thread.join()

    def _run(self) -> None:
        """Check again and again until the thread is stopped; errors are logged and do not end it."""
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
        """Bring index and files up to the database, and reconcile if that is due."""
        due = time.monotonic() >= self._reconcile_at
        began = time.thread_time()  # of the processor: on a busy machine the clock goes on while others compute
        self._replica.bring_up(reconcile=due)
        if due:
            rest = RECONCILE_REST * (time.thread_time() - began)
            self._reconcile_at = time.monotonic() + max(RECONCILE_EVERY, rest)


own_replica = Replica()
own_keeper = Keeper(own_replica)
