"""Text that is HTML, as it comes out of a WeChat editor or a web page, as lines and tables."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from ..lines import Block, Cell, Document, Line, Picture, Span, Table
from .tabs import stripped

_END_TAGS = re.compile(r"</(?:p|div|span|section|table|tr|td|h[1-6]|li|ol|ul|strong|b|article)\s*>", re.IGNORECASE)
_BLOCKS = {"p", "div", "section", "article", "li", "tr", "table", "ol", "ul", "blockquote", "h1", "h2", "h3"} | {
    *("h4", "h5", "h6", "figure", "header", "footer", "dt", "dd", "body", "html")
}
_HEADING = re.compile(r"h([1-6])")
_UNSEEN = {"script", "style", "head", "title", "noscript"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")


def is_html(text: str) -> bool:
    """Tells text that is written in HTML by the end tags of its blocks; two make it sure."""
    return len(_END_TAGS.findall(text[:200_000])) >= 2


def read(html: str) -> Document:
    """Returns the document that the HTML shows. Nothing is loaded."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return Document(reader.blocks)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.spans: list[Span] = []
        self.place = 0
        self.blank = False  # an empty block came before
        self.soft = False
        self.heading = 0
        self.unseen = 0
        self.bold: list[str] = []
        self.href = ""
        self.lists: list[tuple[str, int]] = []
        self.label, self.bullet = "", False
        self.tables: list[list[list[Cell]]] = []
        self.cell: Cell | None = None

    # --- tags -----------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._picture(values.get("alt", ""))
        elif tag == "a":
            self.href = values.get("href", "")
        elif tag in ("strong", "b") or (tag == "span" and _BOLD.search(values.get("style", ""))):
            self.bold.append(tag)
        elif tag == "table":
            self.end_line()
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._begin_cell()
        elif tag in _BLOCKS:
            self._begin_block(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag == "a":
            self.href = ""
        elif tag in ("strong", "b", "span"):
            if self.bold and self.bold[-1] == tag:
                self.bold.pop()
        elif tag in ("td", "th"):
            self.end_line()
            self.cell = None
        elif tag == "table":
            self._end_table()
        elif tag in _BLOCKS:
            self._end_block(tag)

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        text = _SPACES.sub(" ", data)
        if text.strip() or (self.spans and text):
            self.spans.append(Span(text, self.href, bool(self.bold)))

    # --- lines ----------------------------------------------------------------------------------------------------

    def _begin_block(self, tag: str) -> None:
        self.end_line()
        heading = _HEADING.fullmatch(tag)
        self.heading = int(heading[1]) if heading else self.heading
        if tag in ("ol", "ul"):
            self.lists.append((tag, 0))
        elif tag == "li" and self.lists:
            kind, number = self.lists[-1]
            self.lists[-1] = (kind, number + 1)
            self.label = f"{number + 1}." if kind == "ol" else ""
            self.bullet = kind == "ul"

    def _end_block(self, tag: str) -> None:
        had_words = bool("".join(span.text for span in self.spans).strip())
        self.end_line()
        if tag == "p" and not had_words:
            self.blank = True
        if _HEADING.fullmatch(tag):
            self.heading = 0
        if tag in ("ol", "ul") and self.lists:
            self.lists.pop()

    def _break(self) -> None:
        had_words = bool("".join(span.text for span in self.spans).strip())
        self.end_line()
        self.soft = had_words

    def end_line(self) -> None:
        """Ends the line that is being collected; an empty one leaves nothing."""
        spans = stripped(self.spans)
        self.spans = []
        if spans:
            self.place += 1
            line = Line(spans, self.place, self.label, self.heading, self.bullet, gap=self.blank, soft=self.soft)
            self._keep(line)
            self.blank, self.label, self.bullet = False, "", False
        self.soft = False

    def _keep(self, line: Line) -> None:
        if self.cell is not None:
            self.cell.append(line)
        else:
            self.blocks.append(line)

    def _picture(self, description: str) -> None:
        self.end_line()
        if self.cell is None:
            self.blocks.append(Picture(-1, description, self.place))

    def _begin_cell(self) -> None:
        self.end_line()
        self.cell = []
        self.tables[-1][-1].append(self.cell)

    def _end_table(self) -> None:
        self.end_line()
        self.cell = None
        if not self.tables:
            return
        rows = [row for row in self.tables.pop() if row]
        if rows:
            width = max(len(row) for row in rows)
            filled = [[*row, *([] for _ in range(width - len(row)))] for row in rows]
            self.blocks.append(Table(filled, self.place))
