"""之江汇经验值 of one calendar year: deeds become points by upgrade-14's table, counted as upgrade-13 has it.

Deeds are taken by (day, place in the list), so in which order they are given matters only within one day.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from .kinds import LONG_ROW_DAYS, RULES, SUBMISSION_POINTS, Kind, Level, Room, Rule

ONE_DAY = datetime.timedelta(days=1)


class Reason(StrEnum):
    """Reasons why a deed does not count in full, in the order in which they are tried."""

    OUT_OF_YEAR = "out_of_year"
    AFTER_AS_OF = "after_as_of"
    ONCE = "once"
    DELETED = "deleted"
    DAILY_CAP = "daily_cap"
    YEARLY_CAP = "yearly_cap"


class Deed(NamedTuple):
    """One deed; `level` is that of a submission alone, and so is `deleted`."""

    kind: Kind
    on: datetime.date
    level: Level | None = None
    deleted: bool = False


class Line(NamedTuple):
    """The points of one deed; `place` is that in the list that was given, from 0."""

    place: int
    kind: Kind
    on: datetime.date
    points: int
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a year to a day: in all, by every kind, and deed by deed."""

    total: int
    by_kind: Mapping[Kind, int]
    lines: Sequence[Line]


def count_points(year: int, as_of: datetime.date, deeds: Sequence[Deed]) -> Points:
    """Returns the points of the deeds from 1 January of `year` to `as_of`, or to 31 December where that is earlier."""
    places = sorted(range(len(deeds)), key=lambda place: deeds[place].on)
    counting = _Counting(year, as_of, _long_rows(deeds))
    lines = [counting.line(place, deeds[place]) for place in places]
    by_kind = dict.fromkeys(Kind, 0)
    for line in lines:
        by_kind[line.kind] += line.points
    return Points(sum(by_kind.values()), by_kind, lines)


def _long_rows(deeds: Iterable[Deed]) -> set[datetime.date]:
    """Returns the days that are the seventh or a later one of a row of days with a login.

    A row may begin before the year that is counted.
    """
    days = sorted({deed.on for deed in deeds if deed.kind is Kind.LOGIN})
    long: set[datetime.date] = set()
    before, length = None, 0
    for day in days:
        follows = before is not None and day - before == ONE_DAY
        length = length + 1 if follows else 1
        if length >= LONG_ROW_DAYS:
            long.add(day)
        before = day
    return long


@dataclass(slots=True)
class _Counting:
    """The state of counting while deeds come in order: days that are used up, and what each yearly room has given."""

    year: int
    as_of: datetime.date
    long_rows: set[datetime.date]
    once_done: set[Kind] = field(default_factory=set)
    days_used: set[tuple[Kind, datetime.date]] = field(default_factory=set)
    given: dict[str, int] = field(default_factory=dict)

    def line(self, place: int, deed: Deed) -> Line:
        rule = RULES[deed.kind]
        reason = self._refusal(deed, rule)
        if reason:
            return Line(place, deed.kind, deed.on, 0, reason)
        worth = self._worth(deed, rule)
        points = self._fitting(worth, rule.room) if rule.room else worth
        return Line(place, deed.kind, deed.on, points, None if points == worth else Reason.YEARLY_CAP)

    def _refusal(self, deed: Deed, rule: Rule) -> Reason | None:
        """Returns why the deed gives nothing, else None; notes the deeds that later ones are measured by."""
        kind, on = deed.kind, deed.on
        # 限 1 次 is once ever, in whatever year the first one lies: our reading.
        is_later = rule.once_ever and kind in self.once_done
        if rule.once_ever:
            self.once_done.add(kind)
        if on.year != self.year:
            return Reason.OUT_OF_YEAR
        if on > self.as_of:
            return Reason.AFTER_AS_OF
        if is_later:
            return Reason.ONCE
        if deed.deleted:
            return Reason.DELETED
        if rule.once_a_day and (kind, on) in self.days_used:
            return Reason.DAILY_CAP
        self.days_used.add((kind, on))
        return None

    def _worth(self, deed: Deed, rule: Rule) -> int:
        """Returns the points of a deed before any yearly cap."""
        if deed.level:
            return SUBMISSION_POINTS[deed.level]
        return rule.in_long_row if rule.in_long_row and deed.on in self.long_rows else rule.points

    def _fitting(self, worth: int, room: Room) -> int:
        """Returns the part of `worth` that the year still has room for, and takes it."""
        given = self.given.get(room.name, 0)
        points = min(worth, room.most - given)
        self.given[room.name] = given + points
        return points
