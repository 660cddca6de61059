"""试一试搜索 on a draft: for some wordings, the place the entry has now and the one it would have once published."""

from __future__ import annotations

from dataclasses import dataclass

from ... import search
from .draft import Draft

#: Seconds after which no further wording is tried.
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Trial:
    """Places of the entry, a wording each."""

    places: tuple[search.Place, ...]

    @property
    def tried(self) -> int:
        """Number of wordings that search was asked."""
        return sum(place.tried for place in self.places)

    @property
    def first_now(self) -> int:
        """Number of wordings that find the entry first now."""
        return sum(place.now == 1 for place in self.places)

    @property
    def first_then(self) -> int:
        """Number of wordings that would find it first."""
        return sum(place.then == 1 for place in self.places)

    @property
    def untried(self) -> int:
        """Number of wordings for which no time was left."""
        return len(self.places) - self.tried


def tried(draft: Draft) -> Trial | None:
    """Returns how search finds the draft; None where there is nothing to try or no index.

    Raises django.db.Error if the database fails.
    """
    queries = draft.to_try
    if not queries or not (draft.question or draft.phrasings):
        return None
    places = search.rehearse(draft.as_written(), queries, seconds=SECONDS)
    return None if places is None else Trial(tuple(places))
