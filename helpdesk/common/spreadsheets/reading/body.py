"""The rows below the header: data, and what only looks like it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ..sheets import MOST_ROWS, Column, Holds, Sheet
from .book import Cells, Page
from .cells import quoted, shown, text_of
from .facts import Area, Place, address, letters
from .header import Header
from .problems import LONGEST_QUOTE, MOST_PROBLEMS, Problem, Reading, Refused

#: The beginning of a last line: a sum, or who filled the sheet in.
_FOOTER = re.compile(
    r"(合计|总计|小计|共计)|共[0-9]+[人名位条]"
    r"|(填表|制表|填报|经办|审核|负责|联系)人?(人|时间|日期|单位|电话|\(签[名字]\))?[:(]"
    r"|(校长|电话|日期|单位|盖章|注|备注|说明)(\([^)]*\))?[:(]"
)
#: Words of a hint on how to fill in a column of codes, or of an example; no code has Chinese characters.
_HINT = re.compile(r"必填|选填|可不填|不能为空|填写|请填|格式|示例|样例|举例|例[:如]|如:|说明")
_CODE = re.compile(r"[A-Za-z0-9-]*[0-9][A-Za-z0-9-]*( |$)")


class Body:
    """Takes the rows below the header, one after another."""

    def __init__(self, reading: Reading, sheet: Sheet, header: Header, page: Page) -> None:
        self.reading = reading
        self.sheet = sheet
        self.page = page
        self.header = header
        self.columns = header.columns
        self.codes = [index for index, column in header.columns.items() if column.holds is Holds.CODE]
        #: Rows in which several used cells are merged into one, and the first of these cells.
        self.across: dict[int, int] = {}
        #: Used cells that are merged with the cells above or below.
        self.down: set[Place] = set()
        self.hidden: list[int] = []
        #: The last row that held something.
        self.above = header.last
        #: Cells without a title above them, by index: the first that holds something.
        self.untitled: dict[int, tuple[int, str]] = {}
        for area in page.facts.merged:
            self._look_at_merged(area)

    def _look_at_merged(self, area: Area) -> None:
        top, left, bottom, right = area
        touched = [index for index in self.columns if left <= index + 1 <= right]
        if len(touched) > 1 and top == bottom:
            self.across[top] = min(touched)
        elif touched and bottom > top:
            last = min(bottom, len(self.page.rows))  # rows below the last one with content need no naming
            for row in range(top, last + 1):
                self.down |= {(row, index + 1) for index in touched}

    def take_all(self) -> None:
        """Takes every row. Raises Refused where there are too many."""
        for number in range(self.header.last + 1, len(self.page.rows) + 1):
            self._take(number, self.page.row(number))
        self._tell_hidden()
        for index, (number, text) in sorted(self.untitled.items()):
            where = f"{letters(index + 1)} 列"
            self._note(Problem("untitled_column", number, "", where, text))

    def _take(self, number: int, cells: Cells) -> None:
        texts = {index: shown(cells[index]) for index in self.columns if index < len(cells)}
        held = {index: text for index, text in texts.items() if text}
        places = {index for index in self.columns if (number, index + 1) in self.page.facts.errors}
        if not held and not places and not self._has_formula(number):
            return
        self._note_untitled(number, cells)
        is_apart = number > self.above + 1
        self.above = number
        if number in self.across:
            self._take_merged(number, held)
        elif self.sheet.has_footers and self._is_footer(held):
            self._note(Problem("footer", number, cell=_line(held)))
        elif self._is_hint(held):
            self._note(Problem("hint", number, cell=_line(held)))
        elif is_apart and self._is_lonely(held) and not places:
            self._tell_lonely(number, held)
        else:
            self._read(number, cells)

    def _has_formula(self, number: int) -> bool:
        return any((number, index + 1) in self.page.facts.formulas for index in self.columns)

    # Rows that are no data, or not as they should be.

    def _take_merged(self, number: int, held: dict[int, str]) -> None:
        """Notes a heading among the rows; of anything else, names the cells that are merged."""
        first = self.across[number]
        alone = list(held) == [first] and first <= min(self.codes, default=0)
        if alone and not _CODE.match(held[first]):
            self._note(Problem("heading", number, cell=_line(held)))
        else:
            header = self.columns[first].header
            self._tell(Problem("merged_across", number, header, cell=held.get(first, "")[:LONGEST_QUOTE]))

    def _is_footer(self, held: dict[int, str]) -> bool:
        """True for a last line: never where a code stands, so that no teacher is left out."""
        words = [_joined(text) for _, text in sorted(held.items())]
        codes = [_joined(held[index]) for index in self.codes if index in held]
        return bool(words) and bool(_FOOTER.match(words[0])) and all(_FOOTER.match(code) for code in codes)

    def _is_hint(self, held: dict[int, str]) -> bool:
        """True for a line above the first data that says how to fill in the columns of codes."""
        if self.reading.rows or self.reading.problems:
            return False
        codes = [_joined(held[index]) for index in self.codes if index in held]
        return bool(codes) and all(_HINT.search(code) for code in codes)

    def _is_lonely(self, held: dict[int, str]) -> bool:
        return len(held) == 1 and len(self.columns) > 2 and not held.keys() & set(self.codes)

    def _tell_lonely(self, number: int, held: dict[int, str]) -> None:
        [(index, text)] = held.items()
        where = address(number, index + 1)
        header = self.columns[index].header
        self._tell(Problem("lonely_cell", number, header, where, text[:LONGEST_QUOTE]))

    # Data.

    def _read(self, number: int, cells: Cells) -> None:
        values: dict[str, str] = {}
        is_wrong = False
        for index, column in self.columns.items():
            if index >= len(cells):
                continue
            try:
                text = self._text(number, index, cells[index], column)
            except Refused as refused:
                found = refused.problem
                self._tell(Problem(found.code, number, column.header, found.where, quoted(cells[index])))
                is_wrong = True
                continue
            if text:
                values[column.field] = text
        if values or is_wrong:
            self._keep_row(number, values)

    def _text(self, number: int, index: int, value: object, column: Column) -> str:
        at = (number, index + 1)
        if at in self.down:
            raise Refused("merged_down")
        return text_of(value, column, self.page.facts, at)

    def _keep_row(self, number: int, values: dict[str, str]) -> None:
        if len(self.reading.rows) == MOST_ROWS:
            self.reading.problems.clear()
            raise Refused("too_many_rows", number)
        self.reading.rows.append((number, values))
        if number in self.page.facts.hidden_rows:
            self.hidden.append(number)

    # The facts that are reported.

    def _note_untitled(self, number: int, cells: Cells) -> None:
        for index, value in enumerate(cells):
            if index in self.header.titles or index in self.untitled or value == "":
                continue
            if text := quoted(value):
                self.untitled[index] = (number, text)

    def _tell_hidden(self) -> None:
        if self.hidden:
            self.reading.notes.insert(0, Problem("hidden_rows", where=ranges(self.hidden)))

    def _tell(self, problem: Problem) -> None:
        if len(self.reading.problems) < MOST_PROBLEMS:
            self.reading.problems.append(problem)

    def _note(self, problem: Problem) -> None:
        if len(self.reading.notes) < MOST_PROBLEMS:
            self.reading.notes.append(problem)


def _joined(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _line(held: dict[int, str]) -> str:
    """The words of a row, from left to right, as much as is quoted."""
    words = [text for _, text in sorted(held.items())]
    return "、".join(words)[:LONGEST_QUOTE]


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in order, neighbours taken together: 3–5、9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number, number])
    told = [f"{first}–{last}" if last > first else str(first) for first, last in runs[:20]]
    more = "……" if len(runs) > 20 else ""
    return "、".join(told) + more
