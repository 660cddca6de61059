"""Ledgers to test with: each part is right unless a test says otherwise, and none of it needs a database."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from credits.rules.evaluate import evaluate
from credits.rules.serialize import statement_data
from credits.rules.types import (
    AMOUNT_OF_ACTIVITY,
    Activity,
    Category,
    Coordinated,
    Cycle,
    Degree,
    DegreeLevel,
    Ledger,
    Level,
    Offset,
    PlanState,
    Position,
    Record,
    SelfDirected,
    TeacherFacts,
)

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

Amount = str | int | Decimal


@cache
def _shipped_cycles() -> dict[str, dict[str, Any]]:
    rows = json.loads((FIXTURES / "cycles.json").read_text(encoding="utf-8"))
    return {row["fields"]["code"]: row["fields"] for row in rows}


def make_cycle(code: str = "2018", **changes: Any) -> Cycle:
    """The shipped cycle `code`; `changes` replace single numbers."""
    fields: dict[str, Any] = dict(_shipped_cycles()[code])
    for name, value in fields.items():
        if name.endswith("_on"):
            fields[name] = date.fromisoformat(value)
        elif isinstance(value, str) and name != "code":
            fields[name] = Decimal(value)
        elif isinstance(value, list):
            fields[name] = frozenset(map(Position, value))
    return replace(Cycle(**fields), **changes)


def fields_of_cycle(code: str) -> dict[str, Any]:
    """The fields of a row of the shipped cycle `code`."""
    fields = asdict(make_cycle(code))
    return fields | {"positions_without_requirement": sorted(fields["positions_without_requirement"])}


def make_coordinated(
    credits: Amount,
    category: str = "county",
    on: str = "2019-07-10",
    *,
    converted: bool = True,
    project: str | None = None,
    id: str = "",
) -> Coordinated:
    return Coordinated(id, Category(category), Decimal(credits), date.fromisoformat(on), converted, project)


def make_self_directed(
    amount: Amount,
    activity: str = "school_training",
    on: str = "2019-10-12",
    *,
    level: str | None = None,
    plan: str = "approved",
    has_record: bool = True,
    id: str = "",
) -> SelfDirected:
    return SelfDirected(
        id,
        Activity(activity),
        Decimal(amount),
        date.fromisoformat(on),
        PlanState(plan),
        has_record,
        Level(level) if level else None,
    )


def make_degree(credits: Amount, on: str = "2020-06-30", *, level: str = "master", id: str = "") -> Degree:
    return Degree(id, DegreeLevel(level), Decimal(credits), date.fromisoformat(on))


def make_offset(credits: Amount, on: str = "2020-05-01", *, basis: str = "自学考试", id: str = "") -> Offset:
    return Offset(id, basis, Decimal(credits), date.fromisoformat(on))


def make_ledger(
    *records: Record,
    cycle: Cycle | str = "2018",
    as_of: str = "2023-08-31",
    position: str = "teaching",
    employed_on: str | None = "2010-09-01",
    sole_teacher_school: bool = False,
) -> Ledger:
    """A ledger; records without an id are numbered `r001`, `r002`… as they stand."""
    return Ledger(
        cycle=make_cycle(cycle) if isinstance(cycle, str) else cycle,
        as_of=date.fromisoformat(as_of),
        teacher=TeacherFacts(
            Position(position), date.fromisoformat(employed_on) if employed_on else None, sole_teacher_school
        ),
        records=tuple(
            record if record.id else replace(record, id=f"r{number:03}")
            for number, record in enumerate(records, start=1)
        ),
    )


def make_statement(*records: Record, **about: Any) -> dict[str, Any]:
    """The statement, JSON-ready, on `make_ledger(*records, **about)`."""
    return statement_data(evaluate(make_ledger(*records, **about)))


def make_json(ledger: Ledger) -> dict[str, Any]:
    """`ledger` as the public address takes it, every key written out."""
    employed_on = ledger.teacher.formally_employed_on
    return {
        "cycle": ledger.cycle.code,
        "as_of": ledger.as_of.isoformat(),
        "teacher": {
            "position": ledger.teacher.position.value,
            "formally_employed_on": employed_on.isoformat() if employed_on else None,
            "sole_teacher_school": ledger.teacher.sole_teacher_school,
        },
        "records": [_record_json(record) for record in ledger.records],
    }


def _record_json(record: Record) -> dict[str, Any]:
    day = record.done_on.isoformat()
    match record:
        case Coordinated():
            return {
                "id": record.id,
                "kind": "coordinated",
                "category": record.category.value,
                "credits": str(record.credits),
                "completed_on": day,
                "converted": record.converted,
                "project": record.project,
            }
        case SelfDirected():
            return {
                "id": record.id,
                "kind": "self_directed",
                "activity": record.activity.value,
                AMOUNT_OF_ACTIVITY[record.activity]: str(record.amount),
                "completed_on": day,
                "plan": record.plan.value,
                "has_record": record.has_record,
            } | ({"level": record.level.value} if record.level else {})
        case Degree():
            return {
                "id": record.id,
                "kind": "degree",
                "level": record.level.value,
                "credits": str(record.credits),
                "awarded_on": day,
            }
        case Offset():
            return {
                "id": record.id,
                "kind": "offset",
                "basis": record.basis,
                "credits": str(record.credits),
                "awarded_on": day,
            }


def make_form(ledger: Ledger) -> dict[str, str]:
    """`ledger` as a browser sends the credit form: one row for each record, in order."""
    employed_on = ledger.teacher.formally_employed_on
    data = {
        "cycle": ledger.cycle.code,
        "as_of": ledger.as_of.isoformat(),
        "position": ledger.teacher.position.value,
        "formally_employed_on": employed_on.isoformat() if employed_on else "",
    }
    if ledger.teacher.sole_teacher_school:
        data["sole_teacher_school"] = "on"
    rows: dict[str, list[dict[str, str]]] = {"coordinated": [], "self_directed": [], "degrees": [], "offsets": []}
    for record in ledger.records:
        match record:
            case Coordinated():
                row = {"category": record.category.value, "credits": str(record.credits)}
                row |= {"completed_on": record.done_on.isoformat(), "project": record.project or ""}
                row |= {"converted": "on"} if record.converted else {}
                rows["coordinated"].append(row)
            case SelfDirected():
                activity = f"{record.activity}:{record.level}" if record.level else record.activity.value
                row = {"activity": activity, "amount": str(record.amount)}
                row |= {"completed_on": record.done_on.isoformat(), "plan": record.plan.value}
                row |= {"has_record": "on"} if record.has_record else {}
                rows["self_directed"].append(row)
            case Degree():
                row = {"level": record.level.value, "credits": str(record.credits)}
                rows["degrees"].append(row | {"awarded_on": record.done_on.isoformat()})
            case Offset():
                row = {"basis": record.basis, "credits": str(record.credits)}
                rows["offsets"].append(row | {"awarded_on": record.done_on.isoformat()})
    for prefix, own in rows.items():
        data |= {f"{prefix}-TOTAL_FORMS": str(len(own)), f"{prefix}-INITIAL_FORMS": "0"}
        data |= {f"{prefix}-{index}-{name}": value for index, row in enumerate(own) for name, value in row.items()}
    return data


def make_mixed_ledger() -> Ledger:
    """One ledger with every kind of line in it; short in both buckets. Ids as the credit form numbers its rows."""
    return make_ledger(
        make_coordinated("4", "national", "2019-07-10", project="P-17", id="c001"),
        make_coordinated("3", "municipal", "2019-07-10", project="P-17", id="c002"),
        make_coordinated("2", "county", "2020-05-28", converted=False, id="c003"),
        make_coordinated("2", "safety_net", "2020-12-20", id="c004"),
        make_coordinated("1.25", "all_staff", "2018-08-31", id="c005"),
        make_self_directed(12, "lesson_observation", "2019-10-12", id="s001"),
        make_self_directed(8, "lesson_observation", "2020-04-20", id="s002"),
        make_self_directed(1, "open_class", "2020-05-12", level="school", id="s003"),
        make_self_directed("25", "other", "2020-03-01", plan="submitted", id="s004"),
        make_self_directed("2", "workshop", "2020-03-02", has_record=False, id="s005"),
        make_self_directed("2.5", "school_research", "2020-03-03", plan="none", id="s006"),
        make_self_directed("7.5", "other", "2021-03-01", id="s007"),
        make_degree("5", "2020-06-30", id="d001"),
        make_degree("6", "2021-06-30", level="doctor", id="d002"),
        as_of="2021-06-30",
    )
