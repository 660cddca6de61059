"""Questions that say the same: equal in one normal form, or nearly equal letter by letter."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

#: Likeness, 0 to 1, from which two questions are taken for the same one.
ALIKE = 0.9
#: Share of pairs of letters that questions so much alike have in common at least.
_PAIRS_SHARED = 0.6


def question_key(question: str) -> str:
    """Returns a question without spaces and signs, in one width and case: 怎么登录？ and 怎么 登录 are the same."""
    plain = unicodedata.normalize("NFKC", question).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def likeness(one: str, other: str) -> float:
    """Returns how much two keys are alike, from 0 to 1."""
    return 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()


class Likes:
    """Finds among many questions the one most like another, without comparing each with each."""

    def __init__(self, questions: Sequence[str]) -> None:
        self.keys = [question_key(question) for question in questions]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(self.keys):
            for pair in pairs_of(key):
                self._places[pair].append(place)

    def most_alike(self, question: str, least: float = ALIKE, *, beside: int | None = None) -> int | None:
        """Returns the place of the question most like this one; None where none is alike enough.

        `beside`: the place of the question itself, which does not count.
        """
        key = question_key(question)
        pairs = pairs_of(key)
        shared = Counter(place for pair in pairs for place in self._places.get(pair, ()))
        best, best_likeness = None, least
        for place, number in shared.most_common(20):
            if place == beside or number < _PAIRS_SHARED * least * len(pairs):
                continue
            found = likeness(key, self.keys[place])
            if found >= best_likeness:
                best, best_likeness = place, found
        return best


def pairs_of(key: str) -> set[str]:
    """Returns the pairs of neighbouring letters of a key; of a key of one letter, that letter."""
    return {key[at : at + 2] for at in range(max(1, len(key) - 1))} if key else set()
