"""One ledger as JSON with a record of each shape, and ways to change any part of it."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from credits.rules.types import Ledger
from credits.statements.from_json import from_json
from helpdesk.common.json_text import parse_json
from tests.credits.ledgers import (
    make_coordinated,
    make_degree,
    make_json,
    make_ledger,
    make_offset,
    make_self_directed,
)

#: One record of each shape.
VALID = make_json(
    make_ledger(
        make_coordinated("4", project="P-17"),
        make_self_directed(2, "open_class", level="school"),
        make_self_directed("25", "other"),
        make_degree("5"),
        make_self_directed("2.5", "workshop"),
        make_self_directed(12, "lesson_observation"),
        make_self_directed(1, "lecture", level="county"),
        make_offset("2"),
    )
)
COORDINATED, OPEN_CLASS, OTHER, DEGREE, WORKSHOP, LESSONS, LECTURE, OFFSET = (f"records[{index}]" for index in range(8))
AMOUNTS = [
    f"{COORDINATED}.credits",
    f"{OPEN_CLASS}.count",
    f"{OTHER}.hours",
    f"{DEGREE}.credits",
    f"{WORKSHOP}.credits",
    f"{LESSONS}.count",
    f"{LECTURE}.count",
    f"{OFFSET}.credits",
]
DATES = [
    "as_of",
    "teacher.formally_employed_on",
    f"{COORDINATED}.completed_on",
    f"{OPEN_CLASS}.completed_on",
    f"{OTHER}.completed_on",
    f"{DEGREE}.awarded_on",
    f"{OFFSET}.awarded_on",
]
WORDS = [
    "cycle",
    "teacher.position",
    f"{COORDINATED}.kind",
    f"{OFFSET}.kind",
    f"{OPEN_CLASS}.activity",
    f"{LECTURE}.level",
    f"{LESSONS}.plan",
    f"{DEGREE}.level",
]
FLAGS = ["teacher.sole_teacher_school", f"{COORDINATED}.converted", f"{OTHER}.has_record"]
NAMES = [f"{COORDINATED}.project", f"{DEGREE}.id", f"{OFFSET}.basis"]
REQUIRED = [
    "cycle",
    "teacher",
    "records",
    "teacher.position",
    "teacher.formally_employed_on",
    "teacher.sole_teacher_school",
    *(f"{COORDINATED}.{name}" for name in ("id", "kind", "category", "credits", "completed_on")),
    *(
        f"{OPEN_CLASS}.{name}"
        for name in ("id", "kind", "activity", "level", "count", "completed_on", "plan", "has_record")
    ),
    *(f"{DEGREE}.{name}" for name in ("id", "kind", "level", "credits", "awarded_on")),
    *(f"{OFFSET}.{name}" for name in ("id", "kind", "basis", "credits", "awarded_on")),
]


def place_of(data: Any, path: str) -> tuple[Any, Any]:
    """The object or list `path` leads into, and the key or index there."""
    *way, last = (int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path))
    for step in way:
        data = data[step]
    return data, last


def changed(path: str, value: Any) -> dict[str, Any]:
    """VALID with `value` at `path`."""
    data = copy.deepcopy(VALID)
    place, key = place_of(data, path)
    place[key] = value
    return data


def without(path: str) -> dict[str, Any]:
    data = copy.deepcopy(VALID)
    place, key = place_of(data, path)
    del place[key]
    return data


def with_json(paths: list[str], raw: str) -> str:
    """VALID as text, with `raw` JSON at every one of `paths`."""
    data = copy.deepcopy(VALID)
    for path in paths:
        place, key = place_of(data, path)
        place[key] = "@raw@"
    return json.dumps(data).replace('"@raw@"', raw)


def refused(data: Any) -> dict[str, str]:
    """Path → sentence of a ledger that must be refused, from data or from JSON text."""
    text = data if isinstance(data, str) else json.dumps(data)
    with pytest.raises(ValidationError) as refusal:
        from_json(parse_json(text))
    fields = refusal.value.message_dict
    for messages in fields.values():
        assert len(messages) == 1
        assert re.match(r".*[一-鿿].*。$", messages[0], re.DOTALL), messages
    return {path: messages[0] for path, messages in fields.items()}


def taken(data: Any) -> Ledger:
    return from_json(parse_json(data if isinstance(data, str) else json.dumps(data)))
