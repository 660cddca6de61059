"""Spreadsheets of teachers: added and changed, only within one's own schools."""

from __future__ import annotations

import datetime

import pytest

from credits.models import (
    Event,
    Teacher,
)
from credits.spreadsheets.judging.teachers import NUMBER_TAKEN
from helpdesk.common.names import sort_key
from tests.cast import (
    Place,
    make_organization,
)
from tests.credits.imports.helpers import (
    counts,
    imported,
    problems,
    summaries,
)

pytestmark = pytest.mark.usefixtures("cycles")


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
    assert problems("teachers", place.reviewer, {"staff_number": "N-2"}) == [(2, "学校", "请填写。")]


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
        [problem] = problems("teachers", place.staff, cells)
        assert "要由桃源县的审核员改" in problem[2]


@pytest.mark.parametrize("number", ["a-1", "A—1", "Ａ－１", "A——1"])
def test_a_number_in_another_spelling_is_the_same_teacher(place: Place, number: str) -> None:
    one = imported("teachers", place.staff, {"staff_number": number, "name": "张三", "subject": "数学"})
    assert counts(one) == (0, 1, 0)
    place.teacher.refresh_from_db()
    assert (place.teacher.staff_number, place.teacher.subject) == ("A-1", "数学")


def test_two_spellings_of_a_number_are_one_row_too_many(place: Place) -> None:
    rows = [{"staff_number": "N-1"}, {"staff_number": "ｎ—1"}]
    assert problems("teachers", place.staff, *rows) == [(3, "教师编号", "和第 2 行重复，请只留一行。")]


def test_a_number_of_others_is_taken_in_small_letters_too(place: Place) -> None:
    [problem] = problems("teachers", place.staff, {"staff_number": "b-1"})
    assert problem[2] == NUMBER_TAKEN


@pytest.mark.parametrize("name", ["张　三", "张 三", "\u200b张三"])
def test_a_name_in_another_spelling_is_no_change(place: Place, name: str) -> None:
    assert counts(imported("teachers", place.staff, {"staff_number": "A-1", "name": name})) == (0, 0, 1)


@pytest.mark.parametrize("typed", ["桃源一小（东区）", "桃源一小(东区)", " 桃源 一小 （东区）"])
@pytest.mark.parametrize("kept", ["桃源一小（东区）", "桃源一小(东区)"])
def test_a_school_is_found_with_either_brackets(place: Place, kept: str, typed: str) -> None:
    school = make_organization(parent=place.county, name=kept)
    imported("teachers", place.reviewer, {"school": typed})
    assert Teacher.objects.get(staff_number="N-1").school == school


@pytest.mark.parametrize(
    "typed", ["2012 年 9 月 1 日", "2012年9月1号", "2012-09-01 00:00:00", "2012-9-1 8:30", "2012-09-01T00:00:00.000Z"]
)
def test_a_day_is_read_as_clerks_and_programs_write_it(place: Place, typed: str) -> None:
    imported("teachers", place.staff, {"formally_employed_on": typed})
    assert Teacher.objects.get(staff_number="N-1").formally_employed_on == datetime.date(2012, 9, 1)


def test_a_name_is_kept_in_one_spelling(place: Place) -> None:
    imported("teachers", place.staff, {"name": "买买提•艾力"})
    assert Teacher.objects.get(staff_number="N-1").name == "买买提·艾力"


def test_nobody_changes_schools_by_import(place: Place) -> None:
    [problem] = problems("teachers", place.reviewer, {"staff_number": "A-1", "name": "张三", "school": "桃源二小"})
    assert problem[:2] == (2, "学校")
    assert "调动请在教师页面办理" in problem[2]


def test_schools_of_one_name_are_told_apart_by_what_is_above_them(place: Place) -> None:
    neighbour = make_organization("county", parent=place.city, name="邻县")
    twin = make_organization(parent=neighbour, name="桃源一小")
    [problem] = problems("teachers", place.above, {"school": "桃源一小"})
    assert problem[:2] == (2, "学校")
    assert "县桃源一小”。" in problem[2]
    imported("teachers", place.above, {"school": "邻县桃源一小"})
    assert Teacher.objects.get(staff_number="N-1").school == twin


def test_a_number_used_elsewhere_tells_nothing_about_whose_it_is(place: Place) -> None:
    [problem] = problems("teachers", place.staff, {"staff_number": "B-1", "name": "王五"})
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
    [problem] = problems("teachers", place.staff, {}, {"staff_number": "N-2"} | cells)
    assert problem[:2] == (3, header)
    assert words in problem[2]
