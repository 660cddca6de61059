"""Pages of the portal that answer an entry which comes from a document: apps register theirs, entries lead to them.

The portal's own entries name their page in the database; a document's entries are the document's own words, and which
page of ours goes with them is a matter of the app that has the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page by the name of its address, and the words of the link to it."""

    view: str
    name: str


_PAGES: dict[str, OwnPage] = {}


def register(page: OwnPage, refs: Iterable[str]) -> None:
    """Lets the entries with these refs lead to `page`."""
    _PAGES.update(dict.fromkeys(refs, page))


def page_of(ref: str) -> OwnPage | None:
    """Returns the page that was registered for an entry."""
    return _PAGES.get(ref)
