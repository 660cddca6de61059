"""The records of teachers in the database as `rules.Ledger`s."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..models import Award, DegreeAward, OffsetAward, SchoolPlan, SelfDirectedActivity, Teacher, TrainingResult
from ..rules import types
from ..rules.amounts import one_amount
from ..rules.types import Activity, Coordinated, Degree, Ledger, Offset, PlanState, SelfDirected, TeacherFacts

Records = defaultdict[int, list[types.Record]]

#: The state of a plan as the rules see it: a plan that was not filed, or came back, is none.
STATE_OF_PLAN: Mapping[str | None, PlanState] = {
    SchoolPlan.Status.APPROVED.value: PlanState.APPROVED,
    SchoolPlan.Status.FILED.value: PlanState.SUBMITTED,
}


def of_teachers(ids: Collection[int], cycle: types.Cycle, as_of: datetime.date) -> dict[int, Ledger]:
    """Returns the ledgers of these teachers by id, from their records in the cycle; in five queries.

    Only what somebody is responsible for counts: reviewed results and credited awards. Activities stand under
    their school's plan as it now is (C10, C13). Records outside the cycle belong to another cycle's statement.
    """
    records: Records = defaultdict(list)
    _add_results(records, ids, cycle)
    _add_activities(records, ids, cycle)
    _add_degrees(records, ids, cycle)
    _add_offsets(records, ids, cycle)
    columns = ("pk", "position", "formally_employed_on", "school__is_sole_teacher_school")
    ledgers = {}
    for pk, position, employed_on, sole in Teacher.objects.filter(pk__in=ids).values_list(*columns):
        facts = TeacherFacts(types.Position(position), employed_on, sole)
        ledgers[pk] = Ledger(cycle, as_of, facts, tuple(records[pk]))
    return ledgers


# Values, not instances: a thousand teachers have some thirty thousand rows.


def _add_results(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    rows = TrainingResult.objects.filter(
        teacher_id__in=ids,
        status=TrainingResult.Status.REVIEWED,
        project__ends_on__range=(cycle.starts_on, cycle.ends_on),
    )
    columns = ("teacher_id", "pk", "category", "credits", "project__ends_on", "converted", "project__code")
    for teacher, pk, category, credits, ends_on, converted, project in rows.values_list(*columns):
        kind = types.Category(category)
        record = Coordinated(f"r{pk}", kind, credits, ends_on, bool(converted), project)
        records[teacher].append(record)


def _add_activities(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    within = (cycle.starts_on, cycle.ends_on)
    rows = SelfDirectedActivity.objects.filter(teacher_id__in=ids, completed_on__range=within)
    columns = ("teacher_id", "pk", "activity", "level", "completed_on", "has_record", "plan__status")
    amounts = ("credits", "hours", "count")
    for row in rows.values_list(*columns, *amounts):
        teacher, pk, kind, level_value, day, has_record, plan, *given = row
        activity = Activity(kind)
        amount = one_amount(given)
        state = STATE_OF_PLAN.get(plan, PlanState.NONE)
        level = types.Level(level_value) if level_value else None
        record = SelfDirected(f"s{pk}", activity, amount, day, state, has_record, level)
        records[teacher].append(record)


def _add_degrees(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for teacher, pk, level, credits, awarded_on in _credited(DegreeAward, "level", ids, cycle):
        worth = credits or Decimal(0)
        record = Degree(f"d{pk}", types.DegreeLevel(level), worth, awarded_on)
        records[teacher].append(record)


def _add_offsets(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for teacher, pk, basis, credits, awarded_on in _credited(OffsetAward, "basis", ids, cycle):
        record = Offset(f"o{pk}", basis, credits or Decimal(0), awarded_on)
        records[teacher].append(record)


def _credited(model: type[Award], column: str, ids: Collection[int], cycle: types.Cycle) -> Iterable[tuple[Any, ...]]:
    """Yields (teacher's key, key, `column`, credits, day) of the credited awards of a kind in the cycle."""
    rows = model._default_manager.filter(
        teacher_id__in=ids,
        status=Award.Status.CREDITED,
        awarded_on__range=(cycle.starts_on, cycle.ends_on),
    )
    return rows.values_list("teacher_id", "pk", column, "credits", "awarded_on")


def on_top_of(typed: Ledger, recorded: Ledger, *, to_the_last: bool) -> Ledger:
    """Returns a ledger of the typed records and those recorded of a teacher in the same cycle.

    Typed ids get a `+` in front. With `to_the_last` it is as of the last day that was typed, within the cycle,
    where that is later than the typed ledger's own day.
    """
    as_of = typed.as_of
    if to_the_last:
        days = [record.done_on for record in typed.records]
        last = max(days, default=as_of)
        as_of = max(as_of, min(last, typed.cycle.ends_on))
    added = tuple(replace(record, id=f"+{record.id}") for record in typed.records)
    return replace(typed, as_of=as_of, records=recorded.records + added)
