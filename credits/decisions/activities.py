"""Decisions on self-directed activities: their level, and the plan under which each stands (C10, credits-09, -10)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from ..rules import wording
from ..rules.types import LEVELLED, Activity, Cycle
from . import days
from .findings import Door, Finding

Plan = TypeVar("Plan")

#: The field at which a missing plan is told, and how that door says that an activity is in no plan.
WHERE_NO_PLAN = {
    Door.HAND: ("completed_on", "或者不勾“列入了当学年的校本研修方案”"),
    Door.SHEET: ("in_plan", "或填“否”"),
}


class SchoolWithPlans(Protocol):
    @property
    def pk(self) -> Any: ...
    @property
    def name(self) -> Any: ...


@dataclass(frozen=True)
class PlanFacts(Generic[Plan]):
    """Facts about plans, for one teacher or for all those of a sheet."""

    cycles: Sequence[Cycle]
    #: The ids of those of the teachers' schools that the user works for.
    in_charge: frozenset[int]
    #: (id of the school, school year) → its plan.
    plans: Mapping[tuple[int, int], Plan]


@dataclass(frozen=True)
class Standing(Generic[Plan]):
    """An activity as it is saved already: its day, and its plan if it has one."""

    day: datetime.date
    plan: Plan | None


@dataclass(frozen=True)
class Weight:
    """The values of an activity that decide how much it counts and when."""

    activity: str
    level: str
    amount: Decimal
    day: datetime.date


def weight_finding(before: Weight, after: Weight, school: SchoolWithPlans | None, *, in_charge: bool) -> Finding | None:
    """A problem where amount or day of an activity change by somebody who is not in charge of its plan's `school`.

    After a transfer the new school may say that there is a record of what was done before, and not that it was more.
    """
    if school is None or in_charge or before == after:
        return None
    field = "amount" if before.day == after.day else "completed_on"
    return Finding(field, f"这项活动列在{school.name}的方案里，活动、数量和日期要由那所学校或上级改。")


def level_finding(activity: Activity, level: str) -> Finding | None:
    """A problem where an open class or a lecture has no level, or another activity has one."""
    if (activity in LEVELLED) == bool(level):
        return None
    return Finding("level", "公开课和讲座要填级别，其他活动不填。")


def plan_of(
    day: datetime.date,
    in_plan: bool,
    standing: Standing[Plan] | None,
    where: days.Whereabouts[Any],
    facts: PlanFacts[Plan],
    door: Door,
) -> Plan | Finding | None:
    """The plan of an activity that is entered or changed, None where it is said to be in none; else the problem.

    An activity whose day stays the same keeps its plan: a later transfer does not move what was done before it, and
    the new school may correct it.
    """
    if not in_plan:
        return None
    if standing and standing.plan is not None and standing.day == day:
        return standing.plan
    return plan_for(day, where, facts, door)


def plan_for(day: datetime.date, where: days.Whereabouts[Any], facts: PlanFacts[Plan], door: Door) -> Plan | Finding:
    """The plan of the school where the teacher was on `day`, for the school year of `day`; else the problem."""
    if days.cycle_of(day, facts.cycles) is None:
        return Finding("completed_on", f"{wording.date_in_words(day)}不在任何培训周期里，请检查日期。")
    school: SchoolWithPlans = where.school_on(day)
    if school.pk not in facts.in_charge:
        return Finding("completed_on", _elsewhere(day))
    year = days.school_year(day, facts.cycles)
    plan = facts.plans.get((school.pk, year))
    return _no_plan(school, year, door) if plan is None else plan


def _elsewhere(day: datetime.date) -> str:
    """A sentence that is the same whatever the other school has or has not."""
    return f"{wording.date_in_words(day)}这位教师在别的学校，那天的活动请由那所学校或上级登记。"


def _no_plan(school: SchoolWithPlans, year: int, door: Door) -> Finding:
    field, otherwise = WHERE_NO_PLAN[door]
    missing = f"{school.name}还没有 {wording.school_year_in_words(year)}的校本研修方案"
    return Finding(field, f"{missing}：请先新建方案，{otherwise}。")
