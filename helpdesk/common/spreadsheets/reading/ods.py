"""Facts of the sheets of an OpenDocument file, read from its XML before calamine reads the values."""

from __future__ import annotations

import io
import re
import zipfile

from .archive import Archive, Passing, demand_no_doctypes
from .facts import Facts, demand_openable
from .problems import MOST_CELLS, MOST_ROW_ELEMENTS, Refused

SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
#: The parts that hold cells, and say what they are.
NEEDED = ("mimetype", "META-INF/manifest.xml", "content.xml")
_BETWEEN = re.compile(rb">[ \t]*\r?\n\s*<")
HIDDEN = ("filter", "collapse")
CELLS = ("table-cell", "covered-table-cell")


def facts_of_sheets(archive: Archive) -> dict[str, Facts]:
    """The facts of each sheet, by its title. Raises Refused for document types, damage and masses."""
    if not (archive.part("mimetype") or b"").startswith(SPREADSHEET):
        raise Refused("not_a_table")
    if b"encryption-data" in (archive.part("META-INF/manifest.xml") or b""):
        raise Refused("encrypted")
    demand_no_doctypes(archive)
    found = _Tables().scan(archive.part("content.xml") or b"")
    demand_openable(found)
    return found


def without_white_space(archive: Archive) -> bytes:
    """The file without line breaks between elements, for calamine, which takes none there. SheetJS writes them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in NEEDED:
            content = archive.part(name) or b""
            made.writestr(name, _BETWEEN.sub(b"><", content))
    return file.getvalue()


def _times(attributes: dict[str, str], name: str) -> int:
    """How often a row or cell is repeated, or how far it reaches."""
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1


class _Tables:
    """Passes over the tables one after the other and gathers their facts."""

    def __init__(self) -> None:
        self.found: dict[str, Facts] = {}
        self.facts = Facts()
        self.cells = 0
        self.rows = 0
        # Row and column of the first cell of what is repeated, and how often it is.
        self.row = 0
        self.column = 0
        self.row_times = 1
        self.cell_times = 1
        self.is_error = False
        self.passing = Passing(self._begin, self._end)

    def scan(self, content: bytes) -> dict[str, Facts]:
        self.passing.parse(content)
        return self.found

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in CELLS:
            self._begin_cell(attributes)
        elif name == "table-row":
            self._begin_row(attributes)
        elif name == "table":
            self._begin_table(attributes)
        elif name == "p" and self.is_error:
            self.passing.collect(self._take_error)

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self.facts = Facts()
        self.found[attributes.get("table:name", "")] = self.facts
        self.row = 0
        self.row_times = 1

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self.rows += 1
        if self.rows > MOST_ROW_ELEMENTS:
            raise Refused("too_many_cells")
        self.row += self.row_times if self.row else 1
        self.row_times = _times(attributes, "table:number-rows-repeated")
        self.column = 0
        self.cell_times = 1
        if attributes.get("table:visibility") in HIDDEN and self.row_times <= MOST_ROW_ELEMENTS:
            self.facts.hidden_rows.update(range(self.row, self.row + self.row_times))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.column += self.cell_times if self.column else 1
        self.cell_times = _times(attributes, "table:number-columns-repeated")
        has_formula = "table:formula" in attributes
        has_value = "office:value-type" in attributes
        if not has_formula and not has_value:
            return
        self._hold()
        if has_formula:
            self.facts.formulas.add((self.row, self.column))
        if attributes.get("calcext:value-type") == "error":
            self.is_error = True
            self.facts.errors[self.row, self.column] = ""
        self._merge(attributes)

    def _hold(self) -> None:
        """Notes what the cell holds, up to its last repetition: calamine writes each of them out."""
        self.cells += self.row_times * self.cell_times
        if self.cells > MOST_CELLS:
            raise Refused("too_many_cells")
        last = self.column + self.cell_times - 1
        for row in range(self.row, self.row + self.row_times):
            self.facts.hold(row, last)

    def _merge(self, attributes: dict[str, str]) -> None:
        wide = _times(attributes, "table:number-columns-spanned")
        high = _times(attributes, "table:number-rows-spanned")
        if wide > 1 or high > 1:
            self.facts.merged.append((self.row, self.column, self.row + high - 1, self.column + wide - 1))

    def _take_error(self, text: str) -> None:
        self.facts.errors[self.row, self.column] += text

    def _end(self, name: str) -> None:
        if name == "p":
            self.passing.collect(None)
        elif name in CELLS:
            self.is_error = False
