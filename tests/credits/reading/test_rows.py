"""Rows that are no data, or not as they should be: each is named for what it is, and no teacher is left out."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from credits.spreadsheets.reader import read
from tests.credits.reading.helpers import HEAD, ROW, rows, told
from tests.credits.sheets import book, saved

WIDE = ["教师编号", "姓名", "学校", "岗位", "现在任教", None]
BELOW = [None, None, None, None, "学科", "学段"]
FULL = ["0001", "张三", "桃源一小", "在校任教", "语文", "小学"]


def merged(rows: list[list[Any]], *areas: str) -> bytes:
    made = load_workbook(io.BytesIO(book(rows)))
    for area in areas:
        made.worksheets[0].merge_cells(area)
    return saved(made)


def noted(content: bytes) -> list[tuple[str, int | None, str]]:
    """Code, row and content of each note on a file that can be imported."""
    reading = read("teachers", content)
    assert reading.problems == []
    return [(note.code, note.row, note.cell or note.where) for note in reading.notes]


# --- headers in two rows ------------------------------------------------------------------------------------------

DOWN = ("A1:A2", "B1:B2", "C1:C2", "D1:D2")


@pytest.mark.parametrize("areas", [(*DOWN, "E1:F1"), DOWN, ("E1:F1",), ()])
def test_a_header_in_two_rows_is_read(areas: tuple[str, ...]) -> None:
    [row] = rows(merged([WIDE, BELOW, FULL], *areas))
    assert (row["staff_number"], row["subject"], row["stage"]) == ("0001", "语文", "小学")


def test_a_group_may_stand_above_most_headers() -> None:
    upper = ["教师编号", "基本情况", None]
    lower = [None, "姓名", "学校"]
    assert rows(merged([upper, lower, ROW], "A1:A2", "B1:C1"))[0]["name"] == "张三"


def test_a_line_above_the_header_is_no_part_of_it() -> None:
    assert rows(book([["学校", "桃源一小"], HEAD, ROW]))[0]["staff_number"] == "0001"


# --- merged cells -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", ["B3:C3", "A3:B3", "A3:C3"])
@pytest.mark.parametrize("row", [["0002", "李四", "桃源一小"], ["0002", "李四", None]])
def test_a_teacher_with_cells_merged_across_is_never_left_out(area: str, row: list[Any]) -> None:
    reading = read("teachers", merged([HEAD, ROW, row], area))
    assert reading.rows == []
    assert [(problem.code, problem.row) for problem in reading.problems] == [("merged_across", 3)]


def test_a_heading_among_the_rows_is_quoted_and_hinders_nothing() -> None:
    assert noted(merged([HEAD, ["2019年调入"], ROW], "A2:C2")) == [("heading", 2, "2019年调入")]


# --- around the data ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "last",
    [
        ["合计", "1 人"],
        ["合 计", None, 1],
        [None, "共25人"],
        ["填表人：李四", None, "日期：2020 年 6 月"],
        [None, "制表人（签字）："],
        ["审核：", "王五"],
        ["备注：以上均为在编教师"],
        ["联系电话:0571-1"],
    ],
)
def test_a_last_line_is_named_and_not_read(last: list[Any]) -> None:
    content = book([HEAD, ROW, [], last])
    assert [note[:2] for note in noted(content)] == [("footer", 4)]
    assert len(rows(content)) == 1


@pytest.mark.parametrize("row", [["0002", "合计", "桃源一小"], ["0002", None, "合计"]])
def test_no_row_with_a_number_is_a_last_line(row: list[Any]) -> None:
    assert len(rows(book([HEAD, ROW, row]))) == 2


@pytest.mark.parametrize("hint", ["必填，文本格式", "（请填写编号）", "如：0100001", "示例", "填写说明"])
def test_a_hint_below_the_header_is_named_and_not_read(hint: str) -> None:
    content = book([HEAD, [hint, "必填", "写全称"], ROW])
    assert [note[:2] for note in noted(content)] == [("hint", 2)]
    assert len(rows(content)) == 1


def test_below_the_first_data_nothing_is_a_hint() -> None:
    assert len(rows(book([HEAD, ROW, ["格式-2", "李四", "桃源一小"]]))) == 2


def test_rows_that_a_filter_hides_are_read_and_named() -> None:
    made = load_workbook(io.BytesIO(book([HEAD, ROW, *([f"000{at}", "李四", "桃源一小"] for at in range(2, 7))])))
    for number in (3, 4, 6):
        made.worksheets[0].row_dimensions[number].hidden = True
    content = saved(made)
    assert noted(content) == [("hidden_rows", None, "3–4、6")]
    assert len(rows(content)) == 6


def test_a_column_without_a_title_is_named_where_it_holds_something() -> None:
    assert noted(book([HEAD, [*ROW, None, "调入"]])) == [("untitled_column", 2, "调入")]


# --- stray cells --------------------------------------------------------------------------------------------------


def stray(where: str) -> bytes:
    made = load_workbook(io.BytesIO(book([HEAD, ROW])))
    made.worksheets[0][where] = "x"
    return saved(made)


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("C700", "lonely_cell"),
        ("XFD1", "too_many_columns"),
        ("BZ9", "too_many_columns"),
        ("A900000", "far_row"),
        ("C1048576", "far_row"),
    ],
)
def test_a_stray_cell_is_named_by_its_address(where: str, code: str) -> None:
    reading = read("teachers", stray(where))
    assert [problem.code for problem in reading.problems] == [code]
    assert where in reading.problems[0].sentence


def test_a_refusal_quotes_the_cell() -> None:
    reading = read("teachers", book([HEAD, [17, "张三", "桃源一小"]]))
    assert told(reading.problems) == [("number_as_code", 2, "教师编号")]
    assert reading.problems[0].cell == "17"
