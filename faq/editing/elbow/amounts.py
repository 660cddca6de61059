"""Amounts in two texts: 90 学时 here and 72 学时 there, said of the same thing, contradict each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

#: Contradictions of two texts that are named.
MOST_NAMED = 3
#: Characters of a text that are compared, and amounts in it.
_LONGEST, _MOST_AMOUNTS = 20_000, 200
#: Share of the pairs of characters that two clauses have in common if they speak of the same thing.
_SAME_SUBJECT = 0.3

_UNITS = "学时|课时|学分|分钟|小时|个?工作日|个月|周岁|[天年周岁次节门元倍分%]"
_NUMBER = r"\d+(?:\.\d+)?(?: ?[-~—至到] ?\d+(?:\.\d+)?)?"
_NUMERALS = "〇零一二两三四五六七八九十百"
_COUNTED = "学时|课时|学分|分钟|小时|个月|周岁|[天年]"
# Numerals alone count only before units that are no part of a phrase: 一次性, 一门心思.
_AMOUNT = re.compile(
    rf"(?P<date>(?<!\d)\d{{1,2}} ?月 ?\d{{1,2}} ?[日号])"
    rf"|(?P<number>(?<![\d.]){_NUMBER}) ?(?P<unit>{_UNITS})"
    rf"|(?<![第统同唯万专其{_NUMERALS}])(?P<numeral>[{_NUMERALS}]+) ?(?P<counted>{_COUNTED})"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLAUSE = re.compile(r"[^。；;！!？?，,\n]+")
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


class Amount(NamedTuple):
    """A number with its unit, and the pairs of characters of the clause around it."""

    value: str
    unit: str
    around: frozenset[str]

    @property
    def written(self) -> str:
        """The amount as it is read: 90 学时, 12月31日."""
        return f"{self.value} {self.unit}" if self.unit != "日期" else self.value


@dataclass(frozen=True, slots=True)
class Contrary:
    """Two amounts that differ, each as it is read."""

    here: str
    there: str


def contraries(here: str, there: str) -> list[Contrary]:
    """Returns the amounts of one text that another text has otherwise, those of the likest clauses first.

    Two amounts are compared where their unit is the same and their clauses share words, or where neither text has
    another amount of that unit. What stands in both texts contradicts nothing.
    """
    mine, theirs = _only_here(here, there), _only_here(there, here)
    pairs: list[tuple[float, Amount, Amount]] = []
    for one in mine:
        for other in theirs:
            if one.unit != other.unit:
                continue
            likeness = _likeness(one.around, other.around)
            if likeness >= _SAME_SUBJECT or (_alone(one, mine) and _alone(other, theirs)):
                pairs.append((likeness, one, other))
    pairs.sort(key=lambda pair: -pair[0])
    return _each_once(pairs)


def amounts(text: str) -> Iterator[Amount]:
    """Yields the amounts of a text; years of the calendar are none."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST])
    number = 0
    for clause in _CLAUSE.findall(folded):
        around: frozenset[str] | None = None
        for match in _AMOUNT.finditer(clause):
            value, unit = _read(match)
            if not value or (unit == "年" and _YEAR.fullmatch(value)):
                continue
            if around is None:
                around = _pairs(_AMOUNT.sub(" ", clause))
            yield Amount(value, unit, around)
            number += 1
            if number == _MOST_AMOUNTS:
                return


def _read(match: re.Match[str]) -> tuple[str, str]:
    """Returns value and unit of an amount found."""
    if match["date"]:
        return match["date"].replace(" ", "").replace("号", "日"), "日期"
    if match["number"]:
        return match["number"].replace(" ", ""), match["unit"].removeprefix("个工").replace("作日", "工作日")
    return _in_digits(match["numeral"]), match["counted"]


def _in_digits(numeral: str) -> str:
    """Returns a Chinese numeral below a thousand in digits, empty for about so many (三四)."""
    if not any(char in "十百" for char in numeral):
        return str(_DIGITS[numeral]) if len(numeral) == 1 else ""
    total, digit = 0, 0
    for char in numeral:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return str(total + digit)


def _only_here(here: str, there: str) -> list[Amount]:
    known = {(amount.value, amount.unit) for amount in amounts(there)}
    return [amount for amount in amounts(here) if (amount.value, amount.unit) not in known]


def _alone(one: Amount, among: list[Amount]) -> bool:
    return len({amount.value for amount in among if amount.unit == one.unit}) == 1


def _each_once(pairs: list[tuple[float, Amount, Amount]]) -> list[Contrary]:
    """Returns the first pairs, no amount twice."""
    used: set[tuple[bool, str]] = set()
    found: list[Contrary] = []
    for _, one, other in pairs:
        names = {(True, one.written), (False, other.written)}
        if used.isdisjoint(names) and len(found) < MOST_NAMED:
            used |= names
            found.append(Contrary(one.written, other.written))
    return found


def _pairs(clause: str) -> frozenset[str]:
    words = "".join(char if char.isalnum() else " " for char in clause)
    return frozenset(words[at : at + 2] for at in range(len(words) - 1) if " " not in words[at : at + 2])


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
