"""From a file into the records and back, for every kind; what is not confirmed saves nothing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from credits.models import (
    Event,
    Teacher,
    TrainingProject,
)
from credits.spreadsheets.columns import SHEETS
from credits.spreadsheets.importing import apply, prepare, undo
from credits.spreadsheets.template import template
from helpdesk.common.decisions import Refusal
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_offset,
    make_plan,
    make_project,
    make_result,
    make_teacher,
)
from tests.credits.imports.helpers import (
    KINDS,
    counts,
    everything,
    imported,
    prepared,
    problems,
    problems_of,
    summaries,
)
from tests.credits.sheets import book, example, fill_in

pytestmark = pytest.mark.usefixtures("cycles")


def prepare_for_examples(place: Place) -> None:
    """The people and projects that the templates' examples speak of."""
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
    assert ([found for found in one.findings if not found.is_reminder], counts(one)) == ([], (1, 0, 0))
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
    assert {row for row, *_ in problems_of(one)} == {3}
    assert (one.rows, one.done, counts(one)) == ([], [], (0, 0, 0))
    with pytest.raises(Refusal):
        apply(one, place.staff)
    assert not Event.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_doubled_row_is_refused_with_both_numbers(place: Place, kind: str) -> None:
    make_project(place.county, code="P-1")
    [problem] = problems(kind, place.staff, {}, {})
    assert problem[0] == 3
    assert "和第 2 行重复" in problem[2]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_cell_that_is_required_is_named(place: Place, kind: str) -> None:
    for column in SHEETS[kind].columns:
        if column.required:
            one = prepared(kind, place.staff, {column.field: ""})
            assert (2, column.header, "请填写。") in problems_of(one)


@pytest.mark.parametrize("kind", KINDS)
def test_undoing_leaves_everything_as_it_was(place: Place, kind: str) -> None:
    make_project(place.county, code="P-1")
    make_project(place.county, code="P-2")
    make_result(place.teacher, TrainingProject.objects.get(code="P-2"), status="entered", hours=10)
    make_activity(place.teacher, "lesson_observation", count=5, completed_on=datetime.date(2019, 10, 13), plan=None)
    make_degree(place.teacher, credits=None, level="bachelor", title="旧")
    make_offset(place.teacher, credits=None, basis="课题", evidence="旧")
    changes: dict[str, dict[str, Any]] = {
        "teachers": {"staff_number": "A-1", "name": "张三丰", "subject": "音乐"},
        "results": {"project": "P-2", "hours": "12.5"},
        "activities": {"completed_on": "2019-10-13", "amount": "20", "has_record": "否"},
        "degrees": {"level": "本科", "title": "新"},
        "offsets": {"basis": "课题", "evidence": "新"},
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


def test_an_unknown_school_and_a_doubled_number_are_named_with_what_else_is_wrong(place: Place) -> None:
    wrong = {"position": "校长", "school": "桃源三小"}
    found = problems("teachers", place.reviewer, {"school": "桃源一小"}, wrong)
    assert {(number, column) for number, column, _ in found} == {(3, "岗位"), (3, "教师编号"), (3, "学校")}


def test_a_doubled_row_is_named_with_what_else_is_wrong_where_its_key_can_be_read(place: Place) -> None:
    make_project(place.county, code="P-1")
    found = problems("results", place.staff, {}, {"hours": "四十"}, {"staff_number": "", "hours": "四十"})
    assert [(number, column) for number, column, _ in found] == [(3, "学时"), (3, ""), (4, "教师编号"), (4, "学时")]
    unread = {"activity": "公开课", "level": "国家级"}
    found = problems("activities", place.staff, {"activity": "公开课", "level": None}, unread)
    assert not any("重复" in sentence for *_, sentence in found)


def test_what_is_too_long_and_what_has_another_unit_is_told_in_plain_words(place: Place) -> None:
    make_project(place.county, code="P-1")
    one = prepared("degrees", place.staff, {"title": "长" * 201})
    assert [problem[2] for problem in problems_of(one)] == ["最多 120 个字，现在有 201 个。"]
    assert problems("results", place.staff, {"hours": "4学分"})[0][2] == "这里填学时，不是学分。"
    assert problems("activities", place.staff, {"amount": "20学时"})[0][2] == "这里填节数或次数，不是学时。"
    assert problems("results", place.staff, {"hours": "40学时"}) == []
