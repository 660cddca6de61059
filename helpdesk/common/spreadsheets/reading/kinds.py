"""The kind of a file, told by its content: names lie, and children of one program wear the name of another."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from .problems import MOST_BYTES, Refused


class Kind(Enum):
    """Kinds of files that hold tables."""

    XLSX = "xlsx"
    ODS = "ods"
    OLD = "xls"
    TEXT = "csv"


ZIP = b"PK"
#: The container of old workbooks, of WPS's .et, and of what is encrypted.
OLE = b"\xd0\xcf\x11\xe0"
#: How files begin that are no tables → the code of the advice on them.
OTHERS = {
    b"%PDF": "picture",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"BM": "picture",
    b"Rar!": "compressed",
    b"7z\xbc\xaf": "compressed",
    b"\x1f\x8b": "compressed",
}
#: Names in an OLE container → the code of the advice on it.
IN_OLE = {
    "EncryptedPackage": "encrypted",
    "_VBA_PROJECT": "macros",
    "WordDocument": "word_file",
}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def kind_of(content: bytes) -> Kind | None:
    """The kind of a file; None for an archive, which is yet to be opened. Raises Refused where it is no table."""
    if not content:
        raise Refused("empty_file")
    if len(content) > MOST_BYTES:
        raise Refused("too_large")
    if content.startswith(OLE):
        _demand_old_workbook(content)
        return Kind.OLD
    if content.startswith(ZIP):
        return None
    _demand_text(content)
    return Kind.TEXT


def _demand_old_workbook(content: bytes) -> None:
    for name, code in IN_OLE.items():
        if name.encode("utf-16-le") in content:
            raise Refused(code)


def _demand_text(content: bytes) -> None:
    for beginning, code in OTHERS.items():
        if content.startswith(beginning):
            raise Refused(code)
    text = content.removeprefix(BYTE_ORDER_MARK).lstrip()
    if text.startswith(b"<"):
        raise Refused("web_page")


def kind_of_archive(names: Collection[str]) -> Kind:
    """The kind of an archive, by the names of its parts in small letters. Raises Refused where it is no workbook."""
    if any(name.endswith("vbaproject.bin") or name.startswith("basic/") for name in names):
        raise Refused("macros")
    if "xl/workbook.bin" in names:  # calamine leaves out cells of some, and nobody would see it
        raise Refused("binary_format")
    if "content.xml" in names and "mimetype" in names:
        return Kind.ODS
    if any(name.endswith(".iwa") for name in names) or "index.zip" in names:
        raise Refused("numbers_file")
    if "word/document.xml" in names:
        raise Refused("word_file")
    if "[content_types].xml" in names and any(name.startswith("xl/") for name in names):
        return Kind.XLSX
    raise Refused("compressed" if _holds_tables(names) else "not_a_table")


def _holds_tables(names: Collection[str]) -> bool:
    return any(name.endswith((".xlsx", ".xls", ".et", ".ods", ".csv")) for name in names)
