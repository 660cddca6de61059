"""Spreadsheets of entries to test with, and what is wrong with them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook

from faq.editing.found import FoundEntry
from faq.editing.spreadsheets.reader import SheetRefused, look

HEAD = ["问题", "答案"]


def book(*rows: Sequence[Any]) -> bytes:
    """A workbook with these rows in its one sheet."""
    made = Workbook()
    page: Any = made.active
    page.title = "问答"
    for row in rows:
        page.append(list(row))
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def found(*rows: Sequence[Any]) -> list[FoundEntry]:
    return look(book(*rows), "问答.xlsx").entries


def wrong(content: bytes, file_name: str = "问答.xlsx") -> list[str]:
    """The sentences with which a file is refused."""
    with pytest.raises(SheetRefused) as refused:
        look(content, file_name)
    return refused.value.sentences
