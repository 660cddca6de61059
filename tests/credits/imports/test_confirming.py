"""Confirming an import: once, by its owner, and only what the preview showed."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from credits.models import (
    DegreeAward,
    Event,
    SelfDirectedActivity,
    SpreadsheetImport,
    Teacher,
    TrainingResult,
)
from credits.spreadsheets import saving
from credits.spreadsheets.importing import apply, undo
from helpdesk.common.decisions import Refusal
from tests.cast import (
    Place,
    make_plan,
    make_project,
    make_result,
    make_teacher,
)
from tests.credits.imports.helpers import (
    counts,
    everything,
    imported,
    prepared,
    problems_of,
    summaries,
)

pytestmark = pytest.mark.usefixtures("cycles")


def test_confirming_twice_does_it_once(place: Place) -> None:
    one = imported("teachers", place.staff)
    with pytest.raises(Refusal, match="已经导入过"):
        apply(one, place.staff)
    assert Teacher.objects.filter(staff_number="N-1").count() == 1
    assert Event.objects.filter(action="导入").count() == 1


def test_only_the_owner_confirms_and_undoes(place: Place) -> None:
    one = prepared("teachers", place.staff)
    for step in (apply, undo):
        with pytest.raises(PermissionDenied):
            step(one, place.reviewer)
    assert not Teacher.objects.filter(staff_number="N-1").exists()


def test_what_became_wrong_since_the_preview_is_named_and_nothing_is_saved(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    other = make_teacher(place.school, staff_number="A-2")
    one = prepared("results", place.staff, {"staff_number": "A-2"}, {"hours": "30"})
    result = make_result(place.teacher, project, hours=20)
    with pytest.raises(Refusal, match="第 3 行学时：这条成绩已经审核") as refused:
        apply(one, place.staff)
    assert "没有导入" in refused.value.sentence
    one.refresh_from_db()
    assert (one.state, one.rows, problems_of(one)[0][:2]) == ("refused", [], (3, "学时"))
    result.refresh_from_db()
    assert result.hours == 20
    assert not other.results.exists()


def test_what_is_otherwise_than_the_preview_showed_is_shown_anew_and_nothing_is_saved(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    make_teacher(place.school, staff_number="A-2")
    one = prepared("results", place.staff, {"staff_number": "A-2"}, {"hours": "30"})
    make_result(place.teacher, project, status="entered", hours=20)
    with pytest.raises(Refusal, match="第 3 行在系统里的数据有变化"):
        apply(one, place.staff)
    assert TrainingResult.objects.count() == 1
    one.refresh_from_db()
    assert (one.state, counts(one)) == ("ready", (1, 1, 0))
    apply(one, place.staff)
    assert sorted(TrainingResult.objects.values_list("hours", flat=True)) == [30, 40]


def test_who_works_there_no_more_imports_nothing(place: Place) -> None:
    one = prepared("degrees", place.staff)
    place.staff.memberships.all().delete()
    with pytest.raises(Refusal, match="没有找到这位教师"):
        apply(one, place.staff)
    assert not DegreeAward.objects.exists()


def test_a_failure_in_the_middle_saves_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    one = prepared("teachers", place.staff, {}, {"staff_number": "A-1", "name": "张三丰"})
    before = everything()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(saving, "refresh", fail)
    with pytest.raises(RuntimeError):
        apply(one, place.staff)
    assert everything() == before
    one.refresh_from_db()
    assert one.state == "ready"


def test_what_counts_is_summed_up_in_the_same_step(place: Place) -> None:
    make_plan(place.school, year=2019)
    assert summaries(place.teacher)["self_directed_counted"] == 0
    imported("activities", place.staff, {"in_plan": "是"})
    assert summaries(place.teacher)["self_directed_counted"] == 1


@pytest.mark.django_db(transaction=True)
def test_confirmed_twice_at_the_same_moment_it_is_done_once(cycles: None) -> None:
    place = Place()
    one = prepared("activities", place.staff)
    said: list[str] = []

    def confirm() -> None:
        try:
            said.append(apply(SpreadsheetImport.objects.get(pk=one.pk), place.staff))
        except Refusal as refusal:
            said.append(refusal.sentence)
        finally:
            connections.close_all()

    both = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(sentence[:4] for sentence in said) == ["导入好了", "这份文件"]
    assert SelfDirectedActivity.objects.count() == 1
