"""Readers who search, and what was counted of it."""

from __future__ import annotations

from urllib.parse import quote

from django.test import Client

from faq import insight
from faq.models import SearchCount, SoughtQuery

#: Of the documents: the first question, and words that no entry has.
KNOWN, UNKNOWN = "学历冲抵", "食堂几点开饭"


def look_for(query: str, client: Client | None = None, headers: dict[str, str] | None = None) -> None:
    """Searches as a reader does, on the page of results."""
    answer = (client or Client()).get("/search/", {"q": query}, headers=headers)
    assert answer.status_code == 200


def open_from(query: str, ref: str, client: Client | None = None, headers: dict[str, str] | None = None) -> None:
    """Opens an entry from the results of a query."""
    came_from = f"http://testserver/search/?q={quote(query)}"
    answer = (client or Client()).get(f"/faq/{ref}/", headers={"referer": came_from, **(headers or {})})
    assert answer.status_code == 200


def counted() -> dict[str, int]:
    """Writes down what was counted; returns the searches by query."""
    assert insight.flush()
    return {row.query: row.searches for row in SearchCount.objects.filter(entry="")}


def sought(query: str) -> SoughtQuery:
    insight.flush()
    return SoughtQuery.objects.get(query=query)
