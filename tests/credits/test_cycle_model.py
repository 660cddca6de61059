"""A training cycle that cannot be is refused at its field."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from credits.models import TrainingCycle

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": datetime.date(2018, 8, 31)}, "__all__"),
        ({"ends_on": datetime.date(2023, 9, 1)}, "starts_on"),
        ({"starts_on": datetime.date(2016, 2, 29)}, "starts_on"),
        ({"hours_per_credit": 3}, "hours_per_credit"),
        ({"degree_offset_cap": -1}, "degree_offset_cap"),
        ({"other_offset_cap": -1}, "other_offset_cap"),
        ({"lessons_observed_per_credit": 0}, "lessons_observed_per_credit"),
        ({"positions_without_requirement": ["teaching"]}, "positions_without_requirement"),
        ({"positions_without_requirement": ["seconded", "seconded"]}, "positions_without_requirement"),
    ],
    ids=[
        "an end before its start",
        "two cycles at once",
        "29 February",
        "hours that leave a rest",
        "below 0",
        "another cap below 0",
        "none",
        "teachers of whom nothing is required",
        "one post twice",
    ],
)
def test_cycle_that_cannot_be_is_refused(changes: dict[str, Any], field: str) -> None:
    cycle = TrainingCycle.objects.get(code="2018")
    for name, value in changes.items():
        setattr(cycle, name, value)
    with pytest.raises(ValidationError) as refusal:
        cycle.full_clean()
    assert field in refusal.value.message_dict


@pytest.mark.parametrize(
    "changes",
    [{"other_offset_cap": Decimal("-0.01")}, {"positions_without_requirement": ["teaching"]}],
    ids=["a cap below 0", "teachers of whom nothing is required"],
)
def test_the_database_refuses_such_a_cycle_too(changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingCycle.objects.filter(code="2018").update(**changes)


def test_shipped_cycles_have_no_cap_and_both_posts() -> None:
    rows = TrainingCycle.objects.values_list("other_offset_cap", "positions_without_requirement")
    assert list(rows) == [(None, ["administration", "seconded"])] * 2
