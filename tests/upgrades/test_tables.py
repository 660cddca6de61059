"""Changes of tables that older code does not survive are noticed, and others are not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.upgrades.tables import Columns, broken, columns_of_sqlite

OLD = "CREATE TABLE entry (id integer NOT NULL PRIMARY KEY, title text NOT NULL, note text)"


def columns_after(folder: Path, *statements: str) -> Columns:
    file = folder / "tables.sqlite3"
    with sqlite3.connect(file) as database:
        for statement in statements:
            database.execute(statement)
    return columns_of_sqlite(str(file))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE entry DROP COLUMN note", ["entry.note is gone"]),
        ("ALTER TABLE entry RENAME COLUMN title TO name", ["entry.name must be filled", "entry.title is gone"]),
        ("ALTER TABLE entry RENAME TO article", ["entry.id is gone", "entry.note is gone", "entry.title is gone"]),
        ("ALTER TABLE entry ADD COLUMN place integer", []),
        ("ALTER TABLE entry ADD COLUMN place integer NOT NULL DEFAULT 0", []),
        ("CREATE TABLE page (id integer NOT NULL PRIMARY KEY, title text NOT NULL)", []),
    ],
)
def test_changes_that_break_older_code_are_named(tmp_path: Path, change: str, said: list[str]) -> None:
    before = columns_after(tmp_path, OLD)
    assert broken(before, columns_after(tmp_path, change)) == said


def test_a_column_that_becomes_due_is_named(tmp_path: Path) -> None:
    before = columns_after(tmp_path, OLD)
    due = OLD.replace("note text", "note text NOT NULL")
    assert broken(before, columns_after(tmp_path, "DROP TABLE entry", due)) == ["entry.note must be filled"]
