"""How candidates rank, and whether the best of them is an answer.

A query is a list of tokens, each with the forms in which an entry may hold it: the word itself, a synonym, a
word that sounds the same. A token weighs the more, the fewer entries have it. An entry scores by how much of
the query's weight it covers, and where; README.md tells it at length.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from . import text, vocabulary
from .index import Document, Session, rarity

# Where a word stands, as a share of its weight. The heading is the short question where there is one. A question
# that tells a whole story mentions much in passing: each informative word beyond the first ones takes a little
# off, down to a floor.
IN_HEADING = 1.0
IN_QUESTION = 1.0
SHORT_QUESTION = 10  # words
LONGER_QUESTION = 0.01  # off, for each further word
LONGEST_QUESTION = 0.7
IN_CATEGORY = 0.5
IN_PHRASING = 0.95
IN_ANSWER = 0.6
OFTEN_IN_ANSWER = 0.75  # what many repetitions come close to
# How it is written.
SAME_WORD = 1.0
SYNONYM = 0.85
SAME_SOUND = 0.7
SPELT_OUT = 0.9  # in letters, all of it: jiediao, not jd
LONGEST_INITIALS = 4
PART_OF_WORD = 0.6
# A single character says little (加, 查); one that no entry has says more.
CHARACTER = 0.5
UNKNOWN_CHARACTER = 0.7
COMMON_WORD = 0.4
# What a score is made of; the shares add up to 1.
COVERAGE = 0.75
PHRASE = 0.15
ABOUT = 0.10

# An answer covers at least this share of what was asked. Below it, the nearest are offered as such.
CONFIDENT = 0.6
# How far a word is trusted for that which only one phrasing of the entry has.
IN_PASSING = 0.55
BRIEF = 2  # words; in a phrasing as short as that nothing is in passing
NEAREST = 3
# Results far below the best one are not worth a teacher's time.
TAIL = 0.3
# How many candidates are scored.
CANDIDATES = 40
# How many sounds the beginning of a word stands for while it is being typed.
BEGINNINGS = 30
_LONGEST_SOUND = 24  # letters: four syllables
# How many words of an entry say what is similar to it.
SIMILAR_WORDS = 12
# Entries whose questions have less of these are not called similar.
SIMILAR = 0.3


class Step(enum.Enum):
    """The ladder: how close the best result comes to what was asked."""

    EXACT = "exact"
    ALL_WORDS = "all_words"
    SOME_WORDS = "some_words"
    PINYIN = "pinyin"
    NEAREST = "nearest"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Step.EXACT: "第一条最像您要找的。",
    Step.ALL_WORDS: "排在前面的，您写的几个词都对得上。",
    Step.SOME_WORDS: "排在前面的，对得上您写的一部分词。",
    Step.PINYIN: "这些是按拼音或读音为您找到的。",
    Step.NEAREST: "没有找到直接的答案，您可以看看相近的内容。",
}


@dataclass(frozen=True)
class Token:
    """One thing the query asks for: the texts and the sounds it may stand as, each with its factor up to 1."""

    written: str
    weight: float
    forms: dict[str, float] = field(default_factory=dict)
    sounds: dict[str, float] = field(default_factory=dict)
    known: bool = True


@dataclass(frozen=True)
class Query:
    """`pairs` are the bigrams of the informative words where they stand side by side, `ignored` the other words."""

    normalized: str
    tokens: tuple[Token, ...]
    pairs: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """What share of the query each token is."""
        total = sum(token.weight for token in self.tokens) or 1.0
        return tuple(token.weight / total for token in self.tokens)

    @cached_property
    def forms(self) -> frozenset[str]:
        return frozenset(form for token in self.tokens for form in token.forms)

    @cached_property
    def sounds(self) -> frozenset[str]:
        return frozenset(sound for token in self.tokens for sound in token.sounds)


class Place(enum.IntEnum):
    """Where in an entry a word stands."""

    NOWHERE = 0
    CATEGORY = 1
    ANSWER = 2
    PHRASING = 3
    QUESTION = 4
    HEADING = 5

    @property
    def label(self) -> str:
        return ("没有", "分类", "答案", "相似问法", "问题", "短标题")[self]


class Match(NamedTuple):
    """How an entry holds a token: what that is worth, what it is worth wherever it stands, how far it says that the
    entry is an answer; where it stands, as which text or sound."""

    value: float
    factor: float
    trust: float
    place: Place
    form: str
    by_sound: bool

    @property
    def in_question(self) -> bool:
        return self.place >= Place.PHRASING


NOTHING = Match(0.0, 0.0, 0.0, Place.NOWHERE, "", False)


@dataclass(frozen=True)
class Scored:
    """A candidate with its score from 0 to 1, and what decides on its step."""

    document: Document
    score: float
    covered: float
    # As `covered`, but by the entry's question alone.
    alike: float
    missing: int
    by_sound: bool
    exact: bool
    # Why: the match of each token, the shares of what stands side by side and of what was asked for, and the number
    # of the phrasing that was matched, None for the entry's own words.
    matches: tuple[Match, ...]
    near: float
    about: float
    phrasing: int | None

    @property
    def confident(self) -> bool:
        return self.exact or self.covered >= CONFIDENT

    @property
    def step(self) -> Step:
        if self.exact:
            return Step.EXACT
        if not self.confident:
            return Step.NEAREST
        if self.by_sound:
            return Step.PINYIN
        return Step.SOME_WORDS if self.missing else Step.ALL_WORDS


def analyse(normalized: str, session: Session, *, typing: bool = False) -> Query:
    """What a query asks for. While it is still being typed, letters at its end may begin a word."""
    found = text.join_known(text.words(normalized)[: text.MAX_QUERY_TOKENS], session.same_meaning)
    asked = list(dict.fromkeys(_heal(text.informative(found), session)))
    tokens = [token for word in asked for token in _tokens(word, session, beginning=typing and word == asked[-1])]
    return Query(
        normalized,
        tuple(tokens[: text.MAX_QUERY_TOKENS]),
        pairs=frozenset(text.bigrams(_without_gaps(found))),
        ignored=tuple(dict.fromkeys(word for word in found if word in text.STOP_WORDS)),
    )


def similar_to(question: str, session: Session) -> Query:
    """A query for entries like the one whose question this is, in normal form: by its rarest words."""
    words = dict.fromkeys(text.informative(text.words(question)))
    tokens = [token for word in words for token in _tokens(word, session) if token.known]
    rarest = sorted(tokens, key=lambda token: -token.weight)[:SIMILAR_WORDS]
    return Query(question, tuple(rarest))


def rank(query: Query, session: Session) -> list[Scored]:
    """The entries that hold anything of the query, best first; equal ones in the order of their ids."""
    terms: set[str] = set()
    characters: set[str] = set()
    for form in query.forms:
        if not text.is_cjk(form):
            terms.add(form)
        elif len(form) == 1:
            characters.add(form)
        else:
            terms.update(text.bigrams(form))
    candidates = session.candidates(terms, characters, query.sounds, CANDIDATES)
    scored = [_score(query, document, session) for document in candidates]
    return sorted((one for one in scored if one.score > 0), key=lambda one: (-one.score, one.document.entry_id))


def known_words(query: Query) -> list[str]:
    """What of the query some entry has, the rarest first."""
    known = [token for token in query.tokens if token.known and token.forms and len(token.written) > 1]
    return [token.written for token in sorted(known, key=lambda token: -token.weight)]


# --- From words to tokens -------------------------------------------------------------------------------


def _heal(asked: Sequence[str], session: Session) -> list[str]:
    """The words asked for, cut as the entries know them where the segmenter did not.

    A word it does not know, misspelt or not, falls apart into single characters; neighbours are put together
    where several entries have them side by side (刷 分) or one has a word that sounds the same (签 道). A long word
    that no entry has is cut into the parts that entries have (新手机 → 新 手机).
    """
    healed: list[str] = []
    run = ""
    for word in [*_without_stop_words(asked, session), ""]:
        if text.is_cjk(word) and len(word) == 1:
            run += word
            continue
        healed += _cut_around(run, lambda part: session.frequency(part) > 1 or bool(_same_sound(part, session)))
        run = ""
        if text.is_cjk(word) and len(word) > 2 and not _frequency(word, session):
            parts = _cut_around(word, lambda part: bool(session.frequency(part)))
            healed += [word] if len(parts) == len(word) else parts
        elif word:
            healed.append(word)
    return healed


def _without_stop_words(asked: Sequence[str], session: Session) -> Iterator[str]:
    """Cuts a word of two characters that no entry has where one of them says little: 已修 → 修, 关掉 → 关."""
    for word in asked:
        if text.is_cjk(word) and len(word) == 2 and not _frequency(word, session):
            kept = text.informative(word[:1] if word[1] in vocabulary.COMPLEMENTS else word)
            yield from kept if len(kept) == 1 else [word]
        else:
            yield word


def _cut_around(characters: str, wanted: Callable[[str], bool]) -> list[str]:
    """From left to right the longest parts of two to four characters that are `wanted`; the rest one by one."""
    parts: list[str] = []
    at = 0
    while at < len(characters):
        sizes = (size for size in (4, 3, 2) if at + size <= len(characters) and wanted(characters[at : at + size]))
        size = next(sizes, 1)
        parts.append(characters[at : at + size])
        at += size
    return parts


def _same_sound(word: str, session: Session) -> str:
    """The sound of a misspelt word, if a known word has it too; a real word counts only at its exact sound."""
    if len(word) < 2:
        return ""
    sound = text.sounds(word)[0]
    keys = [sound] if text.words(word) == [word] else [sound, text.fold_sound(sound)]
    return next((key for key in keys if session.sound_frequency(key)), "")


def _forms(word: str, session: Session) -> dict[str, float]:
    return {word: SAME_WORD} | dict.fromkeys(session.same_meaning.get(word, ()), SYNONYM)


def _frequency(word: str, session: Session) -> int:
    """In about how many entries the word or a synonym of it occurs."""
    return max(session.frequency(form) for form in _forms(word, session))


def _tokens(word: str, session: Session, *, beginning: bool = False) -> list[Token]:
    """The tokens a word stands for: one, or several where letters are the pinyin of several words."""
    single = text.is_cjk(word) and len(word) == 1
    frequency = _frequency(word, session)
    if frequency:
        factor = CHARACTER if single else COMMON_WORD if word in text.COMMON_WORDS else 1.0
        return [Token(word, factor * rarity(frequency, session.size), _forms(word, session))]
    spelt = not text.is_cjk(word)
    if not spelt:
        sounds = [[sound]] if (sound := _same_sound(word, session)) else []
    elif beginning:
        sounds = _complete(word, session)
    else:
        pieces = _split(word, session) or _split(text.fold_sound(word), session)
        sounds = [[piece] for piece in pieces if session.sound_frequency(piece)]
        if pieces and not sounds:
            return []  # zenmeban: a stop word, spelt out
    if sounds:
        return [
            Token(
                word,
                rarity(max(session.sound_frequency(sound) for sound in alternatives), session.size),
                sounds={
                    sound: SPELT_OUT if spelt and len(sound) > LONGEST_INITIALS else SAME_SOUND
                    for sound in alternatives
                },
            )
            for alternatives in sounds
        ]
    factor = UNKNOWN_CHARACTER if single else 1.0
    return [Token(word, factor * rarity(0, session.size), _forms(word, session), known=False)]


def _splits(letters: str, session: Session) -> list[list[str] | None]:
    """For each length, the fewest known sounds that the first letters are made of; None where that cannot be."""
    best: list[list[str] | None] = [[], *[None] * len(letters)]
    if letters.isascii() and letters.isalpha():
        for end in range(2, len(letters) + 1):
            for start in range(max(0, end - _LONGEST_SOUND), end - 1):
                head, known = best[start], best[end]
                if head is None or (known is not None and len(known) <= len(head) + 1):
                    continue
                if _sounds_like_something(letters[start:end], session):
                    best[end] = [*head, letters[start:end]]
    return best


def _sounds_like_something(letters: str, session: Session) -> bool:
    return bool(session.sound_frequency(letters)) or letters in text.stop_sounds()


def _split(letters: str, session: Session) -> list[str]:
    """Letters as the fewest known sounds: xuefenzhesuan → xuefen zhesuan; nothing where that cannot be."""
    return _splits(letters, session)[-1] or []


def _complete(letters: str, session: Session) -> list[list[str]]:
    """Letters as known sounds of which the last may only have begun: xuefenzh → xuefen, zhesuan or zhongxin or …

    The fewest sounds count, and of these the longest complete ones.
    """
    best: list[list[str]] = []
    for start, head in enumerate(_splits(letters, session)[:-1]):
        if head is None or (best and len(head) >= len(best)):
            continue
        if endings := session.sounds_beginning(letters[start:], BEGINNINGS):
            best = [*([sound] for sound in head), endings]
    return best


def _without_gaps(found: Iterable[str]) -> str:
    """The informative words, apart only where something stood between them."""
    return "".join(" " if word in text.STOP_WORDS else word for word in found)


# --- Scores ---------------------------------------------------------------------------------------------


def _score(query: Query, document: Document, session: Session) -> Scored:
    """The entry by its own words, or by that of its phrasings which comes closer, whichever is better."""
    shares = query.shares
    own = [_match(token, document) for token in query.tokens]
    said = [_match_phrasings(token, document) for token in query.tokens]
    best = (-1.0, 0.0, 0.0)
    matches, phrasing = own, None
    for number in (None, *sorted(set().union(*said))):
        if number is None:
            found, near, words = own, _near(query, document), document.heading_words
        else:
            found = [max(mine, one.get(number, NOTHING)) for mine, one in zip(own, said, strict=True)]
            near, words = _side_by_side(query, document.phrasings[number]), document.phrasing_words[number]
        reached = sum(share * match.value for share, match in zip(shares, found, strict=True))
        least = COVERAGE * reached + PHRASE * near
        if least + ABOUT > best[0]:
            about = _about(query, words, session)
            if least + ABOUT * about > best[0]:
                best, matches, phrasing = (least + ABOUT * about, near, about), found, number
    score, near, about = best
    weighed = list(zip(shares, matches, strict=True))
    exact = any(
        name[: text.MAX_QUERY_CHARS].strip() == query.normalized
        for name in (document.heading, document.question, *document.phrasings)
    )
    return Scored(
        document,
        score=1.0 if exact else min(score, 1.0),
        covered=sum(share * match.trust for share, match in weighed),
        alike=sum(share * match.factor for share, match in weighed if match.in_question),
        missing=sum(match.factor < SAME_SOUND for match in matches),
        by_sound=any(match.by_sound for match in matches),
        exact=exact,
        matches=tuple(matches),
        near=near,
        about=about,
        phrasing=phrasing,
    )


def _match(token: Token, document: Document) -> Match:
    """The best of the ways in which the entry's own words hold the token."""
    best = NOTHING
    for form, factor in token.forms.items():
        worth, place = _place(form, document)
        if place:
            best = max(best, Match(factor * worth, factor, factor, place, form, False))
    if best is NOTHING and token.forms:
        share, worth, place = _place_of_parts(token.written, document)
        best = Match(share * worth, share, share, place, token.written, False)
    for sound, factor in token.sounds.items():
        if _among(sound, document.question_sounds):
            best = max(best, Match(factor * _in_question(document), factor, factor, Place.QUESTION, sound, True))
        elif _among(sound, document.answer_sounds):
            best = max(best, Match(factor * IN_ANSWER, factor, factor, Place.ANSWER, sound, True))
    return best


def _match_phrasings(token: Token, document: Document) -> dict[int, Match]:
    """By number those phrasings that hold the token, and how. What only one of them mentions is said in passing:
    that is trusted less when it comes to whether the entry is an answer."""
    found: dict[int, tuple[float, str, bool]] = {}
    for form, factor in token.forms.items():
        if form not in document.said:
            continue
        for number, phrasing in enumerate(document.phrasings):
            if text.occurs(form, phrasing):
                found[number] = max(found.get(number, (0.0, "", False)), (factor, form, False))
    for sound, factor in token.sounds.items():
        if _among(sound, document.said_sounds):
            for number, words in enumerate(document.phrasing_words):
                if any(sound in text.word_sounds(word) for word in words.split()):
                    found[number] = max(found.get(number, (0.0, "", False)), (factor, sound, True))
    briefly = any(len(document.phrasing_words[number].split()) <= BRIEF for number in found)
    trust = 1.0 if briefly or len(found) > 1 else IN_PASSING
    return {
        number: Match(factor * IN_PHRASING, factor, factor * trust, Place.PHRASING, form, by_sound)
        for number, (factor, form, by_sound) in found.items()
    }


def _place(form: str, document: Document) -> tuple[float, Place]:
    """Where the entry's own words hold `form`, and what that is worth."""
    if text.occurs(form, document.asked):
        if text.occurs(form, document.heading):
            return IN_HEADING, Place.HEADING
        return _in_question(document), Place.QUESTION
    if text.occurs(form, document.answer):
        times = document.answer.count(form)
        return OFTEN_IN_ANSWER * times / (times + OFTEN_IN_ANSWER / IN_ANSWER - 1), Place.ANSWER
    if text.occurs(form, document.category):
        return IN_CATEGORY, Place.CATEGORY
    return 0.0, Place.NOWHERE


def _place_of_parts(word: str, document: Document) -> tuple[float, float, Place]:
    """How much of a longer word the entry holds, more than half of it; what the place is worth; which it is."""
    if len(word) > 2 and text.is_cjk(word):
        pairs = text.bigrams(word)
        for within, worth, place in (
            (document.asked, _in_question(document), Place.QUESTION),
            (document.answer, IN_ANSWER, Place.ANSWER),
        ):
            share = sum(text.occurs(pair, within) for pair in pairs) / len(pairs)
            if share > 0.5:
                return PART_OF_WORD * share, worth, place
    return 0.0, 0.0, Place.NOWHERE


def _in_question(document: Document) -> float:
    further = max(0, document.question_length - SHORT_QUESTION)
    return max(LONGEST_QUESTION, IN_QUESTION - LONGER_QUESTION * further)


def _near(query: Query, document: Document) -> float:
    """How much of the query stands in the entry's own words side by side as it was asked."""
    return max(_side_by_side(query, document.asked), IN_ANSWER * _side_by_side(query, document.answer))


def _side_by_side(query: Query, within: str) -> float:
    if not query.pairs:
        return 0.0
    return sum(text.occurs(pair, within) for pair in query.pairs) / len(query.pairs)


def _about(query: Query, words: str, session: Session) -> float:
    """How much of the entry's heading, or of the phrasing, the query speaks of: of two that match, the one that asks
    for less more."""
    total = asked = 0.0
    for word in words.split():
        weight = session.weight(word)
        total += weight
        if word in query.forms or word in query.normalized or _heard(word, query):
            asked += weight
    return asked / total if total else 0.0


def _among(word: str, words: str) -> bool:
    return f" {word} " in words


def _heard(word: str, query: Query) -> bool:
    return bool(query.sounds) and not query.sounds.isdisjoint(text.word_sounds(word))
