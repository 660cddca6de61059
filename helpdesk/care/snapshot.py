"""One state of the database, as it is at one moment, read while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


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


def is_ahead() -> bool:
    """Tells whether the database is that of later code, so that this code knows only a part of it.

    After an update was taken back the files of its migrations may still be there, and then tell of tables and fields
    that no model of this code has.
    """
    loader = MigrationExecutor(connection).loader
    own = {config.label for config in apps.get_app_configs()}
    unknown = {app for app, _ in loader.applied_migrations.keys() - loader.graph.nodes.keys()}
    return bool(unknown & own) or bool(_names(loader.project_state()) - _names(ProjectState.from_apps(apps)))


def _names(state: ProjectState) -> set[tuple[str, ...]]:
    """Returns the models of a state, by app and name, and their fields."""
    return {(*key, field) for key, model in state.models.items() for field in ("", *model.fields)}
