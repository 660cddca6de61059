"""The entries nearest to a question, so that whoever asks may find the answer before sending.

What people are about to ask is personal: it is counted and remembered nowhere.
"""

from __future__ import annotations

from .. import search
from ..search import Hit

#: Entries shown to somebody who is about to ask.
MOST = 3


def nearest(text: str) -> list[Hit]:
    """Returns at most `MOST` entries, an answer first; where none is sure, the one that no document answers too."""
    result = search.search(" ".join(text.split()), limit=MOST, private=True)
    stated = [result.not_stated] if result.not_stated and not result.confident else []
    return [*stated, *result.hits][:MOST]
