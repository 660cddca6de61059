"""Words that decide what is asked, and of which platform: an entry about the most does not answer what the least is.

The words for the subject may all stand in an entry, and yet it does not say when, how much or what to do about a loss.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import text, vocabulary
from .document import Document

_GROUPS = tuple(tuple(group.split()) for group in vocabulary.DECISIVE)
_PLATFORMS = tuple(vocabulary.PLATFORMS.split())


def missing(normalized: str, document: Document) -> bool:
    """Tell whether the query asks for a relation of which the entry has no word anywhere."""
    asked = [group for group in _GROUPS if _has_any(normalized, group)]
    return any(not _is_said(group, document) for group in asked)


def names_platform(normalized: str) -> bool:
    """Tell whether a query names a platform that the documents are about."""
    return _has_any(normalized, _PLATFORMS)


def _is_said(group: Iterable[str], document: Document) -> bool:
    parts = (document.asked, document.said, document.answer)
    return any(_has_any(part, group) for part in parts)


def _has_any(within: str, words: Iterable[str]) -> bool:
    return any(text.occurs(word, within) for word in words)
