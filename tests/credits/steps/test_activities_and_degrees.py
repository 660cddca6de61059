"""Activities under their school's plan, and degrees that a reviewer credits (credits-05, -09, -10)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from credits.models import (
    DegreeAward,
    Event,
    OffsetAward,
    SelfDirectedActivity,
    Teacher,
)
from credits.steps import activities, awards, people
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_offset,
    make_plan,
)
from tests.credits.steps.helpers import history, refused, statement, summary

pytestmark = pytest.mark.usefixtures("cycles")


def test_an_activity_stands_under_the_plan_of_the_school_where_the_teacher_then_was(place: Place) -> None:
    plan = make_plan(place.school, 2019)
    make_plan(place.other, 2020)
    place.teacher.transfer(place.other, date(2020, 9, 1))
    activity = SelfDirectedActivity(
        teacher=place.teacher, activity="school_training", credits=Decimal(1), completed_on=date(2020, 8, 31)
    )
    activities.save_activity(activity, place.reviewer, in_plan=True)
    assert activity.plan == plan
    activity.completed_on = date(2020, 9, 1)
    activities.save_activity(activity, place.reviewer, in_plan=True)
    assert activity.plan
    assert activity.plan.school == place.other
    activity.completed_on = date(2021, 9, 1)
    refused(lambda: activities.save_activity(activity, place.reviewer, in_plan=True), "还没有 2021—2022 学年")
    activities.save_activity(activity, place.reviewer, in_plan=False)
    assert activity.plan is None
    assert history(activity) == ["登记活动", "修改活动", "修改活动"]
    activities.remove_activity(activity, place.reviewer)
    assert Event.objects.filter(action="删除活动").exists()


def test_activities_and_degrees_of_other_schools_are_out_of_reach(place: Place) -> None:
    make_plan(place.other)
    activity = make_activity(place.stranger)
    degree = make_degree(place.stranger, credits=None)
    for step in (
        lambda: activities.save_activity(activity, place.staff, in_plan=False),
        lambda: activities.remove_activity(activity, place.staff),
        lambda: awards.save(degree, place.staff),
        lambda: awards.remove(degree, place.staff),
    ):
        with pytest.raises(PermissionDenied):
            step()
    activity.teacher = place.teacher  # not by saying it were one's own, either
    with pytest.raises(PermissionDenied):
        activities.save_activity(activity, place.staff, in_plan=False)


def test_a_degree_is_entered_returned_mended_and_credited_by_the_reviewer(place: Place) -> None:
    degree = DegreeAward(teacher=place.teacher, level="master", awarded_on=date(2020, 6, 30))
    awards.save(degree, place.staff)
    assert statement(place.teacher).coordinated.counted == 0
    for who in (place.staff, place.school_reviewer):
        with pytest.raises(PermissionDenied):
            awards.credit(degree, Decimal(5), who)
    refused(lambda: awards.send_back(degree, "", place.reviewer), "写明要改什么")
    awards.send_back(degree, "请补学位证。", place.reviewer)
    degree.refresh_from_db()
    degree.title = "某大学 教育学"
    awards.save(degree, place.staff)
    assert DegreeAward.objects.get().feedback == ""
    awards.credit(degree, Decimal(5), place.reviewer)
    assert statement(place.teacher).coordinated.counted == 5
    assert summary(place.teacher).coordinated_counted == 5
    degree.refresh_from_db()
    refused(lambda: awards.save(degree, place.staff), "请审核员先退回")
    refused(lambda: awards.remove(degree, place.staff), "请审核员先退回")
    awards.send_back(degree, "认定错了。", place.reviewer)
    assert statement(place.teacher).coordinated.counted == 0
    awards.remove(degree, place.staff)
    assert history(degree) == ["登记学历", "退回修改", "修改学历", "认定", "退回修改", "删除学历"]


def test_another_offset_is_entered_returned_mended_and_credited_by_the_reviewer(place: Place) -> None:
    offset = OffsetAward(teacher=place.teacher, basis="课题", awarded_on=date(2020, 5, 1))
    awards.save(offset, place.staff)
    assert statement(place.teacher).coordinated.counted == 0
    for who in (place.staff, place.school_reviewer):
        with pytest.raises(PermissionDenied):
            awards.credit(offset, Decimal(5), who)
    awards.send_back(offset, "请补证书。", place.reviewer)
    offset.refresh_from_db()
    offset.evidence = "证书 118"
    awards.save(offset, place.staff)
    awards.credit(offset, Decimal("2.5"), place.reviewer)
    assert statement(place.teacher).coordinated.by_category["other_offset"] == Decimal("2.5")
    assert summary(place.teacher).coordinated_counted == Decimal("2.5")
    offset.refresh_from_db()
    refused(lambda: awards.save(offset, place.staff), "请审核员先退回")
    awards.send_back(offset, "认定错了。", place.reviewer)
    assert summary(place.teacher).coordinated_counted == 0
    awards.remove(offset, place.staff)
    assert history(offset) == ["登记其他冲抵", "退回修改", "修改其他冲抵", "认定", "退回修改", "删除其他冲抵"]


@pytest.mark.parametrize("make", [make_degree, make_offset])
@pytest.mark.parametrize("credits", ["0", "-1", "100.01", "1.234"])
def test_credits_of_an_award_are_in_bounds(place: Place, credits: str, make: Any) -> None:
    degree = make(place.teacher, credits=None)
    with pytest.raises(ValidationError):
        awards.credit(degree, Decimal(credits), place.reviewer)
    degree.refresh_from_db()
    assert degree.status == "entered"


def test_the_same_activity_is_entered_once(place: Place) -> None:
    make_plan(place.school)

    def enter(evidence: str) -> None:
        row = SelfDirectedActivity(
            teacher=place.teacher,
            activity="lesson_observation",
            count=10,
            completed_on=date(2019, 10, 12),
            has_record=True,
            evidence=evidence,
        )
        activities.save_activity(row, place.staff, in_plan=True)

    enter("听课本 1")
    refused(lambda: enter("听课本 1"), "已经登记过听课")
    enter("听课本 2")
    assert SelfDirectedActivity.objects.count() == 2


def test_saving_an_activity_again_does_not_move_it_to_another_schools_plan(place: Place) -> None:
    draft = make_plan(place.school, status="draft")
    make_plan(place.other)
    activity = make_activity(place.teacher, plan=draft)
    people.transfer(place.teacher, place.other, date(2018, 9, 1), place.reviewer)
    activity = SelfDirectedActivity.objects.get()
    activities.save_activity(activity, place.reviewer, in_plan=True)
    assert SelfDirectedActivity.objects.get().plan == draft


def test_a_school_enters_nothing_under_the_plan_of_a_school_before(place: Place) -> None:
    make_plan(place.school)
    people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer)
    new_staff = place.works("new_staff", place.other)
    activity = SelfDirectedActivity(
        teacher=Teacher.objects.get(pk=place.teacher.pk),
        activity="school_training",
        credits=Decimal(1),
        completed_on=date(2019, 10, 12),
    )
    refused(lambda: activities.save_activity(activity, new_staff, in_plan=True), "这位教师在别的学校")


def test_a_degree_before_formal_employment_is_not_credited(place: Place) -> None:
    degree = make_degree(place.teacher, credits=None, awarded_on=date(2010, 8, 31))
    refused(lambda: awards.credit(degree, Decimal(5), place.reviewer), "不能冲抵")
    same_day = make_degree(place.teacher, credits=None, awarded_on=date(2010, 9, 1))
    awards.credit(same_day, Decimal(5), place.reviewer)
