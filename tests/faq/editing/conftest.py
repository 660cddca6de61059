"""Fixtures of the tests of importing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from faq.editing.documents import reader
from faq.editing.documents.reading import __main__ as reading


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], object]:
    """Reads documents with the child's own function in this process, which saves starting one for each test."""
    monkeypatch.setattr(reader, "read", reading.read)
    return reading.read
