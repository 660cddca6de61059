"""Queries whose SQL is written once in a process.

Writing it takes Django several times as long as the database takes to find a few rows, and a page asks a dozen such
queries. Only the text is kept, which depends on the code; rows and values are not.

    _PATHS = Prepared(lambda user: Organization.objects.filter(memberships__user=user).values_list("path"), user=int)
    rows = _PATHS.rows(user=7)
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import QuerySet

#: The first stand-in of each kind of value, for which the SQL is written, and the step to the next one.
_STAND_INS: dict[type, tuple[Any, Any]] = {
    int: (-2_000_000_000, 1),
    datetime.date: (datetime.date(1901, 1, 1), datetime.timedelta(days=1)),
    datetime.datetime: (datetime.datetime(1902, 1, 1, tzinfo=datetime.UTC), datetime.timedelta(days=1)),
}


#: Signs with a meaning of their own in a pattern of LIKE.
PATTERN_SIGNS = "%_\\"


@dataclass(frozen=True)
class _Written:
    """A query as the database takes it: SQL, parameters, and the places among these of each value, by its name."""

    queryset: QuerySet[Any]
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    places: dict[str, list[int]]
    #: Patterns with a value's stand-in in them, by their places: what stands before and after the value.
    patterns: dict[str, dict[int, tuple[str, str]]]


class Prepared:
    """A query with open values: `make` returns its queryset for given ones, `kinds` are their types by name.

    A kind is int, str, date or datetime. A value must reach the database as it is, or as a part of a pattern, as with
    `startswith`; it cannot be one of a list whose length varies.
    """

    def __init__(self, make: Callable[..., QuerySet[Any]], **kinds: type) -> None:
        self._make = make
        self._kinds = kinds
        self._written: _Written | None = None

    def rows(self, **values: Any) -> list[Any]:
        """Returns what the queryset with these values holds.

        Raises TypeError where a value is missing or unknown, ValueError for one with signs of a pattern in a pattern.
        """
        if values.keys() != self._kinds.keys():
            raise TypeError(f"the query takes {', '.join(self._kinds) or 'no value'}")
        if self._written is None:
            self._written = self._write()
        written = self._written
        found = written.queryset.all()
        connection = connections[found.db]
        parameters = list(written.parameters)
        for name, value in values.items():
            for place in written.places[name]:
                parameters[place] = _as_parameter(connection, value)
            for place, (before, after) in written.patterns[name].items():
                parameters[place] = before + _plain(value) + after
        compiler = copy.copy(written.compiler)  # as threads must not share it
        compiler.connection = connection
        compiler.as_sql = lambda *args, **options: (written.sql, tuple(parameters))
        found.query.get_compiler = lambda *args, **options: compiler  # type: ignore[method-assign]
        return list(found)

    def first(self, **values: Any) -> Any:
        """Returns the first row, None where there is none. All are read, so the queryset should hold few."""
        return next(iter(self.rows(**values)), None)

    def _write(self) -> _Written:
        """Raises TypeError where a value does not reach the database as it is."""
        kinds = enumerate(self._kinds.items())
        stand_ins = {name: _stand_in(kind, number) for number, (name, kind) in kinds}
        queryset = self._make(**stand_ins)
        connection = connections[queryset.db]
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places, patterns = {}, {}
        for name, stand_in in stand_ins.items():
            expected = _as_parameter(connection, stand_in)
            places[name] = [place for place, parameter in enumerate(parameters) if parameter == expected]
            patterns[name] = _patterns_of(stand_in, parameters) if isinstance(stand_in, str) else {}
            if not places[name] and not patterns[name]:
                raise TypeError(f"{name} does not reach the database as it is")
        return _Written(queryset, compiler, sql, tuple(parameters), places, patterns)


def _stand_in(kind: type, number: int) -> Any:
    if kind is str:
        return f"\ue000{number}\ue001"
    first, step = _STAND_INS[kind]
    return first + number * step


def _patterns_of(stand_in: str, parameters: Sequence[Any]) -> dict[int, tuple[str, str]]:
    """Returns what stands before and after the stand-in in each parameter that holds more than it, by its place."""
    found = {}
    for place, parameter in enumerate(parameters):
        if isinstance(parameter, str) and stand_in in parameter and parameter != stand_in:
            before, _, after = parameter.partition(stand_in)
            found[place] = (before, after)
    return found


def _plain(text: str) -> str:
    """Raises ValueError where a text would mean something else in a pattern than itself."""
    if any(sign in text for sign in PATTERN_SIGNS):
        raise ValueError(f"{text!r} has signs of a pattern")
    return text


def _as_parameter(connection: Any, value: Any) -> Any:
    """Returns a value as Django hands it to the driver of this database."""
    if isinstance(value, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, datetime.date):
        return connection.ops.adapt_datefield_value(value)
    return value
