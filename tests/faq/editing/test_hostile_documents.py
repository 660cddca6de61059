"""Files that are no documents, or mean harm, are refused with a sentence that says what to do."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from faq.editing.documents import reader
from faq.editing.documents.problems import MOST_BYTES, MOST_PARAGRAPHS, SENTENCES, Refused

from .word_files import paragraphs, saved

DOCTYPE = '<!DOCTYPE w:document [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE w:document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def _word() -> bytes:
    document = docx.Document()
    document.add_paragraph("1、能打开吗？")
    return saved(document)


def _changed(name: str, change: object, more: dict[str, bytes] | None = None) -> bytes:
    """Returns a Word file with one part changed, and further parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_word())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)  # type: ignore[operator]
        for part, content in (more or {}).items():
            new.writestr(part, content)
    return made.getvalue()


def _with_doctype(doctype: str, entity: str) -> bytes:
    def change(content: bytes) -> bytes:
        text = content.decode()
        head, _, rest = text.partition("?>")
        return f"{head}?>{doctype}{rest.replace('1、能打开吗？', entity)}".encode()

    return _changed("word/document.xml", change)


def _encrypted_flag() -> bytes:
    content = bytearray(_word())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


MACRO = b"application/vnd.ms-word.document.macroEnabled.main+xml"
MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
HOSTILE = {
    "empty": (b"  \n", "empty"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_word"),
    "encrypted word": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 80 + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "pdf": (b"%PDF-1.7\n...", "pdf"),
    "rtf": (b"{\\rtf1 hello}", "rtf"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture"),
    "workbook": (_changed("[Content_Types].xml", lambda content: content.replace(MAIN, b"sheet")), "not_word"),
    "macro type": (_changed("[Content_Types].xml", lambda content: content.replace(MAIN, MACRO)), "macros"),
    "macro part": (_changed("", None, {"word/vbaProject.bin": b"x"}), "macros"),
    "external entity": (_with_doctype(DOCTYPE, "&secret;"), "doctype"),
    "many laughs": (_with_doctype(LAUGHS, "&b;"), "doctype"),
    "bomb": (_changed("", None, {"word/media/a.bin": b"\x00" * 40_000_000}), "too_much"),
    "bomb of xml": (_changed("", None, {"word/a.xml": b"<a>" + b" " * 13_000_000 + b"</a>"}), "too_much"),
    "deep": (_changed("", None, {"word/a.xml": b"<a>" * 500 + b"</a>" * 500}), "too_much"),
    "cut off": (_word()[:3000], "damaged"),
    "flagged as encrypted": (_encrypted_flag(), "encrypted"),
    "two parts of one name": (_changed("", None, {"WORD/document.xml": b"<a/>"}), "damaged"),
    "unknown letters": (b"\xff\xff\xff\x80 \x81\x20", "unknown_letters"),
    "controls": ("1、问？\x01\n".encode(), "unknown_letters"),
    "no words": (paragraphs(["", " "]), "empty"),
    "long word": (paragraphs(["一段"] * (MOST_PARAGRAPHS + 1)), "too_many_paragraphs"),
    "long text": (("一行\n" * (MOST_PARAGRAPHS + 1)).encode(), "too_many_paragraphs"),
    "large": (b"a" * (MOST_BYTES + 1), "too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_file_is_refused_for_its_reason(name: str) -> None:
    content, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        reader.read(content)
    assert refused.value.code == code


@pytest.mark.parametrize("code", ["old_word", "pdf", "macros", "picture", "rtf", "encrypted", "too_much", "too_large"])
def test_sentence_says_to_save_as_docx(code: str) -> None:
    assert "另存为 docx" in SENTENCES[code]


def test_longest_document_is_read_in_time() -> None:
    lines = [f"{number}、怎样办第 {number} 件事？\n请这样办。" for number in range(1, MOST_PARAGRAPHS // 2)]
    assert len(reader.read("\n".join(lines).encode()).blocks) == len(lines) * 2
