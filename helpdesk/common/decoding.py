"""Text that somebody sends as a file: UTF-8, UTF-16 or GB18030, as the programs of offices write it. No Django."""

from __future__ import annotations

import codecs
import re

MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Controls that no text holds.
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decoded(content: bytes) -> str:
    """Returns the text of a file. Raises UnicodeDecodeError where it is in none of the three."""
    for mark, encoding in MARKED:
        if content.startswith(mark):
            return content.decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def is_binary(text: str) -> bool:
    """Tells whether a decoded file holds what no text does, so that it was none."""
    return bool(_BINARY.search(text))
