"""The header of a page: below titles, in the words of schools, in one row or two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..sheets import Column, Sheet
from .book import Page
from .cells import quoted, shown
from .facts import letters
from .problems import HEADER_WITHIN, Problem, Reading

#: Rows that a header may take.
MOST_HEADER_ROWS = 3


@dataclass
class Header:
    """The rows that a header takes, from 1, and by index of the cell, from 0, its titles and the columns meant."""

    first: int
    last: int
    titles: dict[int, str]
    columns: dict[int, Column]


@dataclass
class Search:
    """The header found among the first rows of a page."""

    header: Header | None = None
    #: A kind that these headers fit better: perhaps the wrong one was chosen.
    other_kind: Problem | None = None
    #: Number and words of the first row that holds something.
    first: tuple[int, str] | None = None
    passed: list[int] = field(default_factory=list)


def look_for_header(sheet: Sheet, page: Page, kinds: Mapping[str, Sheet]) -> Search:
    """Looks for the first row that holds at least two of our headers."""
    search = Search()
    for number, cells in _filled_rows(page):
        search.first = search.first or (number, _in_words(cells))
        search.other_kind = search.other_kind or _other_kind(sheet, kinds, number, cells)
        search.header = _header_at(sheet, page, number)
        if search.header:
            return search
        search.passed.append(number)
        if len(search.passed) == HEADER_WITHIN:
            break
    return search


def _filled_rows(page: Page) -> Iterator[tuple[int, list[object]]]:
    for number, cells in enumerate(page.rows, start=1):
        if any(shown(cell) for cell in cells):
            yield number, cells


def _in_words(cells: Iterable[object]) -> str:
    """The first cells of a row that hold something, as a refusal quotes them."""
    held = [quoted(cell) for cell in cells if shown(cell)]
    return "、".join(held[:3])


# --- one row or two -----------------------------------------------------------------------------------------------


def _header_at(sheet: Sheet, page: Page, number: int) -> Header | None:
    """The header that begins in this row; None where none does."""
    titles = _titles(page, number)
    known = _columns(sheet, titles)
    last = _last_row(sheet, page, number, known)
    if len(set(known.values())) < 2 and last == number:
        return None
    for below in range(number + 1, last + 1):
        titles, known = _joined(sheet, titles, known, page, below)
    return Header(number, last, titles, known) if len(set(known.values())) > 1 else None


def _titles(page: Page, number: int) -> dict[int, str]:
    """The words of a row by index; cells that are merged across share them."""
    titles = {index: shown(cell) for index, cell in enumerate(page.row(number)) if shown(cell)}
    for top, left, bottom, right in page.facts.merged:
        if top <= number <= bottom and left - 1 in titles and right - left < MOST_SHARED:
            titles |= {index: titles[left - 1] for index in range(left, right) if index not in titles}
    return titles


#: Cells that may be merged across into one title of a group.
MOST_SHARED = 40


def _columns(sheet: Sheet, titles: dict[int, str]) -> dict[int, Column]:
    """The column of the sheet that each title is the header of, by index."""
    names = _names(sheet)
    normal = {index: _normal(title) for index, title in titles.items()}
    return {index: names[title] for index, title in normal.items() if title in names}


def _names(sheet: Sheet) -> dict[str, Column]:
    names = {}
    for column in sheet.columns:
        for name in (column.header, *column.also):
            names[_normal(name)] = column
    return names


def _last_row(sheet: Sheet, page: Page, number: int, known: dict[int, Column]) -> int:
    """The last row of the header that begins in this one: as far as its cells are merged down, or go on below."""
    reach = [
        bottom
        for top, left, bottom, _ in page.facts.merged
        if top == number and bottom < number + MOST_HEADER_ROWS and left - 1 in known
    ]
    last = max(reach, default=number)
    if last == number and len(set(known.values())) > 1 and _goes_on(sheet, page, number + 1, known):
        return number + 1
    return last


def _goes_on(sheet: Sheet, page: Page, below: int, known: dict[int, Column]) -> bool:
    """True where the row below holds nothing but other headers, and none under those that are known already."""
    titles = {index: shown(cell) for index, cell in enumerate(page.row(below)) if shown(cell)}
    found = _columns(sheet, titles)
    return bool(titles) and len(found) == len(titles) and not found.keys() & known.keys()


def _joined(
    sheet: Sheet, upper: dict[int, str], known: dict[int, Column], page: Page, below: int
) -> tuple[dict[int, str], dict[int, Column]]:
    """Titles and columns with those of the row below; 现在任教 above 学科 is 现在任教学科, or else 学科."""
    lower = _titles(page, below)
    both = {index: upper.get(index, "") + title for index, title in lower.items()}
    named = known | _columns(sheet, lower) | _columns(sheet, both)
    return upper | lower, named


_ASIDE = re.compile(r"\((必填|选填|可不填)\)")


def _normal(header: str) -> str:
    """A header without what schools add to it: spaces, stars, brackets that say it is required."""
    plain = unicodedata.normalize("NFKC", header).replace("*", "")
    joined = "".join(plain.split())
    return _ASIDE.sub("", joined).rstrip(":")


# --- judged -------------------------------------------------------------------------------------------------------


def judge_header(reading: Reading, sheet: Sheet, header: Header) -> None:
    """Names columns that stand there twice or not at all, and notes those that are not ours."""
    for column in sheet.columns:
        at = [index for index, found in header.columns.items() if found is column]
        if len(at) > 1:
            where = "、".join(f"{letters(index + 1)} 列" for index in at)
            reading.problems.append(Problem("doubled_header", header.first, column.header, where))
        elif not at and column.required:
            reading.problems.append(Problem("missing_header", header.first, column.header))
    for index, title in sorted(header.titles.items()):
        if index not in header.columns:
            where = f"{letters(index + 1)} 列"
            reading.notes.append(Problem("unused_column", header.first, title[:30], where))


def _other_kind(sheet: Sheet, kinds: Mapping[str, Sheet], number: int, cells: Iterable[object]) -> Problem | None:
    """A note where these headers fit another kind better."""
    titles = {index: shown(cell) for index, cell in enumerate(cells)}
    best = sheet.title
    most = len(set(_columns(sheet, titles).values()))
    for other in kinds.values():
        known = set(_columns(other, titles).values())
        required = {column for column in other.columns if column.required}
        if required <= known and len(known) > most:
            best = other.title
            most = len(known)
    if best == sheet.title:
        return None
    return Problem("other_kind", number, "", f"{best}表，您选的是{sheet.title}")
