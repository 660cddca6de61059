"""Days: the training cycle and the school year that a day falls into, and the school where a teacher then was."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from ..rules.types import Cycle


class Period(Protocol):
    """Two dates, both included."""

    @property
    def starts_on(self) -> datetime.date: ...
    @property
    def ends_on(self) -> datetime.date: ...


AnyPeriod = TypeVar("AnyPeriod", bound=Period)
School = TypeVar("School")


def cycle_of(day: datetime.date, cycles: Iterable[AnyPeriod]) -> AnyPeriod | None:
    """The cycle that holds `day`; None where none does."""
    return next((cycle for cycle in cycles if cycle.starts_on <= day <= cycle.ends_on), None)


def nearest_cycle(day: datetime.date, cycles: Sequence[AnyPeriod]) -> AnyPeriod | None:
    """The cycle that holds `day`; where none does, the latest one that has begun, else the first; None without cycles.

    `cycles` are ordered by the day on which they start.
    """
    holding = cycle_of(day, cycles)
    if holding is not None:
        return holding
    begun = [cycle for cycle in cycles if cycle.starts_on <= day]
    candidates = begun[-1:] or cycles[:1]
    return candidates[0] if candidates else None


def school_year(day: datetime.date, cycles: Sequence[Cycle]) -> int:
    """The school year of `day`, by its nearest cycle; named by the year it starts in (2018 for 2018—2019)."""
    cycle = nearest_cycle(day, cycles)
    return cycle.school_year(day) if cycle else day.year


@dataclass(frozen=True)
class Stay(Generic[School]):
    """The time of a teacher at one school: from `started_on` on, until the day before `ended_on`."""

    school: School
    started_on: datetime.date | None
    ended_on: datetime.date | None

    def holds(self, day: datetime.date) -> bool:
        begun = self.started_on is None or self.started_on <= day
        over = self.ended_on is not None and self.ended_on <= day
        return begun and not over


def overlap(stays: Iterable[Stay[School]]) -> tuple[School, School] | None:
    """The schools of two stays that hold one day together, the earlier first; None where every day has one school."""
    ordered = sorted(stays, key=lambda stay: stay.started_on or datetime.date.min)
    for earlier, later in pairwise(ordered):
        begins = later.started_on or datetime.date.min
        if earlier.ended_on is None or earlier.ended_on > begins:
            return earlier.school, later.school
    return None


@dataclass(frozen=True)
class Whereabouts(Generic[School]):
    """The schools of one teacher: the present one, and the stays that are recorded since a first transfer."""

    present: School
    stays: tuple[Stay[School], ...] = ()

    def school_on(self, day: datetime.date) -> School:
        """The school where the teacher was on `day`; the present one where no stay tells."""
        schools = (stay.school for stay in self.stays if stay.holds(day))
        return next(schools, self.present)

    @property
    def schools(self) -> list[School]:
        """The present school and all of the stays; a school may appear more than once."""
        return [self.present, *(stay.school for stay in self.stays)]
