"""The records of teachers in the database as `rules.Ledger`s."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from helpdesk.common.prepared import Prepared

from ..models import AWARDS, Award, DegreeAward, OffsetAward, SchoolPlan, SelfDirectedActivity, Teacher, TrainingResult
from ..rules import types
from ..rules.amounts import one_amount
from ..rules.types import Activity, Coordinated, Degree, Ledger, Offset, PlanState, SelfDirected, TeacherFacts
from .one_teacher import awards_of, results_of

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
    records = _records(ids, cycle)
    columns = ("pk", "position", "formally_employed_on", "school__is_sole_teacher_school")
    ledgers = {}
    for pk, position, employed_on, sole in Teacher.objects.filter(pk__in=ids).values_list(*columns):
        facts = TeacherFacts(types.Position(position), employed_on, sole)
        ledgers[pk] = Ledger(cycle, as_of, facts, tuple(records[pk]))
    return ledgers


def of_teacher(teacher: Teacher, cycle: types.Cycle, as_of: datetime.date) -> Ledger:
    """Returns the ledger of one teacher, as `of_teachers` does; asks for the teacher's school where it is not there."""
    sole = teacher.school.is_sole_teacher_school
    facts = TeacherFacts(types.Position(teacher.position), teacher.formally_employed_on, sole)
    return Ledger(cycle, as_of, facts, tuple(_records([teacher.pk], cycle)[teacher.pk]))


def _records(ids: Collection[int], cycle: types.Cycle) -> Records:
    records: Records = defaultdict(list)
    _add_results(records, ids, cycle)
    _add_activities(records, ids, cycle)
    _add_degrees(records, ids, cycle)
    _add_offsets(records, ids, cycle)
    return records


# Values, not instances: a thousand teachers have some thirty thousand rows. Those of one teacher are read by queries
# whose SQL is written once.


def _activities(begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
    done = SelfDirectedActivity.objects.filter(completed_on__range=(begin, end))
    columns = ("teacher_id", "pk", "activity", "level", "completed_on", "has_record", "plan__status")
    return done.values_list(*columns, "credits", "hours", "count")


_ACTIVITIES_OF_ONE = Prepared(
    lambda teacher, begin, end: _activities(begin, end).filter(teacher_id=teacher),
    teacher=int,
    begin=datetime.date,
    end=datetime.date,
)


def _activities_of(ids: Collection[int], cycle: types.Cycle) -> Iterable[tuple[Any, ...]]:
    if len(ids) == 1:
        [one] = ids
        return _ACTIVITIES_OF_ONE.rows(teacher=one, begin=cycle.starts_on, end=cycle.ends_on)
    return _activities(cycle.starts_on, cycle.ends_on).filter(teacher_id__in=ids)


def _results(ids: Collection[int], cycle: types.Cycle) -> Iterable[tuple[Any, ...]]:
    """Yields (teacher's key, key, category, credits, day, whether it is converted, project) of reviewed results."""
    reviewed, within = TrainingResult.Status.REVIEWED, (cycle.starts_on, cycle.ends_on)
    if len(ids) == 1:
        [one] = ids
        return [
            (one, row.pk, row.category, row.credits, row.ends_on, row.converted, row.code)
            for row in results_of(one, *within)
            if row.status == reviewed
        ]
    columns = ("teacher_id", "pk", "category", "credits", "project__ends_on", "converted", "project__code")
    rows = TrainingResult.objects.filter(teacher_id__in=ids, status=reviewed, project__ends_on__range=within)
    return rows.values_list(*columns)


def _credited(model: type[Award], ids: Collection[int], cycle: types.Cycle) -> Iterable[tuple[Any, ...]]:
    """Yields (teacher's key, key, what it is, credits, day) of the credited awards of a kind."""
    credited, within = Award.Status.CREDITED, (cycle.starts_on, cycle.ends_on)
    if len(ids) == 1:
        [one] = ids
        return [
            (one, row.pk, row.said, row.credits, row.awarded_on)
            for row in awards_of(one, *within)
            if AWARDS[row.number] is model and row.status == credited
        ]
    rows = model._default_manager.filter(teacher_id__in=ids, status=credited, awarded_on__range=within)
    return rows.values_list("teacher_id", "pk", model.what, "credits", "awarded_on")


def _add_results(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for teacher, pk, category, credits, ends_on, converted, project in _results(ids, cycle):
        kind = types.Category(category)
        record = Coordinated(f"r{pk}", kind, credits, ends_on, bool(converted), project)
        records[teacher].append(record)


def _add_activities(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for row in _activities_of(ids, cycle):
        teacher, pk, kind, level_value, day, has_record, plan, *given = row
        activity = Activity(kind)
        amount = one_amount(given)
        state = STATE_OF_PLAN.get(plan, PlanState.NONE)
        level = types.Level(level_value) if level_value else None
        record = SelfDirected(f"s{pk}", activity, amount, day, state, has_record, level)
        records[teacher].append(record)


def _add_degrees(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for teacher, pk, level, credits, awarded_on in _credited(DegreeAward, ids, cycle):
        worth = credits or Decimal(0)
        record = Degree(f"d{pk}", types.DegreeLevel(level), worth, awarded_on)
        records[teacher].append(record)


def _add_offsets(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for teacher, pk, basis, credits, awarded_on in _credited(OffsetAward, ids, cycle):
        record = Offset(f"o{pk}", basis, credits or Decimal(0), awarded_on)
        records[teacher].append(record)


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
