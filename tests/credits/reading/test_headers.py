"""Headers: found below titles, in the words of schools, and named where they are missing."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook

from credits.spreadsheets.reader import read
from credits.spreadsheets.template import template
from helpdesk.common.spreadsheets.sheets import GUIDE
from tests.credits.reading.helpers import HEAD, ROW, problems, rows, told
from tests.credits.sheets import (
    book,
    saved,
)


def test_a_header_is_found_below_titles_and_whatever_schools_add_to_it() -> None:
    content = book([["桃源一小教师名册"], [], ["制表：教务处"], ["教师编号（必填）", " 姓 名 ", "学校*"], ROW])
    assert read("teachers", content).rows == [(5, {"staff_number": "0001", "name": "张三", "school": "桃源一小"})]


def test_other_usual_headers_are_understood() -> None:
    assert rows(book([["工号", "教师姓名", "所在学校"], ROW])) == [
        {"staff_number": "0001", "name": "张三", "school": "桃源一小"}
    ]


def test_a_missing_header_is_named() -> None:
    assert problems(book([["姓名", "学校"], ["张三", "桃源一小"]])) == [("missing_header", 1, "教师编号")]


def test_a_doubled_header_is_named_with_its_columns() -> None:
    reading = read("teachers", book([[*HEAD, "工号"], [*ROW, "0002"]]))
    assert told(reading.problems) == [("doubled_header", 1, "教师编号")]
    assert "A 列、D 列" in reading.problems[0].sentence


def test_a_header_that_is_not_ours_is_named_and_keeps_nobody_from_importing() -> None:
    reading = read("teachers", book([[*HEAD, "备注"], [*ROW, "=1+1"]]))
    assert reading.problems == []
    assert told(reading.notes) == [("unused_column", 1, "备注")]
    assert "没有用到" in reading.notes[0].sentence
    assert reading.rows == [(2, {"staff_number": "0001", "name": "张三", "school": "桃源一小"})]


def test_without_a_header_nothing_is_guessed() -> None:
    assert problems(book([ROW, ROW])) == [("no_header", 1, "")]


@pytest.mark.parametrize("content", [book([]), book([HEAD]), book([HEAD, [" ", "　", None]]), template("teachers")])
def test_a_sheet_without_data_is_refused(content: bytes) -> None:
    assert problems(content) == [("no_rows", None, "")]


def test_the_sheet_with_the_right_title_is_read_else_the_first_that_is_shown() -> None:
    made = Workbook()
    first: Any = made.active
    first.title = GUIDE
    hidden = made.create_sheet("旧数据")
    hidden.sheet_state = "hidden"
    for line in (HEAD, ["9999", "旧人", "旧校"]):
        hidden.append(line)
    for line in (HEAD, ROW):
        made.create_sheet("Sheet1") if "Sheet1" not in made.sheetnames else None
        made["Sheet1"].append(line)
    assert rows(saved(made))[0]["staff_number"] == "0001"
    titled = made.create_sheet("教师")
    for line in (HEAD, ["0002", "李四", "桃源二小"]):
        titled.append(line)
    assert rows(saved(made))[0]["staff_number"] == "0002"
