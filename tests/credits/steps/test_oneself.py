"""Nobody enters or decides anything of their own: by hand, form, spreadsheet, job and admin alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from credits.models import (
    DegreeAward,
    Event,
    SelfDirectedActivity,
    Teacher,
    TrainingResult,
)
from credits.spreadsheets.importing import undo
from credits.steps import activities, awards, people, plans, projects
from helpdesk.common import jobs, worker
from helpdesk.common.decisions import Refusal
from helpdesk.common.models import Job
from tests.cast import Place, make_activity, make_degree, make_offset, make_plan, make_project, make_result
from tests.credits.imports.helpers import imported, prepared, problems
from tests.credits.steps.helpers import refused

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture
def own(place: Place) -> Place:
    """The county's reviewer teaches at the first school: 张三 is his own row."""
    Teacher.objects.filter(pk=place.teacher.pk).update(user=place.reviewer)
    place.teacher.refresh_from_db()
    return place


def an_activity(place: Place) -> SelfDirectedActivity:
    return SelfDirectedActivity(
        teacher=place.teacher, activity="school_training", credits=Decimal(100), completed_on=date(2019, 10, 12)
    )


def a_degree(place: Place) -> DegreeAward:
    return DegreeAward(teacher=place.teacher, level="doctor", awarded_on=date(2020, 6, 30))


def an_entered_result(place: Place) -> TrainingResult:
    return make_result(place.teacher, make_project(place.county), status="entered")


STEPS: dict[str, Callable[[Place], Any]] = {
    "facts": lambda p: people.save_teacher(p.teacher, p.reviewer),
    "transfer": lambda p: people.transfer(p.teacher, p.other, date(2020, 9, 1), p.reviewer),
    "end": lambda p: people.end(p.teacher, "retired", date(2020, 9, 1), p.reviewer),
    "return": lambda p: people.return_to_work(p.teacher, p.reviewer),
    "result": lambda p: projects.enter(make_project(p.county), {p.teacher: Decimal(40)}, p.reviewer),
    "corrected result": lambda p: projects.correct(an_entered_result(p), Decimal(20), p.reviewer),
    "removed result": lambda p: projects.remove(an_entered_result(p), p.reviewer),
    "activity": lambda p: activities.save_activity(an_activity(p), p.reviewer, in_plan=False),
    "changed activity": lambda p: activities.save_activity(make_activity(p.teacher), p.reviewer, in_plan=True),
    "removed activity": lambda p: activities.remove_activity(make_activity(p.teacher), p.reviewer),
    "degree": lambda p: awards.save(a_degree(p), p.reviewer),
    "changed degree": lambda p: awards.save(make_degree(p.teacher, credits=None), p.reviewer),
    "removed degree": lambda p: awards.remove(make_degree(p.teacher, credits=None), p.reviewer),
    "credited degree": lambda p: awards.credit(make_degree(p.teacher, credits=None), Decimal(8), p.reviewer),
    "returned degree": lambda p: awards.send_back(make_degree(p.teacher), "改", p.reviewer),
    "changed offset": lambda p: awards.save(make_offset(p.teacher, credits=None), p.reviewer),
    "removed offset": lambda p: awards.remove(make_offset(p.teacher, credits=None), p.reviewer),
    "credited offset": lambda p: awards.credit(make_offset(p.teacher, credits=None), Decimal(8), p.reviewer),
    "returned offset": lambda p: awards.send_back(make_offset(p.teacher), "改", p.reviewer),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_no_step_is_taken_on_ones_own(own: Place, step: Callable[[Place], Any]) -> None:
    refused(lambda: step(own), "自己")
    assert not Event.objects.exists()


@pytest.mark.parametrize("status", ["entered", "reviewed"])
def test_ones_own_result_is_left_out_and_named(own: Place, status: str) -> None:
    project = make_project(own.county)
    mine, other = make_result(own.teacher, project, status=status), make_result(own.stranger, project, status=status)
    step = projects.review if status == "entered" else projects.unreview
    outcome = step(project, [mine.pk, other.pk], own.reviewer)
    assert outcome.done == 1
    assert "张三" in outcome.refused[0] and "自己的成绩" in outcome.refused[0]
    mine.refresh_from_db()
    assert mine.status == status


def test_a_job_leaves_ones_own_out(own: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    result = an_entered_result(own)
    client = own.client("reviewer")
    client.post(f"/credits/projects/{result.project.code}/", {"step": "review", "all": "1"})
    worker.work_off()
    assert "不能审核自己的成绩" in Job.objects.get().details[0]


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("teachers", {"staff_number": "A-1", "name": "张三", "position": "借调"}),
        ("results", {}),
        ("activities", {}),
        ("degrees", {}),
        ("offsets", {}),
    ],
)
def test_no_spreadsheet_changes_ones_own(own: Place, kind: str, row: dict[str, str]) -> None:
    make_project(own.county, code="P-1")
    [(_, _, sentence)] = problems(kind, own.reviewer, row)
    assert "自己" in sentence


def test_a_row_of_ones_own_that_changes_nothing_is_let_pass(own: Place) -> None:
    make_result(own.teacher, make_project(own.county, code="P-1"))
    assert prepared("teachers", own.reviewer, {"staff_number": "A-1", "name": "张三"}).state == "ready"
    assert prepared("results", own.reviewer, {}).state == "ready"


def test_an_import_on_what_became_ones_own_is_not_undone(place: Place) -> None:
    one = imported("activities", place.reviewer)
    Teacher.objects.filter(pk=place.teacher.pk).update(user=place.reviewer)
    with pytest.raises(Refusal, match="自己"):
        undo(one, place.reviewer)
    assert SelfDirectedActivity.objects.count() == 1


def test_nobody_approves_the_plan_of_their_own_activities(own: Place) -> None:
    plan = make_plan(own.school, 2020, status="filed", content="十次。")
    refused(lambda: plans.approve(plan, "", own.reviewer), "要由别的审核员审核")
    plans.approve(plan, "", own.above)


def test_superusers_neither(place: Place) -> None:
    Teacher.objects.filter(pk=place.teacher.pk).update(user=place.superuser)
    refused(lambda: projects.enter(make_project(place.county), {place.teacher: Decimal(40)}, place.superuser), "自己")


def test_the_pages_say_it_in_words(own: Place) -> None:
    client, there = own.client("reviewer"), reverse("credits:teacher-edit", args=[own.teacher.public_id])
    typed = {"name": "张三", "staff_number": "A-1", "position": "seconded", "formally_employed_on": "2001-09-01"}
    assert "不能修改自己的资料，请别的管理员办理。" in client.post(there, typed).content.decode()
    there = reverse("credits:project-enter", args=[make_project(own.county).code])
    assert "不能登记自己的成绩" in client.post(there, {"numbers": "A-1 40"}).content.decode()
    own.teacher.refresh_from_db()
    assert own.teacher.position == "teaching"
