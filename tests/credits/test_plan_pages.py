"""The pages of plans, of schools and for the safety net: filed, returned, approved."""

from __future__ import annotations

import re

import pytest

from credits.models import (
    SafetyNetPlan,
    SchoolPlan,
)
from credits.statements.calendar import school_year, today
from tests.cast import (
    Place,
    make_plan,
)
from tests.credits.posting import errors_of, said

pytestmark = pytest.mark.usefixtures("cycles")


# --- plans -------------------------------------------------------------------------------------------------------


def test_a_plan_goes_its_whole_way(place: Place) -> None:
    school, county = place.client("staff"), place.client("reviewer")
    data = {"school": place.school.pk, "school_year": 2026, "content": "校本培训 10 次。"}
    assert "草稿已保存" in said(school, "/credits/plans/new/", data)
    plan = SchoolPlan.objects.get()
    here = f"/credits/plans/{plan.pk}/"
    assert "等待桃源县审核" in said(school, here, {"step": "file"})
    body = said(county, here, {"step": "send_back", "feedback": ""})
    assert errors_of(body) == {"feedback": ["退回时请写明要改什么。"]}
    assert "已退回" in said(county, here, {"step": "send_back", "feedback": "请写考核办法。"})
    assert "请写考核办法。" in school.get("/credits/work/").content.decode()
    said(school, f"{here}edit/", {"content": "校本培训 10 次，写心得。"})
    said(school, here, {"step": "file"})
    assert "已通过" in said(county, here, {"step": "approve", "feedback": "很好。"})
    body = school.get(here).content.decode()
    assert "很好。" in body
    assert re.findall(r"<strong>(上报|退回修改|审核通过)</strong>，(\w+)", body) == [
        ("审核通过", "桃源县"),
        ("上报", "staff"),
        ("退回修改", "桃源县"),
        ("上报", "staff"),
    ]


def test_a_long_comment_is_kept_when_refused(place: Place) -> None:
    plan = make_plan(place.school, status="filed")
    long = "请" * 501
    body = said(place.client("reviewer"), f"/credits/plans/{plan.pk}/", {"step": "send_back", "feedback": long})
    assert long in body
    assert SchoolPlan.objects.get().status == "filed"


def test_a_refused_step_keeps_what_was_typed(place: Place) -> None:
    plan = make_plan(place.school, status="approved")
    body = said(place.client("reviewer"), f"/credits/plans/{plan.pk}/", {"step": "approve", "feedback": "同意，很好"})
    assert "只有已上报的方案可以审核" in body
    assert "同意，很好" in body


def test_a_second_plan_of_a_year_is_refused(place: Place) -> None:
    make_plan(place.school, 2026)
    data = {"school": place.school.pk, "school_year": 2026, "content": "写了很多。"}
    body = said(place.client("staff"), "/credits/plans/new/", data)
    assert "已经有方案了" in body
    assert "写了很多。" in body


def test_a_school_neither_approves_nor_sees_others(place: Place) -> None:
    own, other = make_plan(place.school, status="filed"), make_plan(place.other, status="filed")
    client = place.client("staff")
    assert 'value="approve"' not in client.get(f"/credits/plans/{own.pk}/").content.decode()
    assert client.post(f"/credits/plans/{own.pk}/", {"step": "approve"}).status_code == 403
    assert client.get(f"/credits/plans/{other.pk}/").status_code == 404
    assert place.other.name not in client.get("/credits/plans/").content.decode()


@pytest.mark.parametrize("step", ["", "no-such-step", "approve%00"])
def test_a_step_that_is_none_is_not_found(place: Place, step: str) -> None:
    plan = make_plan(place.school, status="filed")
    assert place.client("reviewer").post(f"/credits/plans/{plan.pk}/", {"step": step}).status_code == 404


def test_safety_net_training_goes_its_four_steps(place: Place) -> None:
    county, city = place.client("reviewer"), place.client("above")
    data = {"organization": place.county.pk, "school_year": 2026, "forecast": "全县 40 人差 1.5 学分。"}
    said(county, "/credits/safety-net/new/", data)
    plan = SafetyNetPlan.objects.get()
    here = f"/credits/safety-net/{plan.pk}/"
    said(county, f"{here}edit/", {"forecast": plan.forecast, "content": "线上 15 学时。"})
    assert "等待桃源市备案" in said(county, here, {"step": "file"})
    assert "桃源县 2026—2027 学年托底培训方案" in city.get("/credits/work/").content.decode()
    said(city, here, {"step": "put_on_record"})
    assert "组织实施" in said(county, here, {"step": "carry_out"})
    plan.refresh_from_db()
    assert plan.status == "under_way"
    assert place.client("staff").get("/credits/safety-net/new/").status_code == 403


# --- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "name"), [("plans/new/", "school"), ("projects/new/", "organizer")])
def test_a_real_choice_is_left_open(place: Place, path: str, name: str) -> None:
    def first(who: str) -> str:
        body = place.client(who).get(f"/credits/{path}").content.decode()
        return re.findall(rf'<select name="{name}".*?<option value="(\d*)"', body, re.S)[0]

    assert first("staff") == str(place.school.pk)
    assert first("reviewer") == ""
    body = said(place.client("reviewer"), f"/credits/{path}", {name: ""})
    assert errors_of(body)[name] == ["请选择。"]


@pytest.mark.parametrize(("who", "path"), [("staff", "plans/new/"), ("reviewer", "safety-net/new/")])
def test_a_plan_is_for_this_school_year_first(place: Place, who: str, path: str) -> None:
    body = place.client(who).get(f"/credits/{path}").content.decode()
    assert re.findall(r'<option value="(\d{4})" selected', body) == [str(school_year(today()))]
