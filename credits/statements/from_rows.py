"""The records of teachers in the database as `rules.Ledger`s."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from helpdesk.common.prepared import Prepared

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
    ledgers = {}
    for pk, position, employed_on, sole in _FACTS.rows(ids):
        facts = TeacherFacts(types.Position(position), employed_on, sole)
        ledgers[pk] = Ledger(cycle, as_of, facts, tuple(records[pk]))
    return ledgers


# Values, not instances: a thousand teachers have some thirty thousand rows.


class _Rows:
    """Rows of a table by teacher: of one by SQL that is written once, as for a page, of many by a query."""

    def __init__(self, rows: Callable[..., QuerySet[Any, Any]], teacher: str = "teacher_id", **values: type) -> None:
        self._rows = rows
        self._teacher = teacher
        self._of_one = Prepared(lambda of, **values: rows(**values).filter(**{teacher: of}), of=int, **values)

    def rows(self, ids: Collection[int], **values: Any) -> Iterable[tuple[Any, ...]]:
        """Returns the rows of these teachers with these further values, which `rows` takes."""
        if len(ids) == 1:
            [one] = ids
            return self._of_one.rows(of=one, **values)
        return self._rows(**values).filter(**{f"{self._teacher}__in": ids})


class _RowsInCycle(_Rows):
    """The same for rows with a day, of one cycle."""

    def __init__(self, rows: Callable[..., QuerySet[Any, Any]]) -> None:
        super().__init__(rows, begin=datetime.date, end=datetime.date)

    def within(self, ids: Collection[int], cycle: types.Cycle) -> Iterable[tuple[Any, ...]]:
        return self.rows(ids, begin=cycle.starts_on, end=cycle.ends_on)


def _facts() -> QuerySet[Any, Any]:
    return Teacher.objects.values_list("pk", "position", "formally_employed_on", "school__is_sole_teacher_school")


_FACTS = _Rows(_facts, "pk")


def _results(begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
    reviewed = TrainingResult.objects.filter(
        status=TrainingResult.Status.REVIEWED, project__ends_on__range=(begin, end)
    )
    columns = ("teacher_id", "pk", "category", "credits", "project__ends_on", "converted", "project__code")
    return reviewed.values_list(*columns)


_RESULTS = _RowsInCycle(_results)


def _activities(begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
    done = SelfDirectedActivity.objects.filter(completed_on__range=(begin, end))
    columns = ("teacher_id", "pk", "activity", "level", "completed_on", "has_record", "plan__status")
    return done.values_list(*columns, "credits", "hours", "count")


_ACTIVITIES = _RowsInCycle(_activities)


def _credited(model: type[Award], column: str) -> _RowsInCycle:
    """Returns the credited awards of a kind: (teacher's key, key, `column`, credits, day)."""

    def rows(begin: datetime.date, end: datetime.date) -> QuerySet[Any, Any]:
        awarded = model._default_manager.filter(status=Award.Status.CREDITED, awarded_on__range=(begin, end))
        return awarded.values_list("teacher_id", "pk", column, "credits", "awarded_on")

    return _RowsInCycle(rows)


_DEGREES, _OFFSETS = _credited(DegreeAward, "level"), _credited(OffsetAward, "basis")


def _add_results(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for teacher, pk, category, credits, ends_on, converted, project in _RESULTS.within(ids, cycle):
        kind = types.Category(category)
        record = Coordinated(f"r{pk}", kind, credits, ends_on, bool(converted), project)
        records[teacher].append(record)


def _add_activities(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for row in _ACTIVITIES.within(ids, cycle):
        teacher, pk, kind, level_value, day, has_record, plan, *given = row
        activity = Activity(kind)
        amount = one_amount(given)
        state = STATE_OF_PLAN.get(plan, PlanState.NONE)
        level = types.Level(level_value) if level_value else None
        record = SelfDirected(f"s{pk}", activity, amount, day, state, has_record, level)
        records[teacher].append(record)


def _add_degrees(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for teacher, pk, level, credits, awarded_on in _DEGREES.within(ids, cycle):
        worth = credits or Decimal(0)
        record = Degree(f"d{pk}", types.DegreeLevel(level), worth, awarded_on)
        records[teacher].append(record)


def _add_offsets(records: Records, ids: Collection[int], cycle: types.Cycle) -> None:
    for teacher, pk, basis, credits, awarded_on in _OFFSETS.within(ids, cycle):
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
