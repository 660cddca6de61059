"""How an entry holds a token of the query: where, in which form, and what that is worth."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from . import text
from .document import Document
from .query import Token

# Worth of the place where a word stands. The heading is the short question where there is one. A long question
# mentions much in passing, so each informative word beyond the first ones takes a little off, down to a floor.
IN_HEADING = 1.0
IN_QUESTION = 1.0
SHORT_QUESTION = 10  # words
LONGER_QUESTION = 0.01  # taken off for each further word
LONGEST_QUESTION = 0.7
IN_CATEGORY = 0.5
IN_PHRASING = 0.95
IN_ANSWER = 0.6
OFTEN_IN_ANSWER = 0.75  # the limit that many repetitions approach
# Factor for the share of a long word's bigrams that an entry has, where it does not have the word.
PART_OF_WORD = 0.6
# Trust in a word that only one phrasing of the entry has, unless that phrasing is brief.
IN_PASSING = 0.55
BRIEF = 2  # words


class Place(enum.IntEnum):
    """Part of an entry where a word stands."""

    NOWHERE = 0
    CATEGORY = 1
    ANSWER = 2
    PHRASING = 3
    QUESTION = 4
    HEADING = 5

    @property
    def label(self) -> str:
        """The place in Chinese."""
        return ("没有", "分类", "答案", "相似问法", "问题", "短标题")[self]


class Match(NamedTuple):
    """How an entry holds a token; of two matches the greater is the better one.

    `factor` is the worth of the form, from 0 to 1; `value` is that times the worth of the place; `trust` is how far
    the match speaks for the entry being an answer. `form` is the word or, with `by_sound`, the sound.
    """

    value: float
    factor: float
    trust: float
    place: Place
    form: str
    by_sound: bool

    @property
    def doubt(self) -> float:
        """How far the token is lacking: 1 where it stands nowhere, a part of that where it was mentioned in passing."""
        return 1 - self.trust / self.factor if self.factor else 1.0

    @property
    def in_question(self) -> bool:
        """True if the word stands in heading, question or phrasing."""
        return self.place >= Place.PHRASING


NOTHING = Match(0.0, 0.0, 0.0, Place.NOWHERE, "", False)


class _Said(NamedTuple):
    """How one phrasing holds a token: factor of the form, the word or sound, and which of the two it is."""

    factor: float
    form: str
    by_sound: bool


_NOT_SAID = _Said(0.0, "", False)


def match_own_words(token: Token, document: Document) -> Match:
    """Return the best match of the token in the entry's heading, question, answer or category."""
    best = NOTHING
    for form, factor in token.forms.items():
        worth, place = _place(form, document)
        if place:
            best = max(best, Match(factor * worth, factor, factor, place, form, False))
    if best is NOTHING and token.forms:
        best = _match_parts(token.written, document)
    if token.sounds:
        best = max(best, _match_sounds(token, document))
    return best


def match_phrasings(token: Token, document: Document) -> dict[int, Match]:
    """Return the match of the token in each phrasing that holds it, by the phrasing's number.

    A word that only one phrasing has was mentioned in passing and is trusted less.
    """
    found = _phrasings_with_form(token, document)
    if token.sounds:
        for number, said in _phrasings_with_sound(token, document).items():
            found[number] = max(found.get(number, _NOT_SAID), said)
    if not found:
        return {}
    trust = _trust(found, document)
    matches: dict[int, Match] = {}
    for number, (factor, form, by_sound) in found.items():
        matches[number] = Match(factor * IN_PHRASING, factor, factor * trust, Place.PHRASING, form, by_sound)
    return matches


def share_held(pairs: Iterable[str], within: str) -> float:
    """Return the share of these bigrams, from 0 to 1, that normal text has; 0 if there are none."""
    held = [text.occurs(pair, within) for pair in pairs]
    return sum(held) / len(held) if held else 0.0


def _place(form: str, document: Document) -> tuple[float, Place]:
    """Return the worth and the place of `form` in the entry's own words."""
    if text.occurs(form, document.asked):
        if text.occurs(form, document.heading):
            return IN_HEADING, Place.HEADING
        return _worth_in_question(document), Place.QUESTION
    if text.occurs(form, document.answer):
        return _worth_in_answer(document.answer.count(form)), Place.ANSWER
    if text.occurs(form, document.category):
        return IN_CATEGORY, Place.CATEGORY
    return 0.0, Place.NOWHERE


def _worth_in_question(document: Document) -> float:
    further = max(0, document.question_length - SHORT_QUESTION)
    return max(LONGEST_QUESTION, IN_QUESTION - LONGER_QUESTION * further)


def _worth_in_answer(times: int) -> float:
    """Return IN_ANSWER for a word that stands there once, and more the oftener it does, up to OFTEN_IN_ANSWER."""
    return OFTEN_IN_ANSWER * times / (times + OFTEN_IN_ANSWER / IN_ANSWER - 1)


def _match_parts(word: str, document: Document) -> Match:
    """Return the match of a long word of whose bigrams the entry has more than half."""
    if len(word) > 2 and text.is_cjk(word):
        pairs = text.bigrams(word)
        share = share_held(pairs, document.asked)
        if share > 0.5:
            return _part(share, _worth_in_question(document), Place.QUESTION, word)
        share = share_held(pairs, document.answer)
        if share > 0.5:
            return _part(share, IN_ANSWER, Place.ANSWER, word)
    return NOTHING._replace(form=word)


def _part(share: float, worth: float, place: Place, word: str) -> Match:
    factor = PART_OF_WORD * share
    return Match(factor * worth, factor, factor, place, word, False)


def _match_sounds(token: Token, document: Document) -> Match:
    """Return the best match of the token's sounds in the entry's own words."""
    best = NOTHING
    for sound, factor in token.sounds.items():
        if _is_among(sound, document.question_sounds):
            worth = _worth_in_question(document)
            best = max(best, Match(factor * worth, factor, factor, Place.QUESTION, sound, True))
        elif _is_among(sound, document.answer_sounds):
            best = max(best, Match(factor * IN_ANSWER, factor, factor, Place.ANSWER, sound, True))
    return best


def _phrasings_with_form(token: Token, document: Document) -> dict[int, _Said]:
    """Return the phrasings in which a form of the token stands, by number."""
    found: dict[int, _Said] = {}
    for form, factor in token.forms.items():
        if form not in document.said:
            continue
        said = _Said(factor, form, False)
        for number, phrasing in enumerate(document.phrasings):
            if form in phrasing and text.occurs(form, phrasing):
                found[number] = max(found.get(number, _NOT_SAID), said)
    return found


def _phrasings_with_sound(token: Token, document: Document) -> dict[int, _Said]:
    """Return the phrasings in which a word sounds like the token, by number."""
    found: dict[int, _Said] = {}
    for sound, factor in token.sounds.items():
        if not _is_among(sound, document.said_sounds):
            continue
        said = _Said(factor, sound, True)
        for number, words in enumerate(document.phrasing_words):
            if any(sound in text.word_sounds(word) for word in words.split()):
                found[number] = max(found.get(number, _NOT_SAID), said)
    return found


def _trust(found: Mapping[int, _Said], document: Document) -> float:
    """Return IN_PASSING if only one, not brief, phrasing has the word, in a clause that does not ask; else 1."""
    if len(found) > 1:
        return 1.0
    ((number, said),) = found.items()
    words = document.phrasing_words[number].split()
    if len(words) <= BRIEF or _is_asked(said.form, document.phrasings[number]):
        return 1.0
    return IN_PASSING


def _is_asked(form: str, phrasing: str) -> bool:
    """Tell whether the form stands in a clause with a word that asks."""
    return any(form in clause and text.asks(clause) for clause in phrasing.split())


def _is_among(word: str, words: str) -> bool:
    """Tell whether the word is one of several that each stand between spaces."""
    return f" {word} " in words
