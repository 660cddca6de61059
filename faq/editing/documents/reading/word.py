"""A .docx as a document: paragraphs with their rebuilt numbers, tables, links and pictures.

The archive was judged before (`archive.demand_plain_word`). python-docx parses with lxml and resolves no entities;
none reach it anyway, as every part with a document type is refused.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from ..lines import Block, Cell, Document, Line, Picture, Span, Table
from ..problems import MOST_CELLS, MOST_CHARACTERS, MOST_PARAGRAPHS, MOST_PICTURES, Refused
from .archive import demand_plain_word
from .numbering import Label, Numbering
from .tabs import stripped, with_tables

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_LINK_FIELD = re.compile(r'HYPERLINK\s+"([^"]+)"')
_SAFE_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_OFF = {"0", "false", "off", "none"}
#: Elements around runs that change nothing about the words in them.
_THROUGH = {qn(name) for name in ("w:ins", "w:smartTag", "w:fldSimple", "w:sdt", "w:sdtContent", "w:customXml")}
#: Longest chain of styles that are based on each other.
MOST_STYLES = 20


def read(content: bytes) -> Document:
    """Returns the document in a .docx. Raises Refused, and whatever nobody foresaw of a damaged file."""
    demand_plain_word(content)
    return _Reader(docx.Document(io.BytesIO(content))).read()


class _Reader:
    def __init__(self, opened: Any) -> None:
        self.opened = opened
        self.part = opened.part
        self.styles = _Styles(opened)
        self.numbering = Numbering(_numbering_part(opened.part))
        self.document = Document(counted="段")
        self.pictures: dict[str, int] = {}
        self.place = 0
        self.gap = False
        self.characters = 0
        self.cells = 0

    def read(self) -> Document:
        self.document.blocks = with_tables(self._blocks(self.opened.element.body))
        if not self.document.blocks:
            raise Refused("empty")
        if not any(not isinstance(block, Picture) for block in self.document.blocks):
            raise Refused("no_words")
        self.document.title = (self.opened.core_properties.title or "").strip()
        return self.document

    def _blocks(self, parent: Any) -> Iterator[Block]:
        for element in parent.iterchildren():
            if element.tag == qn("w:p"):
                yield from self._paragraph(element)
            elif element.tag == qn("w:tbl"):
                self.place += 1
                yield Table(self._rows(element), self.place)
                self.gap = False
            elif element.tag in _THROUGH:
                yield from self._blocks(element)

    # --- paragraphs -----------------------------------------------------------------------------------------------

    def _paragraph(self, element: Any) -> Iterator[Block]:
        self.place += 1
        if self.place > MOST_PARAGRAPHS:
            raise Refused("too_many_paragraphs")
        style = self.styles.of(element)
        pieces = _Pieces(self, style.bold)
        pieces.take(element)
        lines = _broken(pieces.spans)
        if not any(line for line in lines) and not pieces.pictures and not pieces.boxes:
            self.gap = True
            return
        yield from self._lines(element, style, lines)
        for number, description in pieces.pictures:
            yield Picture(number, description, self.place)
        for box in pieces.boxes:
            yield from self._blocks(box)
        self.gap = False

    def _lines(self, element: Any, style: _Style, lines: list[list[Span]]) -> Iterator[Line]:
        label = self._label(element, style) if any(lines) else Label()
        first = True
        for spans in lines:
            if not spans:
                continue
            self.characters += sum(len(span.text) for span in spans)
            if self.characters > MOST_CHARACTERS:
                raise Refused("too_much")
            line = Line(spans, self.place, heading=style.heading, soft=not first, gap=self.gap and first)
            if first:
                line.label, line.bullet = label.text, label.bullet
            first = False
            yield line

    def _label(self, element: Any, style: _Style) -> Label:
        properties = element.find(qn("w:pPr"))
        own = None if properties is None else properties.find(qn("w:numPr"))
        num_id, level = _number_properties(own)
        if not num_id:
            num_id = style.num_id
            level = style.level if level is None else level
        if not num_id or num_id == "0":
            return Label()
        return self.numbering.label(num_id, level, style.id)

    # --- tables ---------------------------------------------------------------------------------------------------

    def _rows(self, table: Any) -> list[list[Cell]]:
        rows = [self._row(row) for row in table.iter(qn("w:tr")) if _owner(row, "w:tbl") is table]
        width = max((len(row) for row in rows), default=0)
        return [[*row, *([] for _ in range(width - len(row)))] for row in rows if any(row)]

    def _row(self, row: Any) -> list[Cell]:
        cells: list[Cell] = []
        for cell in row.iter(qn("w:tc")):
            if _owner(cell, "w:tr") is not row:
                continue
            properties = cell.find(qn("w:tcPr"))
            span, goes_on = _merging(properties)
            cells.append([] if goes_on else self._cell(cell))
            cells += [[] for _ in range(min(span, 60) - 1)]
            self.cells += span
            if self.cells > MOST_CELLS:
                raise Refused("too_much")
        return cells

    def _cell(self, cell: Any) -> Cell:
        lines: Cell = []
        at = self.place
        for block in self._blocks(cell):
            if isinstance(block, Line):
                block.spans = stripped(block.spans)
                lines.append(block)
            elif isinstance(block, Table):
                lines += [line for row in block.rows for inner in row for line in inner]
        self.place = max(at, self.place)
        return lines

    # --- pictures -------------------------------------------------------------------------------------------------

    def picture(self, relation: str) -> int | None:
        """Returns the place of a picture in the document's list, -1 for one that is only linked, None for none."""
        if relation in self.pictures:
            return self.pictures[relation]
        found = self.part.rels.get(relation)
        if found is None:
            return None
        if found.is_external:
            return -1
        if len(self.document.pictures) >= MOST_PICTURES:
            raise Refused("too_much")
        self.document.pictures.append(base64.b64encode(found.target_part.blob).decode())
        self.pictures[relation] = len(self.document.pictures) - 1
        return self.pictures[relation]

    def link(self, relation: str) -> str:
        found = self.part.rels.get(relation)
        address = str(found.target_ref) if found is not None and found.is_external else ""
        return address if _SAFE_LINK.match(address) else ""


class _Pieces:
    """Collects the spans and pictures of one paragraph."""

    def __init__(self, reader: _Reader, bold: bool) -> None:
        self.reader = reader
        self.bold = bold
        self.spans: list[Span] = []
        self.pictures: list[tuple[int, str]] = []
        self.boxes: list[Any] = []
        self.fields: list[tuple[str, bool]] = []  # code so far, and whether its result has begun

    def take(self, parent: Any, href: str = "") -> None:
        for element in parent.iterchildren():
            if element.tag == qn("w:r"):
                self._run(element, href)
            elif element.tag == qn("w:hyperlink"):
                self.take(element, self.reader.link(str(element.get(qn("r:id")) or "")))
            elif element.tag in _THROUGH:
                self.take(element, href)

    def _run(self, run: Any, href: str) -> None:
        properties = run.find(qn("w:rPr"))
        if _is_on(properties, "w:vanish"):
            return
        bold = self.reader.styles.bold_of_run(properties, self.bold)
        text = "".join(self._words(run))
        if text:
            self.spans.append(Span(text, href or self._field_link(), bold))

    def _words(self, run: Any) -> Iterator[str]:
        for child in run.iterchildren():
            if child.tag == qn("w:t"):
                yield child.text or ""
            elif child.tag in (qn("w:tab"), qn("w:ptab")):
                yield "\t"
            elif child.tag == qn("w:br"):
                yield "" if child.get(qn("w:type")) in ("page", "column") else "\n"
            elif child.tag == qn("w:cr"):
                yield "\n"
            elif child.tag == qn("w:noBreakHyphen"):
                yield "-"
            elif child.tag == qn("w:fldChar"):
                self._field(str(child.get(qn("w:fldCharType"))))
            elif child.tag == qn("w:instrText"):
                self._field_code(child.text or "")
            elif isinstance(child.tag, str) and not child.tag.endswith("}Fallback"):
                self._drawing(child)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(("", False))
        elif kind == "separate" and self.fields:
            self.fields[-1] = (self.fields[-1][0], True)
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _field_code(self, text: str) -> None:
        if self.fields:
            self.fields[-1] = (self.fields[-1][0] + text, False)

    def _field_link(self) -> str:
        codes = [code for code, begun in self.fields if begun]
        found = _LINK_FIELD.search(codes[-1]) if codes else None
        return found[1] if found and _SAFE_LINK.match(found[1]) else ""

    def _drawing(self, child: Any) -> None:
        """Takes the pictures and text boxes of a drawing; old programs get the same once more as a fallback."""
        for element in child.iter():
            if not isinstance(element.tag, str) or _in_fallback(element, child):
                continue
            name = element.tag.rpartition("}")[2]
            if name == "blip":
                self._picture(element.get(qn("r:embed")) or element.get(qn("r:link")), _description(child))
            elif name == "imagedata":
                self._picture(element.get(qn("r:id")), str(element.get("title") or ""))
            elif name == "txbxContent":
                self.boxes.append(element)

    def _picture(self, relation: str | None, description: str) -> None:
        number = self.reader.picture(relation or "")
        if number is not None:
            self.pictures.append((number, description))


def _in_fallback(element: Any, within: Any) -> bool:
    for above in element.iterancestors():
        if above is within:
            return False
        if isinstance(above.tag, str) and above.tag.endswith("}Fallback"):
            return True
    return False


def _description(drawing: Any) -> str:
    found = drawing.find(f".//{qn('wp:docPr')}")
    described = "" if found is None else str(found.get("descr") or "")
    # Programs that describe a picture by themselves write the name of its file.
    return "" if re.search(r"\.(?:png|jpe?g|gif|bmp)$", described, re.IGNORECASE) else described[:200]


def _broken(spans: list[Span]) -> list[list[Span]]:
    """Returns the spans of each line of a paragraph, empty lists for blank lines."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        for at, text in enumerate(span.text.split("\n")):
            if at:
                lines.append([])
            if text:
                lines[-1].append(Span(text, span.href, span.bold))
    return [_joined(line) for line in lines]


def _joined(spans: list[Span]) -> list[Span]:
    """Joins neighbours of one look, as Word parts a sentence into many runs; an empty list for a blank line."""
    joined: list[Span] = []
    for span in spans:
        if joined and (joined[-1].href, joined[-1].bold) == (span.href, span.bold):
            joined[-1] = Span(joined[-1].text + span.text, span.href, span.bold)
        else:
            joined.append(span)
    return joined if any(span.text.strip() for span in joined) else []


# --- styles -------------------------------------------------------------------------------------------------------


class _Style:
    """The part of a paragraph's look that judging needs."""

    __slots__ = ("bold", "heading", "id", "level", "num_id")

    def __init__(self) -> None:
        self.id = ""
        self.heading = 0
        self.bold = False
        self.num_id = ""
        self.level: int | None = None


class _Styles:
    def __init__(self, opened: Any) -> None:
        root = opened.part.styles.element if opened.part is not None else None
        found = [] if root is None else root.findall(qn("w:style"))
        self.by_id = {str(style.get(qn("w:styleId"))): style for style in found}
        defaults = [style for style in found if style.get(qn("w:default")) in ("1", "true")]
        paragraph = [style for style in defaults if style.get(qn("w:type")) == "paragraph"]
        self.default = str(paragraph[0].get(qn("w:styleId"))) if paragraph else ""

    def of(self, element: Any) -> _Style:
        made = _Style()
        properties = element.find(qn("w:pPr"))
        made.id = _value_in(properties, "w:pStyle") or self.default
        for style in reversed(self._chain(made.id)):
            self._add(made, style)
        outline = _value_in(properties, "w:outlineLvl")
        if outline.isdigit() and int(outline) < 9:
            made.heading = int(outline) + 1
        return made

    def bold_of_run(self, properties: Any, otherwise: bool) -> bool:
        if properties is None:
            return otherwise
        if properties.find(qn("w:b")) is not None:
            return _is_on(properties, "w:b")
        for style in self._chain(_value_in(properties, "w:rStyle")):
            own = style.find(qn("w:rPr"))
            if own is not None and own.find(qn("w:b")) is not None:
                return _is_on(own, "w:b")
        return otherwise

    def _chain(self, name: str) -> list[Any]:
        """Returns a style and those it is based on, the nearest first."""
        chain: list[Any] = []
        while name in self.by_id and len(chain) < MOST_STYLES:
            style = self.by_id[name]
            chain.append(style)
            name = _value_in(style, "w:basedOn")
        return chain

    def _add(self, made: _Style, style: Any) -> None:
        called = _HEADING_NAME.match(_value_in(style, "w:name"))
        if called:
            made.heading = int(called[1])
        runs = style.find(qn("w:rPr"))
        if runs is not None and runs.find(qn("w:b")) is not None:
            made.bold = _is_on(runs, "w:b")
        properties = style.find(qn("w:pPr"))
        if properties is None:
            return
        outline = _value_in(properties, "w:outlineLvl")
        if outline.isdigit():
            made.heading = int(outline) + 1 if int(outline) < 9 else 0
        num_id, level = _number_properties(properties.find(qn("w:numPr")))
        if num_id:
            made.num_id, made.level = num_id, level


def _numbering_part(part: Any) -> Any:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
    found = [relation for relation in part.rels.values() if relation.reltype == kind and not relation.is_external]
    return found[0].target_part if found else None


def _number_properties(element: Any) -> tuple[str, int | None]:
    """Returns the list and the level that a `w:numPr` names."""
    if element is None:
        return "", None
    level = _value_in(element, "w:ilvl")
    return _value_in(element, "w:numId"), int(level) if level.isdigit() else None


def _value_in(parent: Any, name: str) -> str:
    child = None if parent is None else parent.find(qn(name))
    return "" if child is None else str(child.get(qn("w:val")) or "")


def _is_on(properties: Any, name: str) -> bool:
    child = None if properties is None else properties.find(qn(name))
    return child is not None and str(child.get(qn("w:val")) or "1").lower() not in _OFF


def _merging(properties: Any) -> tuple[int, bool]:
    """Returns over how many columns a cell goes, and whether it only goes on with the one above."""
    span = _value_in(properties, "w:gridSpan")
    merged = None if properties is None else properties.find(qn("w:vMerge"))
    goes_on = merged is not None and merged.get(qn("w:val")) != "restart"
    return int(span) if span.isdigit() and int(span) > 0 else 1, goes_on


def _owner(element: Any, name: str) -> Any:
    return next((above for above in element.iterancestors() if above.tag == qn(name)), None)
