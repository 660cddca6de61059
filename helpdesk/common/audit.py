"""The audit log: `note` writes a row, `seal` chains rows, `check` finds where the chain is broken, `purge` cuts it.

A row about something that was done is written in the transaction that does it, so that there is never the one without
the other. A refusal is written after the view has ended, when what it had begun is rolled back. A connection of the
log's own would do the same for refusals, but on SQLite it could not write while the request's transaction does, and
it would leave rows about what was rolled back.

Chaining takes every row's turn. Done while writing, whoever writes would hold the chain until the end of the
transaction, which for an import is minutes, and everybody else would wait. So rows are written without a place, and
whoever comes by seals them: each worker of long work every few seconds, and `check_audit`. Two sealers at once cannot
harm: a place is given once, which a constraint demands, and the later one gives up and finds the work done.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, models, transaction
from django.db.models import Min, Model
from django.utils import timezone

from .audit_rows import AuditRow

logger = logging.getLogger(__name__)
Kind = AuditRow.Kind

#: Rows sealed in one transaction.
BATCH = 500
#: Events that anybody may cause without a right, failures and refusals, are written so often an hour for each account.
MOST_AN_HOUR = 60
ONE_HOUR = datetime.timedelta(hours=1)
#: Tries to have a checkpoint sealed where another sealer is at it.
MOST_TRIES = 5


class Overtaken(Exception):
    """Another sealer has sealed these rows meanwhile."""


# --- written -----------------------------------------------------------------------------------------------------


def note(kind: str, actor: User | AnonymousUser | None, subject: Model | str = "", **detail: Any) -> None:
    """Writes that `actor` did something of that kind to `subject`; `detail` holds neither names nor typed text."""
    AuditRow(kind=kind, actor_id=_key(actor), subject=_text(subject), detail=detail).save()


def note_each(kind: str, actor: User | AnonymousUser | None, subjects: Iterable[Model], **detail: Any) -> None:
    """Writes a row for each of `subjects`."""
    key = _key(actor)
    rows = [AuditRow(kind=kind, actor_id=key, subject=subject_of(row), detail=detail) for row in subjects]
    AuditRow.objects.bulk_create(rows, batch_size=BATCH)


def note_attempt(kind: str, actor: User | None, subject: Model | str = "", **detail: Any) -> None:
    """Writes what was tried without a right. Beyond `MOST_AN_HOUR` it is not, as nobody may fill the log at will.

    They are counted by account: by the actor, or by the subject where nobody is signed in.
    """
    written = _text(subject)
    of_account = {"actor_id": actor.pk} if actor else {"actor": None, "subject": written}
    recent = AuditRow.objects.filter(kind=kind, at__gte=timezone.now() - ONE_HOUR, **of_account)
    so_many = len(recent.order_by().values("pk")[:MOST_AN_HOUR])
    if so_many >= MOST_AN_HOUR:
        return
    if so_many == MOST_AN_HOUR - 1:
        detail["last_for_an_hour"] = True
    note(kind, actor, written, **detail)


def subject_of(row: Model) -> str:
    """Returns the kind of a row with its public id, or with its key where it has none: auth.user:12."""
    public_id = getattr(row, "public_id", None)
    return f"{row._meta.label_lower}:{public_id or row.pk}"


def _text(subject: Model | str) -> str:
    return subject if isinstance(subject, str) else subject_of(subject)


def _key(actor: User | AnonymousUser | None) -> int | None:
    return actor.pk if actor is not None else None


# --- sealed ------------------------------------------------------------------------------------------------------


def seal() -> int:
    """Gives every row that waits its place in the chain; returns how many. Does nothing where another sealer is at it.

    The order is that of writing, except that rows of a long transaction come when it ends.
    """
    sealed = 0
    try:
        while AuditRow.objects.waiting().exists():  # asked outside a transaction, which on SQLite locks out writers
            sealed += _seal_batch()
    except (Overtaken, IntegrityError):
        logger.debug("another sealer is at the audit log")
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    number, digest = head()
    waiting = list(AuditRow.objects.waiting()[:BATCH])
    for row in waiting:
        number += 1
        digest = row.digest_after(digest, number)
        _give_place(row, number, digest)
    return len(waiting)


def _give_place(row: AuditRow, number: int, digest: str) -> None:
    """Chains one row. Raises Overtaken or IntegrityError where another sealer was first."""
    still_waiting = AuditRow.objects.filter(pk=row.pk, number=None)
    if not models.QuerySet.update(still_waiting, number=number, digest=digest):
        raise Overtaken


def head() -> tuple[int, str]:
    """Returns the number and the digest of the last row of the chain: 0 and nothing where there is none."""
    last = AuditRow.objects.chained().last()
    return (last.number or 0, last.digest) if last else (0, "")


# --- checked -----------------------------------------------------------------------------------------------------


def check() -> str:
    """Returns where the chain is broken, in Chinese, naming the first wrong row; empty where it is whole."""
    rows = AuditRow.objects.chained().iterator(chunk_size=2000)
    first = next(rows, None)
    if first is None:
        return ""
    number = first.number or 0
    before = _digest_before(number)
    if before is None:
        return f"记录从第 {number} 号开始，前面的不见了，也没有清理旧记录的凭据。"
    return _break(_with_first(first, rows), number, before)


def _with_first(first: AuditRow, others: Iterator[AuditRow]) -> Iterator[AuditRow]:
    yield first
    yield from others


def _break(rows: Iterable[AuditRow], number: int, digest: str) -> str:
    """Returns what is wrong with the first of `rows` that does not continue the chain at `number` after `digest`."""
    for row in rows:
        if row.number != number:
            return f"第 {number} 号记录不见了（后面是第 {row.number} 号，数据库主键 {row.pk}）。"
        digest = row.digest_after(digest, number)
        if row.digest != digest:
            return f"第 {number} 号记录（数据库主键 {row.pk}）和它的摘要对不上，改动过，或者前面插入、调换过记录。"
        number += 1
    return ""


def _digest_before(number: int) -> str | None:
    """Returns the digest before the first row that is kept, as the last purge left it; None where none did."""
    if number == 1:
        return ""
    checkpoints = AuditRow.objects.chained().filter(kind=Kind.CHECKPOINT).reverse()
    for row in checkpoints:
        if row.detail.get("number") == number - 1:
            return str(row.detail["digest"])
    return None


def holds(number: int, digest: str) -> bool:
    """Returns true where the chain still has that digest at that place, or was purged beyond it."""
    row = AuditRow.objects.chained().filter(number=number).first()
    if row is not None:
        return row.digest == digest
    first = AuditRow.objects.chained().first()
    return first is not None and number < (first.number or 0)


# --- purged ------------------------------------------------------------------------------------------------------


def purge(before: datetime.datetime) -> int:
    """Deletes the rows that were written before that time, and returns how many these were.

    First a checkpoint is chained that carries the digest of the last of them, from which `check` begins then. Only
    a beginning of the chain is deleted: whatever follows a row that is to stay, stays.
    """
    last = _last_before(before)
    if last is None:
        return 0
    _leave_checkpoint(last)
    old = AuditRow.objects.filter(number__lte=last.number)
    return models.QuerySet._raw_delete(old, old.db)


def _last_before(before: datetime.datetime) -> AuditRow | None:
    """Returns the last row that is to be deleted, None where there is none."""
    kept = AuditRow.objects.filter(number__isnull=False, at__gte=before).order_by()
    first_kept = kept.aggregate(number=Min("number"))["number"]
    old = AuditRow.objects.chained()
    if first_kept is not None:
        old = old.filter(number__lt=first_kept)
    return old.last()


def _leave_checkpoint(last: AuditRow) -> None:
    """Chains a row with the place and the digest of `last`. Raises Overtaken where it cannot be sealed now."""
    row = AuditRow(kind=Kind.CHECKPOINT, detail={"number": last.number, "digest": last.digest})
    row.save()
    for _ in range(MOST_TRIES):
        seal()
        if AuditRow.objects.chained().filter(pk=row.pk).exists():
            return
    raise Overtaken
