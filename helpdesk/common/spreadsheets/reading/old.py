"""Facts of the sheets of an .xls file of 1997 or later, read from its records before calamine reads the values.

Nothing here refuses a file for its form: where it is another one, calamine judges it, and the facts are missing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from .facts import Facts, demand_openable

#: Records of a workbook, by number.
BEGIN, END, SHEET, ROW, FORMULA, ERROR = 0x0809, 0x0A, 0x85, 0x0208, 0x06, 0x0205
#: Records of one cell, and of several in a row.
CELLS = (0x0203, 0x0204, 0x027E, 0xFD, 0xD6, FORMULA, ERROR)
SEVERAL = 0xBD
HIDDEN = 0x20
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
#: Sectors that a chain cannot have: no file is so large.
MOST_SECTORS = 100_000


def facts_of_sheets(content: bytes) -> dict[str, Facts]:
    """The facts of each sheet, by its title. Raises Refused where a stray cell makes a sheet too large to open."""
    try:
        stream = Container(content).workbook()
        found = {title: _facts(stream, at) for title, at in _sheets(stream)}
    except (struct.error, IndexError, ValueError):
        return {}
    demand_openable(found)
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record from there to the end of its part; charts within it are passed over."""
    depth = 0
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        depth += (number == BEGIN) - (number == END)
        if depth == 1:
            yield number, stream[at + 4 : at + 4 + length]
        if depth == 0:
            return
        at += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Title and place of each sheet."""
    for number, content in _records(stream, 0):
        if number == SHEET:
            [at] = struct.unpack_from("<I", content)
            length, wide = content[6], content[7] & 1
            letters = content[8 : 8 + length * (1 + wide)]
            yield letters.decode("utf-16-le" if wide else "latin-1"), at


def _facts(stream: bytes, at: int) -> Facts:
    facts = Facts()
    for number, content in _records(stream, at):
        if number in CELLS:
            _take_cell(facts, number, content)
        elif number == SEVERAL:
            row, first = struct.unpack_from("<HH", content)
            [last] = struct.unpack_from("<H", content, len(content) - 2)
            facts.hold(row + 1, first + 1)
            facts.hold(row + 1, last + 1)
        elif number == ROW:
            _take_row(facts, content)
    return facts


def _take_cell(facts: Facts, number: int, content: bytes) -> None:
    row, column = struct.unpack_from("<HH", content)
    facts.hold(row + 1, column + 1)
    code = None
    if number == ERROR and content[7]:
        code = content[6]
    elif number == FORMULA and content[6] == 2 and content[12:14] == b"\xff\xff":
        code = content[8]
    if code is not None:
        facts.errors[row + 1, column + 1] = ERRORS.get(code, "#?")


def _take_row(facts: Facts, content: bytes) -> None:
    [row] = struct.unpack_from("<H", content)
    [options] = struct.unpack_from("<H", content, 12)
    if options & HIDDEN:
        facts.hidden_rows.add(row + 1)


class Container:
    """The file system within an old file: sectors in chains, and a directory of streams."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        [shift] = struct.unpack_from("<H", content, 30)
        self.size = 1 << shift
        self.next = self._table()
        [directory, _, self.smallest] = struct.unpack_from("<III", content, 48)
        self.directory = self._stream(directory)

    def workbook(self) -> bytes:
        """The stream that holds the workbook; raises ValueError where there is none of 1997 or later."""
        for at in range(0, len(self.directory), 128):
            entry = self.directory[at : at + 128]
            [length] = struct.unpack_from("<H", entry, 64)
            if entry[: max(length - 2, 0)].decode("utf-16-le", "replace") == "Workbook":
                start, size = struct.unpack_from("<II", entry, 116)
                return self._small(start, size) if size < self.smallest else self._stream(start)[:size]
        raise ValueError("no workbook")

    def _table(self) -> list[int]:
        """Sector → the next one of its chain."""
        [count] = struct.unpack_from("<I", self.content, 44)
        sectors = struct.unpack_from(f"<{min(count, 109)}I", self.content, 76)
        return self._numbers(b"".join(self._sector(sector) for sector in sectors))

    @staticmethod
    def _numbers(content: bytes) -> list[int]:
        count = len(content) // 4
        return list(struct.unpack_from(f"<{count}I", content))

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self.size  # the header takes the room of one
        return self.content[at : at + self.size]

    def _stream(self, start: int) -> bytes:
        return b"".join(self._sector(sector) for sector in _chain(self.next, start))

    def _small(self, start: int, size: int) -> bytes:
        """A small stream: it lies in pieces of 64 bytes within the stream of the directory's first entry."""
        [table] = struct.unpack_from("<I", self.content, 60)
        [container] = struct.unpack_from("<I", self.directory, 116)
        pieces = self._stream(container)
        chain = _chain(self._numbers(self._stream(table)), start)
        return b"".join(pieces[piece * 64 : piece * 64 + 64] for piece in chain)[:size]


def _chain(following: list[int], start: int) -> Iterator[int]:
    """The sectors of a chain. Raises ValueError where it never ends."""
    sector = start
    for _ in range(MOST_SECTORS):
        if sector >= len(following):
            return
        yield sector
        sector = following[sector]
    raise ValueError("a chain without end")
