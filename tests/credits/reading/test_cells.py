"""Cells: text by the kind of their column, and a place for everything that is wrong."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from credits.spreadsheets import reader
from credits.spreadsheets.reader import read
from tests.credits.reading.helpers import HEAD, ROW, problems, rows, told
from tests.credits.sheets import (
    SHEET,
    book,
    example,
    filled,
    replaced,
    saved,
    with_texts,
)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ({"教师编号": 1}, "number_as_code"),
        ({"教师编号": 1001.5}, "number_as_code"),
        ({"姓名": 12}, "number_as_name"),
        ({"教师编号": datetime.date(2019, 1, 1)}, "date_as_text"),
        ({"姓名": datetime.time(8, 30)}, "date_as_text"),
        ({"姓名": True}, "truth_as_text"),
        ({"正式任教日期": datetime.time(8, 30)}, "not_a_date"),
        ({"姓名": "字" * 500}, "long_text"),
        ({"现在任教学科": "#N/A"}, "error_value"),
    ],
)
def test_a_cell_of_the_wrong_type_is_refused_with_row_and_column(cell: dict[str, Any], code: str) -> None:
    good = {"教师编号": "0001", "姓名": "张三"}
    [header] = cell
    assert problems(filled("teachers", good, good | cell)) == [(code, 3, header)]


def test_a_number_for_a_project_is_refused_and_its_zeros_are_spoken_of() -> None:
    reading = read("results", filled("results", {"项目编号": 17, "教师编号": "0001", "学时": 40}))
    assert told(reading.problems) == [("number_as_code", 2, "项目编号")]
    assert "前面的 0 可能已经丢了" in reading.problems[0].sentence


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_an_error_value_is_refused_with_its_cell(error: str) -> None:
    reading = read("teachers", filled("teachers", {"教师编号": error, "姓名": "张三"}))
    assert told(reading.problems) == [("error_value", 2, "教师编号")]
    assert error in reading.problems[0].sentence


def formula(cached: str, kind: str = "") -> bytes:
    """A sheet with a formula in its second column, and what a program computed it to."""
    content = book([HEAD, ["0001", "甲乙丙", "桃源一小"]])
    inline = '<c r="B2" t="inlineStr"><is><t>甲乙丙</t></is></c>'
    return replaced(content, SHEET, inline, f'<c r="B2"{kind}><f>A9&amp;B9</f>{cached}</c>')


def test_a_formula_that_was_not_computed_is_refused_with_its_cell() -> None:
    assert problems(formula("")) == [("uncalculated", 2, "姓名")]
    assert problems(formula("<v></v>")) == [("uncalculated", 2, "姓名")]
    assert problems(book([HEAD, ["0001", "=A9", "桃源一小"]])) == [("uncalculated", 2, "姓名")]


def test_of_a_computed_formula_the_value_is_taken() -> None:
    assert rows(formula("<v>王五</v>", ' t="str"'))[0]["name"] == "王五"
    assert "name" not in rows(formula("<v></v>", ' t="str"'))[0]


def test_many_problems_are_all_named_up_to_a_bound() -> None:
    found = problems(filled("teachers", *({"教师编号": at, "姓名": at} for at in range(400))))
    assert found[:3] == [
        ("number_as_code", 2, "教师编号"),
        ("number_as_name", 2, "姓名"),
        ("number_as_code", 3, "教师编号"),
    ]
    assert len(found) == reader.MOST_PROBLEMS


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (datetime.date(2010, 9, 1), "2010-09-01"),
        (datetime.datetime(2010, 9, 1, 8, 30), "2010-09-01"),  # noqa: DTZ001  as Excel has it
        ("２０１０年９月１日", "２０１０年９月１日"),
        (20100901, "20100901"),
        ("2010.9.1", "2010.9.1"),
    ],
)
def test_dates_come_as_dates_or_as_typed(typed: Any, text: str) -> None:
    record = {"教师编号": "0001", "姓名": "张三", "正式任教日期": typed}
    assert rows(filled("teachers", record))[0]["formally_employed_on"] == text


@pytest.mark.parametrize(
    ("typed", "text"), [(40, "40"), (2.5, "2.5"), (0.1 + 0.2, "0.3"), (3.0, "3"), ("１２", "１２"), (1e300, "1e+300")]
)
def test_numbers_have_the_digits_that_excel_shows(typed: Any, text: str) -> None:
    record = {"项目编号": "P-1", "教师编号": "0001", "学时": typed}
    assert rows(filled("results", record), "results")[0]["hours"] == text


def test_true_and_false_are_yes_and_no() -> None:
    record = example("activities") | {"列入方案": True, "有过程记录": False}
    [row] = rows(filled("activities", record), "activities")
    assert (row["in_plan"], row["has_record"]) == ("是", "否")


def test_texts_lose_what_nobody_sees() -> None:
    record = {
        "教师编号": " 00\u200b01\ufeff",
        "姓名": "张　三\n",
        "学校": "桃源\u202e一小",
        "现在任教学科": "语文\n 书法",
    }
    assert rows(filled("teachers", record)) == [
        {"staff_number": "0001", "name": "张 三", "school": "桃源一小", "subject": "语文 书法"}
    ]
    assert rows(filled("teachers", record | {"姓名": "Li  Na 欧阳·买买提"}))[0]["name"] == "Li Na 欧阳·买买提"


def test_blank_rows_are_skipped_and_rows_keep_their_numbers() -> None:
    content = book([HEAD, [], ROW, [None, "　", ""], [], ["0002", "李四", "桃源一小"], []])
    assert [number for number, _ in read("teachers", content).rows] == [3, 6]


def test_rows_of_merged_cells_are_skipped_and_said_to_be() -> None:
    made = load_workbook(io.BytesIO(book([HEAD, ["语文组"], ROW])))
    made.worksheets[0].merge_cells("A2:C2")
    reading = read("teachers", saved(made))
    assert [number for number, _ in reading.rows] == [3]
    assert told(reading.notes) == [("heading", 2, "")]


def test_cells_merged_over_several_rows_are_refused_one_by_one() -> None:
    made = load_workbook(io.BytesIO(book([HEAD, ROW, ["0002", "李四", None], ["0003", "王五", "桃源一小"]])))
    made.worksheets[0].merge_cells("C2:C3")
    assert problems(saved(made)) == [("merged_down", 2, "学校"), ("merged_down", 3, "学校")]


def test_texts_are_read_from_the_table_where_excel_keeps_them() -> None:
    content = book([HEAD, ["0001", "甲乙丙", "桃源一小"]])
    cell = '<c r="B2" t="inlineStr"><is><t>甲乙丙</t></is></c>'
    rich = "<si><r><t>欧</t></r><r><rPr><b/></rPr><t>阳·锋</t></r><rPh sb='0' eb='1'><t>ou</t></rPh></si>"
    content = with_texts(replaced(content, SHEET, cell, '<c r="B2" t="s"><v>1</v></c>'), f"<si><t>别人</t></si>{rich}")
    assert rows(content)[0]["name"] == "欧阳·锋"


def test_formatted_cells_without_content_count_for_nothing() -> None:
    made = load_workbook(io.BytesIO(book([HEAD, ROW])))
    for row in range(3, 3000):
        made.worksheets[0].cell(row=row, column=1).number_format = "@"
    assert len(rows(saved(made))) == 1


def test_a_sheet_that_lies_about_its_size_is_read_whole() -> None:
    content = replaced(book([HEAD, ROW, ["0002", "李四", "桃源二小"]]), SHEET, 'ref="A1:C3"', 'ref="A1:A1"')
    assert [row["staff_number"] for row in rows(content)] == ["0001", "0002"]


def test_what_stands_behind_the_data_cannot_spoil_it() -> None:
    wrong = '</sheetData><dataValidations count="x"><dataValidation type="nonsense" sqref="?"/></dataValidations>'
    content = replaced(book([HEAD, ROW, ["0002", "李四", "桃源一小"]]), SHEET, "</sheetData>", wrong)
    assert len(rows(content)) == 2
