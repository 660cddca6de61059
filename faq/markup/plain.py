"""Plain text, as typed into a field without an editor, written as HTML: steps, lists, tables, paragraphs and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .marks import mark
from .reading import Tag, escaped, tokens
from .tags import BLOCKS, INLINE, RENAMED

#: What begins a step: `1.` (no `1.5`), `1、` `1)` `（1）` `第一步：` `①`. The number is at most three digits long.
_STEP = re.compile(
    r"[ \t\u3000]*((?:[0-9０-９]{1,3}(?:[、．)）]|\.(?![0-9０-９]))|[（(][0-9０-９]{1,3}[)）]|"
    r"第[一二三四五六七八九十0-9]{1,3}步[：:、]|[\u2460-\u2473]))[ \t\u3000]*(?=\S)"
)
_BULLET = re.compile(r"[ \t\u3000]*[-*+•·●■◆○▪►][ \t\u3000]*(?=\S)")
#: ASCII hyphens and stars begin an item only where a space follows, as in Markdown.
_AMBIGUOUS = re.compile(r"[ \t\u3000]*[-*+](?![ \t\u3000])")
_LINK = re.compile(r"<?(https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+)>?", re.ASCII)
#: Signs at the end of an address that belong to the sentence.
_AFTER_LINK = ".,;:!?'"


@dataclass(slots=True)
class _Block:
    """Consecutive lines of one kind: `p`, `ol`, `ul` or `table`. `first` is the number of the first step."""

    kind: str
    first: int = 1
    items: list[list[str]] = field(default_factory=list)


def is_plain(text: str) -> bool:
    """Returns True where text holds no tag that answers have, so that it is not HTML that somebody typed."""
    ours = BLOCKS | INLINE | RENAMED.keys() | {"br", "hr", "img"}
    return not any(isinstance(token, Tag) and token.name in ours for token in tokens(text))


def html_of(typed: str) -> str:
    """Returns what somebody typed as HTML: HTML as it stands, plain text with its steps, paragraphs and links."""
    return to_html(typed) if is_plain(typed) else typed


def to_html(text: str) -> str:
    """Returns plain text as HTML. Addresses of the web become links, lines with tabs a table, as Word copies one."""
    lines = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n\n".join(_written(block) for block in _blocks(lines))


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """Yields the blocks of the text: a step that goes on counting belongs to the list before it, past blank lines."""
    block: _Block | None = None
    blank = True
    for line in lines:
        if not line.strip():
            blank = True
            continue
        kind, number, words = _read(line)
        if block and _continues(block, kind, number, blank=blank):
            _add(block, kind, words)
        else:
            if block:
                yield block
            block = _Block(kind, number, [[words]])
        blank = False
    if block:
        yield block


def _read(line: str) -> tuple[str, int, str]:
    """Returns the kind of a line, the number that its mark gives it, and its words without the mark."""
    step = _STEP.match(line)
    cells = line[step.end() if step else 0 :].strip(" \t")
    if "\t" in cells:
        return "table", 1, line.rstrip("\n")
    if step:
        number = mark(step.group(1)).number
        return "ol", 1 if number is None else number, line[step.end() :].rstrip()
    bullet = _BULLET.match(line)
    if bullet and not _AMBIGUOUS.match(line):
        return "ul", 1, line[bullet.end() :].rstrip()
    return "p", 1, line.rstrip()


def _continues(block: _Block, kind: str, number: int, *, blank: bool) -> bool:
    if kind == "p":
        return block.kind != "table" and not blank
    if kind == "ol":
        return block.kind == "ol" and number == block.first + len(block.items)
    if kind == "table":
        return block.kind == "table" and not blank
    return block.kind == "ul"


def _add(block: _Block, kind: str, words: str) -> None:
    """Adds a line: a new item, or a further line of the last one."""
    if kind == "p":
        block.items[-1].append(words)
    else:
        block.items.append([words])


def _written(block: _Block) -> str:
    if block.kind == "table" and len(block.items) > 1:
        return _table([line.split("\t") for [line] in block.items])
    items = ["<br>".join(_with_links(line) for line in lines) for lines in block.items]
    if block.kind in ("p", "table"):
        return "".join(f"<p>{item}</p>" for item in items)
    start = f' start="{block.first}"' if block.kind == "ol" and block.first != 1 else ""
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f"<{block.kind}{start}>{listed}</{block.kind}>"


def _table(rows: list[list[str]]) -> str:
    """Returns rows of cells as a table; short rows are filled up with empty cells."""
    widest = max(len(cells) for cells in rows)
    written = []
    for cells in rows:
        filled = [*cells, *[""] * (widest - len(cells))]
        written.append("".join(f"<td>{_with_links(cell.strip())}</td>" for cell in filled))
    body = "".join(f"<tr>{row}</tr>" for row in written)
    return f"<table><tbody>{body}</tbody></table>"


def _with_links(line: str) -> str:
    """Returns a line as HTML, in which addresses of the web are links."""
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(line):
        address = _without_end(found.group(1))
        bracketed = found.group().startswith("<") and found.group() == f"<{found.group(1)}>"
        begins = found.start() if bracketed else found.start(1)
        parts.append(_as_text(line[end:begins]))
        parts.append(f'<a href="{_as_text(address)}">{_as_text(address)}</a>')
        end = found.end() if bracketed else found.start(1) + len(address)
    parts.append(_as_text(line[end:]))
    return "".join(parts)


def _without_end(address: str) -> str:
    """Returns an address without the signs of the sentence after it: `(https://a.cn/b).` → `https://a.cn/b`."""
    shorter = address.rstrip(_AFTER_LINK)
    while shorter.endswith(")") and shorter.count("(") < shorter.count(")"):
        shorter = shorter[:-1].rstrip(_AFTER_LINK)
    return shorter


def _as_text(text: str) -> str:
    return escaped(text).replace("\t", " ")
