"""Signs at the beginning of a line: numbers in every style that bureaus use, marks of questions, marks of answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ....markup.numerals import BRACKETED, CHINESE, CIRCLED, DOTTED, value_of

_ARABIC = "[0-9０-９]{1,3}"
_CHINESE = CHINESE + "{1,5}"
_S = "[ \u3000\xa0]*"
#: Name of a style, as previews and the command name it → its expression; group 1 is the number.
_NUMBERED = {
    "1、": rf"({_ARABIC}){_S}、",
    "1.": rf"({_ARABIC}){_S}[.．。](?![0-9])|({_ARABIC})[.．](?=20[0-9][0-9]{_S}年)|([{DOTTED}])",
    "1)": rf"({_ARABIC}){_S}[)）]",
    "（1）": rf"[（(]{_S}({_ARABIC}){_S}[)）]{_S}[、.．:：]?|([{BRACKETED}])|[\[【〔]({_ARABIC})[\]】〕]",
    "1：": rf"({_ARABIC}){_S}[:：](?![0-9])",
    "1，": rf"({_ARABIC}){_S}[,，](?![0-9])",
    "①": rf"([{CIRCLED}]){_S}[、.．:：]?",
    "一、": rf"({_CHINESE}){_S}[、.．:：](?!{_CHINESE}、)",
    "（一）": rf"[（(]{_S}({_CHINESE}){_S}[)）]{_S}[、.．:：]?",
    "第1问": rf"第{_S}({_ARABIC}|{_CHINESE}){_S}(?:个问题|问|题){_S}[:：、.．]?",
    "第1条": rf"第{_S}({_ARABIC}|{_CHINESE}){_S}条{_S}[:：、.．]?",
    "第一部分": rf"第{_S}({_ARABIC}|{_CHINESE}){_S}(?:部分|章|节|类|篇){_S}[:：、.．]?",
    "Q1": rf"[QqＱ]{_S}({_ARABIC}){_S}[:：.．、)）]?",
    "问题1：": rf"[【\[]?{_S}(?:常见)?(?:问题|提问|疑问|问){_S}({_ARABIC}|{_CHINESE}){_S}"
    rf"(?:[】\]]{_S}[:：]?|[:：、.．)）]|(?=\s))",
    "1.1": rf"{_ARABIC}[.．]({_ARABIC})(?:[.．、]|(?=[ \u3000\xa0])|(?=[\u4e00-\u9fff“《]))",
    "1": rf"({_ARABIC})(?:[ \u3000\xa0]+(?![0-9/:：~～-])|(?=[\u4e00-\u9fff“‘《【「A-Za-z])(?![年月日]))",
    "1（单独一行）": rf"({_ARABIC}){_S}[.．、]?$",
}
_UNNUMBERED = {
    "Q：": rf"[QqＱ]{_S}[:：.．、]|[\[【][QqＱ][\]】]{_S}[:：]?|Question{_S}[:：]",
    "问：": rf"(?:问题|提问|问|咨询){_S}[:：]|[\[【](?:问题|提问|问)[\]】]{_S}[:：]?",
}
NUMBERED = {name: re.compile(expression) for name, expression in _NUMBERED.items()}
UNNUMBERED = {name: re.compile(expression) for name, expression in _UNNUMBERED.items()}
#: Ending of the name of a style whose lines have a number and then 问：.
ASKED = "问："
_ASKED = re.compile(rf"{_S}(?:(?:问题|提问|问|[QqＱ]){_S}[:：]|[\[【](?:问题|问)[\]】]{_S}[:：]?){_S}")

_ANSWERS = "答案|答复|解答|回复|回答|答疑|解决方法|解决办法|解决方案|解决措施|处理方法|处理办法|处理方案|答"
_ANSWER = re.compile(
    rf"(?:{_ANSWERS}){_S}(?:{_ARABIC}|{_CHINESE})?{_S}[:：]{_S}"
    rf"|[\[【](?:{_ANSWERS}|[AaＡ])[\]】]{_S}[:：]?{_S}|答[、.．]{_S}|答[ \u3000]+|Answer{_S}[:：]{_S}"
)
_ANSWER_LETTER = re.compile(rf"[AaＡ]{_S}(?:{_ARABIC}{_S}[:：.．、]?|[:：.．、]){_S}")
_ANSWER_INSIDE = re.compile(rf"(?<=[？?。！!；;”\s\u3000])(?:答|答复|解答|回复){_S}[:：]{_S}")

#: Styles whose numbers are in Arabic, which a list of steps has too.
ARABIC = {"1、", "1.", "1)", "（1）", "1：", "1，", "①"}
#: Styles of sections, in which lines may stand between the title and the first question.
SECTIONS = {"一、", "（一）", "第一部分"}


@dataclass(frozen=True, slots=True)
class Label:
    """A sign at the beginning of a line: its style, its number (None for 问：), and where the words begin."""

    style: str
    number: int | None
    end: int


@lru_cache(maxsize=8192)
def labels_of(text: str) -> tuple[Label, ...]:
    """Returns every reading of the beginning of a line, of its words after 答： too; styles are names of NUMBERED."""
    found = _labels_at(text, 0)
    mark = _ANSWER.match(text)
    if mark:
        found += _labels_at(text, mark.end())
    return tuple(found)


def _labels_at(text: str, start: int) -> list[Label]:
    found = []
    for style, expression in NUMBERED.items():
        match = expression.match(text, start)
        if match is None:
            continue
        written = next(group for group in match.groups() if group)
        number = value_of(written)
        if number is None:
            continue
        end = _after_spaces(text, match.end())
        found.append(Label(style, number, end))
        asked = _ASKED.match(text, end)
        if asked:
            found.append(Label(style + ASKED, number, asked.end()))
    for style, expression in UNNUMBERED.items():
        match = expression.match(text, start)
        if match:
            found.append(Label(style, None, _after_spaces(text, match.end())))
    return found


def _after_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\u3000\xa0":
        at += 1
    return at


def after_asked(text: str, start: int) -> int:
    """Returns where the words of a question begin: after 问： where that stands at `start`."""
    asked = _ASKED.match(text, start)
    return asked.end() if asked else start


def answer_mark(text: str, *, letters: bool = False) -> int:
    """Returns the length of the mark of an answer at the beginning of a line, 0 where there is none.

    `letters`: also A： and A. count, which otherwise may be the first choice of several.
    """
    match = _ANSWER.match(text) or (_ANSWER_LETTER.match(text) if letters else None)
    if match:
        return match.end()
    return len(text) if text.strip() in ("答", "答案") else 0


def answer_inside(text: str) -> tuple[int, int] | None:
    """Returns where a mark of an answer stands in the middle of a line and where it ends; None where none does."""
    match = _ANSWER_INSIDE.search(text, 1)
    return (match.start(), match.end()) if match else None
