"""Offices and who is above whom, as other apps may ask it of `helpdesk.common.offices`."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ImproperlyConfigured

from credits.models import Membership, Organization
from helpdesk.common import offices as ground
from helpdesk.common.offices import Offices, offices


class County:
    """A city, its county, two schools of the county, and a school elsewhere that begins with the same digit."""

    def __init__(self) -> None:
        self.city = make("桃源市", "city")
        self.county = make("桃源县", "county", self.city)
        self.first = make("桃源一小", "school", self.county)
        self.second = make("桃源二小", "school", self.county)
        self.elsewhere = make("外县小学", "school")


def make(name: str, kind: str, parent: Organization | None = None) -> Organization:
    return Organization.objects.create(name=name, kind=kind, parent=parent)


def works(account: str, *places: Organization, name: str = "", **fields: Any) -> User:
    """An account that works at these places; its full name is a family name of one character and a given name."""
    user = User.objects.create_user(account, last_name=name[:1], first_name=name[1:], **fields)
    for place in places:
        Membership.objects.create(user=user, organization=place, role="staff")
    return user


@pytest.fixture
def county(db: None) -> County:
    return County()


def test_the_app_of_the_organisations_has_registered() -> None:
    registered: Offices = offices()
    assert type(registered).__module__ == "credits.offices"


def test_asking_without_an_implementation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "_registered", None)
    with pytest.raises(ImproperlyConfigured):
        offices()


def test_staff_see_their_own_place(county: County) -> None:
    assert offices().visible_to(works("staff", county.first)) == [county.first.path]


def test_a_place_below_another_is_not_named_twice(county: County) -> None:
    user = works("both", county.first, county.county, county.elsewhere)
    assert set(offices().visible_to(user)) == {county.county.path, county.elsewhere.path}
    assert len(offices().visible_to(user)) == 2


def test_two_roles_at_one_place_are_one_path(county: County) -> None:
    user = works("roles", county.first)
    Membership.objects.create(user=user, organization=county.first, role="reviewer")
    assert offices().visible_to(user) == [county.first.path]


def test_everything_below_begins_with_the_path(county: County) -> None:
    [top] = offices().visible_to(works("reviewer", county.county))
    seen = {place.name for place in Organization.objects.filter(path__startswith=top)}
    assert seen == {"桃源县", "桃源一小", "桃源二小"}


def test_the_same_is_seen_as_in_the_roster(county: County) -> None:
    user = works("reviewer", county.county, county.elsewhere)
    tops = offices().visible_to(user)
    seen = {place for place in Organization.objects.all() if place.path.startswith(tuple(tops))}
    assert seen == set(Organization.objects.visible_to(user))


def test_a_superuser_sees_every_path(county: County) -> None:
    [top] = offices().visible_to(User.objects.create_superuser("superuser"))
    assert all(place.path.startswith(top) for place in Organization.objects.all())


@pytest.mark.parametrize("kind", ["anonymous", "inactive", "inactive superuser", "works nowhere"])
def test_who_works_nowhere_sees_nothing(county: County, kind: str) -> None:
    user: User | AnonymousUser = AnonymousUser()
    if kind == "inactive":
        user = works("gone", county.first, is_active=False)
    elif kind == "inactive superuser":
        user = works("gone", is_active=False, is_superuser=True)
    elif kind == "works nowhere":
        user = works("nobody")
    assert offices().visible_to(user) == []


def test_names_of_a_whole_list_take_one_query(county: County, django_assert_num_queries: Any) -> None:
    paths = [county.first.path, county.county.path, "9999.", "", "\x01"]
    with django_assert_num_queries(1):
        names = offices().names(paths)
    assert names == {county.first.path: "桃源一小", county.county.path: "桃源县"}


def test_each_place_has_the_one_above_it(county: County) -> None:
    assert offices().parent(county.first.path) == county.county.path
    assert offices().parent(county.county.path) == county.city.path
    assert offices().parent(county.city.path) is None
    assert offices().parent("9999.") is None


def test_a_place_that_moved_has_a_new_path_and_parent(county: County) -> None:
    other = make("柳溪县", "county", county.city)
    county.first.parent = other
    county.first.save()
    assert offices().parent(county.first.path) == other.path


def test_those_who_work_at_a_place_are_its_contact(county: County) -> None:
    works("wang", county.first, name="王芳")
    works("li", county.first, name="李军")
    assert offices().contact(county.first.path) == "桃源一小（王芳、李军）"


def test_account_names_are_never_told(county: County) -> None:
    works("13800138000", county.first)
    assert offices().contact(county.first.path) == "桃源一小"


def test_the_place_above_answers_where_nobody_works(county: County) -> None:
    works("wang", county.city, name="王芳")
    works("gone", county.first, name="李军", is_active=False)
    assert offices().contact(county.first.path) == "桃源市（王芳）"


def test_nobody_above_is_no_contact(county: County) -> None:
    works("wang", county.second, name="王芳")
    assert offices().contact(county.first.path) == ""
    assert offices().contact("9999.") == ""


def test_two_roles_at_one_place_are_one_person(county: County) -> None:
    user = works("wang", county.first, name="王芳")
    Membership.objects.create(user=user, organization=county.first, role="reviewer")
    assert offices().contact(county.first.path) == "桃源一小（王芳）"
