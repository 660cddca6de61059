"""An undo passes every rule that holds where somebody changes the row by hand, and is possible for some days."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.utils import timezone

from credits.models import SpreadsheetImport, Teacher, TrainingProject
from credits.spreadsheets.importing import undo
from credits.steps import people
from helpdesk.common.decisions import Refusal
from tests.cast import Place, make_activity, make_organization, make_plan, make_project, make_result, make_teacher
from tests.credits.imports.helpers import body, imported, text_of
from tests.credits.steps.helpers import refused

pytestmark = pytest.mark.usefixtures("cycles")


def test_a_known_day_is_not_taken_back_by_the_school(place: Place) -> None:
    teacher = make_teacher(place.school, name="李四", staff_number="A-2", formally_employed_on=None)
    row = {"staff_number": "A-2", "name": "李四", "formally_employed_on": "2012-09-01"}
    one = imported("teachers", place.staff, row)
    with pytest.raises(Refusal, match=r"不能撤销：李四（A-2）：这个日期关系到.*要由桃源县的审核员改"):
        undo(one, place.staff)
    teacher.refresh_from_db()
    assert teacher.formally_employed_on == datetime.date(2012, 9, 1)
    teacher.formally_employed_on = datetime.date(2001, 9, 1)
    refused(lambda: people.save_teacher(teacher, place.staff), "要由桃源县的审核员改")


def test_a_reviewer_takes_a_known_day_back(place: Place) -> None:
    teacher = make_teacher(place.school, name="李四", staff_number="A-2", formally_employed_on=None)
    row = {"staff_number": "A-2", "name": "李四", "formally_employed_on": "2012-09-01"}
    undo(imported("teachers", place.reviewer, row), place.reviewer)
    teacher.refresh_from_db()
    assert teacher.formally_employed_on is None


def test_hours_of_before_must_still_fit_the_project(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    make_result(place.teacher, project, status="entered", hours=40)
    one = imported("results", place.staff, {"hours": "20"})
    TrainingProject.objects.update(hours=30)
    with pytest.raises(Refusal, match="超过项目的 30 学时"):
        undo(one, place.staff)


def test_hours_of_before_must_still_make_credits(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    make_result(place.teacher, project, status="entered", hours="0.05")
    one = imported("results", place.staff, {"hours": "20"})
    with pytest.raises(Refusal, match="最多两位小数"):
        undo(one, place.staff)


def test_an_activity_returns_to_no_plan_of_another_school(place: Place) -> None:
    elsewhere = make_plan(make_organization(parent=place.county, name="桃源三小"))
    make_activity(place.teacher, "lesson_observation", plan=elsewhere)
    out = {"in_plan": "否", "amount": "20"}
    one = imported("activities", place.staff, out)
    with pytest.raises(Refusal, match="这份方案不是这位教师所在（或待过）的学校的"):
        undo(one, place.staff)


# --- for some days -----------------------------------------------------------------------------------------------


def days_ago(one: SpreadsheetImport, days: float) -> None:
    SpreadsheetImport.objects.filter(pk=one.pk).update(applied_at=timezone.now() - datetime.timedelta(days=days))


def page(place: Place, one: SpreadsheetImport) -> str:
    return text_of(body(place.client("staff"), f"/credits/import/{one.public_id}/"))


def test_an_import_of_long_ago_is_not_undone(place: Place, settings: Any) -> None:
    one = imported("teachers", place.staff)
    days_ago(one, settings.IMPORT_UNDO_DAYS + 0.01)
    with pytest.raises(Refusal, match="导入已经超过 7 天，不能撤销了"):
        undo(one, place.staff)
    assert Teacher.objects.filter(staff_number="N-1").exists()
    shown = page(place, one)
    assert re.search(r"\d+ 月 \d+ 日 \d\d:\d\d 以后就不能撤销了", shown) and "撤销这次导入" not in shown
    assert "/undo/" not in body(place.client("staff"), "/credits/import/")


def test_the_page_says_until_when(place: Place) -> None:
    one = imported("teachers", place.staff)
    until = timezone.localtime() + datetime.timedelta(days=7)
    shown = page(place, one)
    assert f"{until.month} 月 {until.day} 日" in shown and "以前可以撤销" in shown
    assert "导入以后 7 天以内" in text_of(body(place.client("staff"), "/credits/import/"))
    days_ago(one, 6.9)
    undo(one, place.staff)


def test_the_number_of_days_is_a_setting(place: Place, settings: Any) -> None:
    settings.IMPORT_UNDO_DAYS = 0
    with pytest.raises(Refusal, match="不能撤销了"):
        undo(imported("teachers", place.staff), place.staff)
