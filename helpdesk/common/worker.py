"""The process that works off long work: it claims a job, does it, and looks for the next one. It seals the audit log.

Any number of workers may share a database. A thread gives the worker's signs of life and renews its claim while the
job runs; it has a connection of its own, so that nothing it writes waits for the job's transaction.
"""

from __future__ import annotations

import datetime
import logging
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable
from functools import partial

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.db.models import F
from django.db.models.functions import Now

from . import audit, jobs, signs, timers
from .models import LEASE, Job

logger = logging.getLogger(__name__)

#: Seconds between two looks for a job, and between two signs of life that tell of progress.
POLL = 0.5
#: Seconds between two signs of life of a worker that has nothing new to tell.
HEARTBEAT = 5.0
#: Seconds that a job may still take when the worker is told to stop; then it is handed back.
GRACE = 10.0
#: Seconds between two looks for what is to be swept.
SWEEP = 3600.0
#: Milliseconds that a sign of life waits for another writer; on SQLite an import may be one for minutes.
PATIENCE = 200


def new_name() -> str:
    """A name for a worker that no other has: its host, its process and chance."""
    host = re.sub(r"[^A-Za-z0-9.-]", "", socket.gethostname())[:24]
    return f"{host}-{os.getpid()}-{secrets.token_hex(4)}"


def claim(worker: str, lease: datetime.timedelta = LEASE) -> Job | None:
    """Claims the next job in one statement, so that of several workers exactly one gets it; None where none waits.

    Jobs that were interrupted stand behind those that never were, so that one which kills workers holds up nobody.
    """
    if not Job.objects.to_claim().exists():
        return None
    token = f"{worker}:{secrets.token_hex(4)}"
    first = Job.objects.to_claim().order_by("attempts", "pk").values("pk")[:1]
    # PostgreSQL asks the outer condition again where another worker claimed the same job at this moment.
    free = Job.objects.to_claim().filter(pk__in=first)
    clocked = {"lease_until": Now() + lease, "started_at": Now(), "heard_at": Now()}
    claimed = free.update(claim=token, state=Job.State.RUNNING, attempts=F("attempts") + 1, **clocked)
    return Job.objects.select_related("owner").get(claim=token) if claimed else None


def work_off(worker: str = "here") -> int:
    """Does every job that waits, in this thread and without signs of life; returns how many."""
    number = 0
    while (job := claim(worker)) is not None:
        jobs.perform(jobs.Work(job))
        number += 1
    return number


def sweep() -> int:
    """Deletes finished jobs with their files after a day, and what killed workers left; returns how many jobs."""
    number = 0
    kept = Job.objects.kept().values("pk")
    for job in Job.objects.exclude(pk__in=kept).iterator(chunk_size=100):
        job.delete()
        number += 1
    signs.sweep()
    return number


class Worker:
    """Works off jobs until it is told to stop."""

    def __init__(
        self,
        *,
        lease: datetime.timedelta = LEASE,
        grace: float = GRACE,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name = new_name()
        self.lease = lease
        self.grace = grace
        #: Asked now and then; once it is False, the worker stops.
        self.is_wanted = is_wanted
        #: A plain flag: what waits in the standard library's Event may hold the lock that a signal handler needs.
        self.is_stopping = False
        self.stop_by = float("inf")
        self.work: jobs.Work | None = None
        self.has_ended = threading.Event()
        self.is_out_of_order = False

    def stop(self) -> None:
        """Makes it take no further job, and hand back the one it is at when `grace` is over."""
        if not self.is_stopping:
            self.stop_by = time.monotonic() + self.grace
            self.is_stopping = True

    def must_stop(self) -> bool:
        return time.monotonic() >= self.stop_by

    def run(self) -> None:
        """Works until it is told to stop. A database that is away is waited for."""
        pulse = threading.Thread(target=self._pulse, name="pulse", daemon=True)
        pulse.start()
        try:
            while not self.is_stopping:
                if not self._next():
                    time.sleep(POLL)
        finally:
            self.has_ended.set()
            pulse.join(HEARTBEAT)
            connection.close()

    def _next(self) -> bool:
        """Does one job; False where none waits, or the database is away."""
        close_old_connections()
        try:
            timers.run_due()
            job = claim(self.name, self.lease)
            if job is not None:
                self.work = jobs.Work(job, self.must_stop)
                jobs.perform(self.work)
            self._note_trouble(None)
            return job is not None
        except DatabaseError as error:
            self._note_trouble(error)
            connection.close()
            return False
        finally:
            self.work = None

    def _note_trouble(self, error: Exception | None) -> None:
        """Logs once that the database is away, and once that it is back."""
        if error is not None and not self.is_out_of_order:
            logger.error("no job can be looked for: %s", error)
        if error is None and self.is_out_of_order:
            logger.info("jobs are looked for again")
        self.is_out_of_order = error is not None

    # --- signs of life -------------------------------------------------------------------------------------------

    def _pulse(self) -> None:
        """Gives signs of life until the worker ends: at once where there is progress, else every few seconds."""
        given: signs.Sign | None = None
        given_at = renewed_at = sealed_at = float("-inf")
        often = min(HEARTBEAT, self.lease.total_seconds() / 4)
        while not self.has_ended.wait(POLL / 2):
            if not self.is_wanted():
                self.stop()
            now, work = time.monotonic(), self.work
            sign = self._sign(work)
            if sign != given or now - given_at >= often:
                self._try(partial(signs.give, sign))
                given, given_at = sign, now
            if work is not None and now - renewed_at >= often:
                self._try(partial(work.renew, self.lease))
                renewed_at = now
            if now - sealed_at >= HEARTBEAT:
                self._try(audit.seal)
                sealed_at = now
        self._try(partial(signs.withdraw, self.name))
        connection.close()

    def _sign(self, work: jobs.Work | None) -> signs.Sign:
        if work is None:
            return signs.Sign(self.name)
        job = work.job
        return signs.Sign(self.name, job.pk, job.done, job.total, job.phase)

    def _try(self, act: Callable[[], object]) -> None:
        """A sign that cannot be given now is given next time; the worker's own trouble is logged by `_next`."""
        try:
            if connection.connection is None:
                _be_impatient()
            act()
        except (DatabaseError, OSError) as error:
            logger.debug("no sign of life: %s", error)
            connection.close()
        if connection.vendor == "sqlite":
            connection.close()  # a kept connection would go on writing into a deleted file


def _be_impatient() -> None:
    """Makes this thread's connection give up soon where another writer is at it."""
    statement = "PRAGMA busy_timeout = %d" if connection.vendor == "sqlite" else "SET lock_timeout = %d"
    with connection.cursor() as cursor:
        cursor.execute(statement % PATIENCE)
