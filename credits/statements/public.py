"""Answers of the public addresses and the commands: the statement with its scheme and its caveat."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from ..rules.evaluate import evaluate
from ..rules.serialize import statement_data
from ..rules.types import Ledger
from ..upgrade.check import check_pass
from ..upgrade.points import count_points
from ..upgrade.serialize import check_data, points_data
from .upgrade_from_json import deeds_from_json, progress_from_json

CAVEAT = "仅供核对，以主管部门认定为准。"


def statement_json(ledger: Ledger) -> dict[str, Any]:
    """Returns the statement on `ledger`, JSON-ready; README “The statement” and openapi.json describe it."""
    return {"scheme": settings.SCHEME_NAME, "notice": CAVEAT, **statement_data(evaluate(ledger))}


def check_json(data: Any) -> dict[str, Any]:
    """Returns whether the progress in `data` passes the 2021 project. Raises ValidationError, {path: [sentence]}."""
    return check_data(check_pass(progress_from_json(data)))


def points_json(data: Any) -> dict[str, Any]:
    """Returns the points of the deeds in `data`. Raises ValidationError, {path: [sentence]}."""
    given = deeds_from_json(data)
    return points_data(count_points(given.year, given.as_of, given.deeds))
