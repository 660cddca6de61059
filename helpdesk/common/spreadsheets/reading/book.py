"""A file becomes pages of rows, whatever its kind."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ..sheets import MOST_ROWS
from . import ods, old, text, xlsx
from .archive import Archive
from .cells import shown
from .facts import Facts
from .kinds import Kind, kind_of, kind_of_archive
from .problems import Refused

#: The values of a row, from the first column on.
Cells = list[Any]


@dataclass
class Page:
    """One sheet: its title, its rows from the first on, and its facts."""

    title: str
    hidden: bool
    load: Callable[[], list[Cells]]
    facts: Facts = field(default_factory=Facts)

    @cached_property
    def rows(self) -> list[Cells]:
        """The values. Raises Refused for a sheet that reaches too far."""
        self.facts.demand_bounded(MOST_ROWS)
        return self.load()

    def row(self, number: int) -> Cells:
        """The values of a row, counted from 1; none below the last."""
        return self.rows[number - 1] if 0 < number <= len(self.rows) else []

    @property
    def is_blank(self) -> bool:
        return not any(shown(value) for cells in self.rows for value in cells)


def pages_of(content: bytes) -> list[Page]:
    """The sheets of a file in order. Raises Refused where it is no table, hostile, or too much."""
    kind = kind_of(content)
    if kind is Kind.TEXT:
        rows: list[Cells] = [list(row) for row in text.rows_of(content)]
        return [Page("", hidden=False, load=lambda: rows)]
    if kind is Kind.OLD:
        return _old_pages(content)
    archive = Archive(content)
    if kind_of_archive(archive.names) is Kind.ODS:
        facts = ods.facts_of_sheets(archive)
        return _pages(ods.without_white_space(archive), facts)
    return _pages(content, xlsx.facts_of_sheets(archive))


def _pages(content: bytes, facts: Mapping[str, Facts]) -> list[Page]:
    """The sheets of a file that was passed over before; `facts` by title."""
    book = _opened(content, "damaged")
    pages = [_page(book, title, hidden=hidden) for title, hidden in _worksheets(book)]
    for page in pages:
        if page.title not in facts:  # a sheet that was not passed over is not read
            raise Refused("damaged")
        page.facts = facts[page.title]
    return pages


def _old_pages(content: bytes) -> list[Page]:
    """The sheets of an .xls file, with the cells that calamine says are merged."""
    facts = old.facts_of_sheets(content)
    book = _opened(content, "old_damaged")
    pages = [_page(book, title, hidden=hidden) for title, hidden in _worksheets(book)]
    for page in pages:
        page.facts = facts.get(page.title, page.facts)
        page.facts.days_as_numbers = True
        merged = _sheet(book, page.title).merged_cell_ranges or []
        for (top, left), (bottom, right) in merged:
            page.facts.merged.append((top + 1, left + 1, bottom + 1, right + 1))
    return pages


def _opened(content: bytes, code: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise Refused("encrypted") from error
    except CalamineError as error:
        raise Refused(code) from error


def _worksheets(book: CalamineWorkbook) -> Iterator[tuple[str, bool]]:
    """Title of each sheet that is no chart or macro, and whether it is hidden."""
    for about in book.sheets_metadata:
        if about.typ is SheetTypeEnum.WorkSheet:
            yield about.name, about.visible is not SheetVisibleEnum.Visible


def _page(book: CalamineWorkbook, title: str, *, hidden: bool) -> Page:
    return Page(title, hidden, lambda: _sheet(book, title).to_python(skip_empty_area=False))


def _sheet(book: CalamineWorkbook, title: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(title)
    except CalamineError as error:
        raise Refused("damaged") from error
