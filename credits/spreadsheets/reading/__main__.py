"""The child process that reads one spreadsheet: `python -m credits.spreadsheets.reading KIND`, the file on stdin."""

from __future__ import annotations

import sys
from dataclasses import asdict

from helpdesk.common import child

from ..columns import SHEETS, Sheet
from .body import Body
from .book import pages_of
from .choice import chosen
from .header import judge_header
from .problems import MOST_BYTES, Problem, Reading, Refused


def main() -> None:
    sheet = SHEETS[sys.argv[1]]
    child.serve(
        lambda content: asdict(read(sheet, content)),
        most_bytes=MOST_BYTES,
        too_much=asdict(Reading(problems=[Problem("too_much")])),
        damaged=asdict(Reading(problems=[Problem("damaged")])),
    )


def read(sheet: Sheet, content: bytes) -> Reading:
    """The rows of a file, or what is wrong with it; raises whatever nobody foresaw."""
    reading = Reading()
    try:
        _read_into(reading, sheet, content)
    except Refused as refused:
        reading.problems.append(refused.problem)
    if reading.problems:
        reading.rows = []
    return reading


def _read_into(reading: Reading, sheet: Sheet, content: bytes) -> None:
    pages = pages_of(content)
    best = chosen(reading, sheet, pages)
    header = best.search.header
    if header is None:
        raise Refused("no_header")
    if best.search.other_kind:
        reading.notes.append(best.search.other_kind)
    judge_header(reading, sheet, header)
    if reading.problems:
        return
    Body(reading, header, best.page).take_all()
    if not reading.rows and not reading.problems:
        raise Refused("no_rows")


if __name__ == "__main__":
    main()
