"""From the words of a query to its tokens.

A token is one thing the query asks for, with the forms in which an entry may have it: the word itself, a synonym, or
a word that sounds the same. The fewer entries have a token, the more it weighs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from . import letters, numbers, text, vocabulary
from .numbers import Number
from .session import Session, rarity

# Factors for the form in which an entry has a token.
SAME_WORD = 1.0
SYNONYM = 0.85
MEANT = 0.75
SAME_SOUND = 0.7
SPELT_OUT = 0.9  # pinyin in full: jiediao, not jd
LONGEST_INITIALS = 4  # letters; more letters than that are pinyin in full
# Factors for the weight of a token. A single character says little (加, 查); one that no entry has says more.
CHARACTER = 0.5
UNKNOWN_CHARACTER = 0.7
COMMON_WORD = 0.4
YEAR = 0.2
# The number of an entry's words by which similar entries are searched.
SIMILAR_WORDS = 12


@dataclass(frozen=True)
class Token:
    """One thing the query asks for.

    `forms` and `sounds` are the words and the sounds that may stand for it in an entry, each with a factor up to 1.
    `known` is false if no entry has it in any form.
    """

    written: str
    weight: float
    forms: dict[str, float] = field(default_factory=dict)
    sounds: dict[str, float] = field(default_factory=dict)
    known: bool = True


@dataclass(frozen=True)
class Query:
    """A query as understood.

    `pairs` are the bigrams of informative words that stand side by side, `ignored` the stop words. `wording` is the
    weight of each bigram, number and word in letters of the whole query, stop words included.
    """

    normalized: str
    tokens: tuple[Token, ...]
    pairs: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()
    wording: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """The share of each token in the weight of the query, from 0 to 1."""
        weights = [token.weight for token in self.tokens]
        total = sum(weights) or 1.0
        return tuple(weight / total for weight in weights)

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms of all tokens."""
        return frozenset(form for token in self.tokens for form in token.forms)

    @cached_property
    def sounds(self) -> frozenset[str]:
        """The sounds of all tokens."""
        return frozenset(sound for token in self.tokens for sound in token.sounds)


def analyse(normalized: str, session: Session, *, typing: bool = False) -> Query:
    """Return the query that a text in normal form asks. With `typing`, letters at its end may begin a word."""
    cut = text.words(choose(normalized))[: text.MAX_QUERY_TOKENS]
    words = text.join_known(cut, session.same_meaning)
    read = list(numbers.read(words))
    healed = _heal([word for word in read if isinstance(word, str) and word not in text.STOP_WORDS], session)
    asked = list(dict.fromkeys(healed))
    found = [number for number in read if isinstance(number, Number)]
    tokens = [token for number in found for token in _number(number, session)]
    for word in asked:
        beginning = typing and word == asked[-1]
        tokens += _tokens(word, session, beginning=beginning)
    pairs = text.bigrams(_without_stop_words(words))
    ignored = [word for word in words if word in text.STOP_WORDS]
    return Query(
        normalized,
        tuple(tokens[: text.MAX_QUERY_TOKENS]),
        pairs=frozenset(pairs),
        ignored=tuple(dict.fromkeys(ignored)),
        wording=_wording(normalized, tokens, found, session),
    )


def similar_to(question: str, session: Session) -> Query:
    """Return a query for entries similar to the one with this question in normal form, by its rarest words."""
    words = text.informative(text.words(question))
    tokens: list[Token] = []
    for word in dict.fromkeys(words):
        tokens += _tokens(word, session)
    known = [token for token in tokens if token.known]
    return Query(question, tuple(_rarest_first(known)[:SIMILAR_WORDS]))


def known_words(query: Query) -> list[str]:
    """Return the words of the query that some entry has, except single characters, the rarest first."""
    known = [token for token in query.tokens if token.known and token.forms and len(token.written) > 1]
    return [token.written for token in _rarest_first(known)]


def _rarest_first(tokens: Iterable[Token]) -> list[Token]:
    return sorted(tokens, key=lambda token: -token.weight)


def _without_stop_words(words: Iterable[str]) -> str:
    """Return the informative words in one text, with a space in place of each stop word."""
    spaced = [" " if word in text.STOP_WORDS else word for word in words]
    return "".join(spaced)


# --- Words that the segmenter cut wrongly ---------------------------------------------------------------


def _heal(asked: Sequence[str], session: Session) -> list[str]:
    """Return the words asked for, cut as the entries have them.

    The segmenter cuts a word that it does not know, misspelt or not, into single characters. Neighbouring characters
    are joined where several entries have them side by side (刷 分) or one has a word that sounds the same (签 道).
    A long word that no entry has is cut into parts that entries have (新手机 → 新 手机).
    """
    healed: list[str] = []
    characters = ""
    for word in _without_empty_parts(asked, session):
        if _is_character(word):
            characters += word
            continue
        healed += _join_characters(characters, session)
        characters = ""
        healed += _cut_unknown_word(word, session)
    healed += _join_characters(characters, session)
    return healed


def _without_empty_parts(asked: Sequence[str], session: Session) -> Iterator[str]:
    """Yield the words; one of two characters that no entry has loses the one that says little: 已修 → 修, 关掉 → 关."""
    for word in asked:
        if text.is_cjk(word) and len(word) == 2 and not _frequency(word, session):
            yield _without_empty_part(word)
        else:
            yield word


def _without_empty_part(word: str) -> str:
    """Return the informative one of two characters, or both if that is not exactly one."""
    characters = word[:1] if word[1] in vocabulary.COMPLEMENTS else word
    kept = text.informative(characters)
    return kept[0] if len(kept) == 1 else word


def _join_characters(characters: str, session: Session) -> list[str]:
    """Return a run of characters with those joined that entries have side by side, or that sound like a word."""

    def belongs_together(part: str) -> bool:
        return session.frequency(part) > 1 or bool(_same_sound(part, session))

    return _cut_around(characters, belongs_together)


def _cut_unknown_word(word: str, session: Session) -> list[str]:
    """Return a long Chinese word that no entry has in parts that entries have; any other word as it is."""
    if not text.is_cjk(word) or len(word) <= 2 or _frequency(word, session):
        return [word]
    parts = _cut_around(word, lambda part: session.frequency(part) > 0)
    nothing_found = len(parts) == len(word)
    return [word] if nothing_found else parts


def _cut_around(characters: str, wanted: Callable[[str], bool]) -> list[str]:
    """Return, from left to right, the longest parts of two to four characters that are `wanted`.

    The other characters are parts of their own.
    """
    parts: list[str] = []
    at = 0
    while at < len(characters):
        part = _longest_wanted(characters[at : at + 4], wanted)
        parts.append(part)
        at += len(part)
    return parts


def _longest_wanted(characters: str, wanted: Callable[[str], bool]) -> str:
    """Return the longest beginning of at least two characters that is `wanted`, else the first character."""
    for size in range(len(characters), 1, -1):
        beginning = characters[:size]
        if wanted(beginning):
            return beginning
    return characters[:1]


# --- What is read of a long query -----------------------------------------------------------------------


def choose(normalized: str) -> str:
    """Return what Whoosh is asked: all of a short query, of a long one the clauses that ask, then the first ones."""
    if len(normalized) <= text.MAX_ASKED_CHARS:
        return normalized
    clauses = normalized.split()
    order = sorted(range(len(clauses)), key=lambda number: not text.asks(clauses[number]))
    chosen: list[int] = []
    left = text.MAX_ASKED_CHARS
    for number in order:
        if len(clauses[number]) < left:
            chosen.append(number)
            left -= len(clauses[number]) + 1
    parts = [clauses[number] for number in sorted(chosen)]
    return " ".join(parts) or normalized[: text.MAX_ASKED_CHARS]


def _wording(normalized: str, tokens: Iterable[Token], found: Iterable[Number], session: Session) -> dict[str, float]:
    """Return the weight of each bigram, word in letters and number without unit, but for those found by sound only."""
    by_sound = [token.written for token in tokens if token.sounds]
    heard = {term for word in by_sound for term in (*text.bigrams(word), *text.plain_tokens(word))}
    letters_only = [term for term in text.plain_tokens(normalized) if term[0].isalpha()]
    bare = [number.digits for number in found if not number.unit]
    weights: dict[str, float] = {}
    for term in (*text.bigrams(normalized), *letters_only, *bare):
        unknown_number = term[0].isdecimal() and not session.frequency(term)
        if term not in heard and not unknown_number:
            weights[term] = session.weight(term)
    return weights


# --- Tokens ---------------------------------------------------------------------------------------------


def _tokens(word: str, session: Session, *, beginning: bool = False) -> list[Token]:
    """Return the tokens a word stands for.

    That is one token; several where letters are the pinyin of several words; none where they are that of stop words.
    With `beginning`, letters may be the beginning of a word.
    """
    frequency = _frequency(word, session)
    if frequency:
        weight = _factor(word) * rarity(frequency, session.size)
        return [Token(word, weight, _forms(word, session))]
    if numbers.is_numeral(word):
        return []
    sounds = _sounds(word, session, beginning=beginning)
    if sounds is None:
        return []
    if sounds:
        return [_token_by_sound(word, alternatives, session) for alternatives in sounds]
    factor = UNKNOWN_CHARACTER if _is_character(word) else _unknown_factor(word)
    return [Token(word, factor * rarity(0, session.size), _forms(word, session), known=False)]


def _number(number: Number, session: Session) -> list[Token]:
    """Return the token of a number; none if no entry has it and it tells nothing of the asker's circumstances."""
    forms = dict.fromkeys(number.forms, SAME_WORD)
    frequency = max(map(session.frequency, forms))
    factor = YEAR if number.is_year else 1.0
    circumstance = number.circumstance
    if circumstance and (number.reached or not frequency):
        alike = _forms(circumstance, session)
        forms = dict.fromkeys(alike, SYNONYM)
        frequency = _frequency(circumstance, session)
    return [Token(number.written, factor * rarity(frequency, session.size), forms)] if frequency else []


def _sounds(word: str, session: Session, *, beginning: bool) -> list[list[str]] | None:
    """Return the known sounds a word may stand for: a list of alternatives for each token.

    The list is empty if there are none, and None is returned for stop words in letters (zenmeban).
    """
    if text.is_cjk(word):
        sound = _same_sound(word, session)
        return [[sound]] if sound else []
    if beginning:
        return letters.complete(word, session)
    pieces = letters.split(word, session) or letters.split(text.fold_sound(word), session)
    known = [[piece] for piece in pieces if session.sound_frequency(piece)]
    only_stop_words = bool(pieces) and not known
    return None if only_stop_words else known


def _token_by_sound(word: str, alternatives: Sequence[str], session: Session) -> Token:
    """Return a token that stands for the words with any of these sounds."""
    frequency = max(map(session.sound_frequency, alternatives))
    spelt = not text.is_cjk(word)
    factors: dict[str, float] = {}
    for sound in alternatives:
        spelt_out = spelt and len(sound) > LONGEST_INITIALS
        factors[sound] = SPELT_OUT if spelt_out else SAME_SOUND
    return Token(word, rarity(frequency, session.size), sounds=factors)


def _same_sound(word: str, session: Session) -> str:
    """Return the sound of a misspelt word if a word of the entries has it too, else an empty string.

    A word that the segmenter knows is not misspelt; it counts only at its exact sound, not at the folded one.
    """
    if len(word) < 2:
        return ""
    sound, _ = text.sounds(word)
    if session.sound_frequency(sound):
        return sound
    folded = text.fold_sound(sound)
    misspelt = text.words(word) != [word]
    return folded if misspelt and session.sound_frequency(folded) else ""


def _forms(word: str, session: Session) -> dict[str, float]:
    """Return the word, its synonyms and what it is often said for, each with its factor."""
    meant = vocabulary.MEANT.get(word)
    synonyms = session.same_meaning.get(word, ())
    forms = {word: SAME_WORD} | dict.fromkeys(synonyms, SYNONYM)
    return forms | {meant: MEANT} if meant else forms


def _frequency(word: str, session: Session) -> int:
    """Return about how many entries have the word or a synonym of it."""
    forms = _forms(word, session)
    return max(map(session.frequency, forms))


def _factor(word: str) -> float:
    """Return the factor for the weight of a word that entries have."""
    if _is_character(word):
        return CHARACTER
    return COMMON_WORD if word in text.COMMON_WORDS else 1.0


def _unknown_factor(word: str) -> float:
    """Return the factor for the weight of a word that no entry has."""
    return COMMON_WORD if word in text.COMMON_WORDS else 1.0


def _is_character(word: str) -> bool:
    return len(word) == 1 and text.is_cjk(word)
