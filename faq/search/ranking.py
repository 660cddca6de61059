"""Order of the entries found, and the decision how close the best of them comes to an answer.

An entry's score is the share of the query's weight that it covers, depending on where (`matching.py`), with a little
for words that stand side by side as asked and for headings that ask for nothing else. README.md explains the steps.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from . import matching, relations, text, wording
from .document import Document
from .matching import NOTHING, Match, match_own_words, match_phrasings, share_held
from .query import SAME_SOUND, SAME_WORD, Query
from .session import Session
from .wording import NOT_HELD, Held

# The part of the own opinion in the score; the rest is the second one's.
OWN = 0.6
# Parts of a score, which add up to 1.
COVERAGE = 0.75
PHRASE = 0.15
ABOUT = 0.10
# Entries of which search is less sure than this, from 0 to 1, are only offered as the nearest.
CONFIDENT = 0.6
# The weights of what speaks for and against an answer, found by logistic regression over the query files; `BASE` is
# such that CONFIDENT parts answers from others.
BASE = 0.93
BY_EVIDENCE = 0.31
BY_LEAD = 0.19
BY_LACK = 9.0
SOME_WEIGHT = 10.0
# In a query of more than `MANY_WORDS` a missing word counts less, by their share to this power.
MANY_WORDS = 8
STORY = 0.7
# The most words of a query in which a word that is mentioned in passing is partly lacking.
FEW_WORDS = 2
DOUBTFUL = 0.4
NEAREST = 3
# Results below this share of the best score are not shown.
TAIL = 0.3
# The share of what was typed so far that an entry holds to be suggested.
HELD_WHILE_TYPING = 0.6
# The number of candidates of which is asked how sure they are; no others are ever answers.
EXAMINED = 5
# The number of candidates that are scored.
CANDIDATES = 40
# The number of them, by the first opinion, of which there is a second one.
WITH_SECOND_OPINION = 15
# Entries whose questions have less than this share of another question's weight are not called similar to it.
SIMILAR = 0.3


class Step(enum.Enum):
    """How close the best result comes to the query, the closest step first."""

    EXACT = "exact"
    ALL_WORDS = "all_words"
    SOME_WORDS = "some_words"
    PINYIN = "pinyin"
    NEAREST = "nearest"

    @property
    def sentence(self) -> str:
        """The sentence that tells a reader."""
        return _SENTENCES[self]


_SENTENCES = {
    Step.EXACT: "第一条就是您问的。",
    Step.ALL_WORDS: "前几条与您输入的内容最吻合。",
    Step.SOME_WORDS: "前几条与您输入的一部分内容吻合。",
    Step.PINYIN: "以下按拼音或读音找到。",
    Step.NEAREST: "暂时没有这个问题的答案，下面几条内容相近，供参考。",
}


@dataclass
class Scored:
    """A candidate with its score and the reasons for it. All numbers run from 0 to 1, except `missing` and `lead`."""

    document: Document
    # The score of the first opinion, and that of both, which the second one completes.
    own: float
    # The share of the query's weight that the entry holds, each token as far as its match is trusted.
    covered: float
    # The share of the query's weight that the entry's question or phrasing holds.
    alike: float
    # The number of tokens of which the entry holds at most a part.
    missing: int
    by_sound: bool
    # True if the query is the heading, the question or a phrasing word for word.
    exact: bool
    # The match of each token.
    matches: tuple[Match, ...]
    # The share of the query's neighbouring words that stand side by side in the entry.
    near: float
    # The share of the heading's or phrasing's weight that was asked for.
    about: float
    # The number of the phrasing that was matched, None for the entry's own words.
    phrasing: int | None
    # The share of the query's weight that the entry lacks.
    lacking: float
    held: Held = NOT_HELD
    score: float = 0.0
    # How much more of the wording it holds than the best other entry, in weight; negative where it holds less.
    lead: float = 0.0
    # How sure it is that the entry answers.
    sure: float = 0.0

    @property
    def entry_id(self) -> int:
        """The id of the entry."""
        return self.document.entry_id

    @property
    def confident(self) -> bool:
        """True if the entry is an answer, not only near."""
        return self.exact or self.sure >= CONFIDENT

    @property
    def step(self) -> Step:
        """How close the entry comes to the query."""
        if self.exact:
            return Step.EXACT
        if not self.confident:
            return Step.NEAREST
        if self.by_sound:
            return Step.PINYIN
        return Step.SOME_WORDS if self.missing else Step.ALL_WORDS


def rank(query: Query, session: Session) -> list[Scored]:
    """Return the entries that hold anything of the query, best first; equal ones in the order of their ids."""
    terms: set[str] = set()
    characters: set[str] = set()
    for form in query.forms:
        if not text.is_cjk(form):
            terms.add(form)
        elif len(form) == 1:
            characters.add(form)
        else:
            terms.update(text.bigrams(form))
    documents = session.candidates(terms, characters, query.sounds, CANDIDATES)
    asked = _Asked(query, session)
    candidates = [_score(query, document, asked) for document in documents]
    candidates.sort(key=lambda candidate: -candidate.own)
    for candidate in candidates[:WITH_SECOND_OPINION]:
        candidate.held = wording.held(query, candidate.document)
    found = [candidate for candidate in candidates if candidate.own > 0 or candidate.held.evidence > 0]
    if relations.names_platform(query.normalized):
        return _own_ones_last(query, found)
    return _answers_first(_with_second_opinion(query, found))


def _answers_first(ranked: list[Scored]) -> list[Scored]:
    """Return the candidates with an answer before an entry that only says that no document answers.

    Asked for word for word, such an entry stays first; and of several asked so, one of the portal's own comes first.
    """
    if not ranked or not (ranked[0].exact or ranked[0].document.not_stated):
        return ranked
    answers = [one for one in ranked[:EXAMINED] if one.confident and (one.exact or not one.document.not_stated)]
    own = [one for one in answers if one.exact and one.document.own]
    first = [*own, *answers, *ranked][0]
    return sorted(ranked, key=lambda one: one is not first)


def _own_ones_last(query: Query, found: Iterable[Scored]) -> list[Scored]:
    """Return the candidates with the portal's own entries below all others, and never as an answer."""
    own: list[Scored] = []
    others: list[Scored] = []
    for candidate in found:
        (own if candidate.document.own else others).append(candidate)
    ranked = _with_second_opinion(query, others)
    last = ranked[-1].score if ranked else 0.0
    for candidate in _with_second_opinion(query, own):
        candidate.score = min(candidate.score, last)
        candidate.exact, candidate.sure = False, 0.0
        ranked.append(candidate)
    return ranked


def _with_second_opinion(query: Query, found: list[Scored]) -> list[Scored]:
    """Give the candidates the scores in which the second opinion has its part, and return them best first."""
    evidence = sorted(candidate.held.evidence for candidate in found)
    most = evidence[-1] if evidence else 0.0
    for candidate in found:
        share = candidate.held.evidence / most if most else candidate.own
        candidate.score = 1.0 if candidate.exact else OWN * candidate.own + (1 - OWN) * share
    found.sort(key=lambda candidate: (-candidate.score, candidate.entry_id))
    only = _only_holder(query, found)
    for candidate in found[:EXAMINED]:
        if candidate is only:
            candidate.lacking = 0.0
        others = evidence[:-1] if candidate.held.evidence == most else evidence
        candidate.lead = candidate.held.evidence - (others[-1] if others else 0.0)
        candidate.sure = 1.0 if candidate.exact else _sure(query, candidate)
    return found


def _only_holder(query: Query, found: Iterable[Scored]) -> Scored | None:
    """Return the only entry that holds the one word of a query as written; None if there are several of either."""
    if len(query.tokens) != 1:
        return None
    holders = [candidate for candidate in found if candidate.matches[0].factor == SAME_WORD]
    return holders[0] if len(holders) == 1 else None


def _sure(query: Query, candidate: Scored) -> float:
    """Return how sure it is that the entry answers, from 0 to 1.

    Evidence by chance grows with the root of what a query says, so it is divided by that. Words that the entry lacks
    count against it, but in a long query, which tells a story around its question, less.
    """
    weight = sum(query.wording.values())
    evidence = candidate.held.evidence / math.sqrt(weight + SOME_WEIGHT)
    story = min(1.0, MANY_WORDS / max(1, len(query.tokens))) ** STORY
    speaks_for_it = BASE + BY_EVIDENCE * evidence + BY_LEAD * candidate.lead - BY_LACK * candidate.lacking * story
    sure = 1 / (1 + math.exp(-speaks_for_it))
    short = len(query.tokens) <= MANY_WORDS
    if short and relations.missing(query.normalized, candidate.document):
        return min(sure, DOUBTFUL)
    return sure


class _Reading(NamedTuple):
    """One way to read an entry: its own words alone, or together with one of its phrasings."""

    score: float
    near: float
    about: float
    matches: Sequence[Match]
    phrasing: int | None


def _score(query: Query, document: Document, asked: _Asked) -> Scored:
    """Return the entry with the score of its best reading."""
    reading = _best_reading(query, document, asked)
    matches = reading.matches
    few = len(query.tokens) <= FEW_WORDS
    lacking = [match.doubt if few else not match.factor for match in matches]
    exact = _is_exact(query, document)
    trusts = [match.trust for match in matches]
    in_question = [match.factor if match.in_question else 0.0 for match in matches]
    missing = [match for match in matches if match.factor < SAME_SOUND]
    return Scored(
        document,
        own=1.0 if exact else min(reading.score, 1.0),
        covered=_weighed(query, trusts),
        alike=_weighed(query, in_question),
        missing=len(missing),
        by_sound=any(match.by_sound for match in matches),
        exact=exact,
        matches=tuple(matches),
        near=reading.near,
        about=reading.about,
        phrasing=reading.phrasing,
        lacking=_weighed(query, lacking),
    )


def _best_reading(query: Query, document: Document, asked: _Asked) -> _Reading:
    """Return the reading with the highest score; of equal ones the entry's own words, then the first phrasing."""
    own = [match_own_words(token, document) for token in query.tokens]
    said = [match_phrasings(token, document) for token in query.tokens]
    best = _read_own_words(query, own, document, asked)
    numbers: set[int] = set().union(*said)
    for number in sorted(numbers):
        with_phrasing = [by_number.get(number, NOTHING) for by_number in said]
        matches = list(map(max, own, with_phrasing))
        covered = COVERAGE * _weighed(query, [match.value for match in matches])
        if covered + PHRASE + ABOUT <= best.score:
            continue  # even a phrasing that is the query word for word would not be better
        near = share_held(query.pairs, document.phrasings[number])
        score = covered + PHRASE * near
        if score + ABOUT <= best.score:
            continue  # even a phrasing that was asked for whole would not be better
        about = asked.share(document.phrasing_words[number])
        score += ABOUT * about
        if score > best.score:
            best = _Reading(score, near, about, matches, number)
    return best


def _read_own_words(query: Query, matches: Sequence[Match], document: Document, asked: _Asked) -> _Reading:
    """Return the reading of the entry's own words, without phrasings."""
    near_in_answer = matching.IN_ANSWER * share_held(query.pairs, document.answer)
    near = max(share_held(query.pairs, document.asked), near_in_answer)
    about = asked.share(document.heading_words)
    covered = COVERAGE * _weighed(query, [match.value for match in matches])
    return _Reading(covered + PHRASE * near + ABOUT * about, near, about, matches, None)


def _weighed(query: Query, values: Iterable[float]) -> float:
    """Return the sum of one value for each token, weighed by the token's share of the query."""
    shares = [share * value for share, value in zip(query.shares, values, strict=True)]
    return sum(shares)


def _is_exact(query: Query, document: Document) -> bool:
    """Tell whether the query is heading, question or phrasing, each cut to the greatest length of a query."""
    own = (document.heading, document.question)
    # Most queries are no phrasing, and then no phrasing has to be looked at.
    names = (*own, *document.phrasings) if query.normalized in document.said else own
    return any(name[: text.MAX_QUERY_CHARS].strip() == query.normalized for name in names)


class _Asked:
    """The words that entries ask for, beside a query: each is weighed and looked for in the query once."""

    def __init__(self, query: Query, session: Session) -> None:
        self._query = query
        self._session = session
        #: Word → its weight, and that weight where the query asks for the word, else 0.
        self._known: dict[str, tuple[float, float]] = {}

    def share(self, words: str) -> float:
        """Return the share of a heading's or phrasing's weight that the query asks for, from 0 to 1.

        It ranks the entry that asks for less higher when two entries match equally.
        """
        total = 0.0
        asked = 0.0
        for word in words.split():
            weight, of_it = self._known.get(word) or self._learn(word)
            total += weight
            asked += of_it
        return asked / total if total else 0.0

    def _learn(self, word: str) -> tuple[float, float]:
        query = self._query
        weight = self._session.weight(word)
        is_asked = word in query.forms or word in query.normalized or _sounds_alike(word, query)
        known = self._known[word] = (weight, weight if is_asked else 0.0)
        return known


def _sounds_alike(word: str, query: Query) -> bool:
    """Tell whether the word sounds like a token of the query."""
    return bool(query.sounds) and not query.sounds.isdisjoint(text.word_sounds(word))
