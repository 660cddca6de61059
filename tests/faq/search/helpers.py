"""Helpers of the search tests: entries made in one line, refs found, a process that has just started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from faq import search
from faq.models import Category, Entry
from faq.search.replica import Replica

#: For tests that need committed changes, which the files and other processes see.
committed = pytest.mark.django_db(transaction=True)


def new_process(monkeypatch: pytest.MonkeyPatch) -> Replica:
    """Let search go on as in a process that has just started, without an index in memory."""
    replica = Replica()
    monkeypatch.setattr(search, "own_replica", replica)
    return replica


def refs(query: str) -> list[str]:
    """Return the refs of the entries found."""
    return [hit.entry.ref for hit in search.search(query).hits]


def make_entry(question: str, answer: str = "<p>答案</p>", **fields: Any) -> Entry:
    """Return a saved entry, published and of the first category unless `fields` say otherwise."""
    category = Category.objects.first() or Category.objects.create(slug="made", name="登录问题")
    fields = {"category": category, "status": Entry.Status.PUBLISHED} | fields
    return Entry.objects.create(question=question, answer=answer, **fields)


def flip_a_bit(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes() or b" ")
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
