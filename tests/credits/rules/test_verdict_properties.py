"""For every ledger: what is pending, the verdict, the other reading, and the JSON that leaves."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from credits.rules.clauses import CLAUSES
from credits.rules.evaluate import evaluate
from credits.rules.serialize import statement_data
from credits.rules.types import (
    Category,
    Coordinated,
    Cycle,
    Ledger,
    Outcome,
    PlanState,
    Position,
    Record,
    SelfDirected,
    TeacherFacts,
    Verdict,
)
from tests.credits.ledgers import make_cycle
from tests.credits.rules.strategies import every_ledger, ledgers

# --- pending, verdict, advice ------------------------------------------------------------------------------------


def approved(record: Record) -> Record:
    if isinstance(record, SelfDirected) and record.plan is PlanState.SUBMITTED:
        return replace(record, plan=PlanState.APPROVED)
    return record


@every_ledger
@given(ledgers)
def test_pending_is_what_approving_every_submitted_plan_adds(ledger: Ledger) -> None:
    total = evaluate(ledger).self_directed
    then = evaluate(replace(ledger, records=tuple(map(approved, ledger.records)))).self_directed
    assert total.pending == then.counted - total.counted
    assert then.pending == 0


@every_ledger
@given(ledgers)
def test_met_means_that_nothing_is_missing(ledger: Ledger) -> None:
    statement = evaluate(ledger)
    if ledger.teacher.position in ledger.cycle.positions_without_requirement:
        assert statement.verdict is Verdict.PENDING_POLICY
    else:
        missing = statement.coordinated.missing or statement.self_directed.missing
        assert (statement.verdict is Verdict.MET) == (not missing)
    assert (statement.plan is None) == (statement.verdict in (Verdict.MET, Verdict.PENDING_POLICY))


@every_ledger
@given(ledgers)
def test_cannot_decide_is_met_with_early_employment(ledger: Ledger) -> None:
    unknown = replace(ledger, teacher=TeacherFacts(Position.TEACHING, None, ledger.teacher.sole_teacher_school))
    known = replace(unknown, teacher=replace(unknown.teacher, formally_employed_on=date(2000, 1, 1)))
    undetermined = any(line.outcome is Outcome.UNDETERMINED for line in evaluate(unknown).lines)
    verdicts = evaluate(unknown).verdict, evaluate(known).verdict
    assert (verdicts[0] is Verdict.CANNOT_DECIDE) == (
        undetermined and verdicts[0] is not Verdict.MET and verdicts[1] is Verdict.MET
    )


@every_ledger
@given(ledgers)
def test_the_alternative_takes_all_staff_as_safety_net(ledger: Ledger) -> None:
    capped = replace(
        ledger,
        records=tuple(
            replace(record, category=Category.SAFETY_NET)
            if isinstance(record, Coordinated) and record.category is Category.ALL_STAFF
            else record
            for record in ledger.records
        ),
    )
    other = evaluate(capped)
    expected = [] if other.verdict is evaluate(ledger).verdict else [(other.verdict, other.coordinated.counted)]
    assert [(item.verdict, item.coordinated_counted) for item in evaluate(ledger).alternatives] == expected


# --- what leaves -------------------------------------------------------------------------------------------------


def strings_of(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [text for value in data.values() for text in strings_of(value)]
    if isinstance(data, list):
        return [text for value in data for text in strings_of(value)]
    return [data] if isinstance(data, str) else []


@every_ledger
@given(ledgers)
def test_statement_leaves_as_plain_json(ledger: Ledger) -> None:
    data = statement_data(evaluate(ledger))
    assert json.loads(json.dumps(data)) == data
    numbers = [text for text in strings_of(data) if re.fullmatch(r"-?[0-9.]+(E[-+]?[0-9]+)?", text)]
    assert all(re.fullmatch(r"0|[1-9][0-9]*|[0-9]+\.[0-9]*[1-9]", number) for number in numbers)


@every_ledger
@given(ledgers)
def test_every_clause_that_is_named_is_explained(ledger: Ledger) -> None:
    statement = evaluate(ledger)
    data = statement_data(statement)
    named = {*data["verdict_clauses"], *(code for line in data["lines"] for code in line["clauses"])}
    named |= {code for item in statement.advice for code in item.clauses}
    assert set(data["clauses"]) == named
    for code, clause in data["clauses"].items():
        assert clause["title"] == CLAUSES[code].title
        assert clause["tags"]
        assert clause["quotes"]


@pytest.mark.parametrize("day", [date(2018, 9, 1) + timedelta(days=step) for step in (0, 121, 364, 365, 1825)])
def test_school_year_begins_with_the_cycle(day: date) -> None:
    cycle: Cycle = make_cycle()
    year = cycle.school_year(day)
    assert date(year, 9, 1) <= day <= date(year + 1, 8, 31)
    assert year in cycle.school_years
