"""Explanation for editors of how a query was read and why an entry was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from faq.models import Entry

from .matching import Match, Place
from .query import Query
from .ranking import Scored, Step


@dataclass(frozen=True)
class Word:
    """One thing a query asks for: as written, its share of the query (0 to 1), and the other forms it may stand as.

    `known` is false if no entry has it in any form.
    """

    written: str
    share: float
    alternatives: tuple[str, ...]
    known: bool

    @property
    def percent(self) -> int:
        """The share in percent."""
        return round(100 * self.share)


@dataclass(frozen=True)
class Reason:
    """One word that was asked for, the place in an entry that has it (empty if none), and the form it has there."""

    word: Word
    place: str
    found_as: str
    how: str
    trust: float

    @property
    def percent(self) -> int:
        """How far the word counts, in percent, in deciding whether the entry is an answer."""
        return int(100 * self.trust)


@dataclass(frozen=True)
class Explained:
    """Why an entry ranks where it does.

    All numbers run from 0 to 1, as in `Scored`; `phrasing` is the text of the phrasing that was matched, or empty.
    """

    entry: Entry
    score: float
    covered: float
    sure: float
    confident: bool
    step: Step
    phrasing: str
    near: float
    about: float
    reasons: tuple[Reason, ...]

    @property
    def percent(self) -> int:
        """The score in percent."""
        return round(100 * self.score)

    @property
    def covered_percent(self) -> int:
        """The share covered in percent."""
        return round(100 * self.covered)

    @property
    def sure_percent(self) -> int:
        """How sure search is, in percent, rounded down so that 60 % is never said of less."""
        return int(100 * self.sure + 1e-9)


@dataclass(frozen=True)
class Explanation:
    """How a query was read, and why each entry was found; `available` is false if there is no index just now."""

    normalized: str
    words: tuple[Word, ...]
    ignored: tuple[str, ...]
    step: Step
    confident: bool
    found: tuple[Explained, ...]
    # The number of entries that a teacher sees for the query.
    shown: int = 0
    available: bool = True


def words_of(asked: Query) -> tuple[Word, ...]:
    """Return the tokens of a query as words."""
    words: list[Word] = []
    for token, share in zip(asked.tokens, asked.shares, strict=True):
        forms = (*token.forms, *token.sounds)
        alternatives = [form for form in forms if form != token.written]
        words.append(Word(token.written, share, tuple(alternatives), token.known))
    return tuple(words)


def explain_candidate(candidate: Scored, entry: Entry, words: Iterable[Word]) -> Explained:
    """Return why this entry got its score; `words` are those of the query, in the order of its tokens."""
    matches = zip(words, candidate.matches, strict=True)
    reasons = [_reason(word, match, entry) for word, match in matches]
    return Explained(
        entry=entry,
        score=candidate.score,
        covered=min(candidate.covered, 1.0),
        sure=candidate.sure,
        confident=candidate.confident,
        step=candidate.step,
        phrasing=_phrasing(candidate, entry),
        near=candidate.near,
        about=candidate.about,
        reasons=tuple(reasons),
    )


def _reason(word: Word, match: Match, entry: Entry) -> Reason:
    """Return place and form of a word in an entry, as Chinese words for the page."""
    if not match.factor:
        return Reason(word, "", "", "", match.trust)
    place = match.place
    if place is Place.HEADING and not entry.short_question:
        place = Place.QUESTION
    how = _how(word, match)
    if match.trust < match.factor:
        how += "，只是顺带提到"
    return Reason(word, place.label, match.form, how, match.trust)


def _how(word: Word, match: Match) -> str:
    """Return the kind of match in Chinese: by sound, the same word or a synonym."""
    if match.by_sound:
        return "同音或拼音"
    return "原词" if match.form == word.written else "同义词"


def _phrasing(candidate: Scored, entry: Entry) -> str:
    """Return the phrasing that was matched, or an empty string, also if it was deleted since."""
    number = candidate.phrasing
    phrasings = list(entry.phrasings.all())
    if number is None or number >= len(phrasings):
        return ""
    return phrasings[number].text
