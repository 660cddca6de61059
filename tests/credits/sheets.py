"""Spreadsheets to test with, made in code: as schools have them, and as nobody should be able to harm us with."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook, load_workbook

from credits.spreadsheets import reader
from credits.spreadsheets.columns import SHEETS
from helpdesk.common import child

SHEET, WORKBOOK, TYPES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"
SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(rows: Iterable[Sequence[Any]], *, title: str = "教师") -> bytes:
    """A workbook with these rows in its one sheet."""
    made = Workbook()
    page: Any = made.active
    page.title = title
    for row in rows:
        page.append(list(row))
    return saved(made)


def saved(made: Any) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def filled(kind: str, *records: Mapping[str, Any]) -> bytes:
    """A workbook of that kind with a row for each of the records, which name headers and values."""
    headers = [column.header for column in SHEETS[kind].columns]
    assert all(header in headers for record in records for header in record), records
    return book([headers, *([record.get(header) for header in headers] for record in records)])


def example(kind: str) -> dict[str, str]:
    return {column.header: column.example for column in SHEETS[kind].columns}


def fill_in(template: bytes, record: Mapping[str, Any]) -> bytes:
    """The template with one row typed into it, as a person would."""
    made = load_workbook(io.BytesIO(template))
    page: Any = made.worksheets[0]
    for cell in page[1]:
        below = page.cell(row=2, column=cell.column, value=record[str(cell.value).removesuffix("*")])
        below.number_format = page.column_dimensions[cell.column_letter].number_format
    return saved(made)


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items() if isinstance(parts, Mapping) else parts:
            archive.writestr(name, content)
    return file.getvalue()


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    parts = parts_of(content)
    assert name in parts
    return packed(parts | {name: change(parts[name])})


def replaced(content: bytes, name: str, old: str, new: str) -> bytes:
    def change(part: bytes) -> bytes:
        assert old.encode() in part
        return part.replace(old.encode(), new.encode())

    return changed(content, name, change)


def with_sheet(xml: str) -> bytes:
    """A workbook whose sheet's data is this XML."""
    whole = f'<worksheet xmlns="{MAIN}"><sheetData>{xml}</sheetData></worksheet>'
    return changed(book([["x"]]), SHEET, lambda _: whole.encode())


def row_xml(number: int, texts: Iterable[str]) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{cells}</row>'


def with_texts(content: bytes, texts: str) -> bytes:
    """The workbook with a table of texts that its sheets may refer to by number, as Excel writes them."""
    table = f'<sst xmlns="{MAIN}">{texts}</sst>'.encode()
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/></Types>'
    return replaced(packed(parts_of(content) | {"xl/sharedStrings.xml": table}), TYPES, "</Types>", override)


# --- broken ones: name → file and the code of the problem ---------------------------------------------------------

GOOD = {"教师编号": "0001", "姓名": "张三"}
ENTITIES = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "ha">{ENTITIES}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _declared(doctype: str) -> Callable[[bytes], bytes]:
    return lambda part: b"<?xml version='1.0'?>" + doctype.encode() + part.split(b"?>", 1)[-1]


def _noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


def cells_bomb() -> bytes:
    """Two million cells in some tens of kilobytes."""
    return with_sheet(("<row>" + "<c><v>1</v></c>" * 1000 + "</row>") * 2000)


def _unzip_bomb() -> bytes:
    return packed(parts_of(filled("teachers", GOOD)) | {"xl/media/x.xml": b" " * 300_000_000})


def _zip_flagged(content: bytes) -> bytes:
    """As if its first part were encrypted: the bit that says so, in both headers."""
    whole = bytearray(content)
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


ODS = b"application/vnd.oasis.opendocument.spreadsheet"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
#: A million rows of a thousand cells each, in a few hundred bytes.
REPEATED = (
    f'<office:document-content xmlns:office="{OFFICE}" xmlns:table="{TABLE}"><office:body><office:spreadsheet>'
    '<table:table table:name="教师"><table:table-row table:number-rows-repeated="1000000">'
    '<table:table-cell table:number-columns-repeated="1000" office:value-type="float" office:value="1"/>'
    "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
)


def _ods(content: str, doctype: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    parts = {"mimetype": ODS, "META-INF/manifest.xml": b"<x/>", "content.xml": (doctype + content).encode()}
    return packed(parts | dict(more or {}))


def _flipped(content: bytes) -> bytes:
    """Some bytes of the sheet overwritten."""
    at = content.index(SHEET.encode()) + len(SHEET) + 40
    return content[:at] + bytes(30) + content[at + 30 :]


def _lying(content: bytes) -> bytes:
    """Says of a part that it is tiny, in the directory by which it is read."""
    whole = bytearray(content)
    at = whole.index(b"PK\x01\x02", 0)
    while not bytes(whole[at + 46 :]).startswith(SHEET.encode()):
        at = whole.index(b"PK\x01\x02", at + 4)
    whole[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(whole)


def broken() -> dict[str, tuple[bytes, str]]:
    good = filled("teachers", GOOD)
    parts = parts_of(good)
    utf16 = (OUTSIDE + "<x/>").encode("utf-16")
    deep = f"<worksheet xmlns='{MAIN}'>" + "<a>" * 100_000 + "</a>" * 100_000 + "</worksheet>"
    long = row_xml(1, ["教师编号", "姓名"]) + "".join(row_xml(at, ["T", "字" * 1000]) for at in range(2, 300))
    return {
        "empty": (b"", "empty_file"),
        "too large": (good + bytes(reader.MOST_BYTES), "too_large"),
        "a text whose quotes stay open": ('教师编号,姓名\n0001,"张三\n'.encode(), "open_quote"),
        "a text that is no table": ("今天开会，请各位老师准时参加。\n".encode(), "no_header"),
        "noise": (_noise(5000), "not_a_table"),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        "a Numbers file": (packed({"Index/Document.iwa": b"x"}), "numbers_file"),
        "a Word file": (packed({TYPES: b"<x/>", "word/document.xml": b"<x/>"}), "word_file"),
        "an archive of tables": (packed({"一校.xlsx": good}), "compressed"),
        "a renamed web page": (b"<html><table></table></html>", "web_page"),
        "a renamed old workbook": (OLE + "Workbook".encode("utf-16-le"), "old_damaged"),
        "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        "encrypted parts": (_zip_flagged(good), "encrypted"),
        "truncated": (good[: len(good) // 2], "damaged"),
        "only its first bytes": (b"PK\x03\x04", "damaged"),
        "bits flipped": (_flipped(good), "damaged"),
        "another zip": (packed({"a.txt": b"x"}), "not_a_table"),
        "binary workbook": (packed({TYPES: b"<x/>", "xl/workbook.bin": b"x"}), "binary_format"),
        "no workbook inside": (packed({TYPES: parts[TYPES], "xl/styles.xml": b"<x/>"}), "damaged"),
        "XML that is none": (changed(good, SHEET, lambda part: part[:-20]), "damaged"),
        "the same part twice": (packed([*parts.items(), (SHEET.upper(), parts[SHEET])]), "damaged"),
        "a part larger than it says": (_lying(good), "damaged"),
        "macros": (packed(parts | {"xl/vbaProject.bin": b"x"}), "macros"),
        "macros by type": (
            replaced(
                good,
                TYPES,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            ),
            "macros",
        ),
        "two million cells": (cells_bomb(), "too_much"),
        "two million cells beside noise": (
            packed(parts_of(cells_bomb()) | {"xl/media/a.png": _noise(400_000)}),
            "too_many_cells",
        ),
        "300 MB of blanks": (_unzip_bomb(), "too_much"),
        "thousands of parts": (packed(parts | {f"xl/media/{at}.txt": b"" for at in range(2000)}), "too_much"),
        "a hundred thousand levels": (changed(good, SHEET, lambda _: deep.encode()), "too_much"),
        "an outside entity in the sheet": (changed(good, SHEET, _declared(OUTSIDE)), "doctype"),
        "an outside entity in the workbook": (changed(good, WORKBOOK, _declared(OUTSIDE)), "doctype"),
        "an outside entity in UTF-16": (packed(parts | {"xl/theme/theme1.xml": utf16}), "doctype"),
        "billion laughs": (changed(good, "xl/styles.xml", _declared(LAUGHS)), "doctype"),
        "an .ods of repeated cells": (_ods(REPEATED), "too_many_cells"),
        "an .ods with an outside entity": (_ods('<x:x xmlns:x="x"/>', OUTSIDE), "doctype"),
        "an .ods with macros": (_ods("<x/>", more={"Basic/script-lc.xml": b"<x/>"}), "macros"),
        "an .ods without content": (packed({"mimetype": ODS, "content.xml": b"<x/>"}), "no_rows"),
        "rows beyond the last": (with_sheet('<row r="99999999"><c r="A99999999"><v>1</v></c></row>'), "damaged"),
        "a row of no number": (with_sheet(f'<row r="{"9" * 5000}"><c><v>1</v></c></row>'), "damaged"),
        "a column too far": (with_sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "too_many_columns"),
        "a shared text that is not there": (with_sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), "damaged"),
        "endless texts": (with_sheet(long), "long_text"),
    }


def heavy() -> dict[str, bytes]:
    """Workbooks of one teacher beside masses that nobody needs: read, within the bounds all the same."""
    good = filled("teachers", GOOD)
    strings = "".join(f"<si><t>{at}</t></si>" for at in range(1_300_000))
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 1_200_000}</cellXfs></styleSheet>'.encode()
    masses = {"xl/styles.xml": styles, "xl/media/a.png": _noise(400_000)}
    return {
        "a table of more than a million texts": with_texts(good, strings),
        "a million styles": packed(parts_of(good) | masses),
    }


# --- the child, measured --------------------------------------------------------------------------------------------


@dataclass
class Measured:
    told: bytes
    seconds: float
    megabytes: float
    code: int


#: Starts a command, ends it as `reader.read` would, and tells what it took of memory: asked of the process of the
#: tests itself, the answer would begin with what the tests hold.
WATCH = """
import resource, subprocess, sys
try:
    code = subprocess.run(sys.argv[2:], stderr=subprocess.DEVNULL, timeout=float(sys.argv[1])).returncode
except subprocess.TimeoutExpired:
    code = -9
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


def measured(kind: str, content: bytes) -> Measured:
    """Starts the child as `reader.read` does, and tells what it took of time and memory."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(child.MOST_SECONDS), *reader.command(kind)],
        input=content,
        capture_output=True,
        cwd=child.ROOT,
        env=child.surroundings(),
        timeout=30,
        check=True,
    )
    code, kilobytes = done.stderr.split()
    return Measured(done.stdout, time.monotonic() - begun, int(kilobytes) / 1024, int(code))
