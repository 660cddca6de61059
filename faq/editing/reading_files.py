"""One door for every file that holds entries: chosen by what its name ends in, read within bounds, marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from .documents import reader
from .documents.marks import marked, marks_of
from .documents.problems import Refused
from .documents.splitting.choosing import Alternative, read_entries
from .found import FoundEntry
from .spreadsheets import reader as sheets

#: Problems of a spreadsheet that one sentence names.
MOST_SAID = 10
ASKS_NOTHING = "这份文件里几乎没有问句，可能是规定而不是问答。请看看每一条是不是该做成问答。"


class Unreadable(Exception):
    """A file that gives no entries; its words are a sentence in Chinese."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """The entries of a file, how it was cut into them, and the other ways to cut it."""

    entries: list[FoundEntry]
    numbering: str = ""
    alternatives: list[Alternative] = field(default_factory=list)
    title: str = ""
    #: Lines that belong to no entry.
    left_out: list[str] = field(default_factory=list)
    #: Sentences about the file as a whole.
    notes: list[str] = field(default_factory=list)
    #: Base64 of the pictures that answers name as `picture:0`, `picture:1` …
    pictures: list[str] = field(default_factory=list)


def read_file(name: str, content: bytes, numbering: str = "") -> FileReading:
    """Returns the entries of a file, cut as `numbering` names or in the best way. Raises Unreadable."""
    suffix = PurePath(name).suffix.casefold()
    return READERS.get(suffix, _document)(content, numbering)


def read_pasted(text: str, numbering: str = "") -> FileReading:
    """Returns the entries of pasted text. Raises Unreadable."""
    return _document(text.encode("utf-8", "replace"), numbering)


def _document(content: bytes, numbering: str) -> FileReading:
    try:
        document = reader.read(content)
        reading = read_entries(document, numbering)
    except Refused as refused:
        raise Unreadable(refused.sentence) from refused
    except LookupError as error:
        raise Unreadable(str(error.args[0])) from error
    return FileReading(
        entries=marked(reading.split.entries),
        numbering=reading.numbering,
        alternatives=reading.alternatives,
        title=reading.split.title,
        left_out=reading.split.left_out,
        notes=[ASKS_NOTHING] if reading.asks_nothing else [],
        pictures=document.pictures,
    )


def _spreadsheet(content: bytes, numbering: str) -> FileReading:
    """Returns the entries of a spreadsheet, which says itself where each of them begins."""
    try:
        look = sheets.look(content, "")
    except sheets.SheetRefused as refused:
        raise Unreadable(" ".join(refused.sentences[:MOST_SAID])) from refused
    entries: list[FoundEntry] = [replace(one, marks=(*one.marks, *marks_of(one))) for one in look.entries]
    return FileReading(entries=entries, notes=look.notes)


#: Ending of a file's name → its reader; every other file is taken for a document, which knows what it is not.
READERS: dict[str, Callable[[bytes, str], FileReading]] = {
    ".docx": _document,
    ".txt": _document,
    **dict.fromkeys(sheets.ENDINGS, _spreadsheet),
}
#: Endings that the browser offers to choose.
ENDINGS = tuple(READERS)
