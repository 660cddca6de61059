"""Long work whose arguments no longer fit when it runs: it ends with a sentence, and nothing is half done."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from credits.models import (
    Event,
    Membership,
    Organization,
    SpreadsheetImport,
    StatementAccess,
    Teacher,
    TrainingProject,
    TrainingResult,
)
from credits.spreadsheets import exporting
from credits.steps import projects
from helpdesk.common import jobs, worker
from helpdesk.common.models import Job
from tests.cast import Place, make_organization, make_project, make_result, make_teacher
from tests.credits.imports.helpers import prepared

SELECTION = "all=1&cycle=2018"
pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture(autouse=True)
def by_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)


def begin(kind: str, owner: User, **parameters: Any) -> Job:
    return jobs.start(kind, "试一试", owner, key=f"try:{kind}", back="/", total=3, **parameters)


def worked_off(job: Job) -> Job:
    worker.work_off()
    return Job.objects.get(pk=job.pk)


def results_of(place: Place, number: int = 3) -> list[TrainingResult]:
    project = make_project(place.county)
    teachers = [make_teacher(place.school, name=f"教师{at}") for at in range(number)]
    return [make_result(one, project, status="entered") for one in teachers]


def begin_review(place: Place, results: list[TrainingResult]) -> Job:
    ids = [one.pk for one in results]
    return begin("review", place.superuser, project=results[0].project_id, results=ids)


# --- a review ----------------------------------------------------------------------------------------------------


def test_a_review_of_a_deleted_project_says_so(place: Place) -> None:
    results = results_of(place)
    job = begin_review(place, results)
    TrainingResult.objects.all().delete()
    TrainingProject.objects.all().delete()
    job = worked_off(job)
    assert (job.state, job.message) == ("failed", "这个项目已经删除了，没有办成。")


def test_a_review_passes_over_deleted_teachers_and_says_so(place: Place) -> None:
    results = results_of(place)
    job = begin_review(place, results)
    results[0].teacher.delete()
    job = worked_off(job)
    assert (job.state, job.message) == ("done", "已审核 2 条，1 条没有办成。")
    assert job.details == ["1 条成绩已经删除、已由别人办理，或者教师不再归您管理。"]


def test_a_review_leaves_teachers_who_went_to_another_county(place: Place) -> None:
    results = results_of(place)
    reviewer = place.works("city_reviewer", place.city, "reviewer")
    job = begin("review", reviewer, project=results[0].project_id, results=[one.pk for one in results])
    teacher = results[0].teacher
    teacher.school = make_organization(name="外县小学")
    teacher.save()
    job = worked_off(job)
    assert job.message == "已审核 2 条，1 条没有办成。"
    results[0].refresh_from_db()
    assert results[0].status == "entered"


def test_a_review_without_the_right_any_more_does_nothing(place: Place) -> None:
    results = results_of(place)
    reviewer = place.works("city_reviewer", place.city, "reviewer")
    job = begin("review", reviewer, project=results[0].project_id, results=[one.pk for one in results])
    Membership.objects.filter(user=reviewer).delete()
    job = worked_off(job)
    assert (job.state, job.message) == ("failed", jobs.NOT_ALLOWED)
    assert not TrainingResult.objects.filter(status="reviewed").exists()


def test_a_right_withdrawn_in_the_middle_ends_it_after_a_whole_batch(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projects, "BATCH", 1)
    results = results_of(place)
    reviewer = place.works("city_reviewer", place.city, "reviewer")
    ids = [one.pk for one in results]
    job = begin("review", reviewer, project=results[0].project_id, results=ids)
    review_batch = projects.review_batch

    def withdrawn_after(*arguments: Any) -> None:
        review_batch(*arguments)
        Membership.objects.filter(user=reviewer).delete()

    monkeypatch.setattr(projects, "review_batch", withdrawn_after)
    job = worked_off(job)
    assert job.state == "failed"
    assert job.message == f"已审核 1 条。其余 2 条没有办：{jobs.NOT_ALLOWED}"
    assert TrainingResult.objects.filter(status="reviewed").count() == 1
    assert Event.objects.get(action="审核成绩").note == "1 条。"


def test_a_review_that_was_interrupted_counts_every_batch_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "BATCH", 2)
    results = results_of(place, 5)
    ids = [one.pk for one in results]
    job = jobs.start(
        "review", "试", place.superuser, key="x", back="/", total=5, project=results[0].project_id, results=ids
    )
    for _ in range(2):
        claimed = worker.claim("one")
        assert claimed is not None
        jobs.perform(jobs.Work(claimed, must_stop=lambda: True))
    assert TrainingResult.objects.filter(status="reviewed").count() == 4
    job = worked_off(job)
    assert job.message == "已审核 5 条。"
    assert Event.objects.get(action="审核成绩").note == "5 条。"
    assert Event.objects.filter(action="审核").count() == 5


# --- an export and recomputing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["export", "recompute"])
def test_where_nobody_is_left_in_charge_nothing_is_done(place: Place, kind: str) -> None:
    job = begin(kind, place.staff, selection=SELECTION)
    Membership.objects.filter(user=place.staff).delete()
    job = worked_off(job)
    assert (job.state, job.message) == ("failed", "选中的教师已经删除，或者不再归您管理，没有办成。")
    assert not StatementAccess.objects.exists()


def test_an_export_holds_only_teachers_still_in_charge(place: Place) -> None:
    job = begin("export", place.reviewer, selection=SELECTION)
    Organization.objects.filter(pk=place.other.pk).update(parent=None, path="/elsewhere/")
    job = worked_off(job)
    assert job.message == "已导出 1 位教师的名单，可以下载了。文件保留一天。"
    assert [look.teacher_id for look in StatementAccess.objects.all()] == [place.teacher.pk]


@pytest.mark.django_db(transaction=True)
def test_an_export_whose_teacher_is_deleted_while_it_is_written_is_written_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin("export", place.reviewer, selection=SELECTION)
    write_workbook = exporting.write_workbook

    def deleted_after(*arguments: Any) -> Any:
        teachers = write_workbook(*arguments)
        Teacher.objects.filter(pk=place.stranger.pk).delete()
        return teachers

    monkeypatch.setattr(exporting, "write_workbook", deleted_after)
    job = worked_off(job)
    assert (job.state, job.total) == ("done", 1)
    assert [look.teacher_id for look in StatementAccess.objects.all()] == [place.teacher.pk]


# --- an import ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["import", "undo-import"])
def test_an_import_of_a_table_that_was_discarded_says_so(place: Place, kind: str) -> None:
    row = SpreadsheetImport.objects.create(kind="teachers", state="ready", owner=place.staff, file_name="x.xlsx")
    job = begin(kind, place.staff, row=row.pk)
    row.delete()
    job = worked_off(job)
    assert (job.state, job.message) == ("failed", "这份表格已经删除了，没有办成。")


def test_an_import_without_the_right_any_more_saves_nothing(place: Place) -> None:
    row = prepared("teachers", place.staff)
    job = begin("import", place.staff, row=row.pk)
    Membership.objects.filter(user=place.staff).delete()
    job = worked_off(job)
    assert job.state == "failed"
    assert "没有导入" in job.message
    assert not Teacher.objects.filter(staff_number="N-1").exists()


# --- its owner ---------------------------------------------------------------------------------------------------


def test_work_of_an_account_that_was_switched_off_is_not_done(place: Place) -> None:
    job = begin("recompute", place.superuser, selection=SELECTION)
    User.objects.filter(pk=place.superuser.pk).update(is_active=False)
    job = worked_off(job)
    assert (job.state, job.message) == ("failed", "您的账号已经停用，这件事没有办。")


def test_work_of_a_deleted_account_goes_with_it(place: Place) -> None:
    results = results_of(place)
    job = begin_review(place, results)
    claimed = worker.claim("one")
    assert claimed is not None
    Job.objects.filter(pk=job.pk).delete()
    jobs.perform(jobs.Work(claimed))
    assert not TrainingResult.objects.filter(status="reviewed").exists()
    assert not Event.objects.filter(action="审核成绩").exists()
