"""Helpers of the rule tables: records made in one word, and looks into a statement."""

from __future__ import annotations

from typing import Any

from credits.rules.types import Record
from tests.credits.ledgers import (
    make_coordinated,
    make_self_directed,
)

ENOUGH: Record = make_self_directed(10, id="enough-self-directed")
PLENTY: Record = make_coordinated(26, id="enough-coordinated")
SAFETY_NET_EVERY_YEAR: list[Record] = [
    make_coordinated("1.5", "safety_net", f"{year}-12-01") for year in range(2018, 2023)
]


def at(data: dict[str, Any], path: str) -> Any:
    """The value at a dotted `path`: "coordinated.counted"."""
    value: Any = data
    for part in path.split("."):
        value = value[part]
    return value


def line_of(data: dict[str, Any], record: str) -> dict[str, Any]:
    """The one line that covers `record`."""
    (line,) = [line for line in data["lines"] if record in line["records"]]
    return line


def counted_lines(data: dict[str, Any]) -> list[str]:
    return [line["counted"] for line in data["lines"]]


LATE = "2023-06-01"  # after the date of the check below, yet inside the cycle
BEFORE = "2018-08-31"


def lessons(count: int, on: str = "2019-10-12") -> Record:
    return make_self_directed(count, "lesson_observation", on)


def classes(count: int, level: str, on: str = "2019-10-12") -> Record:
    return make_self_directed(count, "open_class", on, level=level)


def lectures(count: int, level: str, on: str = "2019-10-12") -> Record:
    return make_self_directed(count, "lecture", on, level=level)


def submitted(amount: int | str, activity: str, on: str = "2019-10-12", level: str | None = None) -> Record:
    return make_self_directed(amount, activity, on, level=level, plan="submitted")
