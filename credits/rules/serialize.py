"""A statement as JSON-ready data: decimals as strings without trailing zeros, dates as YYYY-MM-DD."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .clauses import CLAUSES
from .types import ClosingPlan, Line, Statement
from .wording import amount_text


def statement_data(statement: Statement) -> dict[str, Any]:
    """Returns `statement` for JSON; `clauses` explains each clause that any part of it names."""
    coordinated = statement.coordinated
    self_directed = statement.self_directed
    return {
        "cycle": statement.cycle.code,
        "confirmed": statement.cycle.confirmed,
        "as_of": statement.as_of.isoformat(),
        "verdict": statement.verdict.value,
        "because": statement.because,
        "verdict_clauses": list(statement.verdict_clauses),
        "coordinated": {
            "required": amount_text(coordinated.required),
            "counted": amount_text(coordinated.counted),
            "missing": amount_text(coordinated.missing),
            "by_category": _amounts(coordinated.by_category),
        },
        "self_directed": {
            "required": amount_text(self_directed.required),
            "counted": amount_text(self_directed.counted),
            "pending": amount_text(self_directed.pending),
            "missing": amount_text(self_directed.missing),
            "surplus": amount_text(self_directed.surplus),
            "by_activity": _amounts(self_directed.by_activity),
        },
        "lines": [line_data(line) for line in statement.lines],
        "alternatives": [
            {
                "reading": alternative.reading,
                "verdict": alternative.verdict.value,
                "coordinated_counted": amount_text(alternative.coordinated_counted),
            }
            for alternative in statement.alternatives
        ],
        "advice": [
            {"code": item.code.value, "detail": item.detail, "text": item.text, "entries": list(item.entries)}
            for item in statement.advice
        ],
        "plan": plan_data(statement.plan) if statement.plan else None,
        "plan_text": list(statement.plan_text),
        "clauses": {code: clause_data(code) for code in clauses_named(statement)},
    }


def clauses_named(statement: Statement) -> list[str]:
    """Returns the codes of the clauses that any part of the statement names, in order, each once."""
    codes = list(statement.verdict_clauses)
    for line in statement.lines:
        codes.extend(line.clauses)
    for item in statement.advice:
        codes.extend(item.clauses)
    return list(dict.fromkeys(codes))


def line_data(line: Line) -> dict[str, Any]:
    return {
        "records": list(line.records),
        "bucket": line.bucket.value,
        "outcome": line.outcome.value,
        "claimed": amount_text(line.claimed),
        "counted": amount_text(line.counted),
        "because": line.because,
        "reason": line.reason.value if line.reason else None,
        "clauses": list(line.clauses),
        "entries": list(line.entries),
    }


def plan_data(plan: ClosingPlan) -> dict[str, str]:
    return {name: amount_text(getattr(plan, name)) for name in ClosingPlan.__slots__}


def clause_data(code: str) -> dict[str, Any]:
    clause = CLAUSES[code]
    quotes = [{"text": quote.text, "entry": quote.entry, "tag": quote.tag.value} for quote in clause.quotes]
    return {
        "title": clause.title,
        "tags": [tag.value for tag in clause.tags],
        "quotes": quotes,
        "readings": list(clause.readings),
    }


def _amounts(credits: Mapping[str, Decimal]) -> dict[str, str]:
    return {str(key): amount_text(value) for key, value in credits.items()}
