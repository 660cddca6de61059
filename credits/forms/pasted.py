"""The platform's own list of details (经验值明细), pasted in as it is copied from its table.

Rows are separated by tabs, by several spaces, or by one; the four columns may stand in any order under their heading,
and without one as in upgrade-13. Nothing is guessed: a line that cannot be read is named with its number.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError

from ..rules.amounts import AMOUNT_PATTERN
from ..upgrade.kinds import Kind
from ..upgrade.words import UNDECIDED, kinds_of
from .fields import ExactDateField, narrow

SAID, SOURCE, AMOUNT, TIME = COLUMNS = ("经验说明", "经验来源", "经验数量", "时间")
_GAP = re.compile(r"\t| {2,}|　+")
_CLOCK = re.compile(r"[0-9]{1,2}[:：][0-9]{2}([:：][0-9]{2})?")
_CLOCK_AT_END = re.compile(rf"[ T]*{_CLOCK.pattern}$")
MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One row of the list that was read; `amount` is what the platform itself gave, `line` counts from 1."""

    line: int
    kind: Kind
    on: datetime.date
    amount: Decimal


@dataclass(slots=True)
class Pasted:
    """The rows that were read, and a Chinese sentence for each line that was not."""

    rows: list[PastedRow] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


class _Unreadable(Exception):
    """Raised with the sentence on a line that cannot be read."""


def read_pasted(text: str) -> Pasted:
    """Returns what was read of a pasted list, line by line; empty lines are passed over."""
    reader = _Reader()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        cells = _cells(line)
        if cells:
            reader.take(number, cells)
    return reader.pasted


def lines_pasted(text: str) -> int:
    """Returns the number of lines, empty ones too."""
    return text.count("\n") + 1 if text.strip() else 0


def _cells(line: str) -> list[str]:
    """Returns the cells of a line; a time stays with its day where single spaces part the cells."""
    cells = [cell.strip() for cell in _GAP.split(line.replace("\xa0", " ").strip())]
    if len(cells) > 1 or not cells[0]:
        return [cell for cell in cells if cell]
    found: list[str] = []
    for word in cells[0].split():
        if found and _CLOCK.fullmatch(word):
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


@dataclass(slots=True)
class _Reader:
    """The columns that hold for the lines to come, and what was read so far."""

    columns: Sequence[str] = COLUMNS
    pasted: Pasted = field(default_factory=Pasted)
    days: dict[str, datetime.date] = field(default_factory=dict)

    def take(self, number: int, cells: list[str]) -> None:
        try:
            if set(cells) & set(COLUMNS):
                self._take_heading(cells)
            else:
                self.pasted.rows.append(self._row(number, cells))
        except _Unreadable as problem:
            self.pasted.problems.append((number, str(problem)))

    def _take_heading(self, cells: list[str]) -> None:
        """Notes the columns; a foreign one is told and left out, without one of ours no row below is read."""
        missing = [name for name in COLUMNS if name not in cells]
        foreign = [name for name in cells if name not in COLUMNS]
        twice = len(set(cells)) < len(cells)
        self.columns = () if missing or twice else cells
        if twice:
            raise _Unreadable("表头里有一列写了两次，下面的行都没有读。")
        if missing:
            raise _Unreadable(f"表头里缺少“{'”“'.join(missing)}”，不像是“经验值明细”，下面的行都没有读。")
        if foreign:
            raise _Unreadable(f"表头里的“{_short('”“'.join(foreign))}”不是“经验值明细”的列，没有用它，其他列照读。")

    def _row(self, number: int, cells: list[str]) -> PastedRow:
        if not self.columns:
            raise _Unreadable("因为表头不对，这一行没有读。")
        if len(cells) != len(self.columns):
            raise _Unreadable(f"应该有 {len(self.columns)} 列，这一行有 {len(cells)} 列，没有读。")
        row = dict(zip(self.columns, cells, strict=True))
        amount = _amount(row[AMOUNT])
        on = self._day(row[TIME])
        return PastedRow(number, _kind(row[SAID], row[SOURCE]), on, amount)

    def _day(self, text: str) -> datetime.date:
        day = _CLOCK_AT_END.sub("", narrow(text))
        if day not in self.days:
            try:
                self.days[day] = ExactDateField().read(day)
            except ValidationError as error:
                raise _Unreadable(f"“时间”一列写的是“{_short(text)}”：{error.messages[0]}") from error
        return self.days[day]


def _kind(said: str, source: str) -> Kind:
    kinds = kinds_of((said, source))
    if len(kinds) == 1:
        return kinds.pop()
    if kinds:
        raise _Unreadable(f"“{_short(said)}”和“{_short(source)}”在细则表里是不同的项目，分不清是哪一项，没有读。")
    for word in (said, source):
        if word in UNDECIDED:
            raise _Unreadable(f"{UNDECIDED[word]}。")
    raise _Unreadable(f"“{_short(said)}”（{_short(source)}）在细则表里没有，不知道算哪一项，没有读。")


def _amount(text: str) -> Decimal:
    number = narrow(text).removeprefix("+")
    if not AMOUNT_PATTERN.fullmatch(number):
        raise _Unreadable(f"“经验数量”一列写的是“{_short(text)}”，不是大于等于 0 的数字，没有读。")
    return Decimal(number)


def _short(text: str) -> str:
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]}…"
