"""Entries that ask nearly the same as the draft, and those of them that say other numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ... import search
from ...models import Entry, Phrasing
from . import amounts
from .amounts import Contrary
from .draft import Draft

MOST_NEAR = 4
MOST_SHARED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Another entry near the draft. `same` is true where it asks this word for word."""

    entry: Entry
    same: bool = False
    #: Phrasings that both have, as typed.
    shared: tuple[str, ...] = ()
    #: Amounts that differ.
    contrary: tuple[Contrary, ...] = ()


def near(draft: Draft) -> list[Near]:
    """Returns the other entries near the draft: those that differ in a number first, then the nearest.

    Raises django.db.Error if the database fails.
    """
    shared = _sharing(draft)
    alike = {one.entry_id: one for one in search.alike(draft.as_written(), limit=MOST_NEAR)}
    entries = {pk: one.entry for pk, one in alike.items() if one.entry}
    entries |= {entry.pk: entry for entry in _entries(shared.keys() - entries.keys())}
    words = draft.words
    found = [
        Near(
            entry=entry,
            same=pk in alike and alike[pk].share == 1.0,
            shared=tuple(shared.get(pk, ())),
            contrary=tuple(amounts.contraries(words, entry.answer_text)) if pk in alike else (),
        )
        for pk, entry in entries.items()
    ]
    found.sort(key=lambda one: (not one.contrary, not one.same, not one.shared))
    return found[:MOST_NEAR]


def _sharing(draft: Draft) -> dict[int, list[str]]:
    """Returns id → the first phrasings that a published entry has in common with the draft, its question included."""
    asked = {draft.question, draft.short_question, *draft.phrasings} - {""}
    rows = Phrasing.objects.filter(text__in=asked, entry__status=Entry.Status.PUBLISHED)
    others = rows.exclude(entry=draft.entry_id) if draft.entry_id else rows
    shared: defaultdict[int, list[str]] = defaultdict(list)
    for pk, text in others.order_by("pk").values_list("entry", "text")[: MOST_NEAR * MOST_SHARED]:
        if len(shared[pk]) < MOST_SHARED:
            shared[pk].append(text)
    return dict(shared)


def _entries(keys: Iterable[int]) -> Iterable[Entry]:
    return Entry.objects.filter(pk__in=list(keys)[:MOST_NEAR]).select_related("category", "document")
