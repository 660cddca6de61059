"""Every decision names the version it was taken on: ticked results, jobs, plans, projects and forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from credits.models import (
    DegreeAward,
    OffsetAward,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    Teacher,
    TrainingProject,
    TrainingResult,
)
from credits.steps import projects
from helpdesk.common import jobs, worker
from helpdesk.common.models import Job
from tests.cast import Place, make_activity, make_degree, make_offset, make_plan, make_project, make_result
from tests.credits.posting import project_data, said

pytestmark = pytest.mark.usefixtures("cycles")


def boxes(body: str) -> list[str]:
    """The values of the boxes before the results of a project."""
    return re.findall(r'type="checkbox" name="result" value="(.*?)"', body)


def test_ticked_results_that_changed_are_left_out_and_named(place: Place) -> None:
    project = make_project(place.county)
    changed = make_result(place.teacher, project, status="entered", hours=1)
    same = make_result(place.stranger, project, status="entered", hours=1)
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    ticked = boxes(client.get(here).content.decode())
    TrainingResult.objects.filter(pk=changed.pk).update(hours=20)
    body = said(client, here, {"step": "review", "result": ticked})
    assert "已审核 1 条，1 条没有办成。" in body
    assert "张三（A-1）：您打开那一页以后有变化（现在是 20 学时，已登记，待审核）" in body
    changed.refresh_from_db()
    same.refresh_from_db()
    assert (changed.status, same.status) == ("entered", "reviewed")
    ticked = boxes(client.get(here).content.decode())
    assert "已审核 1 条。" in said(client, here, {"step": "review", "result": ticked})


def test_a_ticked_result_that_somebody_else_reviewed_is_named(place: Place) -> None:
    project = make_project(place.county)
    result = make_result(place.teacher, project, status="entered")
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    ticked = boxes(client.get(here).content.decode())
    projects.review(project, [result.pk], place.above)
    body = said(client, here, {"step": "review", "result": ticked})
    assert "张三（A-1）：您打开那一页以后有变化（现在是 40 学时，已审核）" in body


def test_a_project_that_changed_leaves_its_ticked_results_out(place: Place) -> None:
    project = make_project(place.county, converted=False)
    make_result(place.teacher, project)
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    ticked = boxes(client.get(here).content.decode())
    TrainingProject.objects.update(converted=True)
    assert "已取消审核 0 条，1 条没有办成。" in said(client, here, {"step": "unreview", "result": ticked})


@pytest.mark.parametrize("asked", [{"all": "1"}, {}])
def test_a_job_reviews_what_was_seen_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    project = make_project(place.county)
    changed = make_result(place.teacher, project, status="entered", hours=1)
    make_result(place.stranger, project, status="entered", hours=1)
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    ticked = boxes(client.get(here).content.decode())
    data: dict[str, Any] = {"step": "review"} | (asked or {"result": ticked})
    client.post(here, data)
    TrainingResult.objects.filter(pk=changed.pk).update(hours=20)
    worker.work_off()
    job = Job.objects.get()
    assert job.message == "已审核 1 条，1 条没有办成。"
    assert "张三（A-1）：您打开那一页以后有变化（现在是 20 学时，已登记，待审核）" in job.details[0]


def test_boxes_that_name_no_version_and_odd_ones_are_borne(place: Place) -> None:
    project = make_project(place.county)
    result = make_result(place.teacher, project, status="entered")
    client, here = place.client("reviewer"), f"/credits/projects/{project.code}/"
    for odd in (":", "x:y", f"{result.pk}:{'x' * 5000}", "9" * 30):
        said(client, here, {"step": "review", "result": odd})
        result.refresh_from_db()
        assert result.status == "entered", odd
    assert "已审核 1 条。" in said(client, here, {"step": "review", "result": result.pk})


# --- the other decisions -----------------------------------------------------------------------------------------


def change_project(place: Place) -> tuple[str, str, dict[str, Any]]:
    project = make_project(place.county, code="Y-01")
    return f"/credits/projects/{project.code}/edit/", "reviewer", project_data(place, name="新名字")


def publish(place: Place) -> tuple[str, str, dict[str, Any]]:
    project = make_project(place.county, status="draft")
    return f"/credits/projects/{project.code}/", "reviewer", {"step": "publish"}


def delete_project(place: Place) -> tuple[str, str, dict[str, Any]]:
    return f"/credits/projects/{make_project(place.county).code}/", "reviewer", {"step": "delete"}


def file_plan(place: Place) -> tuple[str, str, dict[str, Any]]:
    plan = make_plan(place.school, status="draft", content="十次。")
    return f"/credits/plans/{plan.pk}/", "staff", {"step": "file"}


def approve_plan(place: Place) -> tuple[str, str, dict[str, Any]]:
    plan = make_plan(place.school, status="filed", content="十次。")
    return f"/credits/plans/{plan.pk}/", "reviewer", {"step": "approve"}


def credit_degree(place: Place) -> tuple[str, str, dict[str, Any]]:
    degree = make_degree(place.teacher, credits=None)
    return f"/credits/degrees/{degree.pk}/", "reviewer", {"step": "credit", "credits": "5"}


def credit_offset(place: Place) -> tuple[str, str, dict[str, Any]]:
    offset = make_offset(place.teacher, credits=None)
    return f"/credits/offsets/{offset.pk}/", "reviewer", {"step": "credit", "credits": "5"}


def file_safety_net(place: Place) -> tuple[str, str, dict[str, Any]]:
    plan = SafetyNetPlan.objects.create(
        organization=place.county, school_year=2024, forecast="差。", content="补。", status="planned"
    )
    return f"/credits/safety-net/{plan.pk}/", "reviewer", {"step": "file"}


def correct_result(place: Place) -> tuple[str, str, dict[str, Any]]:
    result = make_result(place.teacher, make_project(place.county), status="entered", hours=1)
    return f"/credits/projects/{result.project.code}/results/{result.pk}/", "staff", {"hours": "2"}


def change_activity(place: Place) -> tuple[str, str, dict[str, Any]]:
    activity = make_activity(place.teacher)
    typed = {"activity": "school_training", "amount": "3", "completed_on": "2019-10-12", "in_plan": "on"}
    return f"/credits/teachers/{place.teacher.public_id}/activities/{activity.pk}/", "staff", typed


def change_degree(place: Place) -> tuple[str, str, dict[str, Any]]:
    degree = make_degree(place.teacher, credits=None)
    typed = {"level": "doctor", "title": "", "awarded_on": "2020-06-30"}
    return f"/credits/teachers/{place.teacher.public_id}/degrees/{degree.pk}/", "staff", typed


def change_offset(place: Place) -> tuple[str, str, dict[str, Any]]:
    offset = make_offset(place.teacher, credits=None)
    typed = {"basis": "课题", "evidence": "", "awarded_on": "2020-05-01"}
    return f"/credits/teachers/{place.teacher.public_id}/offsets/{offset.pk}/", "staff", typed


def change_teacher(place: Place) -> tuple[str, str, dict[str, Any]]:
    typed = {"name": "张三丰", "staff_number": "A-1", "position": "teaching", "formally_employed_on": "2010-09-01"}
    return f"/credits/teachers/{place.teacher.public_id}/edit/", "staff", typed


DECISIONS = [change_project, publish, delete_project, file_plan, approve_plan, credit_degree, file_safety_net]
DECISIONS += [correct_result, change_activity, change_degree, change_teacher, credit_offset, change_offset]


def somebody_changes_everything(place: Place) -> None:
    TrainingProject.objects.update(hours=50)
    TrainingResult.objects.update(hours=3)
    SchoolPlan.objects.update(content="一次。")
    SafetyNetPlan.objects.update(content="不补。")
    SelfDirectedActivity.objects.update(evidence="照片")
    DegreeAward.objects.update(title="别的学校")
    OffsetAward.objects.update(evidence="别的材料")
    Teacher.objects.update(subject="数学")


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_on_a_page_of_before_is_refused_once(
    place: Place, decision: Callable[[Place], tuple[str, str, dict[str, Any]]]
) -> None:
    path, who, typed = decision(place)
    client = place.client(who)
    for is_refused in (True, False):
        [seen, *_] = re.findall(r'name="seen" value="(\w{20})"', client.get(path).content.decode())
        if is_refused:
            somebody_changes_everything(place)
        body = client.post(path, typed | {"seen": seen}, follow=True).content.decode()
        assert ("您打开这一页以后，内容有变化" in body) == is_refused
