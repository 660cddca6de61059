"""Warnings beside a change of an entry: phrasings that others have, things left out."""

from __future__ import annotations

from collections.abc import Iterable

from .. import html
from ..models import Entry, Phrasing

#: Entries that share a phrasing which are named after a save.
MOST_SHARED_SHOWN = 5


def shared_phrasings(entry: Entry, texts: Iterable[str]) -> list[str]:
    """Returns a sentence for each of the first phrasings that another entry has too; a search finds them all."""
    others = Phrasing.objects.filter(text__in=list(texts)).exclude(entry=entry)
    shared = others.exclude(entry__status=Entry.Status.BINNED).select_related("entry")[:MOST_SHARED_SHOWN]
    return [f"“{row.text}”也是“{row.entry.title}”的相似问法，老师搜它会同时看到两条。" for row in shared]


def left_out(typed: str) -> list[str]:
    """Returns a sentence on what of a typed answer could not be saved; the words always are."""
    lost = html.left_out(typed)
    return [f"答案里的{'、'.join(lost)}没有保存，文字都保存了。"] if lost else []
