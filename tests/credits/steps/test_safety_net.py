"""Safety-net training, published only when its plan is on record above (credits-11)."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from credits.models import (
    SafetyNetPlan,
)
from credits.steps import projects, safety_net
from tests.cast import (
    Place,
    make_project,
)
from tests.credits.steps.helpers import history, refused

pytestmark = pytest.mark.usefixtures("cycles")


def test_safety_net_training_is_published_only_when_its_plan_is_on_record_above(place: Place) -> None:
    project = make_project(place.county, category="safety_net", status="draft", hours=15)
    words = "要先作出预判、拟定方案、报上级备案"
    refused(lambda: projects.publish(project, place.reviewer), words)
    plan = safety_net.forecast(place.county, 2018, "全县有 40 人差 1.5 学分。", place.reviewer)
    refused(lambda: safety_net.file_upwards(plan, place.reviewer), "先作出预判、拟好方案")
    refused(lambda: safety_net.draw_up(plan, plan.forecast, " ", place.reviewer), "请填写托底培训方案")
    safety_net.draw_up(plan, plan.forecast, "县里组织，线上 15 学时。", place.reviewer)
    safety_net.file_upwards(plan, place.reviewer)
    refused(lambda: projects.publish(project, place.reviewer), words)
    with pytest.raises(PermissionDenied):  # one's own filing is recorded above
        safety_net.put_on_record(plan, "", place.reviewer)
    safety_net.return_for_changes(plan, "请写明平台。", place.above)
    safety_net.draw_up(plan, plan.forecast, "县里组织，线上 15 学时，用省平台。", place.reviewer)
    safety_net.file_upwards(plan, place.reviewer)
    refused(lambda: safety_net.carry_out(plan, place.reviewer), "上级备案以后才能组织实施")
    safety_net.put_on_record(plan, "", place.above)
    projects.publish(project, place.reviewer)
    safety_net.carry_out(plan, place.reviewer)
    assert history(plan) == [
        *("作出预判", "拟定方案", "报上级备案", "退回修改", "拟定方案", "报上级备案", "备案", "组织实施")
    ]
    plan.refresh_from_db()
    assert plan.status == "under_way"


def test_a_schools_safety_net_and_a_second_one_of_a_year_are_refused(place: Place) -> None:
    refused(lambda: safety_net.forecast(place.school, 2018, "差。", place.staff), "学校不能提")
    safety_net.forecast(place.county, 2018, "差。", place.reviewer)
    refused(lambda: safety_net.forecast(place.county, 2018, "差。", place.reviewer), "已经有托底培训方案了")
    assert SafetyNetPlan.objects.count() == 1


def test_the_plan_of_another_year_does_not_serve(place: Place) -> None:
    plan = safety_net.forecast(place.county, 2019, "差。", place.reviewer)
    safety_net.draw_up(plan, "差。", "补。", place.reviewer)
    safety_net.file_upwards(plan, place.reviewer)
    safety_net.put_on_record(plan, "", place.above)
    in_2018 = make_project(place.county, category="safety_net", status="draft", ends_on=date(2019, 8, 31))
    in_2019 = make_project(place.county, category="safety_net", status="draft", ends_on=date(2019, 9, 1))
    refused(lambda: projects.publish(in_2018, place.reviewer), "2018—2019 学年")
    projects.publish(in_2019, place.reviewer)
