"""An answer as it stands in a cell: HTML as export wrote it, or plain text with its steps, paragraphs and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.html import escape

#: A tag of a block, which plain text does not hold.
_BLOCK = re.compile(r"</?(p|ol|ul|li|div|h[1-6]|table|thead|tbody|tr|t[dh]|br)\b[^<>]*>", re.IGNORECASE)
#: The number of a step at the beginning of a line: 1. 1、 1） （1） ①
_STEP = re.compile(r"\s*(?:([0-9]{1,2})[.．、)）](?![0-9])|[（(]([0-9]{1,2})[)）])\s*")
#: An address, up to a sign that is none of it: Chinese punctuation and Chinese words end it.
_ADDRESS = re.compile(r"https?://[!#-;=?-Z\[\]_a-z~]+")
#: Signs at the end of an address that belong to the sentence.
_SENTENCE_SIGNS = ".,;:!?)]'"


def html_of(cell: str) -> str:
    """Returns the HTML of an answer as written in a cell; it is cleaned when it is saved, as any answer."""
    if _BLOCK.search(cell):
        return cell
    return "".join(_blocks(cell.strip()))


def _blocks(text: str) -> Iterator[str]:
    """Yields a paragraph for each run of lines between blank ones, and a list for each run of numbered lines."""
    for paragraph in re.split(r"\n(?:[ \t\u3000]*\n)+", text):
        yield from _blocks_of(paragraph.split("\n"))


def _blocks_of(lines: list[str]) -> Iterator[str]:
    waiting: list[str] = []
    at = 0
    while at < len(lines):
        steps = _steps(lines[at:])
        if len(steps) < 2:
            waiting.append(lines[at])
            at += 1
            continue
        yield from _paragraph(waiting)
        waiting = []
        items = "".join(f"<li>{_linked(step)}</li>" for step in steps)
        yield f"<ol>{items}</ol>"
        at += len(steps)
    yield from _paragraph(waiting)


def _steps(lines: list[str]) -> list[str]:
    """Returns the words of the lines that count 1, 2, 3 … from the first one; none where that is no 1."""
    steps = []
    for due, line in enumerate(lines, start=1):
        found = _STEP.match(line)
        if found is None or int(found[1] or found[2]) != due:
            break
        steps.append(line[found.end() :].strip())
    return steps


def _paragraph(lines: list[str]) -> Iterator[str]:
    if lines:
        joined = "<br>".join(_linked(line.strip()) for line in lines)
        yield f"<p>{joined}</p>"


def _linked(line: str) -> str:
    """Returns a line of text as HTML, its addresses as links."""
    parts: list[str] = []
    at = 0
    for found in _ADDRESS.finditer(line):
        address = found[0].rstrip(_SENTENCE_SIGNS)
        parts.append(escape(line[at : found.start()]))
        parts.append(f'<a href="{escape(address)}">{escape(address)}</a>')
        at = found.start() + len(address)
    parts.append(escape(line[at:]))
    return "".join(parts)
