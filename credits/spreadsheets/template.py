"""The workbook of a kind of rows, to download and fill in."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from helpdesk.common.spreadsheets.sheets import GUIDE, MOST_ROWS, Column, Holds, Sheet
from helpdesk.common.spreadsheets.writing import DATE_FORMAT, TEXT_FORMAT, saved_workbook

from .columns import SHEETS


def template(kind: str) -> bytes:
    """The workbook to fill in: headers, column formats and drop-down lists; a second sheet explains."""
    sheet = SHEETS[kind]
    book = Workbook()
    page: Any = book.active
    page.title = sheet.title
    for at, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(at)
        head = page.cell(row=1, column=at, value=column.header + ("*" if column.required else ""))
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="E4F0EC" if column.required else "F5F7F6")
        head.number_format = TEXT_FORMAT
        dimension = page.column_dimensions[letter]
        dimension.width = max(14, 2 * len(column.header) + 6, len(column.example) + 4)
        dimension.number_format = _format(column)
        if column.choices:
            page.add_data_validation(_list_of(column, f"{letter}2:{letter}{MOST_ROWS + 1}"))
    page.freeze_panes = "A2"
    _explain(book.create_sheet(GUIDE), sheet)
    return saved_workbook(book)


def _format(column: Column) -> str:
    if column.holds is Holds.DATE:
        return DATE_FORMAT
    return "General" if column.holds is Holds.AMOUNT else TEXT_FORMAT


def _list_of(column: Column, cells: str) -> DataValidation:
    listed = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=not column.required)
    # Short forms are understood too, so the spreadsheet program asks instead of refusing.
    listed.errorStyle, listed.showErrorMessage = "warning", True
    listed.errorTitle, listed.error = column.header, "请从列表里选一项。"
    listed.add(cells)
    return listed


def _explain(page: Any, sheet: Sheet) -> None:
    general = (
        f"第一张表“{sheet.title}”填数据，一行一条，从第 2 行开始，最多 {MOST_ROWS} 行；带 * 的列必填。",
        "请保存成 Excel 表格（.xlsx），.xls、.ods 和 .csv 也可以。",
        "公式要先算出结果；不要合并单元格；可以加自己的列，系统不会用到。",
        "上传以后先看预览，有问题会写明在第几行、哪一列；您确认以前什么都不会保存。",
        *sheet.hints,
    )
    for line in general:
        page.append([line])
    page.append([])
    page.append(["列", "必填", "填什么", "例子", "怎么填"])
    for cell in page[page.max_row]:
        cell.font = Font(bold=True)
    for column in sheet.columns:
        what = f"从这些里选：{'、'.join(column.choices)}" if column.choices else column.holds.value
        page.append([column.header, "是" if column.required else "", what, column.example, column.explanation])
    for row in page.iter_rows(min_row=len(general) + 2):
        for cell in row:
            cell.number_format = TEXT_FORMAT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDE", (16, 8, 44, 30, 60), strict=True):
        page.column_dimensions[letter].width = width
