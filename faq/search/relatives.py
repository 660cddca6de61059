"""Entries that ask things similar to another entry, kept for a minute whatever else changes.

Finding them takes most of the time of an entry's page, which every change of the content makes anew. So a new entry is
named on the pages of others within a minute; one that was withdrawn is left out at once, by whoever reads the rows.
"""

from __future__ import annotations

import time

from faq.models import Entry

from . import ranking, text
from .cache import LeastRecentlyUsed
from .query import similar_to
from .session import Session

#: Entries whose relatives a process keeps, and for how many seconds.
MOST_KEPT = 2000
KEPT_SECONDS = 60

_kept = LeastRecentlyUsed(MOST_KEPT)


def relatives(entry: Entry, session: Session) -> list[int]:
    """Return the ids of the entries that ask things similar to `entry`, the most similar first, never its own."""
    normalized = text.normalize(entry.title)
    # The stamp is new with every change of the entry itself.
    key = entry.pk, entry.stamp, normalized, int(time.monotonic() // KEPT_SECONDS)
    ids: list[int] = _kept.value(key, lambda: _relatives_of(entry.pk, normalized, session))
    return ids


def _relatives_of(pk: int, normalized: str, session: Session) -> list[int]:
    ranked = ranking.rank(similar_to(normalized, session), session)
    alike = [candidate for candidate in ranked if candidate.alike >= ranking.SIMILAR and candidate.entry_id != pk]
    alike.sort(key=lambda candidate: -candidate.alike)
    return [candidate.entry_id for candidate in alike]
