"""Signs of life of the workers: that each lives, what it is at, and how far it is.

PostgreSQL keeps them in a table, which every host reads. On SQLite the transaction that saves an import keeps every
other writer out until its end, so there a sign is a small file beside the database; SQLite serves one host anyway.
A sign is given on a connection (or file) of its own, so it is seen before the work it speaks of is committed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection
from django.db.models.functions import Now

from .database_file import database_file
from .models import KEPT, SILENT, JobWorker


@dataclass(frozen=True)
class Sign:
    """The work that a worker is at: the key of its job or None, and how many of how many rows are done."""

    worker: str
    job: int | None = None
    done: int = 0
    total: int = 0
    phase: str = ""


def give(sign: Sign) -> None:
    """Writes a sign in place of the worker's last one. Raises DatabaseError or OSError where that is impossible."""
    if _in_files():
        _write(sign)
        return
    facts = asdict(sign)
    name = facts.pop("worker")
    JobWorker.objects.update_or_create(name=name, defaults=facts | {"seen_at": Now()})


def withdraw(worker: str) -> None:
    """Removes the sign of a worker that ends."""
    if _in_files():
        _file_of(worker).unlink(missing_ok=True)
    else:
        JobWorker.objects.filter(name=worker).delete()


def fresh() -> list[Sign]:
    """The signs of the workers that live: given lately, by the clock of the database (or of its host)."""
    if _in_files():
        return [sign for sign, age in _read() if abs(age) <= SILENT.total_seconds()]
    lately = JobWorker.objects.filter(seen_at__gte=Now() - SILENT, seen_at__lte=Now() + SILENT)
    return [Sign(one.name, one.job, one.done, one.total, one.phase) for one in lately]


def sweep() -> None:
    """Removes what killed workers left."""
    if _in_files():
        for sign, age in _read():
            if age > KEPT.total_seconds():
                withdraw(sign.worker)
    else:
        JobWorker.objects.filter(seen_at__lt=Now() - KEPT).delete()


def _in_files() -> bool:
    return connection.vendor == "sqlite"


def _folder() -> Path:
    return database_file().with_suffix(".jobs")


def _file_of(worker: str) -> Path:
    return _folder() / f"{worker}.json"


def _write(sign: Sign) -> None:
    """Replaces the file in one step, so that a reader never sees half of it."""
    path = _file_of(sign.worker)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(asdict(sign)), encoding="utf-8")
    os.replace(new, path)


def _read() -> Iterator[tuple[Sign, float]]:
    """Each sign with its age in seconds; one that goes or breaks while it is read is passed over."""
    for path in _folder().glob("*.json"):
        try:
            age = time.time() - path.stat().st_mtime
            facts = json.loads(path.read_text(encoding="utf-8"))
            yield Sign(**facts), age
        except (OSError, ValueError, TypeError):
            continue
