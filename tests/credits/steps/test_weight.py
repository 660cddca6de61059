"""How much an activity counts, and when, belongs to whoever manages its plan, also after a transfer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credits.models import SelfDirectedActivity
from credits.steps import activities, people
from tests.cast import Place, make_activity, make_plan
from tests.credits.steps.helpers import refused, statement

pytestmark = pytest.mark.usefixtures("cycles")
THEIRS = "这项活动列在桃源一小的方案里，活动、数量和日期要由那所学校或上级改。"


@pytest.fixture
def moved(place: Place) -> SelfDirectedActivity:
    """An activity of 2 credits under the plan of the first school, whose teacher is at the second now."""
    activity = make_activity(place.teacher)
    make_plan(place.other, 2020)
    people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer)
    return SelfDirectedActivity.objects.get(pk=activity.pk)


@pytest.mark.parametrize(
    "changes",
    [
        {"credits": Decimal(100)},
        {"credits": Decimal(1)},
        {"completed_on": date(2020, 10, 1)},
        {"activity": "workshop"},
        {"activity": "open_class", "level": "county", "credits": None, "count": 30},
    ],
)
@pytest.mark.parametrize("in_plan", [True, False])
def test_the_new_school_changes_no_weight(
    place: Place, moved: SelfDirectedActivity, changes: dict[str, Any], in_plan: bool
) -> None:
    for name, value in changes.items():
        setattr(moved, name, value)
    refused(lambda: activities.save_activity(moved, place.other_staff, in_plan=in_plan), THEIRS)


def test_the_new_school_says_that_there_is_a_record(place: Place, moved: SelfDirectedActivity) -> None:
    moved.evidence = "听课本第 3 册"
    activities.save_activity(moved, place.other_staff, in_plan=True)
    assert statement(place.teacher).self_directed.counted == 2


def test_whoever_manages_both_schools_changes_it(place: Place, moved: SelfDirectedActivity) -> None:
    moved.credits = Decimal(3)
    activities.save_activity(moved, place.reviewer, in_plan=True)
    assert statement(place.teacher).self_directed.counted == 3
