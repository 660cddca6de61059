"""Word documents made of plain text, as tests give them to the importer."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import docx


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
