"""Work on many rows behind a page that shows how far it is: a thread in the web process, its progress in the database.

A browser asks the page again every two seconds, without any script. Where the process dies, the job is silent and
the page says so; every kind of work can be begun again, since it takes only what is still to be done.
"""

from __future__ import annotations

import datetime
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connections, transaction
from django.utils import timezone

from .models import Job
from .processes.history import Refusal

logger = logging.getLogger(__name__)

#: So few rows are done at once, without a page to wait on.
AT_ONCE = 200
#: Seconds between two notes of progress.
EVERY = 0.5
#: How long a job and the file it made are kept.
KEPT = datetime.timedelta(days=1)

Runner = Callable[[Job, "Progress"], None]
RUNNERS: dict[str, Runner] = {}


def runner(kind: str) -> Callable[[Runner], Runner]:
    """Registers what does the work of a kind: it sets the job's `message`, `details` or `file`."""

    def register(function: Runner) -> Runner:
        RUNNERS[kind] = function
        return function

    return register


class Progress:
    """Told how much is done, writes it down every half second."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.told = 0.0

    def __call__(self, done: int, phase: str = "") -> None:
        self.job.done, self.job.phase = done, phase or self.job.phase
        if time.monotonic() - self.told >= EVERY:
            self.told = time.monotonic()
            Job.objects.filter(pk=self.job.pk).update(
                done=self.job.done, total=self.job.total, phase=self.job.phase, heard_at=timezone.now()
            )


def start(kind: str, title: str, owner: User, *, back: str, total: int, **parameters: Any) -> Job:
    """Begins a job; small ones are over when this returns. Those of yesterday go, and with them their files.

    Who has the same under way already is led to that one: a pressed button pressed again does no harm.
    """
    Job.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    under_way = Job.objects.filter(owner=owner, kind=kind, state__in=(Job.State.WAITING, Job.State.RUNNING))
    if going := next((job for job in under_way if not job.has_died), None):
        return going
    job = Job.objects.create(
        kind=kind, title=title[:120], owner=owner, back=back[:300], total=total, parameters=parameters
    )
    if total <= AT_ONCE:
        run(job)
    else:
        thread = threading.Thread(target=_in_thread, args=(job.pk,), daemon=True, name=f"job-{job.pk}")
        transaction.on_commit(thread.start)
    return job


def run(job: Job) -> None:
    """Does the work here and now, and notes how it ended."""
    job.state, job.started_at, job.heard_at = Job.State.RUNNING, timezone.now(), timezone.now()
    job.save()
    try:
        RUNNERS[job.kind](job, Progress(job))
        job.state, job.done = Job.State.DONE, job.total
    except Refusal as refusal:
        job.state, job.message = Job.State.FAILED, refusal.sentence[:500]
    except PermissionDenied:
        job.state, job.message = Job.State.FAILED, "您没有办这件事的权限，请找系统管理员。"
    except Exception:
        logger.exception("job %s failed", job.pk)
        job.state, job.message = Job.State.FAILED, "系统出了点问题，没有办完，请稍后再试一次。"
    job.heard_at = timezone.now()
    job.save()


def _in_thread(pk: int) -> None:
    close_old_connections()
    try:
        run(Job.objects.select_related("owner").get(pk=pk))
    finally:
        connections.close_all()
