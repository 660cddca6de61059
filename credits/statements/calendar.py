"""The current day, and the cycle and school year that a day belongs to."""

from __future__ import annotations

import datetime

from django.utils import timezone

from ..decisions import days
from ..models import TrainingCycle
from ..rules import types


def today() -> datetime.date:
    """Returns the current day in the portal's own time zone, Asia/Shanghai."""
    return timezone.localdate()


def rules_cycle(row: TrainingCycle) -> types.Cycle:
    """Returns the numbers of a cycle's row as the rules take them."""
    return types.Cycle(
        code=row.code,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        confirmed=row.confirmed,
        coordinated_required=row.coordinated_required,
        self_directed_required=row.self_directed_required,
        degree_offset_cap=row.degree_offset_cap,
        other_offset_cap=row.other_offset_cap,
        safety_net_cap_per_school_year=row.safety_net_cap_per_school_year,
        safety_net_cap_per_cycle=row.safety_net_cap_per_cycle,
        lessons_observed_per_credit=row.lessons_observed_per_credit,
        county_open_classes_per_credit=row.county_open_classes_per_credit,
        school_open_classes_per_credit=row.school_open_classes_per_credit,
        county_lectures_per_credit=row.county_lectures_per_credit,
        school_lectures_per_credit=row.school_lectures_per_credit,
        hours_per_credit=row.hours_per_credit,
        positions_without_requirement=frozenset(map(types.Position, row.positions_without_requirement)),
    )


def rules_cycles() -> list[types.Cycle]:
    """All cycles as the rules take them, the earliest first; in one query."""
    return [rules_cycle(row) for row in TrainingCycle.objects.order_by("starts_on")]


def school_year(day: datetime.date) -> int:
    """Returns the school year of `day`, by its nearest cycle; named by the calendar year it starts in."""
    return days.school_year(day, rules_cycles())


def example_day(cycle: TrainingCycle) -> datetime.date:
    """Returns a day of a cycle that empty date fields show: its first summer, or its first day until that has come."""
    summer = datetime.date(cycle.starts_on.year + 1, 7, 10)
    return summer if summer <= min(cycle.ends_on, today()) else cycle.starts_on
