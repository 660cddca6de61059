"""Marks before the items of a list, as people and Word write them: `1.` `（一）` `①` `a)` `•`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .numerals import of_chinese

#: A mark that counts stands in brackets or ends with one of these signs; a bare letter is a picture of Wingdings.
_COUNTED = re.compile(
    r"[（(\[【]?(?:第)?([0-9]{1,4}|[零〇一二三四五六七八九十百两]{1,6}|[A-Za-z]{1,5})[.．。、)）\]】:：步,，]*"
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: `number` is the place that it gives its item, None where it is a bullet."""

    number: int | None


def mark(text: str) -> Mark:
    """Returns what the mark of a list item says. Full-width and circled digits count as digits."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _COUNTED.fullmatch(plain)
    if not found:
        return Mark(None)
    counted = found.group(1)
    if counted.isascii() and counted.isalpha() and counted == plain:
        return Mark(None)
    return Mark(number_of(counted))


def number_of(text: str) -> int | None:
    """Returns the number that digits, Chinese numerals below 1,000, small Roman ones or a letter stand for."""
    if text.isascii() and text.isdigit():
        return int(text)
    if text.isascii():
        return _of_letters(text.lower())
    return of_chinese(text)


def _of_letters(text: str) -> int | None:
    if len(text) == 1 and text not in ("i", "v", "x"):
        return ord(text) - ord("a") + 1
    values = [_ROMAN.get(letter, 0) for letter in text]
    if 0 in values:
        return None
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)
