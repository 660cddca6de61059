"""Deeds written short, and days in a row."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from credits.upgrade.kinds import Kind, Level
from credits.upgrade.points import Deed, Points, count_points

YEAR = 2021
AS_OF = datetime.date(2021, 11, 30)


def make_deed(kind: str, on: str = "2021-03-01", level: str | None = None, *, deleted: bool = False) -> Deed:
    return Deed(Kind(kind), datetime.date.fromisoformat(on), Level(level) if level else None, deleted)


def days_in_row(kind: str, first: str, days: int) -> list[Deed]:
    """One deed a day, from the first day on."""
    start = datetime.date.fromisoformat(first)
    return [Deed(Kind(kind), start + datetime.timedelta(days=number)) for number in range(days)]


def count(deeds: Sequence[Deed], year: int = YEAR, as_of: datetime.date = AS_OF) -> Points:
    return count_points(year, as_of, deeds)


def outcome(deeds: Sequence[Deed]) -> list[tuple[int, str | None]]:
    """Points and reason of each deed, in the order in which they were given."""
    lines = sorted(count(deeds).lines, key=lambda line: line.place)
    return [(line.points, line.reason) for line in lines]
