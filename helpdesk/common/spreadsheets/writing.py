"""Writing workbooks so that no program computes what is text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import partial
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .quoting import safe_cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_FORMAT, DATE_FORMAT = "@", "yyyy-mm-dd"
_WHOLE = Alignment(wrap_text=True, vertical="top")


def write_xlsx(
    headers: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "名单", above: Sequence[str] = ()
) -> bytes:
    """Returns the workbook that `write_xlsx_to` writes."""
    file = io.BytesIO()
    write_xlsx_to(file, headers, rows, title=title, above=above)
    return file.getvalue()


def write_xlsx_to(
    file: IO[bytes],
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "名单",
    above: Sequence[str] = (),
    widths: Sequence[int] = (),
) -> None:
    """Writes a workbook of one sheet. Text goes through `safe_cell` here (do not call it before) and stays text.

    Numbers, Decimals, dates and None are written as what they are. `above` are lines before the headers. With
    `widths`, in characters, the columns have these and long text is shown on several lines. Each row goes to a
    temporary file of the library's as it comes, so that memory does not grow with their number.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"A{len(above) + 2}"
    for at, header in enumerate(headers, start=1):
        width = widths[at - 1] if widths else max(12, 2 * len(header) + 4)
        sheet.column_dimensions[get_column_letter(at)].width = width
    for line in above:
        sheet.append([_text_cell(sheet, line)])
    heads = [_text_cell(sheet, header) for header in headers]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    text_cell = partial(_text_cell, sheet, whole=bool(widths))
    for row in rows:
        sheet.append([text_cell(value) if isinstance(value, str) else value for value in row])
    book.save(file)


def _text_cell(sheet: Any, text: str, *, whole: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=safe_cell(ILLEGAL_CHARACTERS_RE.sub("", text)))
    cell.data_type = "s"  # openpyxl would make a formula of =1 and an error value of #N/A
    cell.number_format = TEXT_FORMAT
    if whole:
        cell.alignment = _WHOLE
    return cell


def saved_workbook(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
