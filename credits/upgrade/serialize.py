"""A check and points as JSON-ready data: amounts as strings without trailing zeros, dates as YYYY-MM-DD."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..rules.wording import amount_text
from .check import PassCheck
from .points import Line, Points


def check_data(check: PassCheck) -> dict[str, Any]:
    return {
        "verdict": check.verdict.value,
        "missing_score": _text(check.missing_score),
        "missing_minutes": _text(check.missing_minutes),
        "because": list(check.because),
        "entries": list(check.entries),
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else amount_text(amount)


def points_data(points: Points) -> dict[str, Any]:
    return {
        "total": str(points.total),
        "by_kind": {kind.value: str(given) for kind, given in points.by_kind.items()},
        "lines": [_line_data(line) for line in points.lines],
    }


def _line_data(line: Line) -> dict[str, Any]:
    """Returns one line; the members of the enumerations are the words themselves."""
    place, kind, on, given, reason = line
    return {"index": place, "kind": kind, "on": on.isoformat(), "points": str(given), "reason": reason}
