"""The columns of a database, and what became of them that older code does not survive."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

import psycopg2

#: Tables of Django itself whose rows belong to one version.
OF_DJANGO = {"django_migrations"}
POSTGRESQL = """
SELECT table_name, column_name, is_nullable = 'NO', column_default IS NOT NULL OR is_identity = 'YES'
FROM information_schema.columns WHERE table_schema = 'public'
"""


class Column(NamedTuple):
    """Facts that decide whether an INSERT may leave a column out: whether it must be filled, and fills itself."""

    must_be_filled: bool
    fills_itself: bool


#: (table, column) → the column.
Columns = dict[tuple[str, str], Column]


def columns(url: str) -> Columns:
    """Every column of the database that DATABASE_URL `url` names, which is SQLite or PostgreSQL."""
    return columns_of_sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else _of_postgresql(url)


def columns_of_sqlite(file: str) -> Columns:
    database = sqlite3.connect(file)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found: Columns = {}
    for table in tables:
        for _, name, _, not_null, default, key in database.execute(f"PRAGMA table_info({table})"):
            found[table, name] = Column(bool(not_null), default is not None or bool(key))
    database.close()
    return found


def _of_postgresql(url: str) -> Columns:
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL)
        found = {(table, name): Column(must, fills) for table, name, must, fills in cursor.fetchall()}
    connection.close()
    return found


def broken(before: Columns, after: Columns) -> list[str]:
    """One line for each change that older code does not survive: columns gone, or that it would have to fill."""
    tables = {table for table, _ in before} - OF_DJANGO
    lines = [f"{table}.{name} is gone" for table, name in before.keys() - after.keys() if table in tables]
    for (table, name), column in after.items():
        was = before.get((table, name))
        optional_before = was is None or not was.must_be_filled or was.fills_itself
        if table in tables and optional_before and column.must_be_filled and not column.fills_itself:
            lines.append(f"{table}.{name} must be filled")
    return sorted(lines)
