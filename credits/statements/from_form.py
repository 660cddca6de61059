"""The cleaned data of the credit form as a `rules.Ledger`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..rules import types
from ..rules.types import Activity, Coordinated, Degree, Ledger, Offset, PlanState, SelfDirected, TeacherFacts
from .calendar import rules_cycle, today

Row = Mapping[str, Any]
#: The filled rows of one part of the form, by their number.
Rows = Mapping[int, Row]


def from_form(about: Row, coordinated: Rows, self_directed: Rows, degrees: Rows, offsets: Rows) -> Ledger:
    """Returns the ledger in the cleaned data of the credit form; as of today where no day was given.

    Ids are `c001`, `s001`, `d001`, `o001`… by the number of the row, so that ties of date keep the rows' order.
    """
    records: list[types.Record] = []
    records.extend(_coordinated(f"c{number:03}", row) for number, row in coordinated.items())
    records.extend(_self_directed(f"s{number:03}", row) for number, row in self_directed.items())
    records.extend(_degree(f"d{number:03}", row) for number, row in degrees.items())
    records.extend(_offset(f"o{number:03}", row) for number, row in offsets.items())
    facts = TeacherFacts(
        position=types.Position(about["position"]),
        formally_employed_on=about["formally_employed_on"],
        sole_teacher_school=about["sole_teacher_school"],
    )
    return Ledger(
        cycle=rules_cycle(about["cycle"]),
        as_of=about["as_of"] or today(),
        teacher=facts,
        records=tuple(records),
    )


def _coordinated(name: str, row: Row) -> Coordinated:
    return Coordinated(
        id=name,
        category=types.Category(row["category"]),
        credits=row["credits"],
        done_on=row["completed_on"],
        converted=row["converted"],
        project=row["project"] or None,
    )


def _self_directed(name: str, row: Row) -> SelfDirected:
    activity, _, level = row["activity"].partition(":")
    return SelfDirected(
        id=name,
        activity=Activity(activity),
        amount=row["amount"],
        done_on=row["completed_on"],
        plan=PlanState(row["plan"]),
        has_record=row["has_record"],
        level=types.Level(level) if level else None,
    )


def _degree(name: str, row: Row) -> Degree:
    return Degree(
        id=name,
        level=types.DegreeLevel(row["level"]),
        credits=row["credits"],
        done_on=row["awarded_on"],
    )


def _offset(name: str, row: Row) -> Offset:
    return Offset(
        id=name,
        basis=row["basis"],
        credits=row["credits"],
        done_on=row["awarded_on"],
    )
