"""The tree of organisations, and the schools of a teacher now and before."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError

from credits.models import (
    Membership,
    Organization,
    Teacher,
)
from tests.cast import (
    make_organization,
    make_teacher,
)

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture
def county() -> Organization:
    return make_organization("county", make_organization("city", make_organization("province")))


def test_an_organization_moves_with_all_below_it(county: Organization) -> None:
    school = make_organization(parent=county)
    elsewhere = make_organization("city")
    county.parent = elsewhere
    county.save()
    school.refresh_from_db()
    assert school.path == f"{elsewhere.path}{county.pk}.{school.pk}."
    assert set(Organization.objects.within([elsewhere])) == {elsewhere, county, school}


def test_ids_that_begin_alike_are_no_descendants() -> None:
    one = make_organization("county")
    other = Organization.objects.create(pk=one.pk * 10 + 1, name="别的县", kind="county")
    assert set(Organization.objects.within([one])) == {one}
    assert other.path == f"{other.pk}."


@pytest.mark.parametrize("kind", ["county", "school"])
def test_only_something_higher_can_be_above(county: Organization, kind: str) -> None:
    school = make_organization(parent=county)
    with pytest.raises(ValidationError, match="上级不能是"):
        Organization(name="错", kind=kind, parent=school).clean()
    city = county.parent
    assert city is not None
    city.parent, city.kind = county, "school"
    with pytest.raises(ValidationError, match="上级不能是"):
        city.clean()


def test_staff_see_their_own_and_below_only(county: Organization) -> None:
    here, there = make_organization(parent=county), make_organization(parent=county)
    outside = make_organization()
    teachers = {school: make_teacher(school) for school in (here, there, outside)}
    staff, reviewer = User.objects.create_user("staff"), User.objects.create_user("reviewer")
    Membership.objects.create(user=staff, organization=here, role="staff")
    Membership.objects.create(user=reviewer, organization=county, role="reviewer")
    nobody, root = User.objects.create_user("nobody"), User.objects.create_superuser("root")
    assert set(Teacher.objects.managed_by(staff)) == {teachers[here]}
    assert set(Teacher.objects.managed_by(reviewer)) == {teachers[here], teachers[there]}
    assert set(Teacher.objects.managed_by(root)) == set(teachers.values())
    assert set(Organization.objects.visible_to(reviewer)) == {county, here, there}
    for user in (nobody, AnonymousUser()):
        assert not Teacher.objects.managed_by(user).exists()
        assert not Organization.objects.visible_to(user).exists()
    staff.is_active = False
    assert not Teacher.objects.managed_by(staff).exists()


def test_a_transfer_keeps_where_the_teacher_was(county: Organization) -> None:
    old, new, third = (make_organization(parent=county) for _ in range(3))
    teacher = make_teacher(old)
    teacher.transfer(new, date(2020, 9, 1))
    teacher.transfer(third, date(2021, 9, 1))
    stays = [(stay.school, stay.started_on, stay.ended_on) for stay in teacher.postings.all()]
    assert stays == [
        (old, None, date(2020, 9, 1)),
        (new, date(2020, 9, 1), date(2021, 9, 1)),
        (third, date(2021, 9, 1), None),
    ]
    assert Teacher.objects.get(pk=teacher.pk).school == third


def test_an_impossible_transfer_changes_nothing(county: Organization) -> None:
    teacher = make_teacher(make_organization(parent=county))
    new = make_organization(parent=county)
    teacher.transfer(new, date(2020, 9, 1))
    for school, day in ((county, date(2021, 9, 1)), (new, date(2021, 9, 1)), (make_organization(), date(2020, 9, 1))):
        with pytest.raises(ValidationError):
            teacher.transfer(school, day)
    assert teacher.postings.count() == 2
