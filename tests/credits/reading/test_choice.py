"""Which sheet is read: the one with the header, wherever it stands; the others are named."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook

from credits.spreadsheets.reader import read
from tests.credits.reading.helpers import HEAD, ROW, told
from tests.credits.sheets import saved

OTHER = ["0002", "李四", "桃源一小"]


def workbook(**sheets: list[list[Any]]) -> Workbook:
    """A workbook with these sheets in this order."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        page: Any = made.create_sheet(title)
        for row in rows:
            page.append(row)
    return made


def codes(made: Workbook) -> tuple[list[str], list[tuple[str, str]]]:
    """The numbers that were read, and each note with its sheet."""
    reading = read("teachers", saved(made))
    assert reading.problems == []
    return [row["staff_number"] for _, row in reading.rows], [(note.code, note.where) for note in reading.notes]


def test_a_blank_first_sheet_does_not_hide_the_data() -> None:
    assert codes(workbook(Sheet1=[], 名单=[HEAD, ROW])) == (["0001"], [("sheet_read", "名单")])


def test_a_sheet_of_instructions_first_does_not_hide_the_data() -> None:
    made = workbook(填表说明=[["请如实填写。"], ["教师编号不能重复。"]], 名单=[HEAD, ROW])
    assert codes(made) == (["0001"], [("sheet_read", "名单"), ("sheet_unread", "填表说明")])


def test_a_second_sheet_with_data_is_named_as_not_read() -> None:
    made = workbook(一年级=[HEAD, ROW], 二年级=[HEAD, OTHER])
    assert codes(made) == (["0001"], [("sheet_read", "一年级"), ("sheet_not_read", "二年级")])


def test_the_sheet_of_the_template_is_read_before_others() -> None:
    made = workbook(一年级=[HEAD, ROW], 教师=[HEAD, OTHER])
    assert codes(made) == (["0002"], [("sheet_read", "教师"), ("sheet_not_read", "一年级")])


def test_a_header_without_data_loses_to_one_with() -> None:
    assert codes(workbook(教师=[HEAD], 名单=[HEAD, ROW]))[0] == ["0001"]


def test_hidden_sheets_are_not_read_but_named() -> None:
    made = workbook(旧数据=[HEAD, OTHER], 名单=[HEAD, ROW])
    made["旧数据"].sheet_state = "hidden"
    assert codes(made) == (["0001"], [("sheet_read", "名单"), ("sheet_hidden", "旧数据")])


def test_one_sheet_alone_needs_no_word() -> None:
    assert codes(workbook(随便=[HEAD, ROW])) == (["0001"], [])


def test_a_sheet_that_reaches_too_far_hinders_no_other() -> None:
    made = workbook(草稿=[["x"]], 名单=[HEAD, ROW])
    made["草稿"]["XFD1"] = "x"
    assert codes(made) == (["0001"], [("sheet_read", "名单"), ("sheet_unread", "草稿")])


def test_without_any_header_the_first_row_is_quoted() -> None:
    reading = read("teachers", saved(workbook(Sheet1=[], 名单=[[], ["甲", "乙"]])))
    assert told(reading.problems) == [("no_header", 2, "")]
    assert reading.problems[0].cell == "甲、乙"
