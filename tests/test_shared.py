"""Shared rows stay what they were: no test sees what another changed, or what it did not ask for."""

from __future__ import annotations

import pytest

from credits.models import Teacher, TrainingCycle
from faq.models import Entry
from tests.cast import Crowd, Place


@pytest.mark.django_db
def test_nothing_stands_unasked() -> None:
    assert not Entry.objects.exists()
    assert not TrainingCycle.objects.exists()
    assert not Teacher.objects.exists()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_changed_person_is_as_before(place: Place, turn: int) -> None:
    assert place.teacher.name == Teacher.objects.get(pk=place.teacher.pk).name == "张三"
    place.teacher.name = f"{turn}"
    place.teacher.save()
    place.stranger.delete()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_deleted_entry_is_there_again(content: None, turn: int) -> None:
    assert Entry.objects.filter(document__isnull=False).count() == 40
    Entry.objects.get(ref="upgrade-01").delete()


def test_teachers_have_summaries_where_cycles_stand(cycles: None, place: Place) -> None:
    assert place.teacher.summaries.count() == 2


def test_a_crowd_is_a_place_with_two_more(crowd: Crowd) -> None:
    assert [teacher.name for teacher in crowd.teachers] == ["张三", "李四", "王五", "赵六"]
    assert Teacher.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_makes_its_own(place: Place) -> None:
    assert Teacher.objects.count() == 2


@pytest.mark.django_db
def test_nothing_stands_afterwards_either() -> None:
    assert not Entry.objects.exists()
    assert not Teacher.objects.exists()
