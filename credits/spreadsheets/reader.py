"""Takes a spreadsheet apart in a process of its own, which may take 10 s and 256 MB and no more.

`read(kind, content)` starts `python -m credits.spreadsheets.reader KIND`, gives it the file and gets JSON back: rows as
text by field, problems with row and column, and what the user may want to know. The child knows no Django, has no
database and may write no file. What goes wrong in it, whatever that is, is a problem with the file.
"""

from __future__ import annotations

import datetime
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from .sheets import GUIDE, MOST_ROWS, NO, SHEETS, YES, Column, Holds, Sheet, without_quote

MOST_BYTES = 5 * 1024 * 1024
MOST_SECONDS = 9  # leaves the parent one of its ten
MOST_MEMORY = 256 * 1024 * 1024
#: Of these, kept for saying that the others were not enough.
LAST_MEMORY = 16 * 1024 * 1024
#: So many files are taken apart at once by one process of the web server; others wait.
ROOM = threading.BoundedSemaphore(2)
MOST_COLUMNS = 40
#: What a workbook may unpack to. Real sheets of 5,000 rows and 40 columns stay below 20 MB and shrink twentyfold.
MOST_UNPACKED = 32 * 1024 * 1024
MOST_PARTS = 1000
MOST_RATIO = 200
RATIO_MATTERS = 4 * 1024 * 1024
#: Cells and rows of all sheets, formatted empty ones too.
MOST_CELLS = 400_000
MOST_ROW_ELEMENTS = 100_000
MOST_DEPTH = 60
#: No sheet has more rows than that.
LAST_ROW = 1_048_576
#: Characters of one cell. No field takes more than 300.
LONGEST_TEXT = 400
MOST_PROBLEMS = 500
#: The header is looked for in so many rows that are not empty: schools put titles and dates above it.
HEADER_WITHIN = 10

SENTENCES = {
    "empty_file": "文件是空的，请重新选择。",
    "too_large": f"文件超过 {MOST_BYTES // 1024 // 1024} MB。请只留要导入的数据，或者分成几个文件。",
    "old_format": "这是旧版的 .xls 文件。请用 Excel 或 WPS 打开，另存为 .xlsx，再上传。",
    "encrypted": "这个文件加了密码，系统打不开。请去掉密码，另存为 .xlsx，再上传。",
    "binary_format": "这是 .xlsb 文件。请用 Excel 打开，另存为 .xlsx，再上传。",
    "not_xlsx": "这不是 .xlsx 文件（只改文件名不行）。请用 Excel 或 WPS 打开，另存为 .xlsx，再上传。",
    "damaged": "文件打不开，可能没有传完整，或者已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx，再上传。",
    "macros": "这个文件带有宏（.xlsm），为了安全不接收。请另存为不带宏的 .xlsx，再上传。",
    "busy": "现在上传的人多，请过半分钟再传一次。",
    "too_much": "这个文件太大或太复杂，系统没有读完。请把数据复制到新下载的模板里，再上传。",
    "doctype": "这个文件里有表格不该有的内容，为了安全不接收。请把数据复制到新下载的模板里，再上传。",
    "too_many_cells": "表格里的格子太多（看起来空白、但设置过格式的也算）。请把数据复制到新下载的模板里，再上传。",
    "too_many_columns": f"最多 {MOST_COLUMNS} 列，这张表更宽。请删掉不用的列。",
    "too_many_rows": f"一次最多导入 {MOST_ROWS} 行，请分成几个文件。",
    "no_rows": "表里没有数据。请从标题行的下一行开始填写。",
    "no_header": "没有找到标题行。请用下载的模板，不要改动标题。",
    "missing_header": "缺少这一列，请补上（可以对照下载的模板）。",
    "doubled_header": "这一列出现了两次（{where}），请只留一列。",
    "other_kind": "提醒：这像是{where}。",
    "unused_column": "提醒：这一列没有用到（{where}）。",
    "merged_across": "提醒：这一行是合并的单元格，没有读入。",
    "merged_down": "这一格和上下几行合并了。请取消合并，每一行都填写。",
    "uncalculated": "这一格的公式还没有算出结果。请用 Excel 或 WPS 打开并保存一次，或者改成填好的内容。",
    "error_value": "这一格是错误值 {where}，请改正。",
    "number_as_code": "这一格是数字，前面的 0 可能已经丢了。请把这一列的格式设成“文本”再填（下载的模板已经设好）。",
    "number_as_name": "这一格是数字，这里要填文字。",
    "date_as_text": "这一格被当成了日期或时间，这里要填文字。请把这一列的格式设成“文本”再填。",
    "date_as_amount": "这一格是日期或时间，这里要填数字。请把这一格的格式设成“常规”再填。",
    "not_a_date": "这一格不是日期。请按“年-月-日”填写，如 2019-07-10。",
    "truth_as_text": "这一格是 TRUE 或 FALSE，这里要填文字。",
    "long_text": f"文字太长，最多 {LONGEST_TEXT} 个字。",
}


@dataclass(frozen=True)
class Problem:
    code: str
    row: int | None = None
    column: str = ""
    where: str = ""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code].format(where=self.where)

    @property
    def is_other_kind(self) -> bool:
        return self.code == "other_kind"


@dataclass
class Reading:
    """What was found: rows as [row number, {field: text}], what is wrong, and what is only worth knowing."""

    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


class Refused(Exception):
    """The file cannot be taken at all, or the reading ends here."""

    def __init__(self, code: str, row: int | None = None, column: str = "", where: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(code, row, column, where)


# --- the parent's side ------------------------------------------------------------------------------------------

ROOT = Path(__file__).resolve().parent.parent.parent


def command(kind: str) -> list[str]:
    return [sys.executable, "-m", "credits.spreadsheets.reader", kind]


def surroundings() -> dict[str, str]:
    """All the child is told: no secret of the settings is among it."""
    return {"PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1", "OPENPYXL_LXML": "False"}


def read(kind: str, content: bytes) -> Reading:
    """The rows of a spreadsheet of `kind`; whatever is wrong with the file stands in `problems`."""
    if len(content) > MOST_BYTES:
        return Reading(problems=[Problem("too_large")])
    if not ROOM.acquire(timeout=MOST_SECONDS):
        return Reading(problems=[Problem("busy")])
    try:
        return _taken_apart(kind, content)
    finally:
        ROOM.release()


def _taken_apart(kind: str, content: bytes) -> Reading:
    child = subprocess.Popen(  # noqa: S603  our own interpreter, a kind from our own list
        command(kind),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=surroundings(),
    )
    try:
        told, _ = child.communicate(content, timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return Reading(problems=[Problem("too_much")])
    if child.returncode == -signal.SIGXCPU or child.returncode == -signal.SIGKILL:
        return Reading(problems=[Problem("too_much")])
    try:
        found = json.loads(told)
    except ValueError:
        return Reading(problems=[Problem("damaged")])
    return Reading(
        rows=[(number, cells) for number, cells in found["rows"]],
        problems=[Problem(**one) for one in found["problems"]],
        notes=[Problem(**one) for one in found["notes"]],
    )


# --- the child's side -------------------------------------------------------------------------------------------


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY - LAST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(MOST_SECONDS + 1)  # where nobody is left to end it
    warnings.simplefilter("ignore")
    reading = Reading()
    try:
        _read_into(reading, SHEETS[sys.argv[1]], sys.stdin.buffer.read(MOST_BYTES + 1))
    except Refused as refused:
        reading.problems.append(refused.problem)
    except MemoryError:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        reading = Reading(problems=[Problem("too_much")])
    except Exception:  # a file can be wrong in more ways than can be named
        reading = Reading(problems=[Problem("damaged")])
    if reading.problems:
        reading.rows = []
    sys.stdout.write(json.dumps(asdict(reading), ensure_ascii=False))


def _read_into(reading: Reading, sheet: Sheet, content: bytes) -> None:
    archive = _archive(content)
    scans = _scan(archive)
    from openpyxl import DEFUSEDXML, load_workbook

    if not DEFUSEDXML:  # the scan above refuses entities already; this is the second lock
        raise RuntimeError("defusedxml is missing")
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    page = _page(book, sheet)
    scan = scans.get(page._worksheet_path)
    if scan is None:  # under a name by which it was not looked at
        raise Refused("damaged")
    if scan.last_column > MOST_COLUMNS:
        raise Refused("too_many_columns")
    if scan.last_row > LAST_ROW:
        raise Refused("damaged")
    page.reset_dimensions()  # programs write wrong ones
    _read_page(reading, sheet, page, scan)


def _page(book: Any, sheet: Sheet) -> Any:
    """The sheet of that title, else the first one that is shown and not the guide."""
    shown = [page for page in book.worksheets if page.sheet_state == "visible" and page.title != GUIDE]
    if not shown:
        raise Refused("no_rows")
    return next((page for page in shown if page.title == sheet.title), shown[0])


# Before anything is parsed: what kind of file it is, and how much is in it.


def _archive(content: bytes) -> zipfile.ZipFile:
    if not content:
        raise Refused("empty_file")
    if len(content) > MOST_BYTES:
        raise Refused("too_large")
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # OLE: the old format, or a container around what is encrypted
        raise Refused("encrypted" if "EncryptedPackage".encode("utf-16-le") in content else "old_format")
    if not content.startswith(b"PK"):
        raise Refused("not_xlsx")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("damaged") from error
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    names = {part.filename.casefold() for part in parts}
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise Refused("too_much")
    if unpacked > RATIO_MATTERS and unpacked > MOST_RATIO * len(content):
        raise Refused("too_much")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    if len(names) != len(parts):
        raise Refused("damaged")  # two parts of one name: which one is meant would be a guess
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused("macros")
    if "xl/workbook.bin" in names:
        raise Refused("binary_format")
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Refused("not_xlsx")
    return archive


@dataclass
class _Scan:
    """What openpyxl does not tell of a sheet: which cells hold formulas, what is merged, how far it reaches."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


class _Scanner:
    """Passes over the parts with expat, builds nothing, and refuses document types, depth and masses."""

    def __init__(self) -> None:
        self.cells = self.rows = 0

    def scan(self, content: bytes) -> _Scan:
        self.found, self.depth, self.row, self.column = _Scan(), 0, 0, 0
        parser = expat.ParserCreate()
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise Refused("damaged") from error
        return self.found

    def _refuse(self, *_: Any) -> None:
        raise Refused("doctype")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise Refused("too_much")
        name = name.rpartition(":")[2]
        if name == "c":
            self.cells += 1
            if self.cells > MOST_CELLS:
                raise Refused("too_many_cells")
            at = _coordinates(attributes.get("r", ""))
            self.row, self.column = at or (self.row, self.column + 1)
        elif name == "row":
            self.rows += 1
            if self.rows > MOST_ROW_ELEMENTS:
                raise Refused("too_many_cells")
            number = attributes.get("r", "")
            self.row, self.column = int(number) if number.isdecimal() else self.row + 1, 0
        elif name in ("v", "is", "f"):
            if name == "f":
                self.found.formulas.add((self.row, self.column))
            self.found.last_row = max(self.found.last_row, self.row)
            self.found.last_column = max(self.found.last_column, self.column)
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            if (one := _coordinates(first)) and (other := _coordinates(last)):
                self.found.merged.append((*one, *other))

    def _end(self, name: str) -> None:
        self.depth -= 1


_COORDINATES = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")


def _coordinates(text: str) -> tuple[int, int] | None:
    """(row, column) of B3, from 1."""
    match = _COORDINATES.match(text)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = 26 * column + ord(letter) - 64
    return int(match[2]), column


def _scan(archive: zipfile.ZipFile) -> dict[str, _Scan]:
    """Every XML part is looked at; what was found comes back by the names of the parts."""
    scanner, found = _Scanner(), {}
    for name in archive.namelist():
        if not name.casefold().endswith((".xml", ".rels", ".vml")):
            continue
        try:
            content = archive.read(name)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise Refused("damaged") from error
        if name.casefold() == "[content_types].xml" and b"macroEnabled" in content:
            raise Refused("macros")
        found[name] = scanner.scan(content)
    return found


# The sheet itself: its header, then row after row.


def _read_page(reading: Reading, sheet: Sheet, page: Any, scan: _Scan) -> None:
    rows = _rows(page, scan)
    above: list[tuple[int, tuple[Any, ...]]] = []
    head: tuple[int, dict[int, Column]] | None = None
    for number, cells in rows:
        if any(_shown(cell) for cell in cells):
            above.append((number, cells))
            columns = _columns(sheet, cells)
            if len(set(columns.values())) > 1:
                head = number, columns
                break
            if len(above) == HEADER_WITHIN:
                break
    for at, cells in above:
        _note_other_kind(reading, sheet, at, cells)
    if head is None:
        raise Refused("no_header" if above else "no_rows")
    number, columns = head
    _judge_header(reading, sheet, number, columns, above[-1][1])
    if reading.problems:
        return
    body = _Body(reading, columns, scan)
    for at, cells in rows:
        body.take(at, cells)
    if not reading.rows and not reading.problems:
        raise Refused("no_rows")


def _rows(page: Any, scan: _Scan) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Rows with their numbers, up to the last one with content: what comes after the data is not even parsed."""
    for number, cells in enumerate(page.iter_rows(max_col=MOST_COLUMNS), start=1):
        yield number, cells
        if number >= scan.last_row:
            return


def _columns(sheet: Sheet, cells: tuple[Any, ...]) -> dict[int, Column]:
    names = {_header(name): column for column in sheet.columns for name in (column.header, *column.also)}
    return {at: names[head] for at, cell in enumerate(cells) if (head := _header(_shown(cell))) in names}


def _judge_header(
    reading: Reading, sheet: Sheet, number: int, columns: dict[int, Column], cells: tuple[Any, ...]
) -> None:
    for column in sheet.columns:
        at = [index for index, one in columns.items() if one is column]
        if len(at) > 1:
            where = "、".join(f"{_letter(index)} 列" for index in at)
            reading.problems.append(Problem("doubled_header", number, column.header, where))
        elif not at and column.required:
            reading.problems.append(Problem("missing_header", number, column.header))
    for index, cell in enumerate(cells):
        if index not in columns and (name := _shown(cell)):
            reading.notes.append(Problem("unused_column", number, name[:30], f"{_letter(index)} 列"))


def _note_other_kind(reading: Reading, sheet: Sheet, number: int, cells: tuple[Any, ...]) -> None:
    """Where these headers fit another kind better: perhaps the wrong one was chosen."""
    known = {one.title: set(_columns(one, cells).values()) for one in SHEETS.values()}
    whole = [
        one.title
        for one in SHEETS.values()
        if all(column in known[one.title] for column in one.columns if column.required)
    ]
    best = max(whole, key=lambda title: len(known[title]), default=sheet.title)
    if len(known[best]) > len(known[sheet.title]):
        reading.notes.append(Problem("other_kind", number, "", f"{best}表，您选的是{sheet.title}"))


def _letter(index: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index + 1))


_ASIDE = re.compile(r"\((必填|选填|可不填)\)")


def _header(text: str) -> str:
    """A header without what schools add to it: spaces, stars, brackets that say it is required."""
    plain = unicodedata.normalize("NFKC", text).replace("*", "")
    return _ASIDE.sub("", "".join(plain.split())).rstrip(":")


class _Body:
    """The rows below the header."""

    def __init__(self, reading: Reading, columns: dict[int, Column], scan: _Scan) -> None:
        self.reading, self.columns, self.scan = reading, columns, scan
        used = {index + 1 for index in columns}
        self.across: set[int] = set()
        self.down: set[tuple[int, int]] = set()
        for top, left, bottom, right in scan.merged:
            touched = used & set(range(left, min(right, MOST_COLUMNS) + 1))
            if len(touched) > 1 and top == bottom:
                self.across.add(top)
            elif touched and bottom > top:
                # Rows beyond the last one with content need no naming.
                last = min(bottom, scan.last_row)
                self.down |= {(row, column) for row in range(top, last + 1) for column in touched}

    def take(self, number: int, cells: tuple[Any, ...]) -> None:
        if number in self.across:
            if any(_shown(cells[index]) for index in self.columns if index < len(cells)):
                self._say(self.reading.notes, Problem("merged_across", number))
            return
        values: dict[str, str] = {}
        problems: list[Problem] = []
        for index, column in self.columns.items():
            if index >= len(cells):
                continue
            if (number, index + 1) in self.down:
                problems.append(Problem("merged_down", number, column.header))
                continue
            try:
                text = self._text(number, index, cells[index], column)
            except Refused as refused:
                problems.append(Problem(refused.problem.code, number, column.header, refused.problem.where))
                continue
            if text:
                values[column.field] = text
        for problem in problems:
            self._say(self.reading.problems, problem)
        if values or problems:
            if len(self.reading.rows) == MOST_ROWS:
                self.reading.problems.clear()
                raise Refused("too_many_rows", number)
            self.reading.rows.append((number, values))

    def _say(self, where: list[Problem], problem: Problem) -> None:
        if len(where) < MOST_PROBLEMS:
            where.append(problem)

    def _text(self, number: int, index: int, cell: Any, column: Column) -> str:
        value = cell.value
        if value is None or value == "":
            # A formula that was computed to nothing has the type of text, one that was not has none.
            if (number, index + 1) in self.scan.formulas and cell.data_type != "str":
                raise Refused("uncalculated")
            return ""
        if cell.data_type == "e":
            raise Refused("error_value", where=str(value)[:20])
        if isinstance(value, bool):
            return _of_truth(value, column)
        if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
            return _of_day(value, column)
        if isinstance(value, int | float):
            return _of_number(value, column)
        text = _plain(str(value), column)
        if len(text) > LONGEST_TEXT:
            raise Refused("long_text")
        return text


def _of_truth(value: bool, column: Column) -> str:
    if column.holds is not Holds.YES_NO:
        raise Refused("truth_as_text")
    return YES if value else NO


def _of_day(value: Any, column: Column) -> str:
    if column.holds is Holds.DATE:
        if not isinstance(value, datetime.date):
            raise Refused("not_a_date")
        return datetime.date(value.year, value.month, value.day).isoformat()  # without the time of day
    raise Refused("date_as_amount" if column.holds is Holds.AMOUNT else "date_as_text")


def _of_number(value: float, column: Column) -> str:
    """The digits Excel would show: fifteen significant ones, so that 0.1+0.2 is 0.3."""
    if column.holds is Holds.CODE:
        raise Refused("number_as_code")
    if column.holds is Holds.NAME:
        raise Refused("number_as_name")
    if isinstance(value, int):
        return str(value)
    shown = f"{value:.15g}"
    return shown if "e" in shown or "n" in shown else shown.removesuffix(".0")


_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) +(?=[\u3400-\u9fff\U00020000-\U0003ffff])")


def _plain(text: str, column: Column) -> str:
    """One line without invisible characters; names without the spaces that pad 张　三 to three characters."""
    # A tab may begin what `safe_cell` quoted, so the quote goes before the white space does.
    text = without_quote(text)
    seen = "".join(" " if character.isspace() else character for character in text)
    seen = "".join(character for character in seen if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co"))
    line = " ".join(seen.split())
    return _HAN_GAP.sub("", line) if column.holds is Holds.NAME else line


def _shown(cell: Any) -> str:
    value = cell.value
    return "" if value is None else _plain(str(value), Column("", "", Holds.TEXT, "", ""))


if __name__ == "__main__":
    main()
