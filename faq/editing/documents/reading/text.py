"""Plain text as a document: UTF-8, UTF-16 or GB18030, a line a line, runs of lines with tabs as tables.

Text copied out of a web editor may be HTML; `web` reads that.
"""

from __future__ import annotations

import re

from helpdesk.common.decoding import decoded, is_binary

from ..lines import Block, Document, Line, Picture, Span, plain_line
from ..problems import MOST_CHARACTERS, MOST_PARAGRAPHS, Refused
from . import web
from .tabs import with_tables

#: Headings and bold lines as plain text marks them: ## 登录, **怎样登录？**
_MARKED_HEADING = re.compile(r"\s*(#{1,6})\s+(\S.*?)\s*#*\s*")
_MARKED_BOLD = re.compile(r"\s*\*\*([^*]+)\*\*\s*")
_COPIED_BULLET = re.compile(r"\s*[•·●○■◆➢\uf06c\uf0b7\uf0d8]\s*(?=\S)")


def read(content: bytes) -> Document:
    """Returns the lines of a text. Raises Refused where it is none, or too long."""
    try:
        text = decoded(content)
    except UnicodeDecodeError as error:
        raise Refused("unknown_letters") from error
    return read_text(text)


def read_text(text: str) -> Document:
    """Returns the lines of decoded or pasted text. Raises Refused."""
    if is_binary(text):
        raise Refused("unknown_letters")
    if len(text) > MOST_CHARACTERS:
        raise Refused("too_much")
    document = web.read(text) if web.is_html(text) else Document(_blocks(text))
    if len(document.blocks) > MOST_PARAGRAPHS:
        raise Refused("too_many_paragraphs")
    if not any(not isinstance(block, Picture) for block in document.blocks):
        raise Refused("empty")
    return document


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    gap = False
    # Only these end a line: `splitlines` would break at controls that Word uses inside one.
    for number, raw in enumerate(re.split("\r\n|\r|\n|\x0b|\x0c|\u2028|\u2029", text), 1):
        written = raw.replace("\ufeff", "").replace("\u200b", "")
        if written.strip():
            blocks.append(_line(written, number, gap))
        gap = not written.strip()
    return with_tables(blocks)


def _line(written: str, number: int, gap: bool) -> Line:
    bullet = _COPIED_BULLET.match(written)
    heading, bold = _MARKED_HEADING.fullmatch(written), _MARKED_BOLD.fullmatch(written)
    if heading:
        return Line([Span(heading[2])], number, heading=len(heading[1]), gap=gap)
    if bold:
        return Line([Span(bold[1], bold=True)], number, gap=gap)
    line = plain_line(written[bullet.end() :] if bullet else written, number, gap=gap)
    line.bullet = bool(bullet)
    return line
