"""A school's plan, filed and reviewed above (credits-14, credits-15)."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from credits.models import (
    Event,
    SchoolPlan,
)
from credits.steps import plans
from helpdesk.common.decisions import Refusal
from tests.cast import (
    Place,
    make_activity,
    make_plan,
)
from tests.credits.steps.helpers import history, refused, statement, summary

pytestmark = pytest.mark.usefixtures("cycles")


def test_a_plan_is_filed_returned_mended_and_approved_and_then_its_activities_count(place: Place) -> None:
    plan = plans.start(place.school, 2019, "", place.staff)
    make_activity(place.teacher, credits=3, plan=plan)
    refused(lambda: plans.file(plan, place.staff), "还没有内容")
    plans.rewrite(plan, "校本培训 10 次。", place.staff)
    plans.file(plan, place.staff)
    assert statement(place.teacher).self_directed.pending == 3
    refused(lambda: plans.rewrite(plan, "改", place.staff), "已经上报")
    refused(lambda: plans.send_back(plan, "  ", place.reviewer), "写明要改什么")
    plans.send_back(plan, "请写考核办法。", place.reviewer)
    assert summary(place.teacher).self_directed_pending == 0
    plans.rewrite(plan, "校本培训 10 次，写心得考核。", place.staff)
    plans.file(plan, place.staff)
    plans.take_back(plan, place.staff)
    plans.file(plan, place.staff)
    plans.approve(plan, "", place.reviewer)
    assert statement(place.teacher).self_directed.counted == 3
    assert summary(place.teacher).self_directed_counted == 3
    steps = ["新建方案", "修改方案", "上报", "退回修改", "修改方案", "上报", "撤回", "上报", "审核通过"]
    assert history(plan) == steps


def test_an_approved_plan_that_is_sent_back_counts_no_more(place: Place) -> None:
    activity = make_activity(place.teacher, credits=3)
    assert activity.plan
    plans.send_back(activity.plan, "发现没有按方案实施。", place.reviewer)
    assert statement(place.teacher).self_directed.counted == 0
    refused(lambda: plans.approve(activity.plan, "", place.reviewer), "只有已上报的方案可以审核")  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["staff", "school_reviewer", "nobody"])
def test_a_school_does_not_approve_its_own_plan(place: Place, who: str) -> None:
    plan = make_plan(place.school, status="filed")
    with pytest.raises(PermissionDenied):
        plans.approve(plan, "", getattr(place, who))
    with pytest.raises(PermissionDenied):
        plans.send_back(plan, "改", getattr(place, who))


def test_a_plan_is_discarded_only_while_nothing_rests_on_it(place: Place) -> None:
    plan = make_plan(place.school, status="draft")
    activity = make_activity(place.teacher, plan=plan)
    refused(lambda: plans.discard(plan, place.staff), "已经登记了活动")
    activity.delete()
    plans.discard(plan, place.staff)
    refused(lambda: plans.discard(make_plan(place.school), place.staff), "不能删除")
    with pytest.raises(PermissionDenied):
        plans.start(place.other, 2020, "", place.staff)


def test_a_refusal_leaves_no_event_behind(place: Place) -> None:
    plan = make_plan(place.school, status="approved")
    before = Event.objects.count()
    with pytest.raises(Refusal):
        plans.file(plan, place.staff)
    assert Event.objects.count() == before
    assert SchoolPlan.objects.get().status == "approved"
