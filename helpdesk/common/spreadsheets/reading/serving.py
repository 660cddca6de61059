"""The main function of a child process that reads one spreadsheet of the kinds handed in, the file on stdin."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict

from ... import child
from ..sheets import Sheet
from .body import Body
from .book import pages_of
from .choice import chosen
from .header import judge_header
from .problems import MOST_BYTES, Problem, Reading, Refused


def serve(kinds: Mapping[str, Sheet]) -> None:
    """Reads the file as a sheet of the kind that the first argument names, and answers as `reader` understands."""
    sheet = kinds[sys.argv[1]]
    child.serve(
        lambda content: asdict(read(sheet, content, kinds)),
        most_bytes=MOST_BYTES,
        too_much=asdict(Reading(problems=[Problem("too_much")])),
        damaged=asdict(Reading(problems=[Problem("damaged")])),
    )


def read(sheet: Sheet, content: bytes, kinds: Mapping[str, Sheet]) -> Reading:
    """The rows of a file, or what is wrong with it; raises whatever nobody foresaw.

    `kinds` are all kinds of which the file may be one: where another fits better, a note says so.
    """
    reading = Reading()
    try:
        _read_into(reading, sheet, content, kinds)
    except Refused as refused:
        reading.problems.append(refused.problem)
    if reading.problems:
        reading.rows = []
    return reading


def _read_into(reading: Reading, sheet: Sheet, content: bytes, kinds: Mapping[str, Sheet]) -> None:
    pages = pages_of(content)
    best = chosen(reading, sheet, pages, kinds)
    header = best.search.header
    if header is None:
        raise Refused("no_header", where=sheet.named)
    if best.search.other_kind:
        reading.notes.append(best.search.other_kind)
    judge_header(reading, sheet, header)
    if reading.problems:
        return
    Body(reading, sheet, header, best.page).take_all()
    if not reading.rows and not reading.problems:
        raise Refused("no_rows")
