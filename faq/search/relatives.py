"""Entries that ask things similar to another entry, kept as long as the index lives."""

from __future__ import annotations

from faq.models import Entry

from . import ranking, text
from .query import similar_to
from .session import Session


def relatives(entry: Entry, session: Session) -> list[int]:
    """Return the ids of the entries that ask things similar to `entry`, the most similar first, never its own."""
    normalized = text.normalize(entry.title)
    key = ("relatives", entry.pk, normalized)
    ids: list[int] = session.answers.value(key, lambda: _relatives_of(entry.pk, normalized, session))
    return ids


def _relatives_of(pk: int, normalized: str, session: Session) -> list[int]:
    ranked = ranking.rank(similar_to(normalized, session), session)
    alike = [candidate for candidate in ranked if candidate.alike >= ranking.SIMILAR and candidate.entry_id != pk]
    alike.sort(key=lambda candidate: -candidate.alike)
    return [candidate.entry_id for candidate in alike]
