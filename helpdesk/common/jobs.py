"""Long work: how it is asked for, how a kind of it is done, how it ends, and how it stands.

`start` writes a row that a worker (`manage.py jobs`, see `worker`) claims. Small work is done at once, in the request
that asks for it. A runner does the work of one kind and may die at any moment; nothing is lost or doubled, because

- what it saves is committed only together with the end of the job (`Work.ending`) or, batch by batch, together with
  the note of how far it is (`Work.batch`), and
- each of these transactions first makes sure that the job is still claimed by this worker.
"""

from __future__ import annotations

import datetime
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from . import audit, signs
from .decisions import Refusal
from .models import LEASE, SILENT, Job

logger = logging.getLogger(__name__)

#: So few rows are done at once, without a page to wait on: the slowest kind takes less than a second for them.
AT_ONCE = 200
#: A job that was begun so often and never ended kills its worker.
MOST_ATTEMPTS = 3

NOT_ALLOWED = "您没有办这件事的权限，请找系统管理员。"
TROUBLE = "系统出了点问题，没有办完，请稍后再试一次。"
SWITCHED_OFF = "您的账号已经停用，这件事没有办。"
TRIED_TOO_OFTEN = f"这件事办了 {MOST_ATTEMPTS} 次，每次都中断，没有办完。请找系统管理员看一看运行日志。"

#: The fields that the database's clock fills.
CLOCKED = ["lease_until", "started_at", "heard_at"]

Runner = Callable[["Work"], None]
RUNNERS: dict[str, Runner] = {}


def runner(kind: str) -> Callable[[Runner], Runner]:
    """Registers what does the work of a kind: it sets the job's `message`, `details` or file."""

    def register(function: Runner) -> Runner:
        RUNNERS[kind] = function
        return function

    return register


class ClaimLost(Exception):
    """The job is another worker's by now, or is gone; what was not committed is to be rolled back."""


class Interrupted(Exception):
    """The worker is to stop; what was not committed is to be rolled back, and the job handed back."""


class Work:
    """A claimed job while it is worked on: its runner reports progress to it, and commits through it."""

    def __init__(self, job: Job, must_stop: Callable[[], bool] = lambda: False) -> None:
        self.job = job
        self.claim = job.claim
        self.must_stop = must_stop
        #: Set by whoever renews the claim and finds that it does not hold any more.
        self.is_lost = False

    def __call__(self, done: int, phase: str = "") -> None:
        """Notes how many rows are done. Raises ClaimLost or Interrupted where the work is not to go on."""
        self.job.done = done
        self.job.phase = phase or self.job.phase
        if self.is_lost:
            raise ClaimLost
        if self.must_stop():
            raise Interrupted

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Commits what is saved inside together with the job's `outcome`, from which a later attempt goes on."""
        with transaction.atomic():
            yield
            self._write(outcome=self.job.outcome, done=self.job.done)

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Commits what is saved inside together with the end of the job: done, or failed after `refuse`."""
        job = self.job
        with transaction.atomic():
            yield
            state = Job.State.FAILED if job.state == Job.State.FAILED else Job.State.DONE
            self._end(state)
        job.state = state

    def refuse(self, sentence: str) -> None:
        """Makes the job one that has failed, with the reason; `ending` writes it."""
        self.job.state = Job.State.FAILED
        self.job.message = sentence[:500]
        self.job.file_name = ""

    def fail(self, sentence: str) -> None:
        """Ends the job as one that has failed, with the reason."""
        with self.ending():
            self.refuse(sentence)

    def hand_back(self) -> None:
        """Leaves the job to the next worker, as if this one had not begun it."""
        self._write(state=Job.State.WAITING, claim="", lease_until=None, attempts=F("attempts") - 1)

    def renew(self, lease: datetime.timedelta) -> None:
        """Makes the claim hold for so long from now, or notes that it does not hold any more."""
        try:
            self._write(lease_until=Now() + lease, heard_at=Now(), done=self.job.done, phase=self.job.phase)
        except ClaimLost:
            self.is_lost = True

    def _end(self, state: str) -> None:
        job = self.job
        done = job.total if state == Job.State.DONE else job.done
        result = {"message": job.message, "details": job.details, "file_name": job.file_name, "outcome": job.outcome}
        self._write(state=state, done=done, total=job.total, heard_at=Now(), lease_until=None, **result)
        job.done = done

    def _write(self, **fields: Any) -> None:
        """Writes fields of the job as long as it is claimed by this worker. Raises ClaimLost where it is not."""
        held = Job.objects.filter(pk=self.job.pk, claim=self.claim, state=Job.State.RUNNING)
        if not held.update(**fields):
            raise ClaimLost


# --- asked for ---------------------------------------------------------------------------------------------------


def start(
    kind: str, title: str, owner: User, *, key: str, back: str, total: int, rows: int | None = None, **parameters: Any
) -> Job:
    """Begins a job; small ones are over when this returns. `rows` are those to be read, where more than `total`.

    Whoever asks again for what is under way is led to that job: a button pressed twice does no harm. Raises Refusal
    where other work on the same subject (`key`) is under way, since this would then silently not be done.
    """
    asked = Job(kind=kind, key=key, title=title[:120], owner=owner, back=back[:300], total=total)
    asked.parameters = parameters
    at_once = max(total, rows or 0) <= AT_ONCE
    if at_once:
        _claim_for_request(asked)
    job = _saved(asked)
    if job is asked and at_once:
        job.refresh_from_db(fields=CLOCKED)
        perform(Work(job), in_request=True)
    return job


def _claim_for_request(job: Job) -> None:
    """Makes a job that is not saved yet one that no worker takes as long as the request may last."""
    job.state = Job.State.RUNNING
    job.claim = f"request:{secrets.token_hex(8)}"
    job.attempts = 1
    expressions: dict[str, Any] = {"lease_until": Now() + LEASE, "started_at": Now(), "heard_at": Now()}
    for name in CLOCKED:
        setattr(job, name, expressions[name])


def _saved(asked: Job) -> Job:
    """The job that was asked for, or the same one that is under way already."""
    for _ in range(3):
        going = under_way(asked.key)
        if going is not None:
            return _joined(going, asked)
        try:
            with transaction.atomic():
                asked.save(force_insert=True)
        except IntegrityError:
            # Somebody else asked for the same at this moment.
            asked.pk = None
            continue
        return asked
    raise Refusal(TROUBLE)


def under_way(key: str) -> Job | None:
    """The unfinished job on a subject."""
    return Job.objects.unfinished().filter(key=key).exclude(key="").first()


def _joined(going: Job, asked: Job) -> Job:
    same = (going.kind, going.owner_id, going.parameters) == (asked.kind, asked.owner_id, asked.parameters)
    if not same:
        raise Refusal(f"“{going.title}”还没有办完，这一次没有办。请等它办完再办。")
    return going


# --- done --------------------------------------------------------------------------------------------------------


def perform(work: Work, *, in_request: bool = False) -> None:
    """Does the work of a claimed job and notes how it ended.

    Where the database goes away in the middle, the job stays claimed until the lease lapses, and is begun again.
    """
    job = work.job
    try:
        _run(work)
    except Refusal as refusal:
        _fail(work, refusal.sentence)
    except PermissionDenied:
        _fail(work, NOT_ALLOWED)
        audit.note_attempt(audit.Kind.REFUSED, job.owner, job, work=job.kind)
    except ClaimLost:
        logger.warning("job %s is no longer ours", job.pk)
    except Interrupted:
        _hand_back(work)
    except (OperationalError, InterfaceError):
        if in_request:
            raise
        logger.exception("job %s was interrupted by the database", job.pk)
    except Exception:
        logger.exception("job %s failed", job.pk)
        _fail(work, TROUBLE)


def _run(work: Work) -> None:
    job = work.job
    if job.attempts > MOST_ATTEMPTS:
        raise Refusal(TRIED_TOO_OFTEN)
    if not job.owner.is_active:
        raise Refusal(SWITCHED_OFF)
    RUNNERS[job.kind](work)
    if not job.is_over:
        with work.ending():
            pass


def _fail(work: Work, sentence: str) -> None:
    try:
        work.fail(sentence)
    except ClaimLost:
        logger.warning("job %s is no longer ours", work.job.pk)


def _hand_back(work: Work) -> None:
    try:
        work.hand_back()
    except ClaimLost:
        logger.warning("job %s is no longer ours", work.job.pk)


# --- how it stands -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How an unfinished job stands: whether a worker is at it, how many workers live, how many jobs come first."""

    goes_on: bool
    workers: int
    before: int
    seconds_left: int | None = None


def standing(job: Job) -> Standing:
    """How `job` stands by its worker's last sign of life, whose progress it takes over."""
    found = signs.fresh()
    sign = next((one for one in found if one.job == job.pk), None)
    if sign is not None and not job.is_over:
        job.done, job.total, job.phase = max(job.done, sign.done), sign.total, sign.phase
    now, heard = Job.objects.filter(pk=job.pk).values_list(Now(), "heard_at").get()
    is_heard = sign is not None or (heard is not None and abs(now - heard) <= SILENT)
    goes_on = job.state == Job.State.RUNNING and is_heard
    left = job.seconds_left(now) if goes_on else None
    return Standing(goes_on, len(found), _before(job), left)


def _before(job: Job) -> int:
    others = Job.objects.unfinished().exclude(pk=job.pk)
    return others.filter(Q(state=Job.State.RUNNING) | Q(pk__lt=job.pk)).count()
