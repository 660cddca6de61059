"""A project counts for teachers of its organizer and of all below it, whoever enters and reviews the results."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from credits.models import Membership, Organization, TrainingProject, TrainingResult
from credits.steps import people, projects
from tests.cast import Place, make_member, make_organization, make_project, make_result, make_teacher, signed_in
from tests.credits.imports.helpers import problems
from tests.credits.posting import said
from tests.credits.steps.helpers import refused

pytestmark = pytest.mark.usefixtures("cycles")
NOT_THEIRS = "这个项目由柳溪县举办，张三的学校不归它管"


@pytest.fixture
def far(place: Place) -> Organization:
    """Another county of the same city."""
    return make_organization("county", place.city, name="柳溪县")


@pytest.fixture
def of_both(place: Place, far: Organization) -> User:
    """A reviewer in both counties, who so sees the projects of one and the teachers of the other."""
    user = make_member("of_both", place.county, "reviewer")
    Membership.objects.create(user=user, organization=far, role="reviewer")
    return user


@pytest.fixture
def project(far: Organization) -> TrainingProject:
    return make_project(far, code="P-1")


def test_a_project_of_another_county_is_not_entered_by_step(
    place: Place, of_both: User, project: TrainingProject
) -> None:
    refused(lambda: projects.enter(project, {place.teacher: Decimal(40)}, of_both), NOT_THEIRS)
    assert not TrainingResult.objects.exists()


def test_a_project_of_another_county_is_not_entered_on_the_page(
    place: Place, of_both: User, project: TrainingProject
) -> None:
    body = said(signed_in(of_both), f"/credits/projects/{project.code}/enter/", {"numbers": "A-1 40"})
    assert NOT_THEIRS in body
    assert not TrainingResult.objects.exists()


def test_a_project_of_another_county_is_not_imported(place: Place, of_both: User, project: TrainingProject) -> None:
    [(row, _, sentence)] = problems("results", of_both, {})
    assert row == 2 and NOT_THEIRS in sentence


@pytest.mark.parametrize("who", ["of_both", "superuser"])
def test_what_was_entered_elsewhere_is_not_reviewed(
    place: Place, of_both: User, project: TrainingProject, who: str
) -> None:
    user = of_both if who == "of_both" else place.superuser
    result = make_result(place.teacher, project, status="entered")
    body = said(signed_in(user), f"/credits/projects/{project.code}/", {"step": "review", "all": "1"})
    assert NOT_THEIRS in body
    result.refresh_from_db()
    assert result.status == "entered"
    refused(lambda: projects.correct(result, Decimal(20), user), NOT_THEIRS)


@pytest.mark.parametrize("at", ["school", "county", "city"])
def test_everybody_above_the_school_may_organize(place: Place, at: str) -> None:
    made = make_project(getattr(place, at))
    (result,) = projects.enter(made, {place.teacher: Decimal(40)}, place.above)
    assert projects.review(made, [result.pk], place.above).done == 1


def test_a_school_does_not_organize_for_its_neighbour(place: Place) -> None:
    made = make_project(place.other)
    refused(lambda: projects.enter(made, {place.teacher: Decimal(40)}, place.reviewer), "不归它管")


def test_a_transfer_takes_no_training_of_before_away(place: Place, far: Organization) -> None:
    made = make_project(place.county)
    there = make_organization(parent=far)
    people.transfer(place.teacher, there, datetime.date(2020, 9, 1), place.above)
    (result,) = projects.enter(made, {place.teacher: Decimal(40)}, place.above)
    assert projects.review(made, [result.pk], place.above).done == 1
    later = make_project(place.county, ends_on=datetime.date(2021, 7, 10))
    refused(lambda: projects.enter(later, {place.teacher: Decimal(40)}, place.above), "不归它管")


def test_ids_that_begin_alike_are_not_above(place: Place) -> None:
    alike = Organization.objects.create(pk=place.county.pk * 10 + 1, name="别的县", kind="county")
    teacher = make_teacher(make_organization(parent=alike), name="李四")
    refused(lambda: projects.enter(make_project(place.county), {teacher: Decimal(40)}, place.superuser), "不归它管")
