"""Fixtures of the search tests: a process that has just started, its folder, an index that takes long to build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from faq.search.content import take_snapshot
from faq.search.index import Index, build
from faq.search.replica import Replica

from .helpers import new_process

#: The index of the content as loaded, built once because it takes its time.
of_content: dict[str, Index] = {}


@pytest.fixture(autouse=True)
def replica(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Replica:
    """The replica of a process that has just started; with `content`, it already holds the index of that."""
    replica = new_process(monkeypatch)
    if "content" in request.fixturenames:
        request.getfixturevalue("content")
        replica._held = of_content["index"] if of_content else of_content.setdefault("index", build(take_snapshot()))
    return replica


@pytest.fixture
def folder(settings: Any) -> Path:
    """The folder of the index on disk."""
    return Path(settings.SEARCH_INDEX_DIR)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """No index is built while a reader waits, as if there were very many entries."""
    monkeypatch.setattr("faq.search.replica.ON_THE_SPOT", 0)
