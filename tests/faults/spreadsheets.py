"""Two hundred workbooks of four programs, read by us and by LibreOffice: both must tell what was written."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from credits.spreadsheets.reader import read
from tests.faults.table import Row
from tests.writers.contents import Content, invented
from tests.writers.programs import (
    AS_TEXT,
    as_libreoffice_shows,
    convert,
    job_of,
    libreoffice,
    with_node,
    write_by_openpyxl,
)

OF_EACH = 50
#: Kinds of files that each program writes in turn.
ENDINGS = {
    "openpyxl": ["xlsx"],
    "SheetJS": ["xlsx", "xls", "ods"],
    "exceljs": ["xlsx"],
    "LibreOffice": ["xlsx", "xls", "ods"],
}
_AMERICAN_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})\Z")
_DAY = re.compile(r"([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日?\Z")


@dataclass
class Written:
    """A workbook on disk and what stands in it."""

    path: Path
    content: Content


def workbooks(folder: Path) -> Iterator[Row]:
    """Writes, reads and compares; a program that is not installed is said to be left out."""
    for writer, endings in ENDINGS.items():
        books = _written(writer, endings, folder / writer)
        if not books:
            yield Row(f"{writer}: not installed here, left out", 0, 0)
            continue
        yield _read_by_us(writer, books)
        if libreoffice():
            yield _read_by_libreoffice(writer, books, folder / f"{writer}-shown")


def _written(writer: str, endings: Sequence[str], folder: Path) -> list[Written]:
    folder.mkdir()
    first = list(ENDINGS).index(writer) * OF_EACH
    books = []
    for number in range(OF_EACH):
        path = folder / f"{number}.{endings[number % len(endings)]}"
        books.append(Written(path, invented(first + number)))
    return books if _write(writer, books, folder) else []


def _write(writer: str, books: list[Written], folder: Path) -> bool:
    jobs = [job_of(book.content, writer, book.path) for book in books]
    if writer == "openpyxl":
        for job in jobs:
            write_by_openpyxl(job)
        return True
    if writer == "LibreOffice":
        return _write_by_libreoffice(books, folder)
    return with_node(jobs, folder.parent / "node")


def _write_by_libreoffice(books: list[Written], folder: Path) -> bool:
    if not libreoffice():
        return False
    begun = folder / "begun"
    begun.mkdir()
    for ending in ENDINGS["LibreOffice"]:
        files = []
        for book in books:
            if book.path.suffix == f".{ending}":
                file = begun / f"{book.path.stem}.xlsx"
                write_by_openpyxl(job_of(book.content, "openpyxl", file))
                files.append(file)
        convert(files, ending, folder)
    return True


def _read_by_us(writer: str, books: list[Written]) -> Row:
    """Compares what the reader tells with the values that were written."""
    begun = time.monotonic()
    wrong = []
    for book in books:
        reading = read(book.content.kind, book.path.read_bytes())
        if reading.problems or reading.rows != book.content.rows:
            wrong.append(book.path.name)
    each = (time.monotonic() - begun) / len(books)
    named = f"  wrong: {'、'.join(wrong[:5])}" if wrong else ""
    return Row(f"{writer}: rows as they were written", len(books), len(wrong), f"{each:.2f} s each{named}")


def _read_by_libreoffice(writer: str, books: list[Written], folder: Path) -> Row:
    """Compares what the reader tells with what LibreOffice shows of the same files."""
    folder.mkdir()
    convert([book.path for book in books], AS_TEXT, folder)
    wrong = [book.path.name for book in books if not _is_as_shown(book, folder / f"{book.path.stem}.csv")]
    named = f"wrong: {'、'.join(wrong[:5])}" if wrong else ""
    return Row(f"{writer}: rows as LibreOffice shows them", len(books), len(wrong), named)


def _is_as_shown(book: Written, shown: Path) -> bool:
    """True where each row that we read holds the same cells as LibreOffice shows."""
    lines = as_libreoffice_shows(shown)
    reading = read(book.content.kind, book.path.read_bytes())
    for number, cells in reading.rows:
        theirs = [_as_read(cell) for cell in lines[number - 1] if cell.strip()]
        if sorted(theirs) != sorted(cells.values()):
            return False
    return bool(reading.rows)


def _as_read(cell: str) -> str:
    """A cell that LibreOffice shows, as the reader tells it: days in one form, one line."""
    day = _DAY.match(cell)
    if day:
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    american = _AMERICAN_DAY.match(cell)
    if american:  # yyyy/m/d is the format that LibreOffice shows by the language of the machine
        return f"{american[3]}-{american[1]}-{american[2]}"
    return " ".join(cell.split())
