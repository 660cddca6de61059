"""Parts that every decision on a row shares: the step, the refusal, the lock, and the version decided on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

Given = ParamSpec("Given")
Result = TypeVar("Result")
Row = TypeVar("Row", bound=Model)

OVERTAKEN = "刚才有人改了同样的数据，没有办成。请看看现在的内容，再办一次。"
CHANGED = "您打开这一页以后，内容有变化，所以没有办成。请先看看现在的内容，再办一次。"


class Refusal(ValidationError):
    """Refusal of a step, with the reason and the way out in Chinese."""

    @property
    def sentence(self) -> str:
        """All messages as one text, for a page or a job that shows a single one."""
        return " ".join(self.messages)


def step(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Makes a function one transaction. What the database refuses in it, even at its end, is a Refusal.

    A row that this step needs may be deleted, or an equal one added, by somebody who was a moment quicker.
    """

    @wraps(function)
    def taken(*given: Given.args, **named: Given.kwargs) -> Result:
        with refusing_doubles(OVERTAKEN):
            return function(*given, **named)

    return taken


@contextmanager
def refusing_doubles(message: str | dict[str, str]) -> Iterator[None]:
    """Saves what is saved inside as a whole; raises Refusal with `message` where the database finds it there already.

    Where the transaction around it shall go on, this is a savepoint in it.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refusal(message) from error


def locked(rows: QuerySet[Row], pk: int) -> Row:
    """Returns the row with that key, locked until the transaction ends. Raises Refusal where it is deleted.

    Others may go on adding rows that refer to it: waiting for each other would end in a deadlock.
    """
    row = rows.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if row is None:
        raise Refusal("这一条刚才已经删除了，请回到列表看一看。")
    return row


def version(*rows: Any) -> str:
    """Returns a digest of 20 letters of all values of `rows`, by which a form says what it was opened on."""
    values = [_values(row) for row in rows]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:20]


def are_equal(row: Model, other: Model) -> bool:
    """Returns true where all values of two rows are equal, amounts by their value."""
    return _values(row) == _values(other)


def _values(row: Model) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def demand_seen(seen: str, *rows: Any) -> None:
    """Raises Refusal where `seen`, the version a page was opened on, is not that of `rows` now; empty is no check."""
    if seen and seen != version(*rows):
        raise Refusal(CHANGED)
