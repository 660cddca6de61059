"""Queries whose SQL is written once: they find what the querysets find that they were made of."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from credits.models import Organization, Teacher, TrainingCycle
from helpdesk.common.prepared import Prepared
from tests.cast import make_organization, make_teacher

#: Queries of every kind: what makes them, the types of their values, and values for which there are rows, and are none.
QUERIES: list[tuple[Callable[..., QuerySet[Any]], dict[str, type], dict[str, Any], dict[str, Any]]] = [
    (lambda name: Organization.objects.filter(name=name), {"name": str}, {"name": "甲校"}, {"name": "乙校"}),
    (lambda pk: Organization.objects.filter(pk=pk).values_list("name"), {"pk": int}, {"pk": 1}, {"pk": 0}),
    (
        lambda name, kind: Organization.objects.filter(name=name, kind=kind).values_list("path", flat=True),
        {"name": str, "kind": str},
        {"name": "甲校", "kind": "school"},
        {"name": "甲校", "kind": "county"},
    ),
    (
        lambda day: TrainingCycle.objects.filter(starts_on__lte=day).order_by("-starts_on"),
        {"day": datetime.date},
        {"day": datetime.date(2019, 1, 1)},
        {"day": datetime.date(1999, 1, 1)},
    ),
]


@pytest.fixture
def rows(content: None) -> None:
    Organization.objects.create(pk=1, name="甲校", kind="school")


@pytest.mark.parametrize(("make", "kinds", "found", "empty"), QUERIES)
def test_it_finds_what_the_queryset_finds(
    rows: None,
    make: Callable[..., QuerySet[Any]],
    kinds: dict[str, type],
    found: dict[str, Any],
    empty: dict[str, Any],
) -> None:
    prepared = Prepared(make, **kinds)
    for values in (found, empty, found):
        assert prepared.rows(**values) == list(make(**values))
    assert prepared.rows(**found)
    assert prepared.first(**found) == prepared.rows(**found)[0]
    assert prepared.first(**empty) is None


def test_related_rows_come_with_it(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    school = make_organization()
    teacher = make_teacher(school=school)
    prepared = Prepared(lambda number: Teacher.objects.filter(staff_number=number).select_related("school"), number=str)
    with django_assert_num_queries(1):
        found = prepared.first(number=teacher.staff_number)
        assert found.school == school
    assert {name: value for name, value in vars(found).items() if name != "_state"} == {
        name: value for name, value in vars(Teacher.objects.get(pk=teacher.pk)).items() if name != "_state"
    }


def test_moments_are_compared_as_django_does(db: None) -> None:
    now = timezone.now()
    Session.objects.create(session_key="a", session_data="", expire_date=now)
    prepared = Prepared(lambda since: Session.objects.filter(expire_date__gte=since), since=datetime.datetime)
    assert [row.expire_date for row in prepared.rows(since=now)] == [now]
    assert prepared.rows(since=now + datetime.timedelta(microseconds=1)) == []


def test_the_query_is_made_once(rows: None) -> None:
    made = []

    def make(name: str) -> QuerySet[Organization]:
        made.append(name)
        return Organization.objects.filter(name=name)

    prepared = Prepared(make, name=str)
    for name in ("甲校", "乙校", "丙校"):
        prepared.rows(name=name)
    assert len(made) == 1


def test_values_never_become_sql(rows: None) -> None:
    prepared = Prepared(lambda name: Organization.objects.filter(name=name), name=str)
    assert prepared.rows(name="' OR 1=1 --") == []
    assert prepared.rows(name="%s") == []


@pytest.mark.parametrize("values", [{}, {"name": "甲校", "kind": "school"}, {"kind": "school"}])
def test_each_value_must_be_given(db: None, values: dict[str, str]) -> None:
    prepared = Prepared(lambda name: Organization.objects.filter(name=name), name=str)
    with pytest.raises(TypeError, match="the query takes name"):
        prepared.rows(**values)


def test_a_value_may_begin_a_pattern(db: None) -> None:
    county = make_organization("county")
    school, other = make_organization(parent=county), make_organization()
    prepared = Prepared(lambda path: Organization.objects.filter(path__startswith=path), path=str)
    assert prepared.rows(path=county.path) == [county, school]
    assert prepared.rows(path=other.path) == [other]


@pytest.mark.parametrize("path", ["%", "1_", "1\\"])
def test_signs_of_a_pattern_are_refused_in_one(db: None, path: str) -> None:
    prepared = Prepared(lambda path: Organization.objects.filter(path__startswith=path), path=str)
    with pytest.raises(ValueError, match="signs of a pattern"):
        prepared.rows(path=path)


def test_a_value_that_is_changed_on_its_way_is_refused(db: None) -> None:
    prepared = Prepared(lambda number: Organization.objects.filter(name=number + 1), number=int)
    with pytest.raises(TypeError, match="number does not reach the database"):
        prepared.rows(number=1)
