"""Projects and their results, from publishing to reviewed credits (credits-01, credits-06)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.models import (
    Event,
    TrainingProject,
    TrainingResult,
)
from credits.steps import projects
from credits.steps.history import events_of
from tests.cast import (
    Place,
    make_project,
    make_result,
    make_teacher,
)
from tests.credits.steps.helpers import history, refused, statement, summary

pytestmark = pytest.mark.usefixtures("cycles")


def test_from_publishing_to_credits_and_changing_the_conversion_afterwards(place: Place) -> None:
    project = make_project(place.county, status="draft", converted=False, hours=40)
    projects.publish(project, place.reviewer)
    (result,) = projects.enter(project, {place.teacher: Decimal(40)}, place.staff)
    assert statement(place.teacher).lines == ()
    assert projects.review(project, [result.pk], place.reviewer).done == 1
    line = statement(place.teacher).lines[0]
    assert (line.reason, line.counted) == ("not_converted", 0)
    # 项目属性 → 勾选折算: reviewed results stay as they were …
    project.refresh_from_db()
    project.converted = True
    projects.change(project, place.reviewer)
    assert statement(place.teacher).lines[0].reason == "not_converted"
    # … until 取消审核, then 审核 again.
    assert projects.unreview(project, [result.pk], place.reviewer).done == 1
    assert statement(place.teacher).lines == ()
    assert summary(place.teacher).coordinated_counted == 0
    assert projects.review(project, [result.pk], place.reviewer).done == 1
    assert statement(place.teacher).coordinated.counted == 4
    assert summary(place.teacher).coordinated_counted == 4
    assert history(result) == ["登记成绩", "审核", "取消审核", "审核"]
    steps = ["发布", "登记成绩", "审核成绩", "修改项目属性", "取消审核成绩", "审核成绩"]
    assert history(project) == steps
    assert "折算学分由“否”改为“是”" in events_of(project).get(action="修改项目属性").note


@pytest.mark.parametrize("who", ["staff", "school_reviewer", "nobody"])
def test_only_reviewers_of_the_organizer_review(place: Place, who: str) -> None:
    project = make_project(place.county)
    result = make_result(place.teacher, project, status="entered")
    for step in (projects.review, projects.unreview):
        with pytest.raises(PermissionDenied):
            step(project, [result.pk], getattr(place, who))
    result.refresh_from_db()
    assert result.status == "entered"


def test_a_school_never_reviews_the_results_of_its_own_project(place: Place) -> None:
    project = make_project(place.school)
    result = make_result(place.teacher, project, status="entered")
    with pytest.raises(PermissionDenied):
        projects.review(project, [result.pk], place.school_reviewer)
    assert projects.review(project, [result.pk], place.reviewer).done == 1


def test_results_are_entered_by_those_in_charge_of_a_published_project_once(place: Place) -> None:
    project = make_project(place.county, status="draft")
    with pytest.raises(PermissionDenied):  # not published: the school does not even see it
        projects.enter(project, {place.teacher: Decimal(40)}, place.staff)
    refused(lambda: projects.enter(project, {place.teacher: Decimal(40)}, place.reviewer), "发布以后才能登记")
    projects.publish(project, place.reviewer)
    with pytest.raises(PermissionDenied):
        projects.enter(project, {place.stranger: Decimal(40)}, place.staff)
    projects.enter(project, {place.teacher: Decimal(40)}, place.staff)
    refused(lambda: projects.enter(project, {place.teacher: Decimal(40)}, place.staff), "张三在这个项目里已经有成绩了")


def test_entering_results_stands_in_the_history_of_the_project_with_how_many(place: Place) -> None:
    project, colleague = make_project(place.county), make_teacher(place.school)
    projects.enter(project, {place.teacher: Decimal(40), colleague: Decimal(30)}, place.staff)
    event = events_of(project).get()
    assert (event.action, event.note, event.actor_name) == ("登记成绩", "2 条。", "staff")
    refused(lambda: projects.enter(project, {place.teacher: Decimal(40)}, place.staff), "已经有成绩了")
    projects.enter(project, {}, place.staff)
    assert history(project) == ["登记成绩"]


def test_a_reviewed_result_is_neither_corrected_nor_removed(place: Place) -> None:
    result = make_result(place.teacher, make_project(place.county))
    refused(lambda: projects.correct(result, Decimal(10), place.staff), "请先取消审核")
    refused(lambda: projects.remove(result, place.staff), "请先取消审核")
    projects.unreview(result.project, [result.pk], place.reviewer)
    projects.correct(result, Decimal(10), place.staff)
    assert TrainingResult.objects.get().hours == 10
    projects.remove(result, place.staff)
    assert not TrainingResult.objects.exists()
    assert Event.objects.filter(subject="result", action="删除成绩", teacher=place.teacher).exists()


def test_what_cannot_be_converted_stays_entered_and_is_named(place: Place) -> None:
    project = make_project(place.county)
    good = make_result(place.teacher, project, status="entered")
    odd = make_result(place.stranger, project, status="entered", hours=Decimal("10.25"))
    outcome = projects.review(project, [good.pk, odd.pk], place.reviewer)
    assert (outcome.done, len(outcome.refused)) == (1, 1)
    assert "王五" in outcome.refused[0]
    assert outcome.sentence == "已审核 1 条，1 条没有办成。"
    odd.refresh_from_db()
    assert odd.status == "entered"


def test_reviewing_many_takes_as_many_queries_as_reviewing_one(place: Place) -> None:
    def queries(number: int) -> int:
        project = make_project(place.county)
        ids = [make_result(make_teacher(place.school), project, status="entered").pk for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert projects.review(project, ids, place.reviewer).done == number
        return len(captured)

    assert queries(30) <= queries(1) + 2


def test_a_project_with_reviewed_results_is_not_deleted(place: Place) -> None:
    project = make_project(place.county)
    result = make_result(place.teacher, project)
    refused(lambda: projects.delete(project, place.reviewer), "有已审核的成绩，不能删除")
    projects.unreview(project, [result.pk], place.reviewer)
    projects.delete(project, place.reviewer)
    assert not TrainingProject.objects.exists()
    assert Event.objects.get(action="删除项目").note == "连同 1 条还没审核的成绩。"


def test_a_project_is_withdrawn_only_without_results_and_its_end_is_fixed_by_reviewed_ones(place: Place) -> None:
    project = make_project(place.county)
    projects.withdraw(project, place.reviewer)
    refused(lambda: projects.withdraw(project, place.reviewer), "还没有发布")
    projects.publish(project, place.reviewer)
    refused(lambda: projects.publish(project, place.reviewer), "已经发布了")
    make_result(place.teacher, project)
    refused(lambda: projects.withdraw(project, place.reviewer), "已经登记了成绩")
    project.ends_on = date(2020, 1, 1)
    refused(lambda: projects.change(project, place.reviewer), "不能改结束日期")


@pytest.mark.parametrize("step", ["publish", "withdraw", "change", "delete"])
def test_only_who_works_for_the_organizer_touches_a_project(place: Place, step: str) -> None:
    project = make_project(place.county, status="draft" if step == "publish" else "published")
    with pytest.raises(PermissionDenied):
        getattr(projects, step)(project, place.staff)


def test_what_could_never_be_reviewed_is_not_entered(place: Place) -> None:
    project = make_project(place.county, hours=2000)
    for hours, words in (("10.25", "最多两位小数"), ("1001", "不能超过 100")):
        refused(partial(projects.enter, project, {place.teacher: Decimal(hours)}, place.staff), words)
    short = make_project(place.county, hours=24)
    refused(lambda: projects.enter(short, {place.teacher: Decimal(400)}, place.staff), "400 学时超过项目的 24 学时")
    (result,) = projects.enter(short, {place.teacher: Decimal(24)}, place.staff)
    refused(lambda: projects.correct(result, Decimal("0.05"), place.staff), "最多两位小数")
    refused(lambda: projects.correct(result, Decimal(25), place.staff), "超过项目的")


def test_a_project_with_others_results_is_not_deleted_and_one_with_results_changes_no_hands(place: Place) -> None:
    project = make_project(place.school)
    make_result(place.stranger, project, status="entered")
    refused(lambda: projects.delete(project, place.staff), "管理范围以外")
    project.organizer = place.county
    refused(lambda: projects.change(project, place.reviewer), "不能换举办机构")
