"""A statement as JSON-ready data: decimals as strings without trailing zeros, dates as YYYY-MM-DD."""

from __future__ import annotations

from typing import Any

from .clauses import CLAUSES
from .types import Line, Plan, Statement
from .wording import amount


def statement_data(statement: Statement) -> dict[str, Any]:
    """`statement` for JSON. `clauses` explains each clause that any part of it names."""
    coordinated, self_directed, plan = statement.coordinated, statement.self_directed, statement.plan
    codes = [
        *statement.verdict_clauses,
        *(code for line in statement.lines for code in line.clauses),
        *(code for advice in statement.advice for code in advice.clauses),
    ]
    return {
        "cycle": statement.cycle.code,
        "confirmed": statement.cycle.confirmed,
        "as_of": statement.as_of.isoformat(),
        "verdict": statement.verdict.value,
        "because": statement.because,
        "verdict_clauses": list(statement.verdict_clauses),
        "coordinated": {
            "required": amount(coordinated.required),
            "counted": amount(coordinated.counted),
            "missing": amount(coordinated.missing),
            "by_category": {str(key): amount(value) for key, value in coordinated.by_category.items()},
        },
        "self_directed": {
            "required": amount(self_directed.required),
            "counted": amount(self_directed.counted),
            "pending": amount(self_directed.pending),
            "missing": amount(self_directed.missing),
            "surplus": amount(self_directed.surplus),
            "by_activity": {str(key): amount(value) for key, value in self_directed.by_activity.items()},
        },
        "lines": [line_data(line) for line in statement.lines],
        "alternatives": [
            {
                "reading": alternative.reading,
                "verdict": alternative.verdict.value,
                "coordinated_counted": amount(alternative.coordinated_counted),
            }
            for alternative in statement.alternatives
        ],
        "advice": [
            {"code": item.code.value, "detail": item.detail, "text": item.text, "entries": list(item.entries)}
            for item in statement.advice
        ],
        "plan": None if plan is None else {name: amount(getattr(plan, name)) for name in Plan.__slots__},
        "plan_text": list(statement.plan_text),
        "clauses": {code: clause_data(code) for code in dict.fromkeys(codes)},
    }


def line_data(line: Line) -> dict[str, Any]:
    return {
        "records": list(line.records),
        "bucket": line.bucket.value,
        "outcome": line.outcome.value,
        "claimed": amount(line.claimed),
        "counted": amount(line.counted),
        "because": line.because,
        "reason": line.reason.value if line.reason else None,
        "clauses": list(line.clauses),
        "entries": list(line.entries),
    }


def clause_data(code: str) -> dict[str, Any]:
    clause = CLAUSES[code]
    return {
        "title": clause.title,
        "tags": [tag.value for tag in clause.tags],
        "quotes": [{"text": quote.text, "entry": quote.entry, "tag": quote.tag.value} for quote in clause.quotes],
        "readings": list(clause.readings),
    }
