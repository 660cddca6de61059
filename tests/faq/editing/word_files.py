"""Word documents made of plain text, as tests give them to the importer."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml


def saved(document: Any) -> bytes:
    """Returns a Word document as the bytes of its file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def paragraphs(lines: Iterable[str], *, blank: bool = True) -> bytes:
    """Returns a .docx with a paragraph a line; without the blank ones where `blank` is False."""
    document = docx.Document()
    for line in lines:
        if blank or line.strip():
            document.add_paragraph(line)
    return saved(document)


def with_tables(text: str) -> bytes:
    """Returns a .docx with a paragraph for each paragraph of `text`, lines of one joined, and Word's own tables."""
    document = docx.Document()
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        if len(lines) > 1 and all("\t" in line for line in lines):
            rows = [line.split("\t") for line in lines]
            table = document.add_table(0, max(len(row) for row in rows))
            for row in rows:
                for cell, words in zip(table.add_row().cells, row, strict=True):
                    cell.text = words
        else:
            document.add_paragraph("\n".join(line.strip() for line in lines))
    return saved(document)


# --- automatic numbers --------------------------------------------------------------------------------------------

_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def add_numbering(
    document: Any, key: int, *levels: tuple[str, str], starts: int = 1, shares: int | None = None
) -> None:
    """Adds list `key` to numbering.xml: a format and a text, such as ("chineseCounting", "%1、"), for each level.

    `shares`: the list whose rules it has, so that Word counts both together unless one says where it starts.
    """
    root = document.part.numbering_part.element
    if shares is None:
        rules = "".join(
            f'<w:lvl w:ilvl="{at}"><w:start w:val="{starts}"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for at, (kind, text) in enumerate(levels)
        )
        rule = parse_xml(f'<w:abstractNum {_SPACE} w:abstractNumId="{1000 + key}">{rules}</w:abstractNum>')
        root.insert(0, rule)
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if shares else ""
    owner = 1000 + (shares or key)
    root.append(parse_xml(f'<w:num {_SPACE} w:numId="{key}"><w:abstractNumId w:val="{owner}"/>{anew}</w:num>'))


def numbered(document: Any, text: str, key: int, level: int = 0) -> Any:
    """Adds a paragraph that Word numbers by list `key`; the number is not in its text."""
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {_SPACE}><w:ilvl w:val="{level}"/><w:numId w:val="{key}"/></w:numPr>'))
    return paragraph


def add_link(paragraph: Any, address: str, words: str) -> None:
    """Adds a link as Word writes it: the address is not in the text."""
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = parse_xml(
        f'<w:hyperlink {_SPACE} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:id="{relation}"><w:r><w:t>{words}</w:t></w:r></w:hyperlink>'
    )
    paragraph._p.append(link)
