"""Numbers in a query: 26分 asks for 26 points, never for 26 minutes, and a number that no entry knows tells nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Units of one character belong to their number and are no words of their own.
_SHORT_UNITS = frozenset("分年岁次节个项天月周名位门种号人元篇级日点遍回届")
_LONG_UNITS = frozenset({"学分", "学时", "课时", "学年", "分钟", "小时", "多岁", "周岁"})
# Letters that stand for a unit after a number.
_IN_LETTERS = {"min": "分钟", "mins": "分钟", "h": "小时"}
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万")
# The subject of a number that no entry has: from an age on, retirement; a score, the examination.
_RETIRING = range(50, 66)
_SCORES = range(40, 101)


class Number(NamedTuple):
    """A number asked for, with the unit that follows it; `unit` is empty without one."""

    digits: str
    unit: str
    # True where 了 follows a number without unit, as after an age: 五十九了.
    reached: bool = False

    @property
    def written(self) -> str:
        """The number with its unit, as it stands in normal text."""
        return f"{self.digits}{self.unit}"

    @property
    def forms(self) -> tuple[str, ...]:
        """The ways in which an entry may have it: 26分 is also 26学分."""
        if self.unit in {"分", "学分"}:
            return f"{self.digits}学分", f"{self.digits}分"
        return (self.written,)

    @property
    def is_year(self) -> bool:
        """True for a year of the calendar, which tells little: 2021年."""
        return len(self.digits) == 4 and self.digits[:2] in {"19", "20"} and self.unit in {"", "年"}

    @property
    def circumstance(self) -> str:
        """The word for what such a number tells of its asker; empty if it tells nothing."""
        if not self.digits.isdecimal() or len(self.digits) > 3:
            return ""
        if int(self.digits) in _RETIRING and (self.reached or self.unit in {"岁", "多岁", "周岁"}):
            return "退休"
        if int(self.digits) in _SCORES and self.unit == "分":
            return "考核"
        return ""


def read(words: Sequence[str]) -> Iterator[str | Number]:
    """Yield the words, each number joined with a unit that follows; a unit that is a word of its own stays one too."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if not word[:1].isdecimal():
            yield _IN_LETTERS.get(word, word) if _follows_number(words, at - 1) else word
            continue
        unit = _unit(words, at)
        yield Number(word, unit, reached=not unit and words[at : at + 1] == ["了"])
        at += len(unit) == 1


def is_numeral(word: str) -> bool:
    """Tell whether a Chinese word is a number: 三四."""
    return _NUMERALS.issuperset(word)


def _follows_number(words: Sequence[str], at: int) -> bool:
    return at > 0 and words[at - 1][:1].isdecimal()


def _unit(words: Sequence[str], at: int) -> str:
    """Return the unit at this place, or an empty string."""
    following = words[at] if at < len(words) else ""
    following = _IN_LETTERS.get(following, following)
    return following if following in _SHORT_UNITS or following in _LONG_UNITS else ""
