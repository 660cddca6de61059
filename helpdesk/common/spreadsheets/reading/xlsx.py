"""Facts of the sheets of an .xlsx file, read from its XML before calamine reads the values."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from .archive import Archive, Passing, demand_no_doctypes, pass_over, plain_name
from .facts import Area, Facts, coordinates
from .problems import MOST_CELLS, MOST_ROW_ELEMENTS, Refused

CONTENT_TYPES, ROOT_RELATIONS = "[content_types].xml", "_rels/.rels"
USUAL_WORKBOOK = "xl/workbook.xml"
#: Formats of numbers that show at least two digits, with fixed text around them: 0000000, "DEMO-"0000.
ZEROS = re.compile(r'((?:"[^"]*"|\\.|-)*)(0{2,})((?:"[^"]*"|\\.|-)*)(?:;.*)?\Z', re.S)
TRUE = ("1", "true")


def facts_of_sheets(archive: Archive) -> dict[str, Facts]:
    """The facts of each sheet, by its title. Raises Refused for macros, document types, damage and masses."""
    demand_no_doctypes(archive)
    workbook = _workbook(archive)
    _demand_no_macros(archive, workbook)
    relations = _Relations(archive, workbook)
    zeros = _Styles(archive, relations).zeros
    counter = _Counter()
    found = {}
    for title, key in _sheets(archive, workbook).items():
        content = archive.part(relations.targets.get(key, ""))
        if content is not None:  # a chart, or a sheet that is not there
            found[title] = _Sheet(counter, zeros).scan(content)
    return found


class _Relations:
    """Relations of a part: the key of each relation → the name of the part, and the same by kind."""

    def __init__(self, archive: Archive, of: str) -> None:
        folder, name = posixpath.split(of)
        self.folder = folder
        self.targets: dict[str, str] = {}
        self.by_kind: dict[str, str] = {}
        content = archive.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        if content is not None:
            pass_over(content, self._begin)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        target = attributes.get("Target", "").replace("\\", "/")
        path = posixpath.normpath(posixpath.join("/", self.folder, target))
        kind = attributes.get("Type", "").rpartition("/")[2]
        self.targets[attributes.get("Id", "")] = plain_name(path)
        self.by_kind[kind] = plain_name(path)


def _workbook(archive: Archive) -> str:
    """The name of the part that lists the sheets."""
    named = _Relations(archive, "").by_kind.get("officeDocument", "")
    found = named if named in archive.names else USUAL_WORKBOOK
    if found not in archive.names:
        raise Refused("damaged")
    return found


def _demand_no_macros(archive: Archive, workbook: str) -> None:
    """Refuses a workbook whose own type is one with macros; other parts may have such types without holding any."""
    types: dict[str, str] = {}

    def begin(name: str, attributes: dict[str, str]) -> None:
        key = attributes.get("PartName") or "." + attributes.get("Extension", "")
        types[plain_name(key)] = attributes.get("ContentType", "")

    pass_over(archive.part(CONTENT_TYPES) or b"<none/>", begin)
    by_ending = types.get(posixpath.splitext(workbook)[1], "")
    if "macroEnabled" in types.get(workbook, by_ending):
        raise Refused("macros")


def _sheets(archive: Archive, workbook: str) -> dict[str, str]:
    """The sheets by title → the key of the relation that leads to each."""
    sheets: dict[str, str] = {}

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name != "sheet":
            return
        keys = [value for key, value in attributes.items() if key.endswith(":id")]
        sheets[attributes.get("name", "")] = keys[0] if keys else ""

    pass_over(archive.part(workbook) or b"", begin)
    return sheets


class _Styles:
    """The styles under which a number shows zeros in front: number of the style → its format."""

    def __init__(self, archive: Archive, relations: _Relations) -> None:
        self.zeros: dict[str, str] = {}
        self.formats: dict[str, str] = {}
        self.inside = ""
        self.number = 0
        content = archive.part(relations.by_kind.get("styles", "xl/styles.xml"))
        if content is not None:
            pass_over(content, self._begin, self._end)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._note_format(attributes)
        elif name == "cellXfs":
            self.inside = name
        elif name == "xf" and self.inside:
            self._note_style(attributes)

    def _note_format(self, attributes: dict[str, str]) -> None:
        code = attributes.get("formatCode", "")
        if ZEROS.match(code):
            self.formats[attributes.get("numFmtId", "")] = code

    def _note_style(self, attributes: dict[str, str]) -> None:
        code = self.formats.get(attributes.get("numFmtId", ""))
        if code:
            self.zeros[str(self.number)] = code
        self.number += 1

    def _end(self, name: str) -> None:
        if name == self.inside:
            self.inside = ""


class _Counter:
    """Cells and rows of all sheets of a file, formatted empty ones too."""

    def __init__(self) -> None:
        self.cells = 0
        self.rows = 0

    def cell(self) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise Refused("too_many_cells")

    def row(self) -> None:
        self.rows += 1
        if self.rows > MOST_ROW_ELEMENTS:
            raise Refused("too_many_cells")


class _Sheet:
    """Passes over one sheet and gathers its facts."""

    def __init__(self, counter: _Counter, zeros: dict[str, str]) -> None:
        self.counter = counter
        self.zeros = zeros
        self.facts = Facts()
        self.row = 0
        self.column = 0
        self.type: str | None = None
        self.passing = Passing(self._begin, self._end)

    def scan(self, content: bytes) -> Facts:
        self.passing.parse(content)
        return self.facts

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "c":
                self._begin_cell(attributes)
            case "row":
                self._begin_row(attributes)
            case "f":
                self._begin_formula()
            case "v" | "is":
                self._begin_value()
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.counter.cell()
        at = coordinates(attributes.get("r", ""))
        self.row, self.column = at or (self.row, self.column + 1)
        self.type = attributes.get("t")
        code = self.zeros.get(attributes.get("s", "")) if self.zeros else None
        if code:
            self.facts.zeros[self.row, self.column] = code

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self.counter.row()
        number = attributes.get("r", "")
        self.row = int(number) if number.isdecimal() else self.row + 1
        self.column = 0
        if attributes.get("hidden") in TRUE:
            self.facts.hidden_rows.add(self.row)

    def _begin_formula(self) -> None:
        self.facts.hold(self.row, self.column)
        if self.type != "str":  # a formula that was computed to no text has the type of text
            self.facts.formulas.add((self.row, self.column))

    def _begin_value(self) -> None:
        self.facts.hold(self.row, self.column)
        if self.type == "e":
            self.facts.errors[self.row, self.column] = ""
            self.passing.collect(self._take_error)

    def _take_error(self, text: str) -> None:
        self.facts.errors[self.row, self.column] += text

    def _end(self, name: str) -> None:
        if name == "v":
            self.passing.collect(None)

    def _merge(self, reference: str) -> None:
        """Notes merged cells, such as B2:C3."""
        first, _, last = reference.partition(":")
        top_left, bottom_right = coordinates(first), coordinates(last)
        if top_left and bottom_right:
            area: Area = (*top_left, *bottom_right)
            self.facts.merged.append(area)


def shown_with_zeros(value: float, code: str) -> str | None:
    """A number as its format shows it; None where the format is of another kind."""
    found = ZEROS.match(code)
    if found is None or value < 0 or value != int(value):
        return None
    digits = str(int(value)).zfill(len(found[2]))
    return _literal(found[1]) + digits + _literal(found[3])


def _literal(text: Any) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda match: match[1] or match[2] or "", text)
