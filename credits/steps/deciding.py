"""Turns what `credits.decisions` found into the refusal of a step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from helpdesk.common.decisions import Refusal

from ..decisions.findings import Finding, FindingLevel

Value = TypeVar("Value")


def decided(found: Value | Finding) -> Value:
    """The value that was decided; raises Refusal at the finding's field where there is none."""
    if isinstance(found, Finding):
        demand_no_problem([found])
    return found  # type: ignore[return-value]  # a finding was raised above


def demand_no_problem(findings: Iterable[Finding | None]) -> None:
    """Raises Refusal with every problem at its field, or as a sentence of its own where it is about the whole row."""
    problems = [found for found in findings if found and found.level is FindingLevel.PROBLEM]
    if not problems:
        return
    if not problems[0].field:
        raise Refusal(problems[0].sentence)
    raise Refusal({found.field: found.sentence for found in problems})
