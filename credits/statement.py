"""The statement as the public address, the command and the pages give it: with its scheme and its caveat."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from .rules.evaluate import evaluate
from .rules.serialize import statement_data
from .rules.types import Ledger

CAVEAT = "仅供核对，以主管部门认定为准。"


def statement_json(ledger: Ledger) -> dict[str, Any]:
    """`ledger`'s statement, JSON-ready; README “The statement” and openapi.json describe it."""
    return {"scheme": settings.SCHEME_NAME, "notice": CAVEAT, **statement_data(evaluate(ledger))}
