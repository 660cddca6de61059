"""Teachers come, change schools and retire."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from credits.models import (
    SignInCode,
    Teacher,
)
from credits.statements.summaries import refresh
from credits.steps import people
from credits.steps.history import events_of
from tests.cast import (
    Place,
    make_organization,
    make_project,
    make_result,
    make_teacher,
)
from tests.credits.steps.helpers import history, refused, statement, summary

pytestmark = pytest.mark.usefixtures("cycles")


def test_transfer_retirement_and_return_keep_the_history(place: Place) -> None:
    make_result(place.teacher, make_project(place.county))
    with pytest.raises(PermissionDenied):
        people.transfer(place.teacher, place.other, date(2020, 9, 1), place.staff)
    people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer)
    assert summary(place.teacher).school == place.other
    people.end(place.teacher, "retired", date(2022, 8, 31), place.reviewer)
    assert not summary(place.teacher).listed
    refused(lambda: people.end(place.teacher, "left", date(2022, 8, 31), place.reviewer), "已经不在职了")
    place.teacher.refresh_from_db()
    refused(lambda: people.transfer(place.teacher, place.school, date(2023, 1, 1), place.reviewer), "只有在职")
    assert statement(place.teacher).coordinated.counted == 4
    people.return_to_work(place.teacher, place.reviewer)
    refused(lambda: people.return_to_work(place.teacher, place.reviewer), "本来就在职")
    assert summary(place.teacher).listed
    assert history(place.teacher) == ["调动", "已退休", "恢复在职"]


@pytest.mark.parametrize("number", ["110101199003077715", "44030619851231123X"])
def test_what_looks_like_an_identity_card_number_is_refused(place: Place, number: str) -> None:
    refused(lambda: people.save_teacher(_new(place, number), place.staff), "这像是身份证号")


def _new(place: Place, number: str) -> Teacher:
    return Teacher(staff_number=number, name="钱六", school=place.school)


def test_a_transfer_is_not_dated_before_the_teacher_was_one_nor_into_a_school_of_one(place: Place) -> None:
    refused(lambda: people.transfer(place.teacher, place.other, date(1990, 1, 1), place.reviewer), "正式任教日期")
    alone = make_organization(parent=place.county, name="教学点", is_village_school=True, is_sole_teacher_school=True)
    make_teacher(alone)
    refused(lambda: people.transfer(place.teacher, alone, date(2020, 9, 1), place.reviewer), "一人一校")


def test_nobody_returns_to_a_school_of_one_that_has_another(place: Place) -> None:
    people.end(place.teacher, "retired", date(2022, 8, 31), place.reviewer)
    make_teacher(place.school)
    place.school.is_sole_teacher_school = True
    place.school.save()
    refused(lambda: people.return_to_work(place.teacher, place.reviewer), "一人一校")


def test_a_school_of_several_does_not_become_one_of_one(place: Place) -> None:
    place.school.is_sole_teacher_school = True
    place.school.full_clean()
    make_teacher(place.school)
    with pytest.raises(ValidationError, match="不止一位在职教师"):
        place.school.full_clean()


def test_the_day_of_a_move_belongs_to_the_new_school(place: Place) -> None:
    people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer)
    before, now = place.teacher.postings.order_by("pk")
    assert before.in_words == "（起始日期未登记）— 2020 年 8 月 31 日"
    assert now.in_words == "2020 年 9 月 1 日 — 至今"
    teacher = Teacher.objects.get(pk=place.teacher.pk)
    assert [teacher.school_on(date(2020, 8, 31)), teacher.school_on(date(2020, 9, 1))] == [place.school, place.other]


def test_a_transfer_and_an_end_void_the_code_that_was_printed_before(place: Place) -> None:
    for step in (
        lambda: people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer),
        lambda: people.end(place.teacher, "retired", date(2022, 8, 31), place.reviewer),
    ):
        SignInCode.issue(place.teacher, place.staff)[0].save()
        step()
        assert not SignInCode.objects.exists()


def test_what_a_verdict_hangs_on_alone_takes_a_reviewer(place: Place) -> None:
    place.teacher.position = "seconded"
    refused(lambda: people.save_teacher(place.teacher, place.staff), "要由桃源县的审核员改")
    place.teacher.position = "teaching"
    place.teacher.formally_employed_on = date(2021, 9, 1)
    refused(lambda: people.save_teacher(place.teacher, place.staff), "要由桃源县的审核员改")
    people.save_teacher(place.teacher, place.reviewer)
    note = events_of(place.teacher).get().note
    assert note == "正式任教日期由“2010-09-01”改为“2021-09-01”"
    unknown = make_teacher(place.school, formally_employed_on=None)
    unknown.formally_employed_on = date(2012, 9, 1)
    people.save_teacher(unknown, place.staff)  # what nobody knew, the school may say


def test_saving_a_form_that_was_opened_before_undoes_no_transfer_and_no_account(place: Place) -> None:
    stale = Teacher.objects.get(pk=place.teacher.pk)
    people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer)
    Teacher.objects.filter(pk=stale.pk).update(user=place.nobody)
    stale.name = "张三丰"
    people.save_teacher(stale, place.reviewer)
    now = Teacher.objects.get(pk=stale.pk)
    assert (now.name, now.school, now.user) == ("张三丰", place.other, place.nobody)


def test_who_came_after_a_cycle_is_not_on_its_roster(place: Place) -> None:
    late = make_teacher(place.school, formally_employed_on=date(2023, 9, 1))
    last = make_teacher(place.school, formally_employed_on=date(2023, 8, 31))
    refresh([late.pk, last.pk])
    assert not summary(late).listed
    assert summary(last).listed
