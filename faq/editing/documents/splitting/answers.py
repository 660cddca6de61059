"""The blocks of an answer as HTML: paragraphs, steps, tables, notes, links and pictures, every word as it stands."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ..lines import Cell, Line, Picture, Span, Table
from .labels import ARABIC, Label, labels_of
from .rows import Row, question_likeness, spans_from

#: Address of a picture of the document until it is stored: its number in the document's list follows.
PICTURE = "picture:"
#: Beginning of the sentence that stands for a picture.
SENTENCE = "（原文这里有一张图片"

_LINK = re.compile(
    r"[<＜〈《]\s*(https?://[^\s<>＜＞〈〉《》]+)\s*[>＞〉》]|(https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+;=%]+)"
)
_TRAILING = ".,;:!?)]'"
_NOTE = re.compile(r"(?:注|备注|注意|注意事项|温馨提示|特别提示|特别提醒|友情提示|小提示)\s*[:：]\s*")
#: Styles that become ordered lists: their numbers are given back by the list. 一、 stays text.
_STEPS = (*ARABIC, "1")
#: Longest name of a row or column in a table that is taken for a header.
LONGEST_HEAD = 30
_NUMERIC = re.compile(r"[0-9０-９.,，%‰:：/\-－～~\s]+")


def answer_html(rows: Sequence[Row]) -> str:
    """Returns the HTML of the rows of one answer, a line for each element as the shipped entries have it."""
    return "\n".join(_blocks(list(rows)))


def line_html(spans: Sequence[Span]) -> str:
    """Returns spans as HTML: links of the document, written addresses as links, bold words."""
    return "".join(_span_html(span) for span in spans)


def _span_html(span: Span) -> str:
    if span.href:
        address = html.escape(span.href)
        written = f'<a href="{address}">{html.escape(span.text, quote=False)}</a>'
    else:
        written = _with_links(span.text)
    return f"<strong>{written}</strong>" if span.bold and span.text.strip() else written


def _with_links(text: str) -> str:
    parts = []
    done = 0
    for found in _LINK.finditer(text):
        address, end = found[1], found.end()
        if address is None:
            address = found[2].rstrip(_TRAILING)
            end = found.start() + len(address)
        parts.append(html.escape(text[done : found.start()], quote=False))
        parts.append(f'<a href="{html.escape(address)}">{html.escape(address, quote=False)}</a>')
        done = end
    return "".join([*parts, html.escape(text[done:], quote=False)])


# --- blocks -------------------------------------------------------------------------------------------------------


def _blocks(rows: list[Row]) -> list[str]:
    written: list[str] = []
    at = 0
    while at < len(rows):
        found, after = _one(rows, at)
        written += found
        at = after
    return written


def _one(rows: list[Row], at: int) -> tuple[list[str], int]:
    """Returns the elements that begin at a row, and the row after them."""
    row = rows[at]
    if isinstance(row.block, Table):
        return [table_html(row.block)], at + 1
    if isinstance(row.block, Picture):
        return [_picture_html(row.block)], at + 1
    note = _NOTE.match(row.text)
    if note:
        return _note(rows, at, note.end())
    steps = _steps(rows, at)
    if steps:
        return steps
    if row.line and row.line.bullet:
        return _bullets(rows, at)
    return _paragraph(rows, at)


def _paragraph(rows: list[Row], at: int) -> tuple[list[str], int]:
    spans = [_row_html(rows[at])]
    after = at + 1
    while after < len(rows) and rows[after].tight and not _begins_something(rows, after):
        spans.append(_row_html(rows[after]))
        after += 1
    line = rows[at].line
    if line and line.heading and after == at + 1:
        words = [replace(span, bold=False) for span in rows[at].words()]
        return [f"<h4>{line_html(words)}</h4>"], after
    return [f"<p>{'<br>'.join(spans)}</p>"], after


def _begins_something(rows: list[Row], at: int) -> bool:
    row = rows[at]
    bullet = bool(row.line and row.line.bullet)
    return row.line is None or bullet or bool(_NOTE.match(row.text)) or _steps(rows, at) is not None


def _row_html(row: Row) -> str:
    return line_html(row.words())


def _picture_html(picture: Picture) -> str:
    if picture.number < 0:
        return f"<p>{picture_sentence(html.escape(picture.description))}</p>"
    return f'<p><img src="{PICTURE}{picture.number}" alt="{html.escape(picture.description)}"></p>'


def picture_sentence(description: str) -> str:
    """Returns the sentence that stands for a picture; `description`, as HTML, may be empty."""
    described = f"：{description}" if description else ""
    return f"{SENTENCE}{described}）"


# --- notes --------------------------------------------------------------------------------------------------------


def _note(rows: list[Row], at: int, end: int) -> tuple[list[str], int]:
    """Returns a note with the steps that stand in it: those after 注： in its line, or below a 注： alone."""
    row = rows[at]
    mark, rest = spans_from(row.words(), 0, end), row.words(end)
    inner = list(rows[at + 1 :])
    if rest:
        text = row.text[end:]
        inner.insert(0, Row(row.at, Line(rest, gap=True), text, labels_of(text)))
    steps = _steps(inner, 0) if inner else None
    if steps:
        written, used = steps
        after = at + used + (0 if rest else 1)
        opening = line_html(mark).rstrip()
        return ['<div class="note">', f"<p>{opening}</p>", *written, "</div>"], after
    written, after = _paragraph(rows, at)
    if not rest and after == at + 1 and after < len(rows) and rows[after].line:
        more, after = _one(rows, after)
        written += more
    return ['<div class="note">', *written, "</div>"], after


# --- lists --------------------------------------------------------------------------------------------------------


def _steps(rows: list[Row], at: int) -> tuple[list[str], int] | None:
    """Returns the ordered list that begins at a row, and the row after it; None where none begins."""
    for label in _step_labels(rows[at]):
        members = _members(rows, at, label.style)
        if len(members) > 1:
            return _ordered(rows, members)
    return None


def _step_labels(row: Row) -> list[Label]:
    """Returns the readings of a row as the first step of a list."""
    found = [label for label in row.labels if label.style in _STEPS and label.number == 1]
    return [label for label in found if row.text[label.end :].strip() or label.style != "1"]


def _members(rows: list[Row], at: int, style: str) -> list[tuple[int, Label]]:
    """Returns the rows of a list 1, 2, 3 … and their labels."""
    members: list[tuple[int, Label]] = []
    for place in range(at, len(rows)):
        label = rows[place].label(style)
        if label is None or label.number != len(members) + 1:
            if label is not None and label.number == 1 and members:
                break  # another list begins
            continue
        members.append((place, label))
    return members


def _ordered(rows: list[Row], members: list[tuple[int, Label]]) -> tuple[list[str], int]:
    places = [place for place, _ in members]
    lengths = [after - place for place, after in pairwise(places)]
    end = _end_of_last(rows, places[-1], lengths)
    written = ["<ol>"]
    for (place, label), after in zip(members, [*places[1:], end], strict=True):
        written.append(_item(rows[place:after], label.end, whole=median(lengths) == 1))
    return [*written, "</ol>"], end


def _end_of_last(rows: list[Row], last: int, lengths: Sequence[int]) -> int:
    """Returns where the last item ends: with its paragraph, or as many blocks on as items of this list mostly have."""
    end = last + 1
    while end < len(rows) and rows[end].tight and not _begins_note(rows[end]):
        end += 1
    usual = int(median(lengths))
    while end < min(len(rows), last + usual) and not _begins_note(rows[end]) and rows[end].line:
        end += 1
    while usual > 1 and end < len(rows) and end < last + max(lengths) and isinstance(rows[end].block, Picture):
        end += 1
    return end


def _begins_note(row: Row) -> bool:
    return bool(_NOTE.match(row.text))


def _item(rows: list[Row], begin: int, *, whole: bool) -> str:
    """Returns one item: its lines parted by breaks, and what else is in it as blocks.

    `whole`: items of this list mostly are one line, so that a second one goes on in it.
    """
    first = rows[0]
    lines = [line_html(first.words(begin))]
    at = 1
    while (
        at < len(rows)
        and (rows[at].tight or (whole and len(rows) == 2))
        and rows[at].line
        and not _begins_something(rows, at)
    ):
        lines.append(_row_html(rows[at]))
        at += 1
    inner = _blocks(rows[at:])
    text = "<br>".join(line for line in lines if line)
    if not inner:
        return f"<li>{text}</li>"
    opening = f"<p>{text}</p>" if text else ""
    return "\n".join(part for part in (f"<li>{opening}", *inner, "</li>") if part)


def _bullets(rows: list[Row], at: int) -> tuple[list[str], int]:
    written = ["<ul>"]
    while at < len(rows):
        line = rows[at].line
        if line is None or not line.bullet:
            break
        lines = [_row_html(rows[at])]
        at += 1
        while at < len(rows) and rows[at].tight and rows[at].line and not rows[at].line.bullet:  # type: ignore[union-attr]
            lines.append(_row_html(rows[at]))
            at += 1
        written.append(f"<li>{'<br>'.join(lines)}</li>")
    return [*written, "</ul>"], at


# --- tables -------------------------------------------------------------------------------------------------------


def table_html(table: Table) -> str:
    """Returns a table; its first row as headers where it looks like them, groups where the first column goes on."""
    rows = table.rows
    if len(rows) < 2 or not _is_head(rows[0]):
        body = ["<tbody>", *(_plain_row(row) for row in rows), "</tbody>"]
        return "\n".join(["<table>", *body, "</table>"])
    heads = "".join(f'<th scope="col">{_cell_html(cell)}</th>' for cell in rows[0])
    head = ["<thead>", f"<tr>{heads}</tr>", "</thead>"]
    return "\n".join(["<table>", *head, *_body(rows[1:]), "</table>"])


def _is_head(row: Sequence[Cell]) -> bool:
    words = [_words(cell) for cell in row]
    return all(word and len(word) <= LONGEST_HEAD and not _NUMERIC.fullmatch(word) for word in words) and not any(
        question_likeness(word) == 1 for word in words
    )


def _words(cell: Cell) -> str:
    return "".join(f"{line.label}{line.text}" for line in cell).strip()


def _body(rows: Sequence[list[Cell]]) -> list[str]:
    groups = _groups(rows)
    if groups is None:
        return ["<tbody>", *(_plain_row(row) for row in rows), "</tbody>"]
    written = []
    for group in groups:
        span = f' rowspan="{len(group)}"' if len(group) > 1 else ""
        named = f'<th scope="rowgroup"{span}>{_cell_html(group[0][0])}</th>'
        lines = [_named_row(row) for row in group]
        lines[0] = f"<tr>{named}{lines[0]}"
        lines[1:] = [f"<tr>{line}" for line in lines[1:]]
        written += ["<tbody>", *lines, "</tbody>"]
    return written


def _groups(rows: Sequence[list[Cell]]) -> list[list[list[Cell]]] | None:
    """Returns the rows in groups named by the first column, where its cells go on over rows; None for other tables."""
    wide = len(rows[0]) > 2
    goes_on = any(not row[0] and row[1] for row in rows[1:]) if wide else False
    if not goes_on or not rows[0][0]:
        return None
    groups: list[list[list[Cell]]] = []
    for row in rows:
        if row[0]:
            groups.append([])
        groups[-1].append(row)
    return groups


def _named_row(row: Sequence[Cell]) -> str:
    cells = "".join(f"<td>{_cell_html(cell)}</td>" for cell in row[2:])
    return f'<th scope="row">{_cell_html(row[1])}</th>{cells}</tr>'


def _plain_row(row: Sequence[Cell]) -> str:
    cells = "".join(f"<td>{_cell_html(cell)}</td>" for cell in row)
    return f"<tr>{cells}</tr>"


def _cell_html(cell: Cell) -> str:
    lines = [line_html([Span(line.label), *line.spans] if line.label else line.spans) for line in cell]
    return "<br>".join(lines)
