"""A spreadsheet becomes found entries: read in the bounded child process, judged row by row. Nothing is saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from helpdesk.common import child
from helpdesk.common.spreadsheets import reader
from helpdesk.common.spreadsheets.reader import MOST_BYTES, MOST_PROBLEMS, Problem

from ..found import FoundEntry
from .rows import Documents, Row, SheetProblem

__all__ = ["ENDINGS", "MOST_BYTES", "SheetProblem", "SheetRefused", "look", "read"]

#: Endings of file names that are taken for spreadsheets.
ENDINGS = (".xlsx", ".xls", ".et", ".ods", ".csv")


class SheetRefused(Exception):
    """The file cannot be taken. `problems` says why, each by row and column where it has these."""

    def __init__(self, problems: Sequence[SheetProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)

    @property
    def sentences(self) -> list[str]:
        return [str(problem) for problem in self.problems]


@dataclass(frozen=True, slots=True)
class Look:
    """The entries of a file in the order of its rows, and what was not read of it, in Chinese."""

    entries: list[FoundEntry]
    notes: list[str]


def read(content: bytes, file_name: str) -> list[FoundEntry]:
    """Returns the entries of a spreadsheet. Raises SheetRefused, with every problem at once, where any is wrong.

    The kind of the file is told by its content; `file_name` is only quoted.
    """
    return list(look(content, file_name).entries)


def look(content: bytes, file_name: str) -> Look:
    """Returns the entries of a spreadsheet together with notes on what was left aside. Raises SheetRefused."""
    reading = reader.read(_command(), content)
    if reading.problems:
        raise SheetRefused([_problem(found, file_name) for found in reading.problems])
    documents = Documents()
    rows = [Row(number, cells, documents) for number, cells in reading.rows]
    problems = [problem for row in rows for problem in row.problems]
    problems += _doubled(rows)
    if problems:
        raise SheetRefused(sorted(problems, key=lambda problem: problem.row or 0)[:MOST_PROBLEMS])
    notes = [str(_problem(note, file_name)) for note in reading.notes]
    return Look(list(_marked(row.entry for row in rows)), notes)


def _command() -> list[str]:
    return child.command("faq.editing.spreadsheets.reading", "entries")


def _problem(found: Problem, file_name: str) -> SheetProblem:
    """Returns a finding of the reader; of one on the whole file, with the file's name."""
    if found.row is None and not found.column and file_name:
        return SheetProblem(f"“{file_name}”：{found.sentence}")
    return SheetProblem(found.sentence, found.row, found.column)


def _doubled(rows: Iterable[Row]) -> Iterator[SheetProblem]:
    """Yields a problem for each row whose ref, or whose place in a document, an earlier row has."""
    first: dict[object, int] = {}
    for row in rows:
        entry = row.entry
        place = (entry.document, entry.number) if entry.document and entry.number else None
        for column, key in (("编号", entry.ref or None), ("序号", place)):
            if key is None:
                continue
            if key in first:
                yield SheetProblem(f"和第 {first[key]} 行重复了。", row.number, column)
            first.setdefault(key, row.number)


def _marked(entries: Iterable[FoundEntry]) -> Iterator[FoundEntry]:
    """Yields the entries, with a mark on each that asks the same as an earlier one."""
    first: dict[str, str] = {}
    for entry in entries:
        asked = "".join(entry.question.split())
        if asked in first:
            yield replace(entry, marks=(*entry.marks, f"问题和{first[asked]}相同"))
        else:
            first[asked] = entry.place
            yield entry
