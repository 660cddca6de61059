"""Fixtures of the tests of importing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from faq.editing.documents import reader
from faq.editing.documents.reading import __main__ as reading
from faq.editing.spreadsheets.columns import ENTRIES, SHEETS
from helpdesk.common.spreadsheets import reader as sheets
from helpdesk.common.spreadsheets.reading import serving


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], object]:
    """Reads documents with the child's own function in this process, which saves starting one for each test."""
    monkeypatch.setattr(reader, "read", reading.read)
    return reading.read


@pytest.fixture
def sheets_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads spreadsheets in this process, as `read_here` does documents."""
    monkeypatch.setattr(sheets, "read", lambda command, content: serving.read(ENTRIES, content, SHEETS))
