"""Text that looks like a formula, in and out; templates."""

from __future__ import annotations

import datetime
import io

import pytest
from openpyxl import load_workbook

from credits.spreadsheets.columns import SHEETS
from credits.spreadsheets.reader import read
from credits.spreadsheets.template import template
from helpdesk.common.spreadsheets.quoting import safe_cell, without_quote
from helpdesk.common.spreadsheets.sheets import GUIDE
from helpdesk.common.spreadsheets.writing import write_xlsx
from tests.credits.reading.helpers import HEAD, rows
from tests.credits.sheets import (
    SHEET,
    TYPES,
    book,
    changed,
    example,
    fill_in,
    packed,
    parts_of,
)

ACTIVE = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "=HYPERLINK(“x”)"]


@pytest.mark.parametrize("text", ACTIVE)
def test_text_that_looks_like_a_formula_is_text_on_import(text: str) -> None:
    content = changed(
        book([HEAD, ["0001", "甲乙丙", "桃源一小"]]), SHEET, lambda part: part.replace("甲乙丙".encode(), text.encode())
    )
    assert rows(content)[0]["name"] == text.strip()


@pytest.mark.parametrize("text", [*ACTIVE, *(f"'{text}" for text in ACTIVE), "''=1"])
def test_text_that_looks_like_a_formula_is_quoted_on_export_and_comes_back(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert without_quote(safe_cell(text)) == text
    written = write_xlsx(["教师编号", "姓名"], [["0001", text]])
    [cell] = [row[1] for row in load_workbook(io.BytesIO(written)).worksheets[0].iter_rows(min_row=2)]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")
    if not text.startswith("'"):
        assert rows(written)[0]["name"] == text.strip()


@pytest.mark.parametrize("text", ["张三", "", "1-2", "'", "it's", "'张三'", "#N/A", "a=b"])
def test_other_text_is_written_as_it_is(text: str) -> None:
    assert safe_cell(text) == without_quote(text) == text
    written = write_xlsx(["姓名"], [[text]])
    [cell] = [row[0] for row in load_workbook(io.BytesIO(written)).worksheets[0].iter_rows(min_row=2)]
    assert (cell.value or "") == text
    assert cell.data_type != "e"


def test_numbers_and_dates_are_written_as_such_and_control_characters_not_at_all() -> None:
    written = write_xlsx(
        ["编\x00号", "学分", "日期"], [["007\x0b", 1.5, datetime.date(2020, 1, 2)], [None, None, None]]
    )
    page = load_workbook(io.BytesIO(written)).worksheets[0]
    head, row, *_ = list(page.iter_rows())
    assert [cell.value for cell in head] == ["编号", "学分", "日期"]
    assert [cell.value for cell in row] == ["007", 1.5, datetime.datetime(2020, 1, 2)]  # noqa: DTZ001  as Excel has it
    assert page.freeze_panes == "A2"


@pytest.mark.parametrize("kind", SHEETS)
def test_a_template_filled_in_with_its_example_is_read_as_the_example(kind: str) -> None:
    reading = read(kind, fill_in(template(kind), example(kind)))
    assert reading.problems == reading.notes == []
    assert reading.rows == [(2, {column.field: column.example for column in SHEETS[kind].columns})]


@pytest.mark.parametrize("kind", SHEETS)
def test_a_template_keeps_codes_as_text_offers_choices_and_explains(kind: str) -> None:
    made = load_workbook(io.BytesIO(template(kind)))
    page, guide = made.worksheets
    sheet = SHEETS[kind]
    assert [cell.value for cell in page[1]] == [one.header + ("*" if one.required else "") for one in sheet.columns]
    assert page.freeze_panes == "A2"
    assert guide.title == GUIDE
    explained = " ".join(str(cell.value) for row in guide.iter_rows() for cell in row)
    listed = {str(one.sqref).split("2")[0]: one.formula1 for one in page.data_validations.dataValidation}
    for at, column in enumerate(sheet.columns):
        letter = "ABCDEFGHI"[at]
        if column.holds.name == "CODE":
            assert page.column_dimensions[letter].number_format == "@"
        if column.choices:
            assert listed[letter] == f'"{",".join(column.choices)}"'
            assert len(listed[letter]) <= 257  # what Excel allows
        assert column.header in explained
        assert column.example in explained


def test_a_template_is_a_plain_workbook_without_macros_or_links() -> None:
    parts = parts_of(template("teachers"))
    assert b"macroEnabled" not in parts[TYPES]
    assert not [name for name in parts if "vba" in name or "externalLink" in name]
    assert packed(parts)
