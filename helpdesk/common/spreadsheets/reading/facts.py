"""Facts of a sheet that calamine does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .problems import LAST_ROW, LAST_ROW_READ, MOST_AREA, MOST_COLUMNS, Refused

#: Row and column, from 1.
Place = tuple[int, int]
#: Top, left, bottom and right, from 1.
Area = tuple[int, int, int, int]


@dataclass
class Facts:
    """Places of formulas, errors and zeros, merged and hidden ranges, and the extent of the sheet."""

    #: Formulas that were perhaps never computed: where one shows nothing, it was not.
    formulas: set[Place] = field(default_factory=set)
    #: The error that a cell shows, as #N/A.
    errors: dict[Place, str] = field(default_factory=dict)
    #: The format of a number that shows zeros in front which the number does not have.
    zeros: dict[Place, str] = field(default_factory=dict)
    #: True where calamine does not know every format: a day may then come as a number.
    days_as_numbers: bool = False
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    #: Rows that hold something.
    filled: set[int] = field(default_factory=set)
    #: The cell in the last row, and the one in the last column, that hold something.
    lowest: Place = (0, 0)
    rightmost: Place = (0, 0)

    def hold(self, row: int, column: int) -> None:
        """Notes that a cell holds something."""
        self.filled.add(row)
        if row > self.lowest[0]:
            self.lowest = (row, column)
        if column > self.rightmost[1]:
            self.rightmost = (row, column)

    def demand_bounded(self, most_rows: int) -> None:
        """Refuses a sheet that reaches too far, with the cell that does: calamine keeps every cell up to it."""
        if self.lowest[0] > LAST_ROW:
            raise Refused("damaged")
        if self.rightmost[1] > MOST_COLUMNS:
            raise Refused("too_many_columns", where=address(*self.rightmost))
        if self.lowest[0] > LAST_ROW_READ:
            if len(self.filled) > most_rows:
                raise Refused("too_many_rows")
            raise Refused("far_row", where=address(*self.lowest))


def demand_openable(sheets: Mapping[str, Facts]) -> None:
    """Refuses a file with a sheet for which calamine has no room: of these kinds it opens all sheets at once."""
    for facts in sheets.values():
        if facts.lowest[0] * facts.rightmost[1] > MOST_AREA:
            facts.demand_bounded(most_rows=facts.lowest[0])


_COORDINATES = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")


def coordinates(text: str) -> Place | None:
    """Row and column of a reference such as B3, from 1; None where it is none."""
    match = _COORDINATES.match(text)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]), column


def letters(column: int) -> str:
    """The letters of a column, which counts from 1: 28 → AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"
