"""The shape in which every document is judged: lines, tables and pictures, in the order of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text of one look."""

    text: str
    href: str = ""
    bold: bool = False


@dataclass(slots=True)
class Line:
    """One line of a document. Word's automatic number stands in `label`, as it is not in the text."""

    spans: list[Span]
    #: Number of the line or paragraph in the file, for messages; counts from 1.
    place: int = 0
    label: str = ""
    #: Level of a heading, 1 to 9; 0 for others.
    heading: int = 0
    bullet: bool = False
    #: A blank line stands before it.
    gap: bool = False
    #: It goes on in the paragraph of the line before, after a line break.
    soft: bool = False

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def is_bold(self) -> bool:
        """True where every visible character is bold."""
        shown = [span for span in self.spans if span.text.strip()]
        return bool(shown) and all(span.bold for span in shown)


#: The lines of one cell of a table.
Cell = list[Line]


@dataclass(slots=True)
class Table:
    """Rows of cells; every row has the same number of them."""

    rows: list[list[Cell]]
    place: int = 0


@dataclass(slots=True)
class Picture:
    """A picture by its place in the document's list; -1 for one that is not in the file."""

    number: int
    description: str = ""
    place: int = 0


Block = Line | Table | Picture


@dataclass(slots=True)
class Document:
    """A document as it was read. `pictures` are base64, as they come from the child process."""

    blocks: list[Block] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    #: Title in the file's properties; empty where there is none.
    title: str = ""
    #: Word for a place of it in messages: 行 or 段.
    counted: str = "行"


def plain_line(text: str, place: int = 0, *, gap: bool = False) -> Line:
    return Line([Span(text)], place, gap=gap)


# --- JSON, in which the child process answers ---------------------------------------------------------------------


def to_json(document: Document) -> dict[str, Any]:
    blocks = [_block_to_json(block) for block in document.blocks]
    return {
        "blocks": blocks,
        "pictures": document.pictures,
        "title": document.title,
        "counted": document.counted,
    }


def from_json(stored: dict[str, Any]) -> Document:
    blocks = [_block_from_json(block) for block in stored["blocks"]]
    return Document(blocks, stored["pictures"], stored["title"], stored["counted"])


def _block_to_json(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        rows = [[[_line_to_json(line) for line in cell] for cell in row] for row in block.rows]
        return {"rows": rows, "place": block.place}
    if isinstance(block, Picture):
        return {"picture": block.number, "description": block.description, "place": block.place}
    return _line_to_json(block)


def _line_to_json(line: Line) -> dict[str, Any]:
    return {
        "spans": [[span.text, span.href, span.bold] for span in line.spans],
        "place": line.place,
        "label": line.label,
        "heading": line.heading,
        "bullet": line.bullet,
        "gap": line.gap,
        "soft": line.soft,
    }


def _block_from_json(stored: dict[str, Any]) -> Block:
    if "rows" in stored:
        rows = [[[_line_from_json(line) for line in cell] for cell in row] for row in stored["rows"]]
        return Table(rows, stored["place"])
    if "picture" in stored:
        return Picture(stored["picture"], stored["description"], stored["place"])
    return _line_from_json(stored)


def _line_from_json(stored: dict[str, Any]) -> Line:
    spans = [Span(text, href, bold) for text, href, bold in stored["spans"]]
    others = {name: value for name, value in stored.items() if name != "spans"}
    return Line(spans, **others)
