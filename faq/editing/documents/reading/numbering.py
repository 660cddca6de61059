"""Word's automatic numbers, rebuilt: they stand in numbering.xml as rules, and nowhere in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from ....markup.numerals import chinese_numeral

_PLACE = re.compile("%([1-9])")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = (("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1))
_CHINESE = {
    *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"),
    *("taiwaneseCountingThousand", "ideographDigital", "chineseLegalSimplified", "taiwaneseDigital"),
}
LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """Rule of one level: its first number, how a number is written, and what stands around it."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    #: Style whose paragraphs are on this level without saying so.
    style: str = ""


@dataclass(slots=True)
class List:
    """One `w:num`: the counters it shares with others, its levels, and the levels that it starts anew."""

    abstract: str
    levels: dict[int, Level]
    starts_anew: dict[int, int] = field(default_factory=dict)
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """The number before a paragraph as Word shows it; `bullet` where it is a sign that counts nothing."""

    text: str = ""
    bullet: bool = False


class Numbering:
    """Counts the numbered paragraphs of a document in their order."""

    def __init__(self, part: Any) -> None:
        self._lists = _lists(part) if part is not None else {}
        self._counters: dict[str, list[int | None]] = {}

    def label(self, num_id: str, level: int | None, style: str) -> Label:
        """Returns the label of the next paragraph of a list; an empty one where the list says nothing of it."""
        found = self._lists.get(num_id)
        if found is None:
            return Label()
        at = _level_of_style(found, style) if level is None else level
        rule = found.levels.get(at)
        if rule is None or not 0 <= at < LEVELS:
            return Label()
        self._count(found, at)
        if rule.format == "bullet":
            return Label(bullet=True)
        return Label(self._written(found, rule))

    def _count(self, found: List, at: int) -> None:
        counters = self._counters.setdefault(found.abstract, [None] * LEVELS)
        if not found.begun:
            found.begun = True
            for level in found.starts_anew:
                counters[level] = None
        now = counters[at]
        first = found.starts_anew.get(at, found.levels[at].start)
        counters[at] = first if now is None else now + 1
        for deeper in range(at + 1, LEVELS):
            counters[deeper] = None

    def _written(self, found: List, rule: Level) -> str:
        counters = self._counters[found.abstract]

        def number(place: re.Match[str]) -> str:
            level = int(place[1]) - 1
            other = found.levels.get(level, Level())
            value = counters[level]
            return _formatted(other.start if value is None else value, other.format)

        return _PLACE.sub(number, rule.text).strip()


def _level_of_style(found: List, style: str) -> int:
    return next((at for at, level in found.levels.items() if level.style and level.style == style), 0)


def _formatted(number: int, kind: str) -> str:
    if kind in _CHINESE:
        return chinese_numeral(number)
    if kind.startswith("decimalEnclosedCircle") and 1 <= number <= len(_CIRCLED):
        return _CIRCLED[number - 1]
    if kind in ("upperLetter", "lowerLetter") and 1 <= number <= 26:
        letter = chr(ord("a") + number - 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("upperRoman", "lowerRoman") and 1 <= number < 40:
        roman = _roman(number)
        return roman.upper() if kind == "upperRoman" else roman
    if kind == "ideographTraditional" and 1 <= number <= len(_STEMS):
        return _STEMS[number - 1]
    if kind == "decimalZero":
        return f"{number:02}"
    return "" if kind == "none" else str(number)


def _roman(number: int) -> str:
    written = ""
    for letters, value in _ROMAN:
        while number >= value:
            written += letters
            number -= value
    return written


# --- numbering.xml ------------------------------------------------------------------------------------------------


def _lists(part: Any) -> dict[str, List]:
    root = part.element
    rules = {_value(rule, "w:abstractNumId"): rule for rule in root.findall(qn("w:abstractNum"))}
    by_style = {_child(rule, "w:styleLink"): rule for rule in rules.values() if _child(rule, "w:styleLink")}
    lists = {}
    for num in root.findall(qn("w:num")):
        abstract = _child(num, "w:abstractNumId")
        rule = rules.get(abstract)
        if rule is None:
            continue
        linked = by_style.get(_child(rule, "w:numStyleLink"))
        rule = rule if linked is None else linked
        made = List(abstract, _levels(rule))
        for override in num.findall(qn("w:lvlOverride")):
            _override(made, override)
        lists[_value(num, "w:numId")] = made
    return lists


def _levels(rule: Any) -> dict[int, Level]:
    found = {}
    for level in rule.findall(qn("w:lvl")):
        found[_number(_value(level, "w:ilvl"), 0)] = _level(level)
    return found


def _level(level: Any) -> Level:
    start = _number(_child(level, "w:start"), 1)
    kind = _child(level, "w:numFmt") or "decimal"
    return Level(start, kind, _child(level, "w:lvlText"), _child(level, "w:pStyle"))


def _override(made: List, override: Any) -> None:
    at = _number(_value(override, "w:ilvl"), 0)
    level = override.find(qn("w:lvl"))
    if level is not None:
        made.levels[at] = _level(level)
    start = _child(override, "w:startOverride")
    if start:
        made.starts_anew[at] = _number(start, 1)


def _value(element: Any, name: str) -> str:
    return str(element.get(qn(name)) or "")


def _child(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return "" if child is None else _value(child, "w:val")


def _number(written: str, otherwise: int) -> int:
    return int(written) if written.isdigit() else otherwise
