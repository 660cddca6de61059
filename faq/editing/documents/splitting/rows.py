"""The blocks of a document with all that splitting asks of each: its text with its number, its readings, its look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..lines import Block, Document, Line, Picture, Span, Table
from .labels import UNNUMBERED, Label, answer_mark, labels_of

_ENDS_IN_QUESTION = re.compile(r"[？?][”\"’'）)】」…。.!！\s]*$")
_ASKS = re.compile(r"怎么|怎样|如何|什么|哪[些里个儿]|吗|是否|能否|可否|为何|多少|有没有|能不能|可不可以|要不要|谁")
_ENDS_IN_SENTENCE = re.compile(r"[。；;！!，,、]$")
#: Share of lines after a blank one from which on a line without one goes on in the paragraph before.
SPACED = 0.65
#: Lines that end a document and say nothing.
_THE_END = re.compile(r"[-—–_=*·\s]*(?:the\s*end|end|完|全文完|结束)[-—–_=*·\s.。]*", re.IGNORECASE)


@dataclass(slots=True)
class Row:
    """A block at its place, and for a line its whole text: Word's automatic number stands in front."""

    at: int
    block: Block
    text: str = ""
    labels: tuple[Label, ...] = ()
    #: It goes on in the paragraph of the line before.
    tight: bool = False
    marked: int = 0

    @property
    def line(self) -> Line | None:
        return self.block if isinstance(self.block, Line) else None

    def label(self, style: str) -> Label | None:
        return next((label for label in self.labels if label.style == style), None)

    def words(self, start: int = 0) -> list[Span]:
        """Returns the spans of the whole text from character `start` on."""
        line = self.line
        if line is None:
            return []
        spans = [Span(line.label), *line.spans] if line.label else line.spans
        return spans_from(spans, start)


@dataclass(slots=True)
class Rows:
    """A whole document."""

    rows: list[Row]
    counted: str
    title: str = ""
    letters: bool = False  # A： marks answers
    left_out: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: int) -> Row:
        return self.rows[at]


def spans_from(spans: Sequence[Span], start: int, end: int | None = None) -> list[Span]:
    """Returns the spans of the characters from `start` to `end`."""
    kept = []
    passed = 0
    for span in spans:
        first = max(0, start - passed)
        last = len(span.text) if end is None else min(len(span.text), end - passed)
        if first < last:
            kept.append(replace(span, text=span.text[first:last]))
        passed += len(span.text)
    return kept


def rows_of(document: Document) -> Rows:
    """Returns the rows of a document, without the line at its end that only says that it ends."""
    blocks = list(document.blocks)
    left_out = []
    while blocks and isinstance(last := blocks[-1], Line) and _THE_END.fullmatch(last.text):
        left_out.append(last.text)
        blocks.pop()
    rows = [_row(at, block) for at, block in enumerate(blocks)]
    _note_paragraphs(rows)
    letters = any(row.label("Q：") or row.label("Q1") for row in rows)
    for row in rows:
        row.marked = answer_mark(row.text, letters=letters)
    return Rows(rows, document.counted, document.title, letters, left_out)


def _row(at: int, block: Block) -> Row:
    if not isinstance(block, Line):
        return Row(at, block)
    text = f"{block.label}{block.text}"
    return Row(at, block, text, labels_of(text))


def _note_paragraphs(rows: Sequence[Row]) -> None:
    """Notes which lines go on in the paragraph before: after a line break of Word, or without the usual blank line."""
    lines = [row.line for row in rows if row.line is not None]
    apart = sum(line.gap for line in lines)
    spaced = len(lines) > 3 and apart >= SPACED * (len(lines) - 1)
    for before, row in pairwise(rows):
        line = row.line
        if line is None or before.line is None:
            continue
        row.tight = line.soft or (spaced and not line.gap and not line.label and not line.heading)


def is_picture(row: Row) -> bool:
    return isinstance(row.block, Picture)


def is_table(row: Row) -> bool:
    return isinstance(row.block, Table)


def question_likeness(text: str) -> float:
    """Returns how much a line looks like a question: 1 where it ends in ？, less for ？ inside and for asking words."""
    if _ENDS_IN_QUESTION.search(text):
        return 1.0
    if "？" in text or "?" in text.partition("http")[0]:
        return 0.7
    asks = len(text) <= 60 and bool(_ASKS.search(text)) and not _ENDS_IN_SENTENCE.search(text)
    return 0.6 if asks and not text.endswith(("：", ":")) else 0.0


def is_asked_only(label: Label) -> bool:
    return label.style in UNNUMBERED
