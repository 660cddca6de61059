"""Hours into credits, by category, form and cycle (C11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from credits.models import ConversionRate, TrainingCycle, TrainingProject
from credits.steps import projects
from tests.cast import Place, make_project, make_result
from tests.credits.steps.helpers import refused

pytestmark = pytest.mark.usefixtures("cycles")


def project(category: str, hours: str, ends_on: date = date(2019, 7, 10), form: str = "") -> TrainingProject:
    return TrainingProject(category=category, form=form, hours=Decimal(hours), ends_on=ends_on)


@pytest.mark.parametrize(
    ("hours", "credits"), [("40", "4"), ("10", "1"), ("15", "1.5"), ("0.1", "0.01"), ("7.5", "0.75"), ("1000", "100")]
)
def test_hours_are_converted_exactly(db: None, hours: str, credits: str) -> None:
    assert projects.credits_for(project("county", hours)) == Decimal(credits)


@pytest.mark.parametrize(("hours", "words"), [("10.25", "最多两位小数"), ("1001", "不能超过 100")])
def test_hours_that_make_no_credits_are_refused_with_the_sum(db: None, hours: str, words: str) -> None:
    refused(lambda: projects.credits_for(project("county", hours)), words)
    refused(lambda: projects.credits_for(project("county", hours)), "按 10 学时 1 学分")


def test_a_day_in_no_cycle_converts_to_nothing(db: None) -> None:
    before = project("county", "40", date(2017, 7, 10))
    refused(lambda: projects.credits_for(before), "2017 年 7 月 10 日不在任何培训周期里")


def test_a_category_may_have_a_conversion_of_its_own_in_one_cycle(db: None) -> None:
    cycle = TrainingCycle.objects.get(code="2018")
    ConversionRate.objects.create(cycle=cycle, category="national", hours_per_credit=8)
    assert projects.credits_for(project("national", "40")) == 5
    assert projects.credits_for(project("county", "40")) == 4
    assert projects.credits_for(project("national", "40", date(2024, 7, 10))) == 4


#: category, form → the hours of one credit, where 8 hold for national training and 20 for national training online
BY_FORM = {
    ("national", "online"): 20,
    ("national", "onsite"): 8,
    ("national", "blended"): 8,
    ("national", ""): 8,
    ("provincial", "online"): 16,
    ("provincial", "onsite"): 10,
    ("provincial", ""): 10,
    ("county", "online"): 10,
}


@pytest.mark.parametrize(("category", "form"), BY_FORM)
def test_a_form_converts_by_its_own_rate_else_its_categorys(category: str, form: str) -> None:
    cycle = TrainingCycle.objects.get(code="2018")
    for rate in (("national", "", 8), ("national", "online", 20), ("provincial", "online", 16)):
        ConversionRate.objects.create(cycle=cycle, category=rate[0], form=rate[1], hours_per_credit=rate[2])
    credits = projects.credits_for(project(category, "160", form=form))
    assert credits == Decimal(160) / BY_FORM[category, form]
    assert projects.credits_for(project(category, "160", date(2024, 7, 10), form)) == 16


def test_no_rate_by_form_is_shipped() -> None:
    assert not ConversionRate.objects.exists()


def test_one_category_and_form_has_one_rate() -> None:
    cycle = TrainingCycle.objects.get(code="2018")
    online = {"cycle": cycle, "category": "county", "form": "online", "hours_per_credit": 8}
    ConversionRate.objects.create(**online)
    ConversionRate.objects.create(**online | {"form": ""})
    with pytest.raises(ValidationError, match="这种形式"):
        ConversionRate(**online).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConversionRate.objects.create(**online)


def test_review_fixes_the_form_until_it_is_taken_back(place: Place) -> None:
    cycle = TrainingCycle.objects.get(code="2018")
    ConversionRate.objects.create(cycle=cycle, category="county", form="online", hours_per_credit=20)
    course = make_project(place.county, form="online", hours=40)
    result = make_result(place.teacher, course, status="entered")
    projects.review(course, [result.pk], place.above)
    result.refresh_from_db()
    assert (result.credits, result.form) == (2, "online")
    course.form = "onsite"
    projects.change(course, place.above)
    result.refresh_from_db()
    assert (result.credits, result.form) == (2, "online")
    projects.unreview(course, [result.pk], place.above)
    projects.review(course, [result.pk], place.above)
    result.refresh_from_db()
    assert (result.credits, result.form) == (4, "onsite")
