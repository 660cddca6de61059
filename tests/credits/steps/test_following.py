"""Results that follow a project's former hours: who may bring them along, what becomes of them, and which stay."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from credits.models import TrainingProject, TrainingResult
from credits.steps import projects
from credits.steps.following import follow_batch, followers
from credits.steps.history import events_of
from credits.steps.projects import ReviewReport, versions_of
from tests.cast import Place, make_project, make_result, make_teacher
from tests.credits.steps.helpers import history, summary

pytestmark = pytest.mark.usefixtures("cycles")


def corrected(project: TrainingProject, place: Place, hours: int = 30) -> TrainingProject:
    """The project after its hours were corrected."""
    row = TrainingProject.objects.get(pk=project.pk)
    row.hours = Decimal(hours)
    projects.change(row, place.reviewer)
    return TrainingProject.objects.get(pk=project.pk)


def bring(result: TrainingResult, who: str, place: Place, **options: object) -> ReviewReport:
    outcome = ReviewReport("更正")
    follow_batch(result.project, [result.pk], getattr(place, who), outcome, **options)  # type: ignore[arg-type]
    result.refresh_from_db()
    return outcome


def reviewed(place: Place) -> TrainingResult:
    """A result of 24 hours, reviewed; its project was corrected to 30 afterwards."""
    project = make_project(place.county, hours=24)
    result = make_result(place.teacher, project, status="entered")
    projects.review(project, [result.pk], place.reviewer)
    result.project = corrected(project, place)
    return result


def test_correcting_a_project_changes_no_result(place: Place) -> None:
    result = reviewed(place)
    result.refresh_from_db()
    assert (result.hours, result.credits) == (24, Decimal("2.4"))
    assert list(followers(result.project, result.project.results.all())) == [result]


def test_reviewed_ones_are_reviewed_again_at_once(place: Place) -> None:
    result = reviewed(place)
    assert bring(result, "reviewer", place).done == 1
    assert (result.hours, result.status, result.credits) == (30, "reviewed", 3)
    assert summary(place.teacher).coordinated_counted == 3
    assert history(result) == ["审核", "取消审核", "更正学时", "审核"]
    assert "由 24 改为 30 学时" in events_of(result).get(action="更正学时").note
    assert bring(result, "reviewer", place).gone == 1


def test_entered_ones_still_wait_for_review(place: Place) -> None:
    project = make_project(place.county, hours=24)
    result = make_result(place.teacher, project, status="entered")
    result.project = corrected(project, place)
    assert bring(result, "staff", place).done == 1
    assert (result.hours, result.status, result.credits) == (30, "entered", None)
    assert history(result) == ["更正学时"]


def test_reviewed_ones_stay_where_one_may_not_review(place: Place) -> None:
    result = reviewed(place)
    outcome = bring(result, "staff", place)
    assert "已经审核，要由桃源县的审核员办理" in outcome.refused[0]
    assert (result.hours, result.credits) == (24, Decimal("2.4"))


@pytest.mark.parametrize("who", ["other_staff", "nobody"])
def test_nobody_brings_others_teachers_along(place: Place, who: str) -> None:
    result = reviewed(place)
    try:
        assert bring(result, who, place).gone == 1
    except PermissionDenied:
        assert who == "nobody"
    result.refresh_from_db()
    assert result.hours == 24


def test_nobody_brings_their_own_along(place: Place) -> None:
    result = reviewed(place)
    place.teacher.user = place.reviewer
    place.teacher.save()
    assert "不能更正自己的成绩" in bring(result, "reviewer", place).refused[0]
    assert result.hours == 24


def test_other_figures_and_later_entries_stay(place: Place) -> None:
    project = make_project(place.county, hours=24)
    follower = make_result(place.teacher, project, status="entered")
    meant = make_result(make_teacher(place.school), project, status="entered", hours=20)
    row = corrected(project, place)
    later = make_result(make_teacher(place.school), row, status="entered", hours=24)
    assert list(followers(row, row.results.all())) == [follower]
    for result in (meant, later):
        assert bring(result, "reviewer", place).gone == 1
        assert result.hours in (20, 24)


def test_figures_corrected_twice_lead_to_the_last(place: Place) -> None:
    project = make_project(place.county, hours=24)
    first = make_result(place.teacher, project, status="entered")
    row = corrected(project, place, 36)
    second = make_result(make_teacher(place.school), row, status="entered", hours=36)
    row = corrected(project, place, 30)
    assert set(followers(row, row.results.all())) == {first, second}
    row = corrected(project, place, 24)  # the correction was the mistake
    assert list(followers(row, row.results.all())) == [second]


def test_a_result_that_changed_meanwhile_is_named(place: Place) -> None:
    result = reviewed(place)
    seen = versions_of(result.project, [TrainingResult.objects.get(pk=result.pk)])
    projects.unreview(result.project, [result.pk], place.reviewer)
    outcome = bring(result, "reviewer", place, seen=seen)
    assert "您打开那一页以后有变化" in outcome.refused[0]
    assert result.hours == 24


def test_hours_that_make_no_credits_leave_it_reviewed(place: Place) -> None:
    result = reviewed(place)
    result.project = corrected(result.project, place, 30)
    TrainingProject.objects.update(hours=Decimal("0.01"))
    assert bring(result, "reviewer", place).refused
    assert (result.hours, result.status) == (24, "reviewed")
