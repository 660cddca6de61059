"""One door for every file that holds entries: chosen by what its name ends in, read within bounds, marked."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from .documents import reader
from .documents.marks import marked, marks_of
from .documents.problems import SENTENCES, Refused
from .documents.splitting.choosing import Alternative, read_entries
from .found import FoundEntry
from .spreadsheets import reader as sheets

#: Problems of a spreadsheet that one sentence names.
MOST_SAID = 10
ASKS_NOTHING = "这份文件里几乎没有问句，可能是规定而不是问答。请看看每一条是不是该做成问答。"


#: Name under which pasted text is kept.
PASTED = "粘贴的文字.txt"
NO_TEXT = "不认得这种文件：里面不是文字，是网页、程序或数据。请打开它，复制上面的文字，粘贴进来；只改文件名不行。"
#: Endings that no reader takes, of files that one can save in another form → the sentence that says so.
REFUSED_ENDINGS = {
    ".doc": "old_word",
    ".wps": "old_word",
    ".docm": "macros",
    ".pdf": "pdf",
    ".rtf": "rtf",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic"), "picture"),
}
#: Beginning of markup (HTML, SVG, XML) and of JSON.
_CODE = re.compile(r'\s*(?:<[!?a-zA-Z]|\{\s*"|\[\s*[{"])')


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
    """Returns the entries of a file, cut as `numbering` names or in the best way. Raises Unreadable.

    A file is what its name ends in; text that was pasted is kept as a file named PASTED, and may be HTML.
    """
    if name == PASTED:
        return _document(content, numbering)
    suffix = PurePath(name).suffix.casefold()
    if suffix not in READERS:
        code = REFUSED_ENDINGS.get(suffix)
        raise Unreadable(SENTENCES[code] if code else _unknown(suffix))
    return READERS[suffix](content, numbering)


def _unknown(suffix: str) -> str:
    named = f"（{suffix}）" if 1 < len(suffix) < 10 else ""
    return f"不认得这种文件{named}。能导入的有 {'、'.join(ENDINGS)}；网页请复制上面的文字，粘贴进来。"


def _word(content: bytes, numbering: str) -> FileReading:
    _refuse_code(content)
    return _document(content, numbering)


def _text(content: bytes, numbering: str) -> FileReading:
    _refuse_code(content)
    return _document(content, numbering, no_word=NO_TEXT)


def _refuse_code(content: bytes) -> None:
    if _CODE.match(_beginning(content)):
        raise Unreadable(NO_TEXT)


def _beginning(content: bytes) -> str:
    """Returns the first characters of a text, as far as these tell code from words."""
    first = content[:1000]
    wide = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return first.decode("utf-16" if wide else "utf-8-sig", "ignore")


def _document(content: bytes, numbering: str, no_word: str = SENTENCES["not_word"]) -> FileReading:
    """Returns the entries of a document; `no_word` is said of a file whose content is neither Word's nor text."""
    try:
        document = reader.read(content)
        reading = read_entries(document, numbering)
    except Refused as refused:
        raise Unreadable(no_word if refused.code == "not_word" else refused.sentence) from refused
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


#: Ending of a file's name → its reader.
READERS: dict[str, Callable[[bytes, str], FileReading]] = {
    ".docx": _word,
    ".txt": _text,
    **dict.fromkeys(sheets.ENDINGS, _spreadsheet),
}
#: Endings that the browser offers to choose.
ENDINGS = tuple(READERS)
