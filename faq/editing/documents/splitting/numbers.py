"""Numbers in cells of tables: 3, 三, 3., （3）."""

from __future__ import annotations

import re

from ....markup.numerals import CHINESE, value_of

_NUMBER = re.compile(rf"[（(]?\s*([0-9０-９]{{1,4}}|{CHINESE}{{1,5}}|[①-⑳])\s*[)）.．、]?")


def number_in(written: str) -> int | None:
    """Returns the number that a cell holds and nothing else; None for other words."""
    found = _NUMBER.fullmatch(written.strip())
    return value_of(found[1]) if found else None
