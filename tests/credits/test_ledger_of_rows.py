"""A ledger made of rows: only records that somebody answers for are in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credits.rules.evaluate import evaluate
from credits.rules.types import PlanState, Position
from tests.cast import (
    make_activity,
    make_degree,
    make_offset,
    make_organization,
    make_plan,
    make_project,
    make_result,
    make_teacher,
)
from tests.credits.ledger_rows import ledger_of

pytestmark = pytest.mark.usefixtures("cycles")


def test_a_ledger_holds_what_somebody_is_responsible_for() -> None:
    teacher = make_teacher(make_organization(is_sole_teacher_school=True), position="seconded")
    make_result(teacher, make_project(code="P-17", category="municipal"), credits="4.5")
    make_result(teacher, status="entered")
    make_degree(teacher)
    make_degree(teacher, credits=None, level="bachelor")
    make_offset(teacher)
    make_offset(teacher, credits=None, basis="课题")
    ledger = ledger_of(teacher)
    assert (ledger.teacher.position, ledger.teacher.sole_teacher_school) == (Position.SECONDED, True)
    assert [(record.id[0], record.done_on) for record in ledger.records] == [
        ("r", date(2019, 7, 10)),
        ("d", date(2020, 6, 30)),
        ("o", date(2020, 5, 1)),
    ]
    assert ledger.records[-1].basis == "自学课程"  # type: ignore[union-attr]
    result = ledger.records[0]
    assert (result.project, result.category, result.credits) == ("P-17", "municipal", Decimal("4.5"))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "state"),
    [("approved", "approved"), ("filed", "submitted"), ("draft", "none"), ("returned", "none"), (None, "none")],
)
def test_an_activity_stands_as_its_plan_does(status: str | None, state: str) -> None:
    teacher = make_teacher()
    make_activity(teacher, plan=make_plan(teacher.school, status=status) if status else None)
    [record] = ledger_of(teacher).records
    assert record.plan is PlanState(state)  # type: ignore[union-attr]


def test_a_new_conversion_leaves_reviewed_results_alone() -> None:
    """credits-01: it takes 取消审核, then 审核 again."""
    teacher = make_teacher()
    project = make_project(converted=False)
    make_result(teacher, project)
    project.converted, project.category = True, "national"
    project.save()
    [record] = ledger_of(teacher).records
    assert (record.converted, record.category) == (False, "county")  # type: ignore[union-attr]
    assert evaluate(ledger_of(teacher)).coordinated.counted == 0


def test_records_of_another_cycle_belong_to_its_statement() -> None:
    teacher = make_teacher()
    make_result(teacher, make_project(ends_on=date(2023, 9, 1)))
    make_degree(teacher, awarded_on=date(2018, 8, 31))
    make_offset(teacher, awarded_on=date(2018, 8, 31))
    make_activity(teacher, completed_on=date(2024, 1, 1), plan=None)
    assert ledger_of(teacher).records == ()
