"""Rules that hold of every step: nothing before its day, nobody on their own, nothing on what has changed or gone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from credits.models import (
    DegreeAward,
    SchoolPlan,
    SelfDirectedActivity,
    Teacher,
    TrainingProject,
    TrainingResult,
)
from credits.statements.calendar import today
from credits.steps import activities, awards, people, plans, projects
from helpdesk.common.decisions import version
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_plan,
    make_project,
    make_result,
)
from tests.credits.steps.helpers import refused

pytestmark = pytest.mark.usefixtures("cycles")


def test_nothing_is_entered_before_its_day_or_after_the_teachers_time(place: Place) -> None:
    tomorrow = today() + timedelta(days=1)
    project = make_project(place.county, ends_on=tomorrow)
    refused(lambda: projects.enter(project, {place.teacher: Decimal(40)}, place.staff), "还没到")
    make_plan(place.school, 2023)
    activity = SelfDirectedActivity(
        teacher=place.teacher, activity="school_training", credits=Decimal(1), completed_on=tomorrow
    )
    refused(lambda: activities.save_activity(activity, place.staff, in_plan=False), "还没到")
    degree = DegreeAward(teacher=place.teacher, level="master", awarded_on=tomorrow)
    refused(lambda: awards.save(degree, place.staff), "还没到")
    people.end(place.teacher, "retired", date(2022, 8, 31), place.staff)
    late = SelfDirectedActivity(
        teacher=Teacher.objects.get(pk=place.teacher.pk),
        activity="school_training",
        credits=Decimal(1),
        completed_on=date(2023, 10, 1),
    )
    refused(lambda: activities.save_activity(late, place.staff, in_plan=True), "已退休")


def test_nobody_decides_on_their_own(place: Place) -> None:
    place.teacher.user = place.reviewer
    place.teacher.save()
    project = make_project(place.county)
    result = make_result(place.teacher, project, status="entered")
    outcome = projects.review(project, [result.pk], place.reviewer)
    assert (outcome.done, outcome.refused[0][-19:]) == (0, "不能审核自己的成绩，请别的审核员办理。")
    degree = make_degree(place.teacher, credits=None)
    refused(lambda: awards.credit(degree, Decimal(5), place.reviewer), "不能认定自己的学历")
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
    refused(lambda: awards.credit(degree, Decimal(8), place.reviewer, seen=seen), "内容有变化")


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
        lambda: activities.remove_activity(activity, place.staff),
        lambda: awards.credit(degree, Decimal(5), place.reviewer),
    ):
        refused(step, "刚才已经删除了")
