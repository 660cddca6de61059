"""Several projects reviewed in one go from their list: who may, on what versions, and what is told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from credits.models import Event, Organization, TrainingProject, TrainingResult
from credits.steps import projects as steps
from helpdesk.common import jobs, worker
from helpdesk.common.models import Job
from tests.cast import Place, make_project, make_result, make_teacher
from tests.credits.posting import said
from tests.credits.steps.helpers import summary

pytestmark = pytest.mark.usefixtures("cycles")
HERE = "/credits/projects/"


@pytest.fixture
def both(place: Place) -> list[TrainingProject]:
    """Two projects of the county, each with 张三's result that waits for a review."""
    made = [make_project(place.county, name=name) for name in ("语文班", "数学班")]
    for project in made:
        make_result(place.teacher, project, status="entered")
    return made


def boxes(place: Place, who: str = "reviewer") -> list[str]:
    """The boxes of the projects with waiting results, as their page has them."""
    body = place.client(who).get(f"{HERE}?waiting=1").content.decode()
    return re.findall(r'name="project" value="([^"]+)"', body)


def statuses() -> set[str]:
    return set(TrainingResult.objects.values_list("status", flat=True))


def test_ticked_projects_are_reviewed_in_one_go(place: Place, both: list[TrainingProject]) -> None:
    body = said(place.client("reviewer"), HERE, {"project": boxes(place)})
    assert "2 个项目已审核 2 条。" in body
    assert statuses() == {"reviewed"}
    assert summary(place.teacher).coordinated_counted == 8
    assert Event.objects.filter(action="审核成绩", note="1 条。").count() == 2
    assert boxes(place) == []


def test_boxes_stand_before_what_one_may_review(place: Place, both: list[TrainingProject]) -> None:
    make_result(place.teacher, make_project(place.city, name="市里的"), status="entered")
    make_project(place.county, name="没有成绩的")
    assert len(boxes(place)) == 2
    assert len(boxes(place, "above")) == 3
    assert boxes(place, "staff") == []
    assert 'type="checkbox"' not in place.client("reviewer").get(HERE).content.decode()


@pytest.mark.parametrize("who", ["staff", "school_reviewer", "other_staff"])
def test_only_reviewers_review_several(place: Place, both: list[TrainingProject], who: str) -> None:
    assert place.client(who).post(HERE, {"project": boxes(place)}).status_code == 403
    assert statuses() == {"entered"}


def test_a_project_that_changed_is_left_out(place: Place, both: list[TrainingProject]) -> None:
    ticked = boxes(place)
    make_result(make_teacher(place.school), both[0], status="entered")
    body = said(place.client("reviewer"), HERE, {"project": ticked})
    assert "语文班：您打开这一页以后，内容有变化" in body
    assert "1 个项目已审核 1 条。" in body
    assert both[0].results.filter(status="reviewed").count() == 0


def test_one_refused_result_keeps_no_other_out(place: Place, both: list[TrainingProject]) -> None:
    place.teacher.user = place.reviewer
    place.teacher.save()
    make_result(make_teacher(place.school, name="李四"), both[1], status="entered")
    body = said(place.client("reviewer"), HERE, {"project": boxes(place)})
    assert "2 个项目已审核 1 条，2 条没有办成。" in body
    assert len(re.findall("(?:语文班|数学班)，张三[^<]*不能审核自己的成绩", body)) == 2


@pytest.mark.parametrize("typed", [[], ["x"], ["9" * 30], ["0:"]])
def test_nothing_ticked_is_told(place: Place, both: list[TrainingProject], typed: list[str]) -> None:
    assert "没有选中项目" in said(place.client("reviewer"), HERE, {"project": typed})


def test_the_same_form_twice_reviews_once(place: Place, both: list[TrainingProject]) -> None:
    client, ticked = place.client("reviewer"), boxes(place)
    said(client, HERE, {"project": ticked})
    assert "内容有变化" in said(client, HERE, {"project": ticked})
    assert Event.objects.filter(action="审核").count() == 2


# --- by a worker -------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(place: Place, both: list[TrainingProject], monkeypatch: pytest.MonkeyPatch) -> Job:
    """The review of both projects as a job that waits for a worker."""
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    place.client("reviewer").post(HERE, {"project": boxes(place)})
    return Job.objects.get()


def worked_off(job: Job) -> Job:
    worker.work_off()
    job.refresh_from_db()
    return job


def test_a_deleted_project_is_named(place: Place, both: list[TrainingProject], waiting: Job) -> None:
    steps.delete(both[0], place.reviewer)
    job = worked_off(waiting)
    assert job.message == "2 个项目已审核 1 条。有 1 个项目没有办完。"
    assert job.details == ["语文班：1 条没有办。这个项目已经删除了，没有办成。"]


def test_rights_are_asked_anew(place: Place, waiting: Job) -> None:
    Organization.objects.get(pk=place.county.pk).memberships.all().delete()
    job = worked_off(waiting)
    assert job.message == "2 个项目已审核 0 条。有 2 个项目没有办完。"
    assert statuses() == {"entered"}


def test_what_changed_while_it_waited_is_named(both: list[TrainingProject], waiting: Job) -> None:
    TrainingResult.objects.filter(project=both[0]).update(hours=20)
    job = worked_off(waiting)
    assert job.message == "2 个项目已审核 1 条，1 条没有办成。"
    assert "您打开那一页以后有变化（现在是 20 学时" in job.details[0]


@pytest.mark.parametrize("calls", range(1, 5))
def test_an_attempt_goes_on_where_the_last_one_ended(waiting: Job, calls: int) -> None:
    answers: list[Any] = [False] * (calls - 1) + [True]
    Job.objects.update(state="running", claim="first", attempts=1)
    row = Job.objects.get()
    with pytest.raises(jobs.Interrupted):
        jobs.RUNNERS["review-projects"](jobs.Work(row, lambda: answers.pop(0)))
    again = Job.objects.get()
    jobs.RUNNERS["review-projects"](jobs.Work(again))
    assert again.message == "2 个项目已审核 2 条。"
    assert Event.objects.filter(action="审核").count() == 2
    assert Event.objects.filter(action="审核成绩").count() == 2
