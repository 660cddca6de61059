"""What the tests of this folder share: a process in which nothing was counted before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faq.insight import counting


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> Iterator[None]:
    """Other tests search too, and what they counted is never written down."""
    counting.held.take()
    yield
    counting.held.take()
