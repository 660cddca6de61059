"""Work that one process at a time does, on all hosts that share a database."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from .database_file import database_file


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Gives True to one process, and False to all others until that one is done or dies.

    PostgreSQL keeps the lock with the connection, on SQLite a file beside the database does, as one host serves it.
    """
    in_file = connection.vendor == "sqlite"
    taking = _in_file(database_file().with_suffix(f".{name}.lock")) if in_file else _in_database(name)
    with taking as is_ours:
        yield is_ours


@contextmanager
def _in_database(name: str) -> Iterator[bool]:
    digest = hashlib.sha256(f"helpdesk.{name}".encode()).digest()
    key = int.from_bytes(digest[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def _in_file(path: Path) -> Iterator[bool]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
