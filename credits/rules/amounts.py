"""Judgement of one typed amount, in credits, hours or a count, against the bounds of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from .bounds import MAX_COUNT, MAX_CREDITS, MAX_HOURS

LIMIT_OF_AMOUNT = {"credits": MAX_CREDITS, "hours": MAX_HOURS, "count": Decimal(MAX_COUNT)}
NAME_OF_AMOUNT = {"credits": "学分", "hours": "学时", "count": "节数或次数"}
#: An amount as text in JSON and in forms; `amount_error` judges its value.
AMOUNT_PATTERN = re.compile(r"[0-9]+(\.[0-9]{1,2})?")


def amount_error(value: Decimal, kind: str) -> str | None:
    """Returns a Chinese sentence on what is wrong with an exact `value`; None where nothing is.

    `kind` is `credits`, `hours` or `count`, and the unit of `value`.
    """
    limit = LIMIT_OF_AMOUNT[kind]
    name = NAME_OF_AMOUNT[kind]
    if not value.is_finite() or value <= 0:
        return f"{name}要大于 0。"
    if value > limit:
        return f"{name}不能超过 {limit}。"
    decimals = decimal_places(value)
    if kind == "count" and decimals:
        return f"{name}要填整数。"
    if decimals > 2:
        return f"{name}最多两位小数。"
    return None


def range_error(value: Decimal, most: Decimal, name: str) -> str | None:
    """Returns a Chinese sentence on what is wrong with an exact `value` from 0 to `most`; None where nothing is."""
    if not value.is_finite() or not 0 <= value <= most:
        return f"{name}要在 0 到 {most} 之间。"
    if decimal_places(value) > 2:
        return f"{name}最多两位小数。"
    return None


def decimal_places(value: Decimal) -> int:
    """Returns the number of decimal places that `value` needs: 1 for 4.500. Exact for any number of digits."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or not any(digits):  # NaN, infinite, or zero however it is written
        return 0
    trailing = 0
    for digit in reversed(digits):
        if digit or trailing >= -exponent:
            break
        trailing += 1
    return max(0, -exponent - trailing)


def one_amount(values: Iterable[Decimal | int | None]) -> Decimal:
    """The one of `values` (credits, hours, a count) that is given. Raises StopIteration where none is."""
    return next(Decimal(value) for value in values if value is not None)
