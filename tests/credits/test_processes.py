"""The processes of the documents, step by step: their states, their refusals, who may, and the history they leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.ledger import of_teachers, rules_cycle, today
from credits.models import (
    ConversionRate,
    DegreeAward,
    Event,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    SignInCode,
    StatementSummary,
    Teacher,
    TrainingCycle,
    TrainingProject,
    TrainingResult,
)
from credits.processes import own_records, people, plans, projects
from credits.processes.history import Refusal, events_of, version
from credits.rules.evaluate import evaluate
from credits.rules.types import Statement
from credits.summaries import refresh

from .place import Place
from .rows import make_activity, make_degree, make_organization, make_plan, make_project, make_result, make_teacher

pytestmark = pytest.mark.usefixtures("cycles")


def statement(teacher: Teacher) -> Statement:
    cycle = rules_cycle(TrainingCycle.objects.get(code="2018"))
    return evaluate(of_teachers([teacher.pk], cycle, date(2023, 8, 31))[teacher.pk])


def summary(teacher: Teacher) -> StatementSummary:
    return teacher.summaries.get(cycle__code="2018")


def history(row: Any) -> list[str]:
    return [event.action for event in events_of(row).order_by("pk")]


def refused(step: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        step()
    assert words in " ".join(caught.value.messages)


# --- conversion --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "credits"), [("40", "4"), ("10", "1"), ("15", "1.5"), ("0.1", "0.01"), ("7.5", "0.75"), ("1000", "100")]
)
def test_hours_are_converted_exactly(db: None, hours: str, credits: str) -> None:
    assert projects.credits_for("county", Decimal(hours), date(2019, 7, 10)) == Decimal(credits)


@pytest.mark.parametrize(("hours", "words"), [("10.25", "最多两位小数"), ("1001", "不能超过 100")])
def test_hours_that_make_no_credits_are_refused_with_the_sum(db: None, hours: str, words: str) -> None:
    refused(lambda: projects.credits_for("county", Decimal(hours), date(2019, 7, 10)), words)
    refused(lambda: projects.credits_for("county", Decimal(hours), date(2019, 7, 10)), "按 10 学时 1 学分")


def test_a_day_in_no_cycle_converts_to_nothing(db: None) -> None:
    refused(
        lambda: projects.credits_for("county", Decimal(40), date(2017, 7, 10)), "2017 年 7 月 10 日不在任何培训周期里"
    )


def test_a_category_may_have_a_conversion_of_its_own_in_one_cycle(db: None) -> None:
    cycle = TrainingCycle.objects.get(code="2018")
    ConversionRate.objects.create(cycle=cycle, category="national", hours_per_credit=8)
    assert projects.credits_for("national", Decimal(40), date(2019, 7, 10)) == 5
    assert projects.credits_for("county", Decimal(40), date(2019, 7, 10)) == 4
    assert projects.credits_for("national", Decimal(40), date(2024, 7, 10)) == 4


# --- projects and results (credits-01, credits-06) ---------------------------------------------------------------


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


# --- a school's plan (credits-14, credits-15) --------------------------------------------------------------------


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


# --- safety net (credits-11) -------------------------------------------------------------------------------------


def test_safety_net_training_is_published_only_when_its_plan_is_on_record_above(place: Place) -> None:
    project = make_project(place.county, category="safety_net", status="draft", hours=15)
    words = "要先作出预判、拟定方案、报上级备案"
    refused(lambda: projects.publish(project, place.reviewer), words)
    plan = plans.forecast(place.county, 2018, "全县有 40 人差 1.5 学分。", place.reviewer)
    refused(lambda: plans.file_upwards(plan, place.reviewer), "先作出预判、拟好方案")
    refused(lambda: plans.draw_up(plan, plan.forecast, " ", place.reviewer), "请填写托底培训方案")
    plans.draw_up(plan, plan.forecast, "县里组织，线上 15 学时。", place.reviewer)
    plans.file_upwards(plan, place.reviewer)
    refused(lambda: projects.publish(project, place.reviewer), words)
    with pytest.raises(PermissionDenied):  # one's own filing is recorded above
        plans.put_on_record(plan, "", place.reviewer)
    plans.return_for_changes(plan, "请写明平台。", place.above)
    plans.draw_up(plan, plan.forecast, "县里组织，线上 15 学时，用省平台。", place.reviewer)
    plans.file_upwards(plan, place.reviewer)
    refused(lambda: plans.carry_out(plan, place.reviewer), "上级备案以后才能组织实施")
    plans.put_on_record(plan, "", place.above)
    projects.publish(project, place.reviewer)
    plans.carry_out(plan, place.reviewer)
    assert history(plan) == [
        *("作出预判", "拟定方案", "报上级备案", "退回修改", "拟定方案", "报上级备案", "备案", "组织实施")
    ]
    plan.refresh_from_db()
    assert plan.status == "under_way"


def test_a_schools_safety_net_and_a_second_one_of_a_year_are_refused(place: Place) -> None:
    refused(lambda: plans.forecast(place.school, 2018, "差。", place.staff), "学校不能提")
    plans.forecast(place.county, 2018, "差。", place.reviewer)
    refused(lambda: plans.forecast(place.county, 2018, "差。", place.reviewer), "已经有托底培训方案了")
    assert SafetyNetPlan.objects.count() == 1


def test_the_plan_of_another_year_does_not_serve(place: Place) -> None:
    plan = plans.forecast(place.county, 2019, "差。", place.reviewer)
    plans.draw_up(plan, "差。", "补。", place.reviewer)
    plans.file_upwards(plan, place.reviewer)
    plans.put_on_record(plan, "", place.above)
    in_2018 = make_project(place.county, category="safety_net", status="draft", ends_on=date(2019, 8, 31))
    in_2019 = make_project(place.county, category="safety_net", status="draft", ends_on=date(2019, 9, 1))
    refused(lambda: projects.publish(in_2018, place.reviewer), "2018—2019 学年")
    projects.publish(in_2019, place.reviewer)


# --- activities and degrees --------------------------------------------------------------------------------------


def test_an_activity_stands_under_the_plan_of_the_school_where_the_teacher_then_was(place: Place) -> None:
    plan = make_plan(place.school, 2019)
    make_plan(place.other, 2020)
    place.teacher.transfer(place.other, date(2020, 9, 1))
    activity = SelfDirectedActivity(
        teacher=place.teacher, activity="school_training", credits=Decimal(1), completed_on=date(2020, 8, 31)
    )
    own_records.save_activity(activity, place.reviewer, in_plan=True)
    assert activity.plan == plan
    activity.completed_on = date(2020, 9, 1)
    own_records.save_activity(activity, place.reviewer, in_plan=True)
    assert activity.plan
    assert activity.plan.school == place.other
    activity.completed_on = date(2021, 9, 1)
    refused(lambda: own_records.save_activity(activity, place.reviewer, in_plan=True), "还没有 2021—2022 学年")
    own_records.save_activity(activity, place.reviewer, in_plan=False)
    assert activity.plan is None
    assert history(activity) == ["登记活动", "修改活动", "修改活动"]
    own_records.remove_activity(activity, place.reviewer)
    assert Event.objects.filter(action="删除活动").exists()


def test_activities_and_degrees_of_other_schools_are_out_of_reach(place: Place) -> None:
    make_plan(place.other)
    activity = make_activity(place.stranger)
    degree = make_degree(place.stranger, credits=None)
    for step in (
        lambda: own_records.save_activity(activity, place.staff, in_plan=False),
        lambda: own_records.remove_activity(activity, place.staff),
        lambda: own_records.save_degree(degree, place.staff),
        lambda: own_records.remove_degree(degree, place.staff),
    ):
        with pytest.raises(PermissionDenied):
            step()
    activity.teacher = place.teacher  # not by saying it were one's own, either
    with pytest.raises(PermissionDenied):
        own_records.save_activity(activity, place.staff, in_plan=False)


def test_a_degree_is_entered_returned_mended_and_credited_by_the_reviewer(place: Place) -> None:
    degree = DegreeAward(teacher=place.teacher, level="master", awarded_on=date(2020, 6, 30))
    own_records.save_degree(degree, place.staff)
    assert statement(place.teacher).coordinated.counted == 0
    for who in (place.staff, place.school_reviewer):
        with pytest.raises(PermissionDenied):
            own_records.credit(degree, Decimal(5), who)
    refused(lambda: own_records.send_back(degree, "", place.reviewer), "写明要改什么")
    own_records.send_back(degree, "请补学位证。", place.reviewer)
    degree.refresh_from_db()
    degree.title = "某大学 教育学"
    own_records.save_degree(degree, place.staff)
    assert DegreeAward.objects.get().feedback == ""
    own_records.credit(degree, Decimal(5), place.reviewer)
    assert statement(place.teacher).coordinated.counted == 5
    assert summary(place.teacher).coordinated_counted == 5
    degree.refresh_from_db()
    refused(lambda: own_records.save_degree(degree, place.staff), "请审核员先退回")
    refused(lambda: own_records.remove_degree(degree, place.staff), "请审核员先退回")
    own_records.send_back(degree, "认定错了。", place.reviewer)
    assert statement(place.teacher).coordinated.counted == 0
    own_records.remove_degree(degree, place.staff)
    assert history(degree) == ["登记学历", "退回修改", "修改学历", "认定", "退回修改", "删除学历"]


@pytest.mark.parametrize("credits", ["0", "-1", "100.01", "1.234"])
def test_credits_of_a_degree_are_in_bounds(place: Place, credits: str) -> None:
    degree = make_degree(place.teacher, credits=None)
    with pytest.raises(ValidationError):
        own_records.credit(degree, Decimal(credits), place.reviewer)
    degree.refresh_from_db()
    assert degree.status == "entered"


# --- people ------------------------------------------------------------------------------------------------------


def test_transfer_retirement_and_return_keep_the_history(place: Place) -> None:
    make_result(place.teacher, make_project(place.county))
    with pytest.raises(PermissionDenied):
        people.transfer(place.teacher, place.other, date(2020, 9, 1), place.staff)
    people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer)
    assert summary(place.teacher).school == place.other
    people.end(place.teacher, "retired", date(2022, 8, 31), place.reviewer)
    assert not summary(place.teacher).listed
    refused(lambda: people.end(place.teacher, "left", date(2022, 8, 31), place.reviewer), "已经不在职了")
    place.teacher.refresh_from_db()
    refused(lambda: people.transfer(place.teacher, place.school, date(2023, 1, 1), place.reviewer), "只有在职")
    assert statement(place.teacher).coordinated.counted == 4
    people.return_to_work(place.teacher, place.reviewer)
    refused(lambda: people.return_to_work(place.teacher, place.reviewer), "本来就在职")
    assert summary(place.teacher).listed
    assert history(place.teacher) == ["调动", "已退休", "恢复在职"]


@pytest.mark.parametrize("number", ["110101199003077715", "44030619851231123X"])
def test_what_looks_like_an_identity_card_number_is_refused(place: Place, number: str) -> None:
    refused(lambda: people.save_teacher(_new(place, number), place.staff), "这像是身份证号")


def _new(place: Place, number: str) -> Teacher:
    return Teacher(staff_number=number, name="钱六", school=place.school)


def test_a_refusal_leaves_no_event_behind(place: Place) -> None:
    plan = make_plan(place.school, status="approved")
    before = Event.objects.count()
    with pytest.raises(Refusal):
        plans.file(plan, place.staff)
    assert Event.objects.count() == before
    assert SchoolPlan.objects.get().status == "approved"


# --- what an officer and a school tried, and what must not work -----------------------------------------------------


def test_what_could_never_be_reviewed_is_not_entered(place: Place) -> None:
    project = make_project(place.county, hours=2000)
    for hours, words in (("10.25", "最多两位小数"), ("1001", "不能超过 100")):
        refused(partial(projects.enter, project, {place.teacher: Decimal(hours)}, place.staff), words)
    short = make_project(place.county, hours=24)
    refused(lambda: projects.enter(short, {place.teacher: Decimal(400)}, place.staff), "这个项目是 24 学时")
    (result,) = projects.enter(short, {place.teacher: Decimal(24)}, place.staff)
    refused(lambda: projects.correct(result, Decimal("0.05"), place.staff), "最多两位小数")
    refused(lambda: projects.correct(result, Decimal(25), place.staff), "成绩不能比它多")


def test_nothing_is_entered_before_its_day_or_after_the_teachers_time(place: Place) -> None:
    tomorrow = today() + timedelta(days=1)
    project = make_project(place.county, ends_on=tomorrow)
    refused(lambda: projects.enter(project, {place.teacher: Decimal(40)}, place.staff), "还没到")
    make_plan(place.school, 2023)
    activity = SelfDirectedActivity(
        teacher=place.teacher, activity="school_training", credits=Decimal(1), completed_on=tomorrow
    )
    refused(lambda: own_records.save_activity(activity, place.staff, in_plan=False), "还没到")
    degree = DegreeAward(teacher=place.teacher, level="master", awarded_on=tomorrow)
    refused(lambda: own_records.save_degree(degree, place.staff), "还没到")
    people.end(place.teacher, "retired", date(2022, 8, 31), place.staff)
    late = SelfDirectedActivity(
        teacher=Teacher.objects.get(pk=place.teacher.pk),
        activity="school_training",
        credits=Decimal(1),
        completed_on=date(2023, 10, 1),
    )
    refused(lambda: own_records.save_activity(late, place.staff, in_plan=True), "已退休")


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
        own_records.save_activity(row, place.staff, in_plan=True)

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
    own_records.save_activity(activity, place.reviewer, in_plan=True)
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
    refused(lambda: own_records.save_activity(activity, new_staff, in_plan=True), "这位教师在别的学校")


def test_a_transfer_is_not_dated_before_the_teacher_was_one_nor_into_a_school_of_one(place: Place) -> None:
    refused(lambda: people.transfer(place.teacher, place.other, date(1990, 1, 1), place.reviewer), "正式任教日期")
    alone = make_organization(parent=place.county, name="教学点", is_village_school=True, is_sole_teacher_school=True)
    make_teacher(alone)
    refused(lambda: people.transfer(place.teacher, alone, date(2020, 9, 1), place.reviewer), "一人一校")


def test_a_transfer_and_an_end_void_the_code_that_was_printed_before(place: Place) -> None:
    for step in (
        lambda: people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer),
        lambda: people.end(place.teacher, "retired", date(2022, 8, 31), place.reviewer),
    ):
        SignInCode.issue(place.teacher, place.staff)[0].save()
        step()
        assert not SignInCode.objects.exists()


def test_what_a_verdict_hangs_on_alone_takes_a_reviewer(place: Place) -> None:
    place.teacher.position = "seconded"
    refused(lambda: people.save_teacher(place.teacher, place.staff), "要由桃源县的审核员改")
    place.teacher.position = "teaching"
    place.teacher.formally_employed_on = date(2021, 9, 1)
    refused(lambda: people.save_teacher(place.teacher, place.staff), "要由桃源县的审核员改")
    people.save_teacher(place.teacher, place.reviewer)
    note = events_of(place.teacher).get().note
    assert note == "正式任教日期由“2010-09-01”改为“2021-09-01”"
    unknown = make_teacher(place.school, formally_employed_on=None)
    unknown.formally_employed_on = date(2012, 9, 1)
    people.save_teacher(unknown, place.staff)  # what nobody knew, the school may say


def test_saving_a_form_that_was_opened_before_undoes_no_transfer_and_no_account(place: Place) -> None:
    stale = Teacher.objects.get(pk=place.teacher.pk)
    people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer)
    Teacher.objects.filter(pk=stale.pk).update(user=place.nobody)
    stale.name = "张三丰"
    people.save_teacher(stale, place.reviewer)
    now = Teacher.objects.get(pk=stale.pk)
    assert (now.name, now.school, now.user) == ("张三丰", place.other, place.nobody)


def test_nobody_decides_on_their_own(place: Place) -> None:
    place.teacher.user = place.reviewer
    place.teacher.save()
    project = make_project(place.county)
    result = make_result(place.teacher, project, status="entered")
    outcome = projects.review(project, [result.pk], place.reviewer)
    assert (outcome.done, outcome.refused[0][-19:]) == (0, "不能审核自己的成绩，请别的审核员办理。")
    degree = make_degree(place.teacher, credits=None)
    refused(lambda: own_records.credit(degree, Decimal(5), place.reviewer), "不能认定自己的学历")
    plan = make_plan(place.school, 2020, status="draft", content="十次。")
    plans.file(plan, place.reviewer)
    refused(lambda: plans.approve(plan, "", place.reviewer), "要由别的审核员审核")


def test_a_decision_on_what_has_changed_meanwhile_is_refused_once(place: Place) -> None:
    plan = make_plan(place.school, status="filed", content="十次。")
    seen = version(SchoolPlan.objects.get())
    SchoolPlan.objects.update(content="一次。")
    refused(lambda: plans.approve(plan, "", place.reviewer, seen=seen), "内容有变化")
    plans.approve(plan, "", place.reviewer, seen=version(SchoolPlan.objects.get()))
    degree = make_degree(place.teacher, credits=None)
    seen = version(DegreeAward.objects.get())
    DegreeAward.objects.update(level="associate")
    refused(lambda: own_records.credit(degree, Decimal(8), place.reviewer, seen=seen), "内容有变化")


def test_a_degree_before_formal_employment_is_not_credited(place: Place) -> None:
    degree = make_degree(place.teacher, credits=None, awarded_on=date(2010, 8, 31))
    refused(lambda: own_records.credit(degree, Decimal(5), place.reviewer), "不能冲抵")
    same_day = make_degree(place.teacher, credits=None, awarded_on=date(2010, 9, 1))
    own_records.credit(same_day, Decimal(5), place.reviewer)


def test_a_project_with_others_results_is_not_deleted_and_one_with_results_changes_no_hands(place: Place) -> None:
    project = make_project(place.school)
    make_result(place.stranger, project, status="entered")
    refused(lambda: projects.delete(project, place.staff), "管理范围以外")
    project.organizer = place.county
    refused(lambda: projects.change(project, place.reviewer), "不能换举办机构")


def test_a_step_on_what_was_deleted_meanwhile_is_refused_in_words(place: Place) -> None:
    project, plan = make_project(place.county), make_plan(place.school, 2020, status="filed")
    result = make_result(place.teacher, project, status="entered")
    activity, degree = make_activity(place.teacher), make_degree(place.teacher, credits=None)
    for model in (TrainingResult, TrainingProject, SelfDirectedActivity, SchoolPlan, DegreeAward):
        model.objects.all().delete()
    for step in (
        lambda: projects.publish(project, place.reviewer),
        lambda: projects.remove(result, place.staff),
        lambda: plans.approve(plan, "", place.reviewer),
        lambda: own_records.remove_activity(activity, place.staff),
        lambda: own_records.credit(degree, Decimal(5), place.reviewer),
    ):
        refused(step, "刚才已经删除了")


def test_who_came_after_a_cycle_is_not_on_its_roster(place: Place) -> None:
    late = make_teacher(place.school, formally_employed_on=date(2023, 9, 1))
    last = make_teacher(place.school, formally_employed_on=date(2023, 8, 31))
    refresh([late.pk, last.pk])
    assert not summary(late).listed
    assert summary(last).listed
