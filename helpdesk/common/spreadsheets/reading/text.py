"""Tables as text: .csv as Excel and WPS write it, in UTF-8, UTF-16 or GB18030, parted by commas, tabs or semicolons."""

from __future__ import annotations

import csv
import io
import re

from ...decoding import decoded, is_binary
from .problems import MOST_CELLS, Refused

#: The first lines, among which the sign that parts columns is counted.
FIRST = 10
SEPARATORS = ",\t;"
#: The way to keep zeros in front in a .csv: ="0012".
_KEPT = re.compile('="([^"]*)"')


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of a table as text. Raises Refused where it is none."""
    text = _decoded(content)
    if is_binary(text):
        raise Refused("not_a_table")
    csv.field_size_limit(len(content) + 1)
    rows: list[list[str]] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for row in reader:
            cells += len(row)
            if cells > MOST_CELLS:
                raise Refused("too_many_cells")
            rows.append([_KEPT.sub(r"\1", cell) for cell in row])
    except csv.Error as error:
        raise Refused("open_quote", len(rows) + 1) from error
    return rows


def _decoded(content: bytes) -> str:
    try:
        return decoded(content)
    except UnicodeDecodeError as error:
        raise Refused("not_a_table" if b"\x00" in content else "unknown_letters") from error


def _separator(text: str) -> str:
    """The sign that stands most often in the first lines."""
    beginning = "\n".join(text[:20_000].splitlines()[:FIRST])
    return max(SEPARATORS, key=beginning.count)
