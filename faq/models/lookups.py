"""Comparisons of our own in queries."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.lookups import StartsWith

#: No character of a path comes after this one.
LAST = "\U0010ffff"


@models.CharField.register_lookup
class Below(StartsWith):
    """`office__below=path`: texts that begin with `path`, found by an index.

    PostgreSQL finds them by LIKE in an index with `varchar_pattern_ops`, whatever its collation. SQLite's LIKE uses no
    index, but its texts are in the order of their bytes, so there it is a range.
    """

    lookup_name = "below"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """Returns a LIKE as SQL, and its pattern."""
        return StartsWith(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Returns the range as SQL, and its two bounds."""
        column, given = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", [*given, self.rhs, *given, f"{self.rhs}{LAST}"]
