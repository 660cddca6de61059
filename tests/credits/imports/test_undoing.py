"""Undoing an import: the newest one, as long as nothing came after it."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from credits.models import (
    Event,
    SignInCode,
    SpreadsheetImport,
    Teacher,
)
from credits.spreadsheets.importing import undo
from credits.steps import activities, awards, codes, people, projects
from credits.steps.history import events_of
from helpdesk.common.decisions import Refusal
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_project,
    make_result,
    make_teacher,
)
from tests.credits.imports.helpers import (
    everything,
    imported,
)

pytestmark = pytest.mark.usefixtures("cycles")


def refused(one: SpreadsheetImport, user: User) -> str:
    before = everything()
    with pytest.raises(Refusal) as refusal:
        undo(one, user)
    assert everything() == before
    return refusal.value.sentence


def test_only_the_newest_import_is_undone_and_then_the_one_before(place: Place) -> None:
    first = imported("teachers", place.staff, {})
    second = imported("degrees", place.staff, {"staff_number": "N-1"})
    imported("degrees", place.reviewer, {"staff_number": "B-1"})
    assert "最近的一次" in refused(first, place.staff)
    undo(second, place.staff)
    undo(first, place.staff)
    assert not Teacher.objects.filter(staff_number="N-1").exists()


def test_a_result_reviewed_since_keeps_the_import_from_being_undone(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    one = imported("results", place.staff)
    projects.review(project, [project.results.get().pk], place.reviewer)
    assert re.search(r"张三（A-1）.*已经审核", refused(one, place.staff))


def test_a_degree_credited_since_keeps_the_import_from_being_undone(place: Place) -> None:
    one = imported("degrees", place.staff)
    awards.credit(place.teacher.degrees.get(), Decimal(5), place.reviewer)
    assert re.search(r"张三（A-1）.*已经认定", refused(one, place.staff))


def test_a_row_changed_since_keeps_the_import_from_being_undone(place: Place) -> None:
    one = imported("activities", place.staff)
    row = place.teacher.activities.get()
    row.count = 30
    activities.save_activity(row, place.staff, in_plan=False)
    assert re.search(r"张三（A-1）.*后来又改过", refused(one, place.staff))


def test_a_row_deleted_since_keeps_the_import_from_being_undone(place: Place) -> None:
    one = imported("activities", place.staff)
    activities.remove_activity(place.teacher.activities.get(), place.staff)
    assert re.search(r"第 2 行已经删除", refused(one, place.staff))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("account", "已经有账号"),
        ("code", "已经发了登录码"),
        ("result", "已经登记了成绩"),
        ("activity", "已经登记了活动"),
        ("degree", "已经登记了学历"),
        ("transfer", "后来又改过"),
        ("retired", "状态变了"),
    ],
)
def test_a_teacher_whom_something_hangs_on_keeps_the_import_from_being_undone(
    place: Place, what: str, words: str
) -> None:
    one = imported("teachers", place.reviewer, {"school": "桃源一小"})
    teacher = Teacher.objects.get(staff_number="N-1")
    match what:
        case "account":
            teacher.user = User.objects.create_user("N-1")
            teacher.save()
        case "code":
            codes.issue_codes([teacher], place.reviewer)
            assert SignInCode.objects.filter(teacher=teacher).exists()
        case "result":
            make_result(teacher, make_project(place.county), status="entered")
        case "activity":
            make_activity(teacher, plan=None)
        case "degree":
            make_degree(teacher, credits=None)
        case "transfer":
            people.transfer(teacher, place.other, datetime.date(2020, 9, 1), place.reviewer)
        case "retired":
            people.end(teacher, "retired", datetime.date(2020, 9, 1), place.reviewer)
    assert f"新老师（N-1）{words}" in refused(one, place.reviewer)
    assert Teacher.objects.filter(staff_number="N-1").exists()


def test_nobody_undoes_what_is_no_longer_theirs(place: Place) -> None:
    one = imported("degrees", place.staff)
    place.teacher.transfer(place.other, datetime.date(2020, 9, 1))
    assert "第 2 行已经删除，或不再由您管理" in refused(one, place.staff)


def test_undoing_leaves_a_history_that_outlives_the_rows(place: Place) -> None:
    make_project(place.county, code="P-1")
    one = imported("results", place.staff)
    undo(one, place.staff)
    assert list(place.teacher.events.order_by("pk").values_list("action", flat=True)) == ["登记成绩", "撤销导入"]
    assert list(Event.objects.filter(subject="import").values_list("action", flat=True)) == ["撤销导入", "导入"]


def test_the_history_of_each_project_says_how_many_were_imported_and_undone(place: Place) -> None:
    first, second = make_project(place.county, code="P-1"), make_project(place.county, code="P-2")
    make_result(place.teacher, second, status="entered", hours=10)
    colleague = make_teacher(place.school, staff_number="A-2")
    rows = [{}, {"staff_number": colleague.staff_number}, {"project": "P-2"}, {"project": "P-2", "staff_number": "A-2"}]
    one = imported("results", place.staff, *rows)
    assert [[event.action, event.note] for event in events_of(first)] == [["登记成绩", "2 条。（导入）"]]
    assert [[event.action, event.note] for event in events_of(second)] == [["登记成绩", "1 条。（导入）"]]
    undo(one, place.staff)
    assert [[event.action, event.note] for event in events_of(first)] == [
        ["撤销导入", "2 条。（导入）"],
        ["登记成绩", "2 条。（导入）"],
    ]
