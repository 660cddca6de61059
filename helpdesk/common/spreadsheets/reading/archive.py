"""The archive that a workbook is, and its XML parts: how much is in it is judged before anything is parsed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat

from .problems import MOST_DEPTH, MOST_PARTS, MOST_RATIO, MOST_UNPACKED, RATIO_MATTERS, Refused

#: Endings of the parts that hold XML.
XML = (".xml", ".rels", ".vml")
#: Errors that zipfile raises on a part that is not what the directory says.
UNREADABLE = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, ValueError)

Begin = Callable[[str, dict[str, str]], None]


class Archive:
    """An archive whose directory was judged. Parts are found by name in either case and with either slash."""

    def __init__(self, content: bytes) -> None:
        self._zip = _opened(content)
        self._names = _names(self._zip)

    @property
    def names(self) -> Mapping[str, str]:
        """The parts: plain name → the name in the archive."""
        return self._names

    def part(self, name: str) -> bytes | None:
        """The content of a part; None where there is none. Raises Refused where it is damaged."""
        found = self._names.get(plain_name(name))
        if found is None:
            return None
        try:
            return self._zip.read(found)
        except UNREADABLE as error:
            raise Refused("damaged") from error

    def xml_names(self) -> list[str]:
        return [name for name in self._names if name.endswith(XML)]


def plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("damaged") from error
    parts = archive.infolist()
    _demand_bounded(parts, len(content))
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    return archive


def _demand_bounded(parts: list[zipfile.ZipInfo], size: int) -> None:
    """Refuses what unpacks to too much; `size` is that of the file in bytes."""
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise Refused("too_much")
    if unpacked > RATIO_MATTERS and unpacked > MOST_RATIO * size:
        raise Refused("too_much")


def _names(archive: zipfile.ZipFile) -> dict[str, str]:
    names = archive.namelist()
    plain = {plain_name(name): name for name in names}
    if len(plain) != len(names):  # two parts of one name: which one is meant would be a guess
        raise Refused("damaged")
    return plain


# --- XML ----------------------------------------------------------------------------------------------------------


def pass_over(content: bytes, begin: Begin | None = None, end: Callable[[str], None] | None = None) -> Any:
    """Passes over XML, builds nothing, and refuses document types; raises Refused where it is damaged.

    `begin` and `end` are told the name of each element without its prefix, and `begin` its attributes too.
    """
    parser = Passing(begin, end)
    parser.parse(content)


class Passing:
    """A parser that keeps count of depth, and collects text while it is asked to."""

    def __init__(self, begin: Begin | None, end: Callable[[str], None] | None) -> None:
        self.begin = begin
        self.end = end
        self.depth = 0
        self.parser = expat.ParserCreate()
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        if begin:
            self.parser.StartElementHandler = self._begin
            self.parser.EndElementHandler = self._end

    def parse(self, content: bytes) -> None:
        try:
            self.parser.Parse(content, True)
        except expat.ExpatError as error:
            raise Refused("damaged") from error

    def collect(self, take: Callable[[str], None] | None) -> None:
        """Gives the text that follows to `take`, or from now on to nobody."""
        self.parser.CharacterDataHandler = take

    def _refuse(self, *_: Any) -> None:
        raise Refused("doctype")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise Refused("too_much")
        self.begin(name.rpartition(":")[2], attributes)  # type: ignore[misc]

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.end:
            self.end(name.rpartition(":")[2])


def demand_no_doctypes(archive: Archive) -> None:
    """Refuses an archive with a document type in any part, read or not. A part that is not read may be damaged."""
    for name in archive.xml_names():
        try:
            pass_over(archive.part(name) or b"")
        except Refused as refused:
            if refused.problem.code != "damaged":
                raise
