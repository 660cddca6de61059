"""One state of the database, as it is at one moment, read while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def snapshot() -> Iterator[None]:
    """Lets every query inside see the same state, and keeps no writer waiting.

    On SQLite that holds in WAL mode. A transaction of Django's own would there be a writer's, and lock out the others.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1")  # the first reading chooses the state
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def applied_migrations() -> list[str] | None:
    """Returns the migrations of this code, app.name, in order; None where the database lacks some of them."""
    executor = MigrationExecutor(connection)
    known = executor.loader.graph.nodes
    if executor.loader.applied_migrations.keys() < known.keys():
        return None
    return sorted(f"{app}.{name}" for app, name in known)
