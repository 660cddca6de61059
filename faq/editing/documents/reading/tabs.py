"""Runs of lines with tabs become tables, as people type them; a number and a tab is the beginning of a line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..lines import Block, Cell, Line, Span, Table

#: A number and a tab, as Word's automatic numbers come out when they are copied.
_COPIED_NUMBER = re.compile(
    r"([ \u3000]*(?:[（(]?[0-9０-９一二三四五六七八九十]{1,3}[）)、.．:：]?|[①-⑳]|"
    r"[QqAa问答题]{1,2}[0-9]{0,3}[.、:：]))\t+"
)


def with_tables(blocks: Iterable[Block]) -> list[Block]:
    """Returns the blocks with tables for runs of lines with tabs, and all other lines without spaces at their ends."""
    made: list[Block] = []
    rows: list[Line] = []
    for block in blocks:
        if isinstance(block, Line):
            line = _without_copied_tab(block)
            if _is_row(line, bool(rows)):
                rows.append(line)
                continue
            made += _table(rows)
            rows = []
            made.append(_stripped(line))
        else:
            made += _table(rows)
            rows = []
            made.append(block)
    return [*made, *_table(rows)]


def _without_copied_tab(line: Line) -> Line:
    number = _COPIED_NUMBER.match(line.text)
    if number is None or "\t" in line.text[number.end() :].strip():
        return line
    end = number.end()
    line.spans = [Span(number[1] + " "), *_from(line.spans, end)]
    return line


def _from(spans: list[Span], start: int) -> list[Span]:
    """Returns what stands from character `start` on."""
    kept = []
    for span in spans:
        text = span.text[max(0, start) :] if start < len(span.text) else ""
        start -= len(span.text)
        if text:
            kept.append(Span(text, span.href, span.bold))
    return kept


def _is_row(line: Line, goes_on: bool) -> bool:
    text = line.text
    return "\t" in text.strip() or (goes_on and text.startswith("\t"))


def _table(rows: list[Line]) -> list[Block]:
    """Returns a table of the rows; the line as it is where there is only one."""
    if not rows:
        return []
    if len(rows) == 1:
        return [_stripped(rows[0])]
    cells = [_cells(row) for row in rows]
    width = max(len(row) for row in cells)
    while width > 1 and not any(row[width - 1] for row in cells if len(row) >= width):
        width -= 1  # a tab at the end of each line
    filled = [[*row, *([] for _ in range(width - len(row)))][:width] for row in cells]
    return [Table(filled, rows[0].place)]


def _cells(row: Line) -> list[Cell]:
    """Returns the cells of a line, each with the one line in it, or none."""
    cells: list[list[Span]] = [[]]
    for span in row.spans:
        for at, text in enumerate(span.text.split("\t")):
            if at:
                cells.append([])
            if text:
                cells[-1].append(Span(text, span.href, span.bold))
    lines = [_stripped(Line(spans, row.place)) for spans in cells]
    return [[line] if line.spans else [] for line in lines]


def _stripped(line: Line) -> Line:
    line.spans = stripped(line.spans)
    return line


def stripped(spans: list[Span]) -> list[Span]:
    """Returns the spans without spaces at either end; an empty list where nothing else is in them."""
    kept = list(spans)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = Span(kept[0].text.lstrip(), kept[0].href, kept[0].bold)
        kept[-1] = Span(kept[-1].text.rstrip(), kept[-1].href, kept[-1].bold)
    return kept
