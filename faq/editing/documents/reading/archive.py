"""The archive that a .docx is: how much is in it, and what it holds, is judged before anything is parsed."""

from __future__ import annotations

import io
import zipfile
from xml.parsers import expat

from ..problems import MOST_DEPTH, MOST_PARTS, MOST_RATIO, MOST_UNPACKED, MOST_XML, RATIO_MATTERS, Refused

#: Endings of the parts that hold XML.
XML = (".xml", ".rels", ".vml")
#: Errors that zipfile raises on a part that is not what the directory says.
UNREADABLE = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, ValueError)
TYPES = "[content_types].xml"
WORD_TYPE = b"wordprocessingml.document.main+xml"
MACRO_TYPE = b"macroenabled"


def demand_plain_word(content: bytes) -> None:
    """Checks that the file is a Word document of bounded size without macros, password or document types.

    Raises Refused.
    """
    archive = _opened(content)
    parts = {_plain(part.filename): part for part in archive.infolist()}
    types = parts.get(TYPES)
    if types is None:
        raise Refused("not_word")
    kinds = _content(archive, types).lower()
    if MACRO_TYPE in kinds or any(name.endswith("vbaproject.bin") for name in parts):
        raise Refused("macros")
    if WORD_TYPE not in kinds:
        raise Refused("not_word")
    for name, part in parts.items():
        if name.endswith(XML):
            _pass_over(_content(archive, part))


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except UNREADABLE as error:
        raise Refused("damaged") from error
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    as_xml = sum(part.file_size for part in parts if _plain(part.filename).endswith(XML))
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or as_xml > MOST_XML:
        raise Refused("too_much")
    if unpacked > RATIO_MATTERS and unpacked > MOST_RATIO * len(content):
        raise Refused("too_much")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    if len({_plain(part.filename) for part in parts}) != len(parts):
        raise Refused("damaged")  # two parts of one name: which one is meant would be a guess
    return archive


def _content(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(part) as opened:
            content = opened.read(part.file_size + 1)
    except UNREADABLE as error:
        raise Refused("damaged") from error
    if len(content) > part.file_size:
        raise Refused("damaged")
    return content


def _pass_over(xml: bytes) -> None:
    """Passes over XML without building anything. Raises Refused for document types, entities and great depth."""
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise Refused("too_much")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise Refused("doctype")

    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise Refused("damaged") from error
