"""The pages of projects and their results: from publishing to credits, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from credits.models import (
    ConversionRate,
    SelfDirectedActivity,
    TrainingCycle,
    TrainingProject,
    TrainingResult,
)
from credits.statements.citations import cited
from credits.steps import projects as steps
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_member,
    make_organization,
    make_project,
    make_result,
    make_teacher,
)
from tests.credits.posting import project_data, said

pytestmark = pytest.mark.usefixtures("cycles")


def test_a_project_goes_its_whole_way(place: Place) -> None:
    county = place.client("reviewer")
    body = said(county, "/credits/projects/new/", project_data(place))
    assert "还没有发布" in body
    assert "折 4 学分" in body
    here = "/credits/projects/Y-01/"
    assert "已发布" in said(county, here, {"step": "publish"})
    school = place.client("staff")
    assert "已登记 1 位教师的成绩" in said(school, f"{here}enter/", {"numbers": "ａ—1 30"})
    result = TrainingResult.objects.get()
    assert (result.hours, result.status) == (30, "entered")
    assert "县级语文骨干班：1 条" in county.get("/credits/work/").content.decode()
    assert "已审核 1 条。" in said(county, here, {"step": "review", "result": [result.pk]})
    result.refresh_from_db()
    assert (result.status, result.credits) == ("reviewed", 3)
    assert "等您审核" not in county.get("/credits/work/").content.decode()


def test_a_wrong_project_keeps_what_was_typed(place: Place) -> None:
    data = project_data(place, hours="四十", ends_on="2019-02-30", category="", code="A 1")
    body = place.client("reviewer").post("/credits/projects/new/", data).content.decode()
    for words in ("请填数字，如 4 或 1.5", "没有这一天", "请选择", "只能用字母、数字和短横线"):
        assert words in body
    assert 'value="四十"' in body
    assert 'value="县级语文骨干班"' in body
    assert not TrainingProject.objects.exists()


def test_only_those_in_charge_organize_a_project(place: Place) -> None:
    body = place.client("staff").post("/credits/projects/new/", project_data(place)).content.decode()
    assert "没有这个选项" in body
    assert not TrainingProject.objects.exists()


@pytest.mark.parametrize("code", ["new", "NEW"])
def test_no_project_takes_the_code_of_an_address(place: Place, code: str) -> None:
    body = place.client("reviewer").post("/credits/projects/new/", project_data(place, code=code)).content.decode()
    assert "请换一个" in body


def test_results_are_entered_all_or_none(place: Place) -> None:
    project = make_project(place.county)
    make_result(make_teacher(place.school, staff_number="A-2", name="李四"), project)
    numbers = "A-1\nB-1 20\nA-2\nA-1\nA-1 x\nX-9"
    client = place.client("staff")
    body = client.post(f"/credits/projects/{project.code}/enter/", {"numbers": numbers}).content.decode()
    assert "第 2 行：没有找到编号或姓名是“B-1”的教师" in body  # another school's teacher does not exist here
    assert "第 3 行：李四在这个项目里已经有成绩了" in body
    assert "第 4 行：张三前面已经写过，请去掉这一行" in body
    assert "第 6 行：没有找到编号或姓名是“X-9”的教师" in body
    assert "A-1 x" in body
    assert project.results.count() == 1


def lines_told(place: Place, numbers: str) -> list[str]:
    """The sentences at the field after the school has entered these lines; empty where the results were taken."""
    [project] = TrainingProject.objects.all()
    body = said(place.client("staff"), f"/credits/projects/{project.code}/enter/", {"numbers": numbers})
    return re.findall(r'<p id="error_\d+_id_numbers"><strong>(.*?)</strong></p>', body)


@pytest.mark.parametrize("typed", ["张三 24", "张　三，24", "A-1 24", "张三"])
def test_a_unique_name_is_as_good_as_a_number(place: Place, typed: str) -> None:
    make_project(place.county, hours=24)
    make_teacher(place.other, name="张三")  # of another school, whose teachers do not exist here
    assert lines_told(place, typed) == []
    assert TrainingResult.objects.get().teacher == place.teacher


def test_namesakes_are_entered_by_their_numbers(place: Place) -> None:
    make_project(place.county)
    make_teacher(place.school, name="张三", staff_number="A-7")
    assert lines_told(place, "张三 30") == ["第 1 行：有 2 位教师叫张三（编号 A-1、A-7），请写编号。"]
    assert lines_told(place, "A-7 30") == []


def test_a_number_wins_over_the_same_name(place: Place) -> None:
    make_project(place.county)
    make_teacher(place.school, name="A-1", staff_number="A-8")
    assert lines_told(place, "A-1") == []
    assert TrainingResult.objects.get().teacher == place.teacher


def test_every_wrong_line_is_told_by_its_number(place: Place) -> None:
    make_project(place.county, hours=24)
    make_teacher(place.school, name="李四")
    typed = "张三\n李四 30\n王五\n李四 x"
    assert lines_told(place, typed) == [
        "第 2 行：30 学时超过项目的 24 学时。",
        "第 3 行：没有找到编号或姓名是“王五”的教师，请核对。",
        "第 4 行：编号或姓名后面只能写学时，如 30 或 7.5。",
    ]
    assert not TrainingResult.objects.exists()


def test_what_the_step_refuses_has_its_line_too(place: Place) -> None:
    make_project(place.county, hours=24)
    retired = date(2019, 1, 1)
    make_teacher(place.school, name="李四", status="retired", ended_on=retired)
    place.teacher.user = place.staff
    place.teacher.save()
    first, second = lines_told(place, "\n李四\n张三")
    assert first.startswith("第 2 行：") and "退休" in first
    assert second == "第 3 行：不能登记自己的成绩，请别的管理员办理。"


def test_lines_of_nothing_are_no_results(place: Place) -> None:
    make_project(place.county)
    assert lines_told(place, " \n\n") == ["请写要登记的教师，一行一位。"]


def test_each_problem_of_a_field_is_counted(place: Place) -> None:
    project = make_project(place.county)
    here = f"/credits/projects/{project.code}/enter/"
    body = said(place.client("staff"), here, {"numbers": "X-7\nX-8\nX-9"})
    assert "有 3 处需要修改" in body
    lines = re.findall(r'<p id="error_\d_id_numbers"><strong>(.*?)</strong></p>', body)
    assert [line[:5] for line in lines] == ["第 1 行", "第 2 行", "第 3 行"]


def test_djangos_own_messages_are_in_plain_words(place: Place) -> None:
    make_project(place.county, code="Y-01")
    body = said(place.client("reviewer"), "/credits/projects/new/", project_data(place, name="长" * 300))
    assert "这个编号已经用了，请换一个。" in body
    assert re.search("最多 [0-9]+ 个字，现在有 300 个。", body)
    assert "确保" not in body and "已存在" not in body


def test_references_in_hints_lead_to_entries(place: Place) -> None:
    body = place.client("staff").get("/credits/teachers/new/").content.decode()
    assert '（<a href="/faq/credits-05/">学分问答第 5 条</a>）' in body
    place.teacher.name = "<b>学分问答第 7 条"
    place.teacher.save()
    body = place.client("staff").get(f"/credits/teachers/{place.teacher.public_id}/degrees/new/").content.decode()
    assert '可以冲抵（<a href="/faq/credits-05/">学分问答第 5 条</a>）' in body
    assert cited("<i> 学分问答第 13 条、第 1 条") == (
        '&lt;i&gt; <a href="/faq/credits-13/">学分问答第 13 条</a>、第 1 条'
    )


def test_deleting_takes_two_steps(place: Place) -> None:
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


def test_the_review_hint_stands_for_the_tick_too(place: Place) -> None:
    project = make_project(place.county, converted=False)
    make_result(place.teacher, project)
    TrainingProject.objects.update(converted=True)
    body = place.client("reviewer").get(f"/credits/projects/{project.code}/").content.decode()
    assert "有 1 条已审核的成绩还是按修改以前的办法折算的" in body


def test_the_form_of_a_project_is_shown_and_may_stay_open(place: Place) -> None:
    client = place.client("reviewer")
    assert "培训形式</dt>" not in said(client, "/credits/projects/new/", project_data(place))
    body = said(client, "/credits/projects/Y-01/edit/", project_data(place, form="online"))
    assert "<dt>培训形式</dt><dd>网络</dd>" in body
    assert "培训形式由“空”改为“网络”" in body
    assert "县培（网络）" in client.get("/credits/projects/").content.decode()


def test_another_form_is_a_hint_only_where_it_converts_otherwise(place: Place) -> None:
    project = make_project(place.county)
    make_result(place.teacher, project)
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    TrainingProject.objects.update(form="online")
    assert "还是按修改以前的办法" not in client.get(here).content.decode()
    cycle = TrainingCycle.objects.get(code="2018")
    ConversionRate.objects.create(cycle=cycle, category="county", form="online", hours_per_credit=20)
    body = client.get(here).content.decode()
    assert "有 1 条已审核的成绩还是按修改以前的办法折算的" in body
    assert "折 2 学分" in body
    said(client, here, {"step": "unreview", "all": "1"})
    said(client, here, {"step": "review", "all": "1"})
    assert "还是按修改以前的办法" not in client.get(here).content.decode()
    assert TrainingResult.objects.get().credits == 2


def test_nothing_chosen_is_told(place: Place) -> None:
    project = make_project(place.county)
    body = said(place.client("reviewer"), f"/credits/projects/{project.code}/", {"step": "review"})
    assert "没有选中待审核的成绩" in body


def test_a_school_sees_its_own_results_only(place: Place) -> None:
    project = make_project(place.county)
    make_result(place.teacher, project)
    foreign = make_result(place.stranger, project, status="entered")
    body = place.client("staff").get(f"/credits/projects/{project.code}/").content.decode()
    assert "张三" in body
    assert "王五" not in body
    path = f"/credits/projects/{project.code}/results/{foreign.pk}/delete/"
    assert place.client("staff").post(path).status_code == 404
    assert TrainingResult.objects.filter(pk=foreign.pk).exists()


def test_others_projects_and_drafts_do_not_exist(place: Place) -> None:
    elsewhere = make_project(make_organization("county"))
    draft = make_project(place.county, status="draft")
    client = place.client("staff")
    for project in (elsewhere, draft):
        assert client.get(f"/credits/projects/{project.code}/").status_code == 404
        assert project.name not in client.get("/credits/projects/").content.decode()
    assert place.client("reviewer").get(f"/credits/projects/{draft.code}/").status_code == 200


def test_a_reviewed_project_offers_no_deletion(place: Place) -> None:
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


def test_anothers_reviewed_result_prevents_deletion_too(place: Place) -> None:
    project = make_project(place.school)
    make_result(place.stranger, project)
    body = place.client("staff").get(f"/credits/projects/{project.code}/").content.decode()
    assert "先取消审核这 1 条，才能删除" in body
    assert 'value="delete"' not in body


def test_each_filter_offers_its_own_steps(place: Place) -> None:
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


def test_taking_all_reviews_back_takes_two_steps(place: Place) -> None:
    project = make_project(place.county)
    make_result(place.teacher, project)
    body = place.client("reviewer").get(f"/credits/projects/{project.code}/").content.decode()
    [form] = [one for one in re.findall(r"<form.*?</form>", body, re.S) if 'value="unreview"' in one and "全部" in one]
    assert re.search(r'<details class="confirm"><summary[^>]*>取消审核全部 1 条….*先减去.*<button.*确定', form, re.S)
    assert '<input type="hidden" name="step" value="unreview">' in form
    assert form.count("<button") == 1


def test_a_school_reads_its_own_history_only(place: Place) -> None:
    project = make_project(place.county)
    other = make_member("of_the_other", place.other)
    steps.enter(project, {place.teacher: Decimal(40)}, place.staff)
    steps.enter(project, {place.stranger: Decimal(40)}, other)
    here = f"/credits/projects/{project.code}/"
    seen = {who: place.client(who).get(here).content.decode() for who in ("staff", "reviewer")}
    assert "<strong>登记成绩</strong>，staff：1 条。" in seen["staff"]
    assert "of_the_other" not in seen["staff"]
    assert "<strong>登记成绩</strong>，of_the_other：1 条。" in seen["reviewer"]
