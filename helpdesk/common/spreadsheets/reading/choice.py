"""The page that is read, chosen by its header and not by its place; the others are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..sheets import GUIDE, Sheet
from .book import Page
from .header import Search, look_for_header
from .problems import Problem, Reading, Refused


@dataclass
class Candidate:
    """A page and what was found among its first rows, or why it cannot be looked at."""

    page: Page
    search: Search
    refused: Problem | None = None

    @property
    def has_data(self) -> bool:
        header = self.search.header
        below = self.page.rows[header.last :] if header else []
        return any(cell not in ("", None) for cells in below for cell in cells)


def chosen(reading: Reading, sheet: Sheet, pages: list[Page], kinds: Mapping[str, Sheet]) -> Candidate:
    """The page with the header and data: the one of that title, else the first. Raises Refused where there is none.

    Adds notes on which page is read, where that can be asked, and on each that is not.
    """
    candidates = [_candidate(sheet, page, kinds) for page in pages if not page.hidden]
    able = [candidate for candidate in candidates if candidate.search.header]
    with_data = [candidate for candidate in able if candidate.has_data]
    if not able:
        _refuse(reading, sheet, candidates)
    best = _best(sheet, with_data or able)
    others = [page for page in pages if page is not best.page and page.title != GUIDE]
    notes = [note for note in (_note_on(page, with_data) for page in others) if note]
    if notes or best.page is not candidates[0].page:
        notes.insert(0, Problem("sheet_read", where=best.page.title))
    reading.notes += notes
    return best


def _candidate(sheet: Sheet, page: Page, kinds: Mapping[str, Sheet]) -> Candidate:
    try:
        return Candidate(page, look_for_header(sheet, page, kinds))
    except Refused as refused:
        return Candidate(page, Search(), refused.problem)


def _best(sheet: Sheet, candidates: list[Candidate]) -> Candidate:
    titled = [candidate for candidate in candidates if candidate.page.title == sheet.title]
    return (titled or candidates)[0]


def _note_on(page: Page, with_data: list[Candidate]) -> Problem | None:
    """A note on a page that is not read; none where it is blank."""
    if any(candidate.page is page for candidate in with_data):
        return Problem("sheet_not_read", where=page.title)
    try:
        if page.is_blank:
            return None
    except Refused:
        pass  # it holds something, too far out to be looked at
    return Problem("sheet_hidden" if page.hidden else "sheet_unread", where=page.title)


def _refuse(reading: Reading, sheet: Sheet, candidates: list[Candidate]) -> None:
    """Raises Refused with the reason why no page has a header, and quotes the first row."""
    reading.notes += [candidate.search.other_kind for candidate in candidates if candidate.search.other_kind]
    for candidate in candidates:
        if candidate.refused:
            raise Refused(candidate.refused.code, where=candidate.refused.where)
    for candidate in candidates:
        if candidate.search.first:
            number, words = candidate.search.first
            raise Refused("no_header", number, where=sheet.named, cell=words)
    raise Refused("no_rows")
