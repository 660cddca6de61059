"""`python -m tests.faults.jobs`: workers killed, told to end and hung up on in the middle of each kind of long work.

For each kind and signal the job is begun again and again, and what it left is checked: nothing lost, nothing doubled,
the page honest. `--database` names a PostgreSQL server where a database of its own is made; else SQLite.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.__main__ import own_place, start_django

from .table import Row, show

if TYPE_CHECKING:
    from helpdesk.common.models import Job
    from tests.long_work import World

ROUNDS = 20
#: Teachers and results; each kind takes some batches for them.
ROWS = 1500
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
OPTIONS = ("--lease", "2", "--grace", "0", "--nice", "0")
#: Sentences that a page may say of a job that is not over.
UNFINISHED = ("% 试", "停在", "正在排队", "马上开始", "还没有开始")


@dataclass
class Counts:
    """The outcome of the rounds of one kind and signal."""

    interrupted: int = 0
    wrongs: list[str] = field(default_factory=list)
    untrue_pages: int = 0
    #: Seconds from the signal to the end of the job.
    seconds: list[float] = field(default_factory=list)


class Rounds:
    """Two workers, one of which is always hit while the other stands by."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.workers: dict[int, subprocess.Popen[str]] = {}

    def start(self) -> None:
        """Brings the workers up to two."""
        from tests.workers import start_worker

        while len(self.workers) < 2:
            worker = start_worker(*OPTIONS)
            self.workers[worker.pid] = worker

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.communicate()

    def run(self, kind: str, number: int, rounds: int) -> Counts:
        """Begins a job of that kind so often, and gives the worker at it the signal at some moment."""
        counts = Counts()
        usual = self._undisturbed(kind, counts)
        for _ in range(rounds):
            job = self.world.begin(kind)
            pid = self._worker_at(job)
            time.sleep(random.uniform(0, 0.8 * usual))
            self._hit(pid, number)
            hit_at = time.monotonic()
            job.refresh_from_db()
            counts.interrupted += not job.is_over
            counts.untrue_pages += not self._is_honest(job)
            self._end(job, kind, counts)
            counts.seconds.append(time.monotonic() - hit_at)
        return counts

    def _undisturbed(self, kind: str, counts: Counts) -> float:
        job = self.world.begin(kind)
        self._worker_at(job)
        began = time.monotonic()
        self._end(job, kind, counts)
        return time.monotonic() - began

    def _worker_at(self, job: Job) -> int:
        """The process that is at the job."""
        from tests.workers import wait_until

        self.start()
        assert wait_until(lambda: type(job).objects.filter(pk=job.pk).exclude(claim="").exists(), 300)
        claim = type(job).objects.values_list("claim", flat=True).get(pk=job.pk)
        return int(claim.partition(":")[0].rsplit("-", 2)[1])

    def _hit(self, pid: int, number: int) -> None:
        worker = self.workers.pop(pid)
        worker.send_signal(number)
        worker.communicate(timeout=300)
        expected = -number if number == signal.SIGKILL else 0
        assert worker.returncode == expected, worker.returncode
        self.start()

    def _is_honest(self, job: Job) -> bool:
        body = self.world.page(job)
        job.refresh_from_db()
        if job.is_over:
            return True  # `wrongs` looks for what it then says
        return any(words in body for words in UNFINISHED) and "note-good" not in body

    def _end(self, job: Job, kind: str, counts: Counts) -> None:
        from tests.workers import ended

        counts.wrongs += self.world.wrongs(kind, ended(job, 300))


def rows_of(rounds: int, rows: int, kinds: list[str]) -> Iterator[Row]:
    """Does all rounds on the database of the settings, and tells of each kind and signal; no `kinds` means all."""
    from tests.long_work import KINDS, World, make_cycles

    make_cycles()
    all_rounds = Rounds(World(rows))
    try:
        for kind in kinds or KINDS:
            for number in SIGNALS:
                counts = all_rounds.run(kind, number, rounds)
                yield _row(kind, number, rounds, counts)
    finally:
        all_rounds.stop()


def _row(kind: str, number: int, rounds: int, counts: Counts) -> Row:
    name = f"{kind}, {signal.Signals(number).name}"
    middle = statistics.median(counts.seconds)
    measured = f"{counts.interrupted} interrupted, {len(counts.wrongs)} lost or doubled, "
    measured += f"{counts.untrue_pages} untrue pages, over after {middle:.1f} s"
    wrongs = "".join(f"\n    {wrong}" for wrong in counts.wrongs)
    return Row(name, rounds, len(counts.wrongs) + counts.untrue_pages, measured + wrongs)


COMMAND = [sys.executable, "-m", "tests.faults.jobs"]


def on_sqlite() -> int:
    """Does it in a process of its own; 1 where something failed."""
    return int(subprocess.run(COMMAND, check=False).returncode != 0)


def on_postgresql(url: str) -> int:
    """The same in that PostgreSQL database."""
    return int(subprocess.run([*COMMAND, "--database", url], check=False).returncode != 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--kinds", nargs="*", default=[], help="kinds of work; all where none is named")
    parser.add_argument("--database", help="a PostgreSQL server's address; a database of its own is made there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        own_place(Path(name))
        os.environ["HTTPS"] = "off"
        if options.database:
            os.environ["DATABASE_URL"] = options.database
        start_django()
        from django.conf import settings
        from django.db import connection

        # Static files are not collected here; their addresses are no part of what is looked at.
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        title = f"long work, {options.rows:,} rows, {connection.vendor}"
        try:
            failed = show(title, rows_of(options.rounds, options.rows, options.kinds))
        finally:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    raise SystemExit(min(failed, 1))


if __name__ == "__main__":
    main()
