"""Lines that are titles of sections: headings, 一、…, 关于注册:, bold or bracketed lines right before a question."""

from __future__ import annotations

import re

from .labels import SECTIONS
from .rows import Row, question_likeness

#: Rows between the title of a section and its first question: a sentence of introduction, at most two.
MOST_INTRODUCTION = 2
LONGEST_TITLE = 30
LONGEST_PLAIN = 20
_ENDS_SENTENCE = re.compile(r"[。；;！!，,？?]$")
_BRACKETS = re.compile(r"(?:[【\[「〖].{1,28}[】\]」〗]|[-—–=*◆■●▲★]+\s*[^-—–=*]{1,26}\s*[-—–=*◆■●▲★]*)[:：]?")
_STRIPPED = "【】[]「」〖〗-—–=*◆■●▲★:： \u3000\t"
#: Words of lines that open a list of steps, not a section of questions.
_OPENS_STEPS = re.compile(
    r"^请|^可|^若|^如|步骤|流程|如下|路径|注意|材料|条件|包括|说明|提示|以下|下列|下面|按照|顺序|操作|点击|选择|分别|其中|"
    r"方法|方式|备注|例如|比如|原因|答|需要|应当|插图|下图"
)
#: Words that a title of a section ends in, where nothing else marks it.
_TITLE_WORDS = re.compile(r"^关于|(?:问题|类|篇|部分|相关|方面|事项|模块)[:：]?$")

#: Kind of title, such that titles of one document share it: ("heading", 2), ("label", "一、"), ("colon", "").
Kind = tuple[str, str | int]


def title_kind(row: Row, style: str) -> Kind | None:
    """Returns how a line looks like a title, None where it does not. `style`: that of the questions."""
    line = row.line
    if line is None or row.marked:
        return None
    text = row.text
    if not text or len(text) > LONGEST_TITLE or _ENDS_SENTENCE.search(text):
        return None
    if line.heading:
        return ("heading", line.heading)
    for label in row.labels:
        if label.style != style and label.number is not None and label.style != "1（单独一行）":
            return ("label", label.style)
    if row.label(style):
        return None
    if line.is_bold:
        return ("bold", "")
    if _BRACKETS.fullmatch(text):
        return ("bracket", "")
    if len(text) > LONGEST_PLAIN:
        return None
    return ("colon", "") if text.endswith((":", "：")) else ("plain", "")


def is_strong(kind: Kind) -> bool:
    """Tells a title that is one even where an introduction stands between it and the first question."""
    return kind[0] == "heading" or (kind[0] == "label" and str(kind[1]) in SECTIONS)


def title_words(row: Row, kind: Kind) -> str:
    """Returns a title without its number, its brackets and its colon."""
    text = row.text
    numbered = [label for label in row.labels if label.number is not None and label.style == kind[1]]
    if kind[0] == "heading":
        numbered = [label for label in row.labels if label.number is not None]
    if numbered:
        text = text[max(label.end for label in numbered) :]
    return text.strip(_STRIPPED).strip() or row.text.strip()


def may_open_section(row: Row, kind: Kind, first: Row, number: int | None) -> bool:
    """Tells whether a title right before the question `first` opens a section, as far as one line can tell.

    A line without any mark does so only where the numbers begin anew.
    """
    if kind[0] in ("heading", "bracket"):
        return True
    if kind[0] == "label" and kind[1] in SECTIONS:
        return question_likeness(row.text) < 0.7
    if kind[0] in ("label", "bold"):
        return question_likeness(row.text) < 0.6
    if _OPENS_STEPS.search(row.text):
        return False
    return number == 1 or bool(_TITLE_WORDS.search(row.text))
