"""Importing: judged before anything is saved, saved and undone as a whole, and only within one's own schools."""

from __future__ import annotations

import datetime
import re
import threading
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from credits.ledger import school_year
from credits.models import (
    DegreeAward,
    Event,
    Job,
    Organization,
    SelfDirectedActivity,
    SignInCode,
    SpreadsheetImport,
    StatementSummary,
    Teacher,
    TrainingProject,
    TrainingResult,
)
from credits.names import sort_key
from credits.processes import own_records, people, projects
from credits.processes.history import Refusal, events_of
from credits.spreadsheets import importing
from credits.spreadsheets.importing import apply, is_note, prepare, undo
from credits.spreadsheets.judging import NUMBER_TAKEN, judge
from credits.spreadsheets.sheets import SHEETS, template, write_xlsx

from .place import Place
from .rows import make_activity, make_degree, make_organization, make_plan, make_project, make_result, make_teacher
from .sheets import book, broken, example, fill_in, filled

pytestmark = pytest.mark.usefixtures("cycles")
KINDS = list(SHEETS)


def row_of(kind: str, **cells: Any) -> dict[str, Any]:
    """A row that is right, about 张三 (A-1), unless `cells` (by field) say otherwise; None leaves a cell out."""
    right: dict[str, dict[str, Any]] = {
        "teachers": {"staff_number": "N-1", "name": "新老师"},
        "results": {"project": "P-1", "staff_number": "A-1", "hours": "40"},
        "activities": {
            "staff_number": "A-1",
            "activity": "听课",
            "amount": "20",
            "completed_on": "2019-10-12",
            "in_plan": "否",
            "has_record": "是",
        },
        "degrees": {"staff_number": "A-1", "level": "硕士", "awarded_on": "2020-06-30"},
    }
    headers = {column.field: column.header for column in SHEETS[kind].columns}
    return {headers[field]: value for field, value in (right[kind] | cells).items() if value is not None}


def file_of(kind: str, *rows: Mapping[str, Any]) -> bytes:
    return filled(kind, *(row_of(kind, **row) for row in rows or ({},)))


def prepared(kind: str, user: User, *rows: Mapping[str, Any]) -> SpreadsheetImport:
    return prepare(kind, f"{kind}.xlsx", file_of(kind, *rows), user)


def imported(kind: str, user: User, *rows: Mapping[str, Any]) -> SpreadsheetImport:
    one = prepared(kind, user, *rows)
    assert (one.state, one.problems) == ("ready", []), one.problems
    apply(one, user)
    one.refresh_from_db()
    return one


def counts(one: SpreadsheetImport) -> tuple[int, int, int]:
    return one.added, one.changed, one.unchanged


def everything() -> list[Any]:
    """All rows an import could touch, with all their values."""
    models = (Teacher, TrainingResult, SelfDirectedActivity, DegreeAward, TrainingProject, Organization)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def summaries(teacher: Teacher) -> Any:
    return StatementSummary.objects.filter(teacher=teacher, cycle__code="2018").values().get()


# --- the whole way --------------------------------------------------------------------------------------------


def prepare_for_examples(place: Place) -> None:
    """What the templates' examples speak of."""
    make_teacher(place.school, staff_number="0100001", name="张三")
    make_project(place.county, code="XM-2019-01")
    make_plan(place.school, year=2019)


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_filled_in_with_its_example_is_imported_and_then_changes_nothing(place: Place, kind: str) -> None:
    prepare_for_examples(place)
    if kind == "teachers":
        Teacher.objects.filter(staff_number="0100001").delete()
    content = fill_in(template(kind), example(kind))
    one = prepare(kind, "例子.xlsx", content, place.staff)
    assert ([problem for problem in one.problems if not is_note(problem)], counts(one)) == ([], (1, 0, 0))
    before = everything()
    assert "新增 1 条" in apply(one, place.staff)
    assert everything() != before
    again = prepare(kind, "例子.xlsx", content, place.staff)
    assert (again.problems, counts(again), again.done) == ([], (0, 0, 1), [])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_saved_until_it_is_confirmed(place: Place, kind: str) -> None:
    make_project(place.county, code="P-1")
    before = everything(), Event.objects.count()
    assert prepared(kind, place.staff).state == "ready"
    assert (everything(), Event.objects.count()) == before


@pytest.mark.parametrize("kind", KINDS)
def test_one_wrong_row_keeps_all_from_being_imported(place: Place, kind: str) -> None:
    make_project(place.county, code="P-1")
    one = prepared(kind, place.staff, {}, {"staff_number": "ä"})
    assert one.state == "refused"
    assert {problem[0] for problem in one.problems} == {3}
    assert (one.rows, one.done, counts(one)) == ([], [], (0, 0, 0))
    with pytest.raises(Refusal):
        apply(one, place.staff)
    assert not Event.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_doubled_row_is_refused_with_both_numbers(place: Place, kind: str) -> None:
    make_project(place.county, code="P-1")
    [problem] = prepared(kind, place.staff, {}, {}).problems
    assert problem[0] == 3
    assert "和第 2 行重复" in problem[2]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_cell_that_is_required_is_named(place: Place, kind: str) -> None:
    for column in SHEETS[kind].columns:
        if column.required:
            one = prepared(kind, place.staff, {column.field: ""})
            assert [2, column.header, "请填写。"] in [list(problem) for problem in one.problems]


@pytest.mark.parametrize("kind", KINDS)
def test_undoing_leaves_everything_as_it_was(place: Place, kind: str) -> None:
    make_project(place.county, code="P-1")
    make_project(place.county, code="P-2")
    make_result(place.teacher, TrainingProject.objects.get(code="P-2"), status="entered", hours=10)
    make_activity(place.teacher, "lesson_observation", count=5, completed_on=datetime.date(2019, 10, 13), plan=None)
    make_degree(place.teacher, credits=None, level="bachelor", title="旧")
    changes: dict[str, dict[str, Any]] = {
        "teachers": {"staff_number": "A-1", "name": "张三丰", "subject": "音乐"},
        "results": {"project": "P-2", "hours": "12.5"},
        "activities": {"completed_on": "2019-10-13", "amount": "20", "has_record": "否"},
        "degrees": {"level": "本科", "title": "新"},
    }
    before, sums = everything(), summaries(place.teacher)
    one = imported(kind, place.staff, {}, changes[kind])
    assert counts(one) == (1, 1, 0)
    assert everything() != before
    assert undo(one, place.staff) == f"已撤销导入“{one}”：删除 1 条，恢复 1 条。"
    assert everything() == before
    assert summaries(place.teacher) == sums
    one.refresh_from_db()
    assert (one.state, one.done, one.rows) == ("undone", [], [])
    with pytest.raises(Refusal, match="已经撤销过"):
        undo(one, place.staff)


# --- teachers -------------------------------------------------------------------------------------------------


def test_a_teacher_is_added_with_what_was_typed(place: Place) -> None:
    one = imported(
        "teachers",
        place.reviewer,
        {
            "staff_number": "００９９",
            "name": "单　雄信",
            "school": "桃源一小",
            "position": "借调",
            "formally_employed_on": "２０１０年９月１日",
            "subject": "语文",
            "stage": "小学",
        },
    )
    teacher = Teacher.objects.get(staff_number="0099")
    assert (teacher.name, teacher.school, teacher.position) == ("单雄信", place.school, "seconded")
    assert (teacher.formally_employed_on, teacher.subject, teacher.stage) == (datetime.date(2010, 9, 1), "语文", "小学")
    assert teacher.name_key == sort_key("单雄信")
    assert summaries(teacher)["name_key"] == teacher.name_key
    assert [event.action for event in Event.objects.filter(teacher=teacher)] == ["新增教师（导入）"]
    assert [event.action for event in Event.objects.filter(subject="import", subject_id=one.pk)] == ["导入"]


def test_a_school_may_be_left_out_where_there_is_only_one(place: Place) -> None:
    imported("teachers", place.staff, {})
    assert Teacher.objects.get(staff_number="N-1").school == place.school
    assert prepared("teachers", place.reviewer, {"staff_number": "N-2"}).problems == [(2, "学校", "请填写。")]


def test_only_what_is_typed_changes_a_teacher_who_is_there(place: Place) -> None:
    Teacher.objects.filter(pk=place.teacher.pk).update(subject="语文", stage="小学")
    one = imported("teachers", place.staff, {"staff_number": "A-1", "name": "张三", "subject": "数学"})
    assert counts(one) == (0, 1, 0)
    place.teacher.refresh_from_db()
    assert (place.teacher.subject, place.teacher.stage, place.teacher.name) == ("数学", "小学", "张三")
    assert place.teacher.formally_employed_on == datetime.date(2010, 9, 1)
    assert Event.objects.get(teacher=place.teacher).note == "现在任教学科（导入）"


def test_a_changed_name_is_sorted_anew_and_a_changed_position_judged_anew(place: Place) -> None:
    imported("teachers", place.reviewer, {"staff_number": "A-1", "name": "曾三", "position": "借调到教育主管部门"})
    place.teacher.refresh_from_db()
    assert place.teacher.name_key == "zeng san"
    assert (summaries(place.teacher)["name_key"], summaries(place.teacher)["verdict"]) == ("zeng san", "pending_policy")


def test_what_a_verdict_hangs_on_alone_is_not_imported_by_a_school(place: Place) -> None:
    for cells in ({"position": "借调"}, {"staff_number": "A-1", "name": "张三", "formally_employed_on": "2012-09-01"}):
        [problem] = prepared("teachers", place.staff, cells).problems
        assert "要由桃源县的审核员改" in problem[2]


@pytest.mark.parametrize("number", ["a-1", "b-1"])
def test_a_number_is_there_once_in_capitals_or_small_letters(place: Place, number: str) -> None:
    [problem] = prepared("teachers", place.staff, {"staff_number": number}).problems
    assert problem[2] == NUMBER_TAKEN


def test_nobody_changes_schools_by_import(place: Place) -> None:
    [problem] = prepared(
        "teachers", place.reviewer, {"staff_number": "A-1", "name": "张三", "school": "桃源二小"}
    ).problems
    assert problem[:2] == (2, "学校")
    assert "调动请在教师页面办理" in problem[2]


def test_schools_of_one_name_are_told_apart_by_what_is_above_them(place: Place) -> None:
    neighbour = make_organization("county", parent=place.city, name="邻县")
    twin = make_organization(parent=neighbour, name="桃源一小")
    [problem] = prepared("teachers", place.above, {"school": "桃源一小"}).problems
    assert problem[:2] == (2, "学校")
    assert "桃源县桃源一小" in problem[2]
    imported("teachers", place.above, {"school": "邻县桃源一小"})
    assert Teacher.objects.get(staff_number="N-1").school == twin


def test_a_number_used_elsewhere_tells_nothing_about_whose_it_is(place: Place) -> None:
    [problem] = prepared("teachers", place.staff, {"staff_number": "B-1", "name": "王五"}).problems
    assert problem == (2, "教师编号", NUMBER_TAKEN)
    for told in ("王五", "桃源二小"):
        assert told not in NUMBER_TAKEN


@pytest.mark.parametrize(
    ("cells", "header", "words"),
    [
        ({"staff_number": "110101199003078515"}, "教师编号", "身份证号"),
        ({"staff_number": "张-1"}, "教师编号", "只能用字母、数字和短横线"),
        ({"staff_number": "1" * 33}, "教师编号", "32"),
        ({"name": "名" * 41}, "姓名", "40"),
        ({"school": "桃源三小"}, "学校", "没有找到"),
        ({"school": "桃源二小"}, "学校", "没有找到"),
        ({"school": "桃源县"}, "学校", "没有找到"),
        ({"position": "校长"}, "岗位", "在校任教、教育行政部门持证在岗、借调到教育主管部门"),
        ({"formally_employed_on": "2010-02-30"}, "正式任教日期", "没有这一天"),
        ({"formally_employed_on": "01/09/2010"}, "正式任教日期", "年、月、日"),
        ({"formally_employed_on": "1949-12-31"}, "正式任教日期", "1950 年"),
        ({"subject": "科" * 21}, "现在任教学科", "20"),
    ],
)
def test_what_a_teacher_cannot_be_stands_at_its_row_and_column(
    place: Place, cells: dict[str, str], header: str, words: str
) -> None:
    [problem] = prepared("teachers", place.staff, {}, {"staff_number": "N-2"} | cells).problems
    assert problem[:2] == (3, header)
    assert words in problem[2]


# --- results --------------------------------------------------------------------------------------------------


def test_a_result_is_entered_and_waits_to_be_reviewed(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    imported("results", place.staff, {"hours": "３７.５", "name": "张三"})
    result = TrainingResult.objects.get(project=project, teacher=place.teacher)
    assert (result.hours, result.status, result.credits, result.entered_by) == (
        Decimal("37.5"),
        "entered",
        None,
        place.staff,
    )
    assert result.entered_at
    event = Event.objects.get(subject="result", subject_id=result.pk)
    assert (event.action, event.note, event.organization) == ("登记成绩", "37.5 学时。（导入）", place.school)


def test_hours_that_differ_are_corrected_as_long_as_nobody_reviewed_them(place: Place) -> None:
    project = make_project(place.county, code="P-1")
    result = make_result(place.teacher, project, status="entered", hours=10)
    assert counts(imported("results", place.staff, {"hours": "40"})) == (0, 1, 0)
    result.refresh_from_db()
    assert result.hours == 40
    projects.review(project, [result.pk], place.reviewer)
    assert counts(prepared("results", place.staff, {"hours": "40.00"})) == (0, 0, 1)
    [problem] = prepared("results", place.staff, {"hours": "30"}).problems
    assert problem[:2] == (2, "学时")
    assert "先取消审核" in problem[2]


@pytest.mark.parametrize(
    ("cells", "header", "words"),
    [
        ({"staff_number": "B-1"}, "教师编号", "没有找到这位教师"),
        ({"staff_number": "Z-9"}, "教师编号", "没有找到这位教师"),
        ({"name": "李四"}, "姓名", "是张三"),
        ({"project": "P-9"}, "项目编号", "没有找到这个项目"),
        ({"project": "P-HIDDEN"}, "项目编号", "没有找到这个项目"),
        ({"project": "P-DRAFT"}, "项目编号", "还没有发布"),
        ({"hours": "0"}, "学时", "大于 0"),
        ({"hours": "2000.01"}, "学时", "不能超过 2000"),
        ({"hours": "12.345"}, "学时", "最多两位小数"),
        ({"hours": "-1"}, "学时", "要大于 0。"),
        ({"hours": "1e2"}, "学时", "请填数字"),
        ({"hours": "四十"}, "学时", "请填数字"),
    ],
)
def test_what_a_result_cannot_be_stands_at_its_row_and_column(
    place: Place, cells: dict[str, str], header: str, words: str
) -> None:
    make_project(place.county, code="P-1")
    make_project(place.other, code="P-HIDDEN")
    make_project(place.school, code="P-DRAFT", status="draft")
    [problem] = prepared("results", place.staff, cells).problems
    assert problem[:2] == (2, header)
    assert words in problem[2]


@pytest.mark.parametrize("kind", ["results", "activities", "degrees"])
def test_anothers_teacher_looks_like_one_that_does_not_exist(place: Place, kind: str) -> None:
    make_project(place.county, code="P-1")
    there = prepared(kind, place.staff, {"staff_number": "B-1"}).problems
    nowhere = prepared(kind, place.staff, {"staff_number": "B-0"}).problems
    assert there == nowhere != []
    assert prepared(kind, place.reviewer, {"staff_number": "B-1"}).problems == []


# --- activities -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"activity": "听课", "amount": "20"}, ("lesson_observation", "", None, None, 20)),
        ({"activity": "公开课", "level": "校级", "amount": "2"}, ("open_class", "school", None, None, 2)),
        ({"activity": "讲座", "level": "县级及以上", "amount": "１"}, ("lecture", "county", None, None, 1)),
        ({"activity": "讲座", "level": "市级", "amount": "1"}, ("lecture", "county", None, None, 1)),
        ({"activity": "工作坊", "amount": "1.5"}, ("workshop", "", Decimal("1.5"), None, None)),
        ({"activity": "教师工作坊、名师工作室", "amount": "2"}, ("workshop", "", Decimal(2), None, None)),
        ({"activity": "校本培训", "amount": "2"}, ("school_training", "", Decimal(2), None, None)),
        ({"activity": "其他校本研修", "amount": "25"}, ("other", "", None, Decimal(25), None)),
    ],
)
def test_an_activity_takes_the_amount_of_its_kind(
    place: Place, cells: dict[str, str], expected: tuple[Any, ...]
) -> None:
    imported("activities", place.staff, cells)
    row = place.teacher.activities.get()
    assert (row.activity, row.level, row.credits, row.hours, row.count) == expected
    assert (row.completed_on, row.has_record, row.plan) == (datetime.date(2019, 10, 12), True, None)


def test_an_activity_stands_in_the_plan_of_its_school_year(place: Place) -> None:
    make_plan(place.school, year=2018)
    plan = make_plan(place.school, year=2019)
    imported("activities", place.staff, {"in_plan": "是", "completed_on": "2020-08-31"})
    assert place.teacher.activities.get().plan == plan
    [problem] = prepared("activities", place.staff, {"in_plan": "是", "completed_on": "2020-09-01"}).problems
    assert problem[:2] == (2, "列入方案")
    assert "桃源一小还没有 2020—2021 学年的校本研修方案" in problem[2]


@pytest.mark.parametrize("day", ["2018-09-01", "2019-01-31", "2020-03-15", "2023-08-31", "2023-09-01"])
def test_the_plan_is_the_one_that_typing_it_in_would_find(place: Place, day: str) -> None:
    place.teacher.transfer(place.other, datetime.date(2019, 2, 1))
    place.teacher.transfer(place.school, datetime.date(2020, 2, 1))
    for school in (place.school, place.other):
        for year in range(2010, 2033):
            make_plan(school, year=year)
    imported("activities", place.reviewer, {"in_plan": "是", "completed_on": day})
    row = place.teacher.activities.get()
    assert row.plan == own_records.plan_for(row, place.reviewer)
    assert row.plan and row.plan.school_year == school_year(row.completed_on)


def test_the_same_activity_is_changed_and_another_one_added(place: Place) -> None:
    imported("activities", place.staff, {"evidence": "听课本"})
    changed = {"evidence": "听课本", "amount": "21", "has_record": "否"}
    another = {"evidence": "照片"}
    one = imported("activities", place.staff, changed, another)
    assert counts(one) == (1, 1, 0)
    rows = place.teacher.activities.order_by("pk").values_list("evidence", "count", "has_record")
    assert list(rows) == [("听课本", 21, False), ("照片", 20, True)]


def test_where_the_same_activity_is_there_twice_nothing_is_guessed(place: Place) -> None:
    for count in (5, 6):
        make_activity(place.teacher, "lesson_observation", count=count, plan=None)
    [problem] = prepared("activities", place.staff, {"amount": "7"}).problems
    assert "有 2 条这样的活动" in problem[2]
    assert counts(prepared("activities", place.staff, {"amount": "6"})) == (0, 0, 1)


@pytest.mark.parametrize(
    ("cells", "header", "words"),
    [
        ({"activity": "郊游"}, "活动", "没有“郊游”这一项"),
        ({"activity": "公开课"}, "级别", "要填级别"),
        ({"level": "校级"}, "级别", "其他活动不填"),
        ({"activity": "公开课", "level": "国家级"}, "级别", "县级及以上、校级"),
        ({"amount": "2.5"}, "数量", "整数"),
        ({"amount": "1001"}, "数量", "1000"),
        ({"activity": "校本培训", "amount": "100.01"}, "数量", "100"),
        ({"in_plan": "也许"}, "列入方案", "请填“是”或“否”"),
        ({"has_record": "Y"}, "有过程记录", "请填“是”或“否”"),
        ({"completed_on": "2101-01-01"}, "日期", "2100 年"),
        ({"evidence": "证" * 301}, "证明材料", "300"),
    ],
)
def test_what_an_activity_cannot_be_stands_at_its_row_and_column(
    place: Place, cells: dict[str, str], header: str, words: str
) -> None:
    [problem] = prepared("activities", place.staff, cells).problems
    assert problem[:2] == (2, header)
    assert words in problem[2]


# --- degrees --------------------------------------------------------------------------------------------------


def test_a_degree_is_entered_and_waits_to_be_credited(place: Place) -> None:
    imported("degrees", place.staff, {"title": "某某大学 语文"})
    degree = place.teacher.degrees.get()
    assert (degree.level, degree.awarded_on, degree.title) == ("master", datetime.date(2020, 6, 30), "某某大学 语文")
    assert (degree.status, degree.credits, degree.entered_by) == ("entered", None, place.staff)


def test_a_returned_degree_that_is_changed_waits_again_and_a_credited_one_is_left_alone(place: Place) -> None:
    degree = make_degree(place.teacher, credits=None, title="旧", status="returned", feedback="请写明专业。")
    assert counts(prepared("degrees", place.staff, {})) == (0, 0, 1)
    imported("degrees", place.staff, {"title": "新"})
    degree.refresh_from_db()
    assert (degree.title, degree.status, degree.feedback) == ("新", "entered", "")
    own_records.credit(degree, Decimal(5), place.reviewer)
    assert counts(prepared("degrees", place.staff, {"title": "新"})) == (0, 0, 1)
    [problem] = prepared("degrees", place.staff, {"title": "又一个"}).problems
    assert problem[:2] == (2, "学校和专业")
    assert "先退回" in problem[2]


@pytest.mark.parametrize(
    ("cells", "header", "words"),
    [
        ({"level": "高中"}, "学历", "专科、本科、硕士、博士"),
        ({"awarded_on": "20200631"}, "取得日期", "没有这一天"),
        ({"title": "校" * 121}, "学校和专业", "120"),
    ],
)
def test_what_a_degree_cannot_be_stands_at_its_row_and_column(
    place: Place, cells: dict[str, str], header: str, words: str
) -> None:
    [problem] = prepared("degrees", place.staff, cells).problems
    assert problem[:2] == (2, header)
    assert words in problem[2]


# --- confirming -----------------------------------------------------------------------------------------------


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
    assert (one.state, one.rows, one.problems[0][:2]) == ("refused", [], [3, "学时"])
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

    monkeypatch.setattr(importing, "refresh", fail)
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


# --- undoing --------------------------------------------------------------------------------------------------


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
    own_records.credit(place.teacher.degrees.get(), Decimal(5), place.reviewer)
    assert re.search(r"张三（A-1）.*已经认定", refused(one, place.staff))


def test_a_row_changed_since_keeps_the_import_from_being_undone(place: Place) -> None:
    one = imported("activities", place.staff)
    row = place.teacher.activities.get()
    row.count = 30
    own_records.save_activity(row, place.staff, in_plan=False)
    assert re.search(r"张三（A-1）.*后来又改过", refused(one, place.staff))


def test_a_row_deleted_since_keeps_the_import_from_being_undone(place: Place) -> None:
    one = imported("activities", place.staff)
    own_records.remove_activity(place.teacher.activities.get(), place.staff)
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
            people.issue_codes([teacher], place.reviewer)
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


# --- many rows ------------------------------------------------------------------------------------------------


def test_judging_takes_as_many_queries_however_many_rows(place: Place) -> None:
    make_project(place.county, code="P-1")
    make_plan(place.school, year=2019)
    numbers = [make_teacher(place.school).staff_number for _ in range(30)]
    place.teacher.transfer(place.other, datetime.date(2019, 12, 1))
    make_plan(place.other, year=2019)
    for kind in KINDS:
        about = {"in_plan": "是"} if kind == "activities" else {"name": "某某", "school": "桃源一小"}
        about = about if kind in ("activities", "teachers") else {}
        rows = [(at, importable(kind, about | {"staff_number": number})) for at, number in enumerate(numbers, start=2)]
        new = asked_for(kind, rows[:2], place.reviewer), asked_for(kind, rows, place.reviewer)
        apply(prepared(kind, place.reviewer, *(about | {"staff_number": number} for number in numbers)), place.reviewer)
        again = asked_for(kind, rows[:2], place.reviewer), asked_for(kind, rows, place.reviewer)
        assert {*new, *again} == {new[0]}
        assert new[0] <= 12


def asked_for(kind: str, rows: list[tuple[int, dict[str, str]]], user: User) -> int:
    """The number of queries that judging these rows takes."""
    with CaptureQueriesContext(connection) as queries:
        problems, plan = judge(kind, rows, user)
    assert (problems, len(plan.steps)) == ([], len(rows))
    return len(queries)


def importable(kind: str, cells: Mapping[str, str]) -> dict[str, str]:
    """A row as the reader gives it."""
    fields = {column.header: column.field for column in SHEETS[kind].columns}
    return {fields[header]: text for header, text in row_of(kind, **cells).items()}


def test_five_thousand_rows_are_judged_saved_and_undone_in_seconds(place: Place) -> None:
    content = write_xlsx(["教师编号", "姓名", "学校"], ([f"N{at:05}", f"教师{at}", "桃源一小"] for at in range(5000)))
    one = prepare("teachers", "五千.xlsx", content, place.staff)
    assert counts(one) == (5000, 0, 0)
    begun = time.monotonic()
    problems, plan = judge("teachers", one.rows, place.staff)
    judged = time.monotonic() - begun
    assert (problems, len(plan.steps)) == ([], 5000)
    assert judged < 10
    told: list[int] = []
    begun = time.monotonic()
    apply(one, place.staff, told.append)
    assert time.monotonic() - begun < 60
    assert told[-1] == 5000
    assert StatementSummary.objects.filter(teacher__staff_number__startswith="N").count() == 10_000
    one.refresh_from_db()
    undo(one, place.staff)
    assert Teacher.objects.count() == 2
    assert not StatementSummary.objects.exclude(teacher__in=Teacher.objects.all()).exists()


# --- pages ----------------------------------------------------------------------------------------------------

IMPORTS = "/credits/import/"


def upload(client: Client, kind: str, content: bytes, name: str = "表.xlsx") -> HttpResponse:
    return client.post(IMPORTS, {"kind": kind, "file": SimpleUploadedFile(name, content)})  # type: ignore[return-value]


def uploaded(client: Client, kind: str, content: bytes, name: str = "表.xlsx") -> str:
    """The address of the import that the upload led to."""
    answer = upload(client, kind, content, name)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_downloaded(place: Place, kind: str) -> None:
    answer = place.client("staff").get(f"{IMPORTS}template/{kind}/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert ".xlsx" in answer.headers["Content-Disposition"]
    assert importing.reader.read(kind, answer.content).problems[0].code == "no_rows"


def test_the_way_from_upload_to_undoing(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(
        client, "teachers", file_of("teachers", {}, {"staff_number": "A-1", "name": "张三丰"}), "新<b>.xlsx"
    )
    page = body(client, there)
    assert "新&lt;b&gt;.xlsx" in page
    assert "新增 1 条，修改 1 条，没有变化 0 条" in text_of(page)
    assert "<del>张三</del> <ins>张三丰</ins>" in page
    assert not Teacher.objects.filter(staff_number="N-1").exists()
    answer = client.post(f"{there}confirm/", follow=True)
    assert answer.redirect_chain == [(there, 302)]
    assert "导入好了：新增 1 条，修改 1 条，没有变化 0 条。" in answer.content.decode()
    assert Teacher.objects.get(staff_number="N-1").school == place.school
    assert "已经导入过了" in client.post(f"{there}confirm/", follow=True).content.decode()
    assert f'action="{there}undo/"' in body(client, IMPORTS)
    answer = client.post(f"{there}undo/", follow=True)
    assert "”：删除 1 条，恢复 1 条。" in answer.content.decode()
    assert not Teacher.objects.filter(staff_number="N-1").exists()
    assert f"{there}undo/" not in body(client, IMPORTS)
    for path in (there, IMPORTS):
        shown = text_of(body(client, path)).partition("办理记录")[0]
        assert "已撤销，没有留下" in shown
        assert "新增 1" not in shown


def test_a_namesake_in_the_same_school_is_mentioned_in_the_preview_and_hinders_nothing(place: Place) -> None:
    make_teacher(place.other, staff_number="B-7", name="周八")
    client = place.client("reviewer")
    rows = [
        {"staff_number": "N-1", "name": "张三", "school": "桃源一小"},
        {"staff_number": "N-2", "name": "周八", "school": "桃源一小"},
        {"staff_number": "N-3", "name": "周八", "school": "桃源一小"},
    ]
    there = uploaded(client, "teachers", file_of("teachers", *rows))
    shown = text_of(body(client, there))
    assert "第 2 行 “姓名”：桃源一小已有一位同名教师（编号 A-1），请核对是不是同一人。" in shown.replace("行“", "行 “")
    assert "编号 N-2" in shown and "编号 B-7" not in shown
    client.post(f"{there}confirm/")
    assert Teacher.objects.filter(name="张三", school=place.school).count() == 2


def test_what_is_too_long_and_what_has_another_unit_is_told_in_plain_words(place: Place) -> None:
    make_project(place.county, code="P-1")
    one = prepared("degrees", place.staff, {"title": "长" * 201})
    assert [problem[2] for problem in one.problems] == ["最多 120 个字，现在有 201 个。"]
    assert prepared("results", place.staff, {"hours": "4学分"}).problems[0][2] == "这里填学时，不是学分。"
    assert prepared("activities", place.staff, {"amount": "20学时"}).problems[0][2] == "这里填节数或次数，不是学时。"
    assert prepared("results", place.staff, {"hours": "40学时"}).problems == []


def test_undoing_takes_two_steps(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", {}))
    client.post(f"{there}confirm/")
    for path in (there, IMPORTS):
        form = body(client, path).partition(f'action="{there}undo/"')[2].partition("</form>")[0]
        assert re.search(r"<details class=\"confirm\"><summary.*撤销.*….*</summary>\s*<button.*确定撤销", form, re.S)


def test_problems_stand_with_row_column_and_sentence(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", {"staff_number": 7}, {"staff_number": "0008", "name": ""}))
    shown = text_of(body(client, there))
    assert "第 2 行 教师编号 这一格是数字" in shown
    assert "什么都没有保存" in shown
    assert "改好以后系统会再查一遍，可能还会查出别的问题。" in shown
    assert f"{there}confirm/" not in body(client, there)


@pytest.mark.parametrize("name", ["truncated", "macros", "billion laughs", "encrypted", "two million cells"])
def test_a_broken_file_is_answered_with_a_sentence(place: Place, name: str) -> None:
    content, code = broken()[name]
    client = place.client("staff")
    before = everything()
    there = uploaded(client, "teachers", content)
    assert importing.reader.SENTENCES[code] in body(client, there)
    assert everything() == before


def test_only_the_first_problems_and_rows_are_shown(place: Place) -> None:
    client = place.client("staff")
    many = [{"staff_number": f"N-{at}"} for at in range(250)]
    shown = body(client, uploaded(client, "teachers", file_of("teachers", *many)))
    assert len(re.findall(r"<td>新增</td>", shown)) == 50
    assert "前 50 行" in shown
    wrong = body(client, uploaded(client, "teachers", file_of("teachers", *(one | {"name": ""} for one in many))))
    assert len(re.findall(r"请填写。", wrong)) == 200
    assert "只列出了前 200 处" in wrong


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "teachers"}, "请选择文件。"),
        ({"kind": "teachers", "file": SimpleUploadedFile("空.xlsx", b"")}, "文件是空的"),
        ({"kind": "teachers", "file": SimpleUploadedFile("大.xlsx", bytes(5 * 1024 * 1024 + 1))}, "文件超过 5 MB"),
        ({"kind": "teachers", "file": "no file"}, "请选择文件。"),
        ({"kind": "grades", "file": SimpleUploadedFile("表.xlsx", b"x")}, "没有这个选项。"),
        ({}, "请选择。"),
    ],
)
def test_an_upload_that_is_none_is_answered_at_its_field(place: Place, data: dict[str, Any], words: str) -> None:
    answer = place.client("staff").post(IMPORTS, data)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not SpreadsheetImport.objects.exists()


def test_a_long_name_of_a_file_is_cut_to_its_end(place: Place) -> None:
    client = place.client("staff")
    uploaded(client, "teachers", file_of("teachers"), "长" * 200 + "尾.xlsx")
    name = SpreadsheetImport.objects.get().file_name
    assert len(name) == 120
    assert name.endswith("尾.xlsx")


def test_where_nothing_changes_there_is_nothing_to_confirm(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", {"staff_number": "A-1", "name": "张三"}))
    assert "没有变化：表格里的内容系统里都有了" in body(client, there)
    assert f"{there}confirm/" not in body(client, there)


def test_a_file_that_is_not_confirmed_can_be_dropped_and_goes_by_itself_after_a_day(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers"))
    assert re.search(rf'action="{there}discard/">.*?>不导入，删除这份表格</button>', body(client, there))
    assert "已删除这份表格，什么都没有保存。" in client.post(f"{there}discard/", follow=True).content.decode()
    assert client.get(there).status_code == 404
    uploaded(client, "teachers", file_of("teachers"))
    SpreadsheetImport.objects.update(created_at=timezone.now() - datetime.timedelta(days=1, seconds=1))
    place.client("reviewer").get(IMPORTS)
    assert not SpreadsheetImport.objects.exists()


def test_whatever_is_over_leads_back(place: Place) -> None:
    client = place.client("staff")
    for end in ("refused", "applied", "undone"):
        there = uploaded(client, "teachers", file_of("teachers", {"staff_number": "ä" if end == "refused" else "N-1"}))
        if end != "refused":
            client.post(f"{there}confirm/")
        if end == "undone":
            client.post(f"{there}undo/")
        assert SpreadsheetImport.objects.latest("pk").state == end
        assert f'<a class="btn btn-quiet" href="{IMPORTS}">回到导入</a>' in body(client, there), end
        if end == "applied":
            client.post(f"{there}undo/")


def test_what_was_imported_is_not_dropped(place: Place) -> None:
    one = imported("teachers", place.staff)
    place.client("staff").post(reverse("credits:import-discard", args=[one.public_id]))
    assert SpreadsheetImport.objects.get().state == "applied"


def test_rows_and_names_are_kept_no_longer_than_needed(place: Place) -> None:
    assert prepared("teachers", place.staff, {"staff_number": "Ä"}).rows == []
    one = imported("teachers", place.staff)
    assert one.rows == []
    undo(one, place.staff)
    one.refresh_from_db()
    assert one.done == []


@pytest.mark.parametrize(
    ("who", "status"), [("staff", 200), ("reviewer", 404), ("superuser", 404), ("herself", 403), ("nobody", 403)]
)
def test_only_the_owner_sees_an_import(place: Place, who: str, status: int) -> None:
    one = prepared("teachers", place.staff)
    client = place.client(who)
    there = reverse("credits:import", args=[one.public_id])
    assert client.get(there).status_code == status
    for step in ("confirm", "undo", "discard"):
        if status != 200:
            assert client.post(f"{there}{step}/").status_code == status
        assert client.get(f"{there}{step}/").status_code == (403 if status == 403 else 405)
    assert client.get(IMPORTS).status_code == (403 if status == 403 else 200)
    assert client.get(f"{IMPORTS}template/teachers/").status_code == (403 if status == 403 else 200)


def test_who_is_not_signed_in_is_asked_to(client: Client, place: Place) -> None:
    for path in (IMPORTS, f"{IMPORTS}x/", f"{IMPORTS}template/teachers/"):
        assert client.get(path).headers["Location"] == f"/sign-in/?next={path}"


@pytest.mark.parametrize("path", ["template/grades/", "%00/", "x/", "1/", "../", f"{'x' * 300}/"])
def test_no_address_breaks_the_pages(place: Place, path: str) -> None:
    assert place.client("staff").get(f"{IMPORTS}{path}").status_code in (302, 404)


def test_pages_of_imports_are_kept_by_no_cache_and_have_no_inline_code(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers"))
    for path in (IMPORTS, there):
        answer = client.get(path)
        assert "no-store" in answer.headers["Cache-Control"]
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", answer.content.decode())


def test_a_large_import_goes_on_behind_its_job(place: Place, transactional_db: None) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", *({"staff_number": f"N-{at}"} for at in range(201))))
    answer = client.post(f"{there}confirm/")
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("credits:job", args=[job.public_id])
    for _ in range(300):
        job.refresh_from_db()
        if job.is_over:
            break
        time.sleep(0.1)
    assert (job.state, job.message, job.back) == ("done", "导入好了：新增 201 条，修改 0 条，没有变化 0 条。", there)
    assert Teacher.objects.filter(staff_number__startswith="N-").count() == 201


def test_while_an_import_runs_its_page_leads_to_the_job(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers"))
    one = SpreadsheetImport.objects.get()
    job = Job.objects.create(
        kind="import", title="x", owner=place.staff, back=there, state="running", parameters={"row": one.pk}
    )
    assert reverse("credits:job", args=[job.public_id]) in body(client, there)
    assert f"{there}confirm/" not in body(client, there)
    assert client.post(f"{there}confirm/").headers["Location"] == reverse("credits:job", args=[job.public_id])
    assert not Teacher.objects.filter(staff_number="N-1").exists()


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


def test_a_roster_as_schools_have_it_is_imported(place: Place) -> None:
    content = book(
        [
            ["桃源一小教师花名册"],
            ["工号", "姓 名", "学校", "任教学科", "备注"],
            ["0001", "欧阳　锋", "桃源一小", "体育", "班主任"],
            [],
            ["0002", "Li Na", None, "英语", None],
        ]
    )
    one = prepare("teachers", "花名册.xlsx", content, place.staff)
    assert (one.state, counts(one)) == ("ready", (2, 0, 0))
    apply(one, place.staff)
    assert list(Teacher.objects.filter(staff_number__startswith="000").values_list("name", "subject")) == [
        ("欧阳锋", "体育"),
        ("Li Na", "英语"),
    ]


def test_a_column_that_is_not_used_is_mentioned_in_the_preview_and_hinders_nothing(place: Place) -> None:
    client = place.client("staff")
    content = book([["教师编号", "姓名", "手机<i>"], ["N-1", "新老师", "一二三"]])
    there = uploaded(client, "teachers", content)
    assert "第 1 行“手机&lt;i&gt;”：这一列没有用到（C 列）。" in body(client, there)
    client.post(f"{there}confirm/")
    assert Teacher.objects.filter(staff_number="N-1").exists()


def test_what_hinders_nothing_is_not_told_where_the_sheet_is_refused(place: Place) -> None:
    client = place.client("staff")
    content = book([["教师编号", "姓名", "手机"], ["N-1", "", "一二三"]])
    shown = text_of(body(client, uploaded(client, "teachers", content)))
    assert "请填写。" in shown
    assert "不影响导入" not in shown
    assert "没有用到" not in shown


@pytest.mark.parametrize(
    ("chosen", "headers", "words"),
    [
        ("results", ["教师编号", "姓名", "学校", "任教学科"], "这像是教师表，您选的是培训成绩。"),
        ("teachers", ["项目编号", "教师编号", "姓名", "学时"], "这像是培训成绩表，您选的是教师。"),
        ("degrees", ["项目编号", "教师编号", "学时"], "这像是培训成绩表，您选的是学历。"),
        ("results", ["教师编号", "姓名", "备注"], ""),
        ("results", ["项目编号", "教师编号", "姓名", "课时"], ""),
    ],
)
def test_a_sheet_of_another_kind_is_recognized_where_it_is_refused(
    place: Place, chosen: str, headers: list[str], words: str
) -> None:
    client = place.client("reviewer")
    there = uploaded(client, chosen, book([["某校"], headers, ["X-1", "X-2", "某某", "40"][: len(headers)]]))
    assert SpreadsheetImport.objects.get().state == "refused"
    shown = body(client, there)
    assert ("这像是" in shown) == bool(words)
    if words:
        assert text_of(shown).partition("问题 第 2 行")[2].startswith(f" 整行 {words}")


def test_an_unknown_school_and_a_doubled_number_are_named_with_what_else_is_wrong(place: Place) -> None:
    wrong = {"position": "校长", "school": "桃源三小"}
    found = prepared("teachers", place.reviewer, {"school": "桃源一小"}, wrong).problems
    assert {(number, column) for number, column, _ in found} == {(3, "岗位"), (3, "教师编号"), (3, "学校")}


def test_a_doubled_row_is_named_with_what_else_is_wrong_where_its_key_can_be_read(place: Place) -> None:
    make_project(place.county, code="P-1")
    found = prepared("results", place.staff, {}, {"hours": "四十"}, {"staff_number": "", "hours": "四十"}).problems
    assert [(number, column) for number, column, _ in found] == [(3, "学时"), (3, ""), (4, "教师编号"), (4, "学时")]
    unread = {"activity": "公开课", "level": "国家级"}
    found = prepared("activities", place.staff, {"activity": "公开课", "level": None}, unread).problems
    assert not any("重复" in sentence for *_, sentence in found)
