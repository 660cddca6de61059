"""The pages of one teacher's activities and degrees, and the trial that saves nothing."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from credits.models import (
    DegreeAward,
    SafetyNetPlan,
    SelfDirectedActivity,
    StatementAccess,
    TrainingResult,
)
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_offset,
    make_plan,
    make_project,
    make_result,
)
from tests.credits.posting import activity_data, errors_of, said

pytestmark = pytest.mark.usefixtures("cycles")


# --- a teacher's records -----------------------------------------------------------------------------------------


def test_an_activity_is_entered_changed_and_deleted(place: Place) -> None:
    plan = make_plan(place.school)
    client, here = place.client("staff"), f"/credits/teachers/{place.teacher.public_id}"
    said(client, f"{here}/activities/new/", activity_data())
    row = SelfDirectedActivity.objects.get()
    assert (row.activity, row.level, row.count, row.plan) == ("open_class", "school", 2, plan)
    body = said(client, f"{here}/activities/{row.pk}/", activity_data(activity="other", amount="25.5"))
    assert "25.5 学时" in body
    row.refresh_from_db()
    assert (row.count, row.hours, row.level) == (None, Decimal("25.5"), "")
    said(client, f"{here}/activities/{row.pk}/delete/", {})
    assert not SelfDirectedActivity.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": "2.5"}, "要填整数"),
        ({"amount": "NaN"}, "请填数字"),
        ({"completed_on": "2019-02-30"}, "没有这一天"),
        ({"completed_on": "2021-10-12"}, "校本研修方案：请先新建方案"),
        ({"completed_on": "2017-10-12"}, "不在任何培训周期里"),
        ({"completed_on": "2027-10-12"}, "还没到"),
        ({"activity": "singing"}, "没有这个选项"),
    ],
)
def test_a_wrong_activity_is_told_and_kept(place: Place, fields: dict[str, str], words: str) -> None:
    make_plan(place.school)
    path = f"/credits/teachers/{place.teacher.public_id}/activities/new/"
    body = said(place.client("staff"), path, activity_data(**fields))
    assert words in body
    assert 'value="评课表"' in body
    assert not SelfDirectedActivity.objects.exists()


def test_a_degree_is_entered_and_credited(place: Place) -> None:
    school, county = place.client("staff"), place.client("reviewer")
    data = {"level": "master", "title": "某大学", "awarded_on": "2020.6.30"}
    body = said(school, f"/credits/teachers/{place.teacher.public_id}/degrees/new/", data)
    assert "等待桃源县认定学分" in body
    degree = DegreeAward.objects.get()
    here = f"/credits/degrees/{degree.pk}/"
    assert school.post(here, {"step": "credit", "credits": "5"}).status_code == 403
    assert "请填写认定的学分" in said(county, here, {"step": "credit", "credits": ""})
    assert "学分不能超过 100" in said(county, here, {"step": "credit", "credits": "101"})
    assert "已认定" in said(county, here, {"step": "credit", "credits": "５"})
    degree.refresh_from_db()
    assert degree.credits == 5


@pytest.mark.parametrize("kind", ["degree", "plan", "safety net"])
def test_returning_without_a_word_is_told_once(place: Place, kind: str) -> None:
    net: dict[str, Any] = {"organization": place.county, "school_year": 2019, "forecast": "差。", "content": "补。"}
    net |= {"status": "filed", "filed_at": timezone.now()}
    path = {
        "degree": lambda: f"degrees/{make_degree(place.teacher, credits=None).pk}/",
        "plan": lambda: f"plans/{make_plan(place.school, status='filed').pk}/",
        "safety net": lambda: f"safety-net/{SafetyNetPlan.objects.create(**net).pk}/",
    }[kind]()
    client = place.client("above")
    body = said(client, f"/credits/{path}", {"step": "send_back", "feedback": " ", "credits": "5"})
    assert errors_of(body) == {"feedback": ["退回时请写明要改什么。"]}
    assert body.count("退回时请写明要改什么。") == 1
    assert "有 1 处需要修改" in body
    if kind == "degree":
        assert 'value="5"' in body


def test_a_refusal_of_no_field_stands_above(place: Place) -> None:
    degree = make_degree(place.teacher)
    body = said(place.client("reviewer"), f"/credits/degrees/{degree.pk}/", {"step": "credit", "credits": "5"})
    assert body.count("的学历可以认定。") == 1
    assert errors_of(body) == {}


def test_a_degree_before_employment_is_to_be_returned(place: Place) -> None:
    early = make_degree(place.teacher, credits=None, awarded_on=date(2009, 6, 30))
    late = make_degree(place.teacher, credits=None)
    client = place.client("reviewer")
    body = client.get(f"/credits/degrees/{early.pk}/").content.decode()
    assert re.findall(r'class="btn (btn-\w+)" name="step" value="(\w+)"', body) == [
        ("btn-primary", "send_back"),
        ("btn-quiet", "credit"),
    ]
    [comment] = re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", body, re.S)
    assert comment == (
        "学历取得日期（2009 年 6 月 30 日）早于正式任教日期（2010 年 9 月 1 日），不能冲抵（学分问答第 5 条）；"
        "日期有误的，请改好再登记。"
    )
    said(client, f"/credits/degrees/{early.pk}/", {"step": "send_back", "feedback": comment})
    early.refresh_from_db()
    assert (early.status, early.feedback) == ("returned", comment)
    body = client.get(f"/credits/degrees/{late.pk}/").content.decode()
    assert re.findall(r'class="btn (btn-\w+)" name="step" value="(\w+)"', body) == [
        ("btn-primary", "credit"),
        ("btn-quiet", "send_back"),
    ]
    assert re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", body, re.S) == [""]


def test_the_same_degree_twice_is_refused_in_words(place: Place) -> None:
    make_degree(place.teacher, credits=None)
    data = {"level": "master", "title": "", "awarded_on": "2020-06-30"}
    body = said(place.client("staff"), f"/credits/teachers/{place.teacher.public_id}/degrees/new/", data)
    assert "这个学历已经登记过了" in body
    assert DegreeAward.objects.count() == 1


def test_another_offset_goes_its_whole_way_by_the_pages(place: Place) -> None:
    school, county = place.client("staff"), place.client("reviewer")
    of_teacher = f"/credits/teachers/{place.teacher.public_id}/"
    data = {"basis": "课题结题", "evidence": "证书 118", "awarded_on": "2020.5.1"}
    body = said(school, f"{of_teacher}offsets/new/", data)
    assert "等待桃源县认定学分" in body
    assert "课题结题（证书 118）" in body
    offset = place.teacher.offsets.get()
    assert "课题结题，2020 年 5 月 1 日" in county.get("/credits/work/").content.decode()
    here = f"/credits/offsets/{offset.pk}/"
    assert school.post(here, {"step": "credit", "credits": "5"}).status_code == 403
    page = county.get(here).content.decode()
    assert "资料没有写明计多少学分" in page
    assert "正式任教日期" not in page
    said(county, here, {"step": "send_back", "feedback": "请写明文号。"})
    assert "课题结题（请写明文号。）" in school.get("/credits/work/").content.decode()
    said(school, f"{of_teacher}offsets/{offset.pk}/", data | {"evidence": "文号 7"})
    assert "已认定" in said(county, here, {"step": "credit", "credits": "２．５"})
    body = place.client("herself").get("/credits/mine/?cycle=2018").content.decode()
    assert "2020 年 5 月 1 日其他途径冲抵（课题结题）2.5 学分，全部计入统筹。" in body
    assert "其他途径冲抵：课题结题" in body
    refused = school.post(f"{of_teacher}offsets/{offset.pk}/delete/", follow=True).content.decode()
    assert "已经认定的其他冲抵不能改，也不能删" in refused


def test_the_same_offset_twice_is_refused_in_words(place: Place) -> None:
    make_offset(place.teacher, credits=None)
    data = {"basis": "自学课程", "evidence": "", "awarded_on": "2020-05-01"}
    body = said(place.client("staff"), f"/credits/teachers/{place.teacher.public_id}/offsets/new/", data)
    assert "这位教师的这项冲抵已经登记过了" in body
    assert place.teacher.offsets.count() == 1


def test_an_offset_before_employment_may_be_credited(place: Place) -> None:
    early = make_offset(place.teacher, credits=None, awarded_on=date(2009, 6, 30))
    assert "已认定" in said(
        place.client("reviewer"), f"/credits/offsets/{early.pk}/", {"step": "credit", "credits": "2"}
    )


def test_the_records_page_shows_what_was_entered(place: Place) -> None:
    make_result(place.teacher, make_project(place.county, name="骨干班"), status="entered")
    make_activity(place.teacher, "lesson_observation")
    make_degree(place.teacher, credits=None)
    body = place.client("staff").get(f"/credits/teachers/{place.teacher.public_id}/records/").content.decode()
    for words in ("骨干班", "已登记，待审核", "20 节", "已通过", "硕士", "已登记，待认定"):
        assert words in body


# --- what is under way, and what if ------------------------------------------------------------------------------


def test_a_teacher_sees_what_waits_with_whom(place: Place) -> None:
    make_result(place.teacher, make_project(place.county, name="骨干班"), status="entered")
    make_activity(place.teacher, plan=make_plan(place.school, status="filed"))
    make_activity(place.teacher, plan=make_plan(place.school, 2020, status="returned"), completed_on=date(2020, 10, 1))
    make_degree(place.teacher, credits=None)
    make_offset(place.teacher, credits=None)
    body = place.client("herself").get("/credits/mine/?cycle=2018").content.decode()
    text = re.sub(r"<[^>]+>", "", body)
    assert "骨干班（培训成绩）：等待审核。等桃源县审核" in text
    assert "硕士学历：等待认定学分。等桃源县审核" in text
    assert "其他途径冲抵（自学课程）：等待认定学分。等桃源县审核" in text
    assert "里的 1 项活动：方案已上报，等待审核。等桃源县审核" in text
    assert "方案被退回，要修改：请补充考核办法。等桃源一小办理" in text


def test_a_trial_adds_records_and_saves_nothing(place: Place) -> None:
    make_result(place.teacher, make_project(place.county, name="骨干班"), credits=4)
    path = f"/credits/teachers/{place.teacher.public_id}/what-if/"
    client = place.client("staff")
    body = client.get(f"{path}?cycle=2018").content.decode()
    assert "<strong>4</strong> / 26 学分" in body
    row = {"category": "provincial", "credits": "6", "completed_on": "2022-07-01", "converted": "on", "project": ""}
    data = {
        "cycle": "2018",
        "as_of": "2023-08-31",
        "position": "teaching",
        "formally_employed_on": "2010-09-01",
        "coordinated-TOTAL_FORMS": "1",
        "coordinated-INITIAL_FORMS": "0",
        **{f"coordinated-0-{name}": value for name, value in row.items()},
    }
    body = client.post(path, data).content.decode()
    assert "<strong>10</strong> / 26 学分" in body
    assert "骨干班" in body
    assert "假设：统筹 1" in body
    assert "统筹已得 4 学分，还差 22" in body
    assert TrainingResult.objects.count() == 1
    assert place.teacher.summaries.get(cycle__code="2018").coordinated_counted == 4
    assert set(StatementAccess.objects.values_list("kind", "viewer_name")) == {("what_if", "staff")}


def test_a_trial_keeps_mistakes_and_adds_rows(place: Place) -> None:
    client = place.client("herself")
    data = {"cycle": "2018", "position": "teaching", "coordinated-0-credits": "很多", "add": "degrees"}
    body = client.post("/credits/mine/what-if/", data).content.decode()
    assert 'value="很多"' in body
    assert 'name="degrees-0-level"' in body
    del data["add"]
    assert "请填数字" in client.post("/credits/mine/what-if/", data).content.decode()
    assert not StatementAccess.objects.exists()


def test_a_teacher_reaches_no_one_elses_what_if(place: Place) -> None:
    client = place.client("herself")
    assert client.get(f"/credits/teachers/{place.stranger.public_id}/what-if/").status_code == 404
    assert client.get(f"/credits/teachers/{place.teacher.public_id}/what-if/").status_code == 404


# --- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["plans/{0}/", "plans/{0}/edit/", "safety-net/{0}/", "degrees/{0}/", "offsets/{0}/"])
@pytest.mark.parametrize("number", ["0", "99999999", "9" * 20, "9" * 400])
def test_numbers_beyond_all_bounds_are_not_found(place: Place, path: str, number: str) -> None:
    assert place.client("superuser").get(f"/credits/{path.format(number)}").status_code == 404


@pytest.mark.parametrize("query", ["page=-1", "page=1e9", "page=１", "status=x", "q=%00", "q=" + "学" * 500])
@pytest.mark.parametrize("path", ["projects/", "plans/", "degrees/", "offsets/", "safety-net/"])
def test_no_query_breaks_a_list(place: Place, path: str, query: str) -> None:
    assert place.client("reviewer").get(f"/credits/{path}?{query}").status_code == 200
