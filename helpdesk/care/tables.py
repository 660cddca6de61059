"""The rows of all tables as JSON that either database writes and reads: values of Python, not of a database."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Max, Model, Value

#: Tables whose rows are of use for minutes only: who is signed in where, and signs of life of the workers. Whoever was
#: signed in signs in again after restoring, and a copy of the backup opens nobody's session.
LEFT_OUT = {"sessions.Session", "helpdesk.SignedIn", "common.JobWorker"}
#: Bytes of JSON after which the rows of a table go on in the next member.
MOST_BYTES = 1024 * 1024
#: Rows read at a time, and of tables with whole files in a column.
ROWS, ROWS_WITH_FILES = 500, 4


class Unfit(ValueError):
    """A value that its column does not take."""


def every_model() -> list[type[Model]]:
    """Returns the models of all tables that Django keeps, those between two others too."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def kept() -> dict[str, type[Model]]:
    """Returns the models whose rows belong into a backup: label → model."""
    return {model._meta.label: model for model in every_model() if model._meta.label not in LEFT_OUT}


def columns(model: type[Model]) -> list[str]:
    """Returns the names under which a row of the backup holds its values, in their order."""
    return [field.attname for field in model._meta.concrete_fields]


# --- written -----------------------------------------------------------------------------------------------------


def pieces(model: type[Model]) -> Iterator[tuple[int, bytes]]:
    """Yields the rows of a table by key, a piece at a time: how many rows, and a JSON list on a line for each."""
    lines: list[bytes] = []
    size = 0
    for row in _rows(model):
        line = json.dumps([_written(value) for value in row], ensure_ascii=False, separators=(",", ":"))
        lines.append(line.encode("utf-8", "surrogatepass"))
        size += len(lines[-1]) + 1
        if size >= MOST_BYTES:
            yield len(lines), b"\n".join(lines)
            lines, size = [], 0
    if lines:
        yield len(lines), b"\n".join(lines)


def _rows(model: type[Model]) -> Iterator[tuple[Any, ...]]:
    has_files = any(isinstance(field, models.BinaryField) for field in model._meta.concrete_fields)
    rows = model._base_manager.order_by("pk").values_list(*columns(model))
    return rows.iterator(chunk_size=ROWS_WITH_FILES if has_files else ROWS)


def _written(value: Any) -> Any:
    """Returns a value as JSON holds it; times and numbers keep every digit."""
    if isinstance(value, datetime.date):  # datetimes are dates
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


# --- read --------------------------------------------------------------------------------------------------------


def insert(model: type[Model], piece: bytes) -> int:
    """Inserts the rows of a piece as they were, without signals and without new dates; returns how many.

    Raises ValueError or Unfit where the piece does not hold such rows, django.db.Error where the database refuses.
    """
    rows = [_row(model, json.loads(line)) for line in piece.split(b"\n")]
    fields = model._meta.concrete_fields
    at_once = connection.ops.bulk_batch_size(fields, rows) or len(rows)
    for first in range(0, len(rows), at_once):
        some = rows[first : first + at_once]
        model._base_manager._insert(some, fields=fields, raw=True)  # type: ignore[attr-defined]
    return len(rows)


def _row(model: type[Model], values: list[Any]) -> Model:
    fields = model._meta.concrete_fields
    return model(**{field.attname: _read(field, value) for field, value in zip(fields, values, strict=True)})


def _read(field: models.Field[Any, Any], value: Any) -> Any:
    """Returns the value that a column takes. Raises Unfit where it takes no such value."""
    if isinstance(field, models.JSONField):
        return Value(None, models.JSONField()) if value is None and not field.null else value
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    try:
        return target.to_python(value)
    except Exception as error:
        raise Unfit(f"{field}: {error}") from error


def delete_all() -> None:
    """Deletes every row of every table but the record of migrations."""
    with connection.cursor() as cursor:
        for model in every_model():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  our tables


# --- the next keys -----------------------------------------------------------------------------------------------


def last_keys() -> dict[str, int]:
    """Returns the highest key that each table ever gave, deleted rows' too: label → key.

    Who did something stands in the audit log by key, so no later account may get the key of one that is gone.
    """
    return {label: _last_key(model) for label, model in kept().items() if _counts(model)}


def raise_keys(found: dict[str, int]) -> None:
    """Makes every table go on after these keys, the keys of its rows and those that it gave itself."""
    for label, model in kept().items():
        if not _counts(model):
            continue
        of_rows = model._base_manager.aggregate(key=Max("pk"))["key"] or 0
        last = max(found.get(label, 0), of_rows, _last_key(model))
        if last:
            _set_last_key(model, last)


def _counts(model: type[Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def _last_key(model: type[Model]) -> int:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [_quoted(table), model._meta.pk.column])
            (sequence,) = cursor.fetchone()
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _set_last_key(model: type[Model], last: int) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
        else:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [_quoted(table), model._meta.pk.column, last]
            )


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)
