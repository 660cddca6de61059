"""The pages on which the processes are gone through: who gets in, what they say, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from credits.citations import cited
from credits.ledger import school_year, today
from credits.models import (
    DegreeAward,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    StatementAccess,
    TrainingProject,
    TrainingResult,
)
from credits.processes import projects as steps

from .place import Place
from .rows import make_activity, make_degree, make_organization, make_plan, make_project, make_result, make_teacher

pytestmark = pytest.mark.usefixtures("cycles")


def said(client: Client, path: str, data: dict[str, Any]) -> str:
    """The page after a POST, wherever it leads."""
    return client.post(path, data, follow=True).content.decode()


def errors_of(body: str) -> dict[str, list[str]]:
    """The sentences at each field of a form; none may stand at its head."""
    found: dict[str, list[str]] = {}
    for name, sentence in re.findall(r'<p id="error_\d+_id_(\w+)"><strong>(.*?)</strong></p>', body):
        found.setdefault(name, []).append(sentence)
    assert "alert-danger" not in body
    return found


def project_data(place: Place, **fields: Any) -> dict[str, Any]:
    return {
        "name": "县级语文骨干班",
        "code": "Y-01",
        "organizer": place.county.pk,
        "category": "county",
        "hours": "４０",
        "converted": "on",
        "starts_on": "",
        "ends_on": "２０１９年７月１０日",
    } | fields


# --- projects ----------------------------------------------------------------------------------------------------


def test_a_project_goes_its_whole_way_through_the_pages(place: Place) -> None:
    county = place.client("reviewer")
    body = said(county, "/credits/projects/new/", project_data(place))
    assert "还没有发布" in body
    assert "折 4 学分" in body
    here = "/credits/projects/Y-01/"
    assert "已发布" in said(county, here, {"step": "publish"})
    school = place.client("staff")
    assert "已登记 1 位教师的成绩" in said(school, f"{here}enter/", {"numbers": "Ａ-1 30"})
    result = TrainingResult.objects.get()
    assert (result.hours, result.status) == (30, "entered")
    assert "县级语文骨干班：1 条" in county.get("/credits/work/").content.decode()
    assert "已审核 1 条。" in said(county, here, {"step": "review", "result": [result.pk]})
    result.refresh_from_db()
    assert (result.status, result.credits) == ("reviewed", 3)
    assert "现在没有等您办理的事" in county.get("/credits/work/").content.decode()


def test_a_wrong_project_keeps_what_was_typed_and_says_what_is_wrong(place: Place) -> None:
    data = project_data(place, hours="四十", ends_on="2019-02-30", category="", code="A 1")
    body = place.client("reviewer").post("/credits/projects/new/", data).content.decode()
    for words in ("请填数字，如 4 或 1.5", "没有这一天", "请选择", "只能用字母、数字和短横线"):
        assert words in body
    assert 'value="四十"' in body
    assert 'value="县级语文骨干班"' in body
    assert not TrainingProject.objects.exists()


def test_a_project_is_organized_by_those_in_charge_only(place: Place) -> None:
    body = place.client("staff").post("/credits/projects/new/", project_data(place)).content.decode()
    assert "没有这个选项" in body
    assert not TrainingProject.objects.exists()


@pytest.mark.parametrize("code", ["new", "NEW"])
def test_no_project_takes_the_code_of_an_address(place: Place, code: str) -> None:
    body = place.client("reviewer").post("/credits/projects/new/", project_data(place, code=code)).content.decode()
    assert "请换一个" in body


def test_results_are_entered_all_or_none_and_each_line_is_named(place: Place) -> None:
    project = make_project(place.county)
    make_result(make_teacher(place.school, staff_number="A-2", name="李四"), project)
    numbers = "A-1\nB-1 20\nA-2\nA-1\nA-1 x\nX-9"
    client = place.client("staff")
    body = client.post(f"/credits/projects/{project.code}/enter/", {"numbers": numbers}).content.decode()
    assert "第 2 行：没有找到编号是“B-1”的教师" in body  # another school's teacher does not exist here
    assert "第 3 行：李四在这个项目里已经有成绩了" in body
    assert "第 4 行：张三前面已经写过，请去掉这一行" in body
    assert "第 6 行：没有找到编号是“X-9”的教师" in body
    assert "A-1 x" in body
    assert project.results.count() == 1


def test_each_problem_of_a_field_stands_in_a_line_of_its_own_and_is_counted(place: Place) -> None:
    project = make_project(place.county)
    here = f"/credits/projects/{project.code}/enter/"
    body = said(place.client("staff"), here, {"numbers": "X-7\nX-8\nX-9"})
    assert "有 3 处需要改一改" in body
    lines = re.findall(r'<p id="error_\d_id_numbers"><strong>(.*?)</strong></p>', body)
    assert [line[:5] for line in lines] == ["第 1 行", "第 2 行", "第 3 行"]


def test_what_the_framework_would_say_is_said_in_plain_words(place: Place) -> None:
    make_project(place.county, code="Y-01")
    body = said(place.client("reviewer"), "/credits/projects/new/", project_data(place, name="长" * 300))
    assert "这个编号已经用了，请换一个。" in body
    assert re.search("最多 [0-9]+ 个字，现在有 300 个。", body)
    assert "确保" not in body and "已存在" not in body


def test_references_in_hints_and_leads_lead_to_the_entry(place: Place) -> None:
    body = place.client("staff").get("/credits/teachers/new/").content.decode()
    assert '（<a href="/faq/credits-05/">学分问答第 5 条</a>）' in body
    place.teacher.name = "<b>学分问答第 7 条"
    place.teacher.save()
    body = place.client("staff").get(f"/credits/teachers/{place.teacher.public_id}/degrees/new/").content.decode()
    assert '可以冲抵（<a href="/faq/credits-05/">学分问答第 5 条</a>）' in body
    assert cited("<i> 学分问答第 13 条、第 1 条") == (
        '&lt;i&gt; <a href="/faq/credits-13/">学分问答第 13 条</a>、第 1 条'
    )


def test_deleting_takes_two_steps_and_says_what_was_deleted(place: Place) -> None:
    project = make_project(place.county)
    result = make_result(place.teacher, project, status="entered")
    activity, degree = make_activity(place.teacher), make_degree(place.teacher, credits=None)
    client, records = place.client("staff"), f"/credits/teachers/{place.teacher.public_id}/"
    taken = {
        f"/credits/projects/{project.code}/results/{result.pk}/delete/": "已删除张三的成绩",
        f"{records}activities/{activity.pk}/delete/": "已删除张三的活动：",
        f"{records}degrees/{degree.pk}/delete/": "已删除张三的硕士学历（",
    }
    pages = client.get(f"/credits/projects/{project.code}/"), client.get(f"{records}records/")
    body = "".join(page.content.decode() for page in pages)
    for address, words in taken.items():
        second = f'<button class="btn btn-danger[^>]*formaction="{address}">确定删除'
        assert re.search(rf'<details class="confirm"><summary.*….*</summary>\n{second}', body)
        assert words in said(client, address, {})
    assert not (TrainingResult.objects.exists() or SelfDirectedActivity.objects.exists())


def test_another_conversion_asks_to_unreview_and_review_again(place: Place) -> None:
    project = make_project(place.county, converted=False)
    make_result(place.teacher, project)
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    assert "还是按修改以前的办法" not in client.get(here).content.decode()
    data = project_data(place, code=project.code, category="municipal")
    assert "取消审核" in client.get(f"{here}edit/").content.decode()
    said(client, f"{here}edit/", data)
    assert "有 1 条已审核的成绩还是按修改以前的办法折算的" in client.get(here).content.decode()
    said(client, here, {"step": "unreview", "all": "1"})
    said(client, here, {"step": "review", "all": "1"})
    assert "还是按修改以前的办法" not in client.get(here).content.decode()
    assert TrainingResult.objects.get().category == "municipal"


def test_the_hint_to_review_again_stands_for_the_tick_alone_too(place: Place) -> None:
    project = make_project(place.county, converted=False)
    make_result(place.teacher, project)
    TrainingProject.objects.update(converted=True)
    body = place.client("reviewer").get(f"/credits/projects/{project.code}/").content.decode()
    assert "有 1 条已审核的成绩还是按修改以前的办法折算的" in body


def test_nothing_chosen_is_told(place: Place) -> None:
    project = make_project(place.county)
    body = said(place.client("reviewer"), f"/credits/projects/{project.code}/", {"step": "review"})
    assert "没有选中待审核的成绩" in body


def test_a_school_sees_the_results_of_its_own_teachers_only(place: Place) -> None:
    project = make_project(place.county)
    make_result(place.teacher, project)
    foreign = make_result(place.stranger, project, status="entered")
    body = place.client("staff").get(f"/credits/projects/{project.code}/").content.decode()
    assert "张三" in body
    assert "王五" not in body
    path = f"/credits/projects/{project.code}/results/{foreign.pk}/delete/"
    assert place.client("staff").post(path).status_code == 404
    assert TrainingResult.objects.filter(pk=foreign.pk).exists()


def test_other_bodies_projects_and_drafts_above_do_not_exist(place: Place) -> None:
    elsewhere = make_project(make_organization("county"))
    draft = make_project(place.county, status="draft")
    client = place.client("staff")
    for project in (elsewhere, draft):
        assert client.get(f"/credits/projects/{project.code}/").status_code == 404
        assert project.name not in client.get("/credits/projects/").content.decode()
    assert place.client("reviewer").get(f"/credits/projects/{draft.code}/").status_code == 200


def test_a_project_with_reviewed_results_is_not_deleted_by_its_button(place: Place) -> None:
    project = make_project(place.county)
    make_result(place.teacher, project)
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    body = client.get(here).content.decode()
    assert "先取消审核这 1 条，才能删除" in body
    assert 'value="delete"' not in body
    assert "有已审核的成绩，不能删除" in said(client, here, {"step": "delete"})
    assert TrainingProject.objects.exists()
    body = said(client, here, {"step": "unreview", "all": "1"})
    assert 'value="delete"' in body
    assert "才能删除（" in body and "先取消审核这" not in body


def test_what_another_school_reviewed_keeps_the_button_away_too(place: Place) -> None:
    project = make_project(place.school)
    make_result(place.stranger, project)
    body = place.client("staff").get(f"/credits/projects/{project.code}/").content.decode()
    assert "先取消审核这 1 条，才能删除" in body
    assert 'value="delete"' not in body


def test_each_filter_offers_what_can_be_done_under_it_and_one_stays_there(place: Place) -> None:
    project = make_project(place.county)
    entered, reviewed = make_result(place.teacher, project, status="entered"), make_result(place.stranger, project)
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    offered = {
        "": ["审核选中的", "取消审核选中的", "审核全部 1 条待审核的", "确定取消审核全部 1 条"],
        "?status=entered": ["审核选中的", "审核全部 1 条待审核的"],
        "?status=reviewed": ["取消审核选中的", "确定取消审核全部 1 条"],
    }
    for query, buttons in offered.items():
        body = client.get(f"{here}{query}").content.decode()
        assert re.findall(r"<button[^>]*>((?:确定)?(?:取消)?审核[^<]*)<", body) == buttons, query
        sent = re.findall(r'name="status" value="(.*?)"', body)
        assert len(sent) > 1 and set(sent) == {query.partition("=")[2]}
    for status, then in (("reviewed", "?status=reviewed"), ("all", ""), ("x&y=1", ""), ("", "")):
        for step, row in (("unreview", reviewed), ("review", reviewed), ("review", reviewed)):
            answer = client.post(here, {"step": step, "result": row.pk, "status": status})
            assert answer.headers["Location"] == f"{here}{then}"
    assert "已审核 1 条。" in said(client, here, {"step": "review", "result": entered.pk, "status": "entered"})
    assert "已取消审核 2 条。" in said(client, here, {"step": "unreview", "all": "1", "status": "reviewed"})


def test_taking_back_all_reviews_takes_two_steps_and_says_what_follows(place: Place) -> None:
    project = make_project(place.county)
    make_result(place.teacher, project)
    body = place.client("reviewer").get(f"/credits/projects/{project.code}/").content.decode()
    [form] = [one for one in re.findall(r"<form.*?</form>", body, re.S) if 'value="unreview"' in one and "全部" in one]
    assert re.search(r'<details class="confirm"><summary[^>]*>取消审核全部 1 条….*先减去.*<button.*确定', form, re.S)
    assert '<input type="hidden" name="step" value="unreview">' in form
    assert form.count("<button") == 1


def test_a_school_reads_in_a_projects_history_what_it_entered_and_not_what_others_did(place: Place) -> None:
    project = make_project(place.county)
    other = place.works("of_the_other", place.other)
    steps.enter(project, {place.teacher: Decimal(40)}, place.staff)
    steps.enter(project, {place.stranger: Decimal(40)}, other)
    here = f"/credits/projects/{project.code}/"
    seen = {who: place.client(who).get(here).content.decode() for who in ("staff", "reviewer")}
    assert "<strong>登记成绩</strong>，staff：1 条。" in seen["staff"]
    assert "of_the_other" not in seen["staff"]
    assert "<strong>登记成绩</strong>，of_the_other：1 条。" in seen["reviewer"]


# --- plans -------------------------------------------------------------------------------------------------------


def test_a_plan_goes_its_whole_way_through_the_pages(place: Place) -> None:
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
        ("审核通过", "reviewer"),
        ("上报", "staff"),
        ("退回修改", "reviewer"),
        ("上报", "staff"),
    ]


def test_a_reviewers_long_words_are_kept_when_they_are_refused(place: Place) -> None:
    plan = make_plan(place.school, status="filed")
    long = "请" * 501
    body = said(place.client("reviewer"), f"/credits/plans/{plan.pk}/", {"step": "send_back", "feedback": long})
    assert long in body
    assert SchoolPlan.objects.get().status == "filed"


def test_what_was_typed_stays_when_a_step_is_refused(place: Place) -> None:
    plan = make_plan(place.school, status="approved")
    body = said(place.client("reviewer"), f"/credits/plans/{plan.pk}/", {"step": "approve", "feedback": "同意，很好"})
    assert "只有已上报的方案可以审核" in body
    assert "同意，很好" in body


def test_a_second_plan_of_a_year_is_refused_at_its_field(place: Place) -> None:
    make_plan(place.school, 2026)
    data = {"school": place.school.pk, "school_year": 2026, "content": "写了很多。"}
    body = said(place.client("staff"), "/credits/plans/new/", data)
    assert "已经有方案了" in body
    assert "写了很多。" in body


def test_a_school_is_offered_neither_approval_nor_other_schools_plans(place: Place) -> None:
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


def test_safety_net_training_goes_its_four_steps_through_the_pages(place: Place) -> None:
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


# --- a teacher's records -----------------------------------------------------------------------------------------


def activity_data(**fields: Any) -> dict[str, Any]:
    data = {"activity": "open_class:school", "amount": "2", "completed_on": "2019-10-12", "has_record": "on"}
    return data | {"in_plan": "on", "evidence": "评课表"} | fields


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
def test_a_wrong_activity_is_told_at_its_field_and_kept(place: Place, fields: dict[str, str], words: str) -> None:
    make_plan(place.school)
    path = f"/credits/teachers/{place.teacher.public_id}/activities/new/"
    body = said(place.client("staff"), path, activity_data(**fields))
    assert words in body
    assert 'value="评课表"' in body
    assert not SelfDirectedActivity.objects.exists()


def test_a_degree_is_entered_by_the_school_and_credited_by_the_county(place: Place) -> None:
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
def test_who_returns_something_without_a_word_is_told_once_at_the_field(place: Place, kind: str) -> None:
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
    assert "有 1 处需要改一改" in body
    if kind == "degree":
        assert 'value="5"' in body


def test_what_is_about_no_field_stands_above_and_once(place: Place) -> None:
    degree = make_degree(place.teacher)
    body = said(place.client("reviewer"), f"/credits/degrees/{degree.pk}/", {"step": "credit", "credits": "5"})
    assert body.count("的学历可以认定。") == 1
    assert errors_of(body) == {}


def test_a_degree_from_before_formal_employment_is_to_be_returned_with_the_reason(place: Place) -> None:
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


def test_the_records_page_shows_everything_as_it_was_entered(place: Place) -> None:
    make_result(place.teacher, make_project(place.county, name="骨干班"), status="entered")
    make_activity(place.teacher, "lesson_observation")
    make_degree(place.teacher, credits=None)
    body = place.client("staff").get(f"/credits/teachers/{place.teacher.public_id}/records/").content.decode()
    for words in ("骨干班", "已登记，待审核", "20 节", "已通过", "硕士", "已登记，待认定"):
        assert words in body


# --- what is under way, and what if ------------------------------------------------------------------------------


def test_a_teacher_sees_what_is_pending_and_with_whom(place: Place) -> None:
    make_result(place.teacher, make_project(place.county, name="骨干班"), status="entered")
    make_activity(place.teacher, plan=make_plan(place.school, status="filed"))
    make_activity(place.teacher, plan=make_plan(place.school, 2020, status="returned"), completed_on=date(2020, 10, 1))
    make_degree(place.teacher, credits=None)
    body = place.client("herself").get("/credits/mine/?cycle=2018").content.decode()
    text = re.sub(r"<[^>]+>", "", body)
    assert "骨干班（培训成绩）：等待审核。由桃源县办理" in text
    assert "硕士学历：等待认定学分。由桃源县办理" in text
    assert "里的 1 项活动：方案已上报，等待审核。由桃源县办理" in text
    assert "方案被退回，要修改：请补充考核办法。由桃源一小办理" in text


def test_what_if_adds_to_the_records_and_saves_nothing(place: Place) -> None:
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


def test_what_if_keeps_what_was_typed_wrong_and_adds_rows_without_a_script(place: Place) -> None:
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


@pytest.mark.parametrize("path", ["plans/{0}/", "plans/{0}/edit/", "safety-net/{0}/", "degrees/{0}/"])
@pytest.mark.parametrize("number", ["0", "99999999", "9" * 20, "9" * 400])
def test_numbers_beyond_all_bounds_are_not_found(place: Place, path: str, number: str) -> None:
    assert place.client("superuser").get(f"/credits/{path.format(number)}").status_code == 404


@pytest.mark.parametrize("query", ["page=-1", "page=1e9", "page=１", "status=x", "q=%00", "q=" + "学" * 500])
@pytest.mark.parametrize("path", ["projects/", "plans/", "degrees/", "safety-net/"])
def test_no_query_breaks_a_list(place: Place, path: str, query: str) -> None:
    assert place.client("reviewer").get(f"/credits/{path}?{query}").status_code == 200


@pytest.mark.parametrize(("path", "name"), [("plans/new/", "school"), ("projects/new/", "organizer")])
def test_where_there_is_a_choice_nothing_is_chosen_beforehand(place: Place, path: str, name: str) -> None:
    def first(who: str) -> str:
        body = place.client(who).get(f"/credits/{path}").content.decode()
        return re.findall(rf'<select name="{name}".*?<option value="(\d*)"', body, re.S)[0]

    assert first("staff") == str(place.school.pk)
    assert first("reviewer") == ""
    body = said(place.client("reviewer"), f"/credits/{path}", {name: ""})
    assert errors_of(body)[name] == ["请选择。"]


@pytest.mark.parametrize(("who", "path"), [("staff", "plans/new/"), ("reviewer", "safety-net/new/")])
def test_a_plan_is_for_the_present_school_year_unless_another_is_chosen(place: Place, who: str, path: str) -> None:
    body = place.client(who).get(f"/credits/{path}").content.decode()
    assert re.findall(r'<option value="(\d{4})" selected', body) == [str(school_year(today()))]
