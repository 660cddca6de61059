"""One way to read text, for entries and queries alike: normal form, words, sounds.

Everything here serves matching only; what is shown stays as written, and `Normalized` leads back to it.
The field's own words stand in `vocabulary.py`.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import opencc
import pypinyin
import rjieba

from . import vocabulary

MAX_QUERY_CHARS = 100
MAX_QUERY_TOKENS = 60
# Characters of a query that are read at all: room for invisible ones, and a bound on the work.
_MAX_RAW_CHARS = 4 * MAX_QUERY_CHARS
# Longer runs of letters are no words anybody searches for, only weight.
_MAX_WORD_CHARS = 40
# Of how many pieces a synonym is put together where the segmenter cut it.
_MOST_JOINED = 5

STOP_WORDS = frozenset(vocabulary.STOP_WORDS.split())
COMMON_WORDS = frozenset(vocabulary.COMMON_WORDS.split())

_CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_CJK}]+|\d+\.\d+|[^\W{_CJK}]+")
_UNIT = re.compile(rf"[{_CJK}]|\d+\.\d+|[^\W{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
_SPELLING = re.compile("|".join(sorted(map(re.escape, vocabulary.SPELLINGS), key=len, reverse=True)))
# A point that is no decimal point, with the spaces around it, or several spaces.
_SEPARATOR = re.compile(r" *(?:(?<!\d)\.|\.(?!\d))[ .]*| {2,}")
_GAP = re.compile(rf"(?<=\d) (?=[{_CJK}])|(?<=[{_CJK}]) (?=\d)|^ | $")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = "学?分|学?年|学时|课时|节|次|个|项|门|种|名|位|天|周|月|小时|岁"
_NUMERAL = re.compile(rf"(?<![统同唯第万专])(?!一[个位名种])[〇零一二两三四五六七八九十百]+(?= ?(?:{_UNITS}))")


@dataclass(frozen=True)
class Normalized:
    """Text in normal form. Its character i came from the original between `starts[i]` and `ends[i]`."""

    text: str
    starts: array[int]
    ends: array[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that the non-empty normal text from `start` to `end` came from."""
        return self.starts[start], self.ends[end - 1]


def trace(original: str) -> Normalized:
    """The normal form of `original`, with the way back.

    Compatibility forms, case and accents are folded, Traditional becomes Simplified, the field's terms get one
    spelling, numerals before a unit become digits (but not the 一 of 一个, an article), and everything that is
    neither letter nor digit becomes one space.
    """
    folded = list(map(_fold, original))
    starts = array("I", [at for at, part in enumerate(folded) for _ in part])
    ends = array("I", [at + 1 for at in starts])
    normal = Normalized(_simplify("".join(folded)), starts, ends)
    normal = _replace(normal, _SEPARATOR, lambda match: " ")
    normal = _replace(normal, _SPELLING, lambda match: vocabulary.SPELLINGS[match[0]])
    normal = _replace(normal, _NUMERAL, lambda match: _to_digits(match[0]))
    return _replace(normal, _GAP, lambda match: "")


def normalize(original: str) -> str:
    return trace(original).text


def normalize_query(query: str) -> str:
    """A query in normal form, at most MAX_QUERY_CHARS characters, whatever was sent."""
    return normalize(query[:_MAX_RAW_CHARS])[:MAX_QUERY_CHARS].strip()


def words(text: str) -> list[str]:
    """The words of normal text in their order, stop words included."""
    found: list[str] = []
    for run in _RUN.findall(text):
        if is_cjk(run):
            found.extend(_segmenter().cut(run, hmm=False))
        else:
            found.append(run[:_MAX_WORD_CHARS])
    return found


def informative(found: Sequence[str]) -> list[str]:
    """Those words that say what a text is about."""
    return [word for word in found if word not in STOP_WORDS]


def bigrams(text: str) -> list[str]:
    """Every two neighbours, Chinese characters or whole numbers, so that a word is found wherever the segmenter
    cut: 26学分 → 26学 学分."""
    return [one + other for part in text.split() for one, other in pairwise(_UNIT.findall(part)) if is_cjk(one + other)]


def plain_tokens(text: str) -> list[str]:
    """The numbers and the words in letters; those match as a whole, never as a part: 6 is not in 26."""
    return [run[:_MAX_WORD_CHARS] for run in _RUN.findall(text) if not is_cjk(run)]


@lru_cache(maxsize=4096)
def whole(word: str) -> re.Pattern[str]:
    """Finds `word` in normal text; where it begins or ends with a letter or digit, not as a part of others."""
    before = "" if is_cjk(word[:1]) else rf"(?<![^\W{_CJK}])(?<!\d\.)"
    after = "" if is_cjk(word[-1:]) else rf"(?![^\W{_CJK}]|\.\d)"
    return re.compile(before + re.escape(word) + after)


def occurs(word: str, within: str) -> bool:
    """Whether `word` stands in normal text, as `whole` finds it."""
    return word in within and (_open_ended(word) or whole(word).search(within) is not None)


@lru_cache(maxsize=65_536)
def _open_ended(word: str) -> bool:
    return is_cjk(word[:1]) and is_cjk(word[-1:])


@lru_cache(maxsize=65_536)
def is_cjk(word: str) -> bool:
    return _IS_CJK.search(word) is not None


@lru_cache(maxsize=65_536)
def sounds(word: str) -> tuple[str, str]:
    """The pinyin of a Chinese word without tones, and its initials: xuefen, xf."""
    syllables = _pinyin()(word)
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def sound_keys(found: Iterable[str], *, every: bool) -> list[str]:
    """How these words may be typed in letters, each once: pinyin as it is and folded, and initials.

    Without `every` single characters are left out and only the field's terms have initials: in a long text, two
    letters stand for too much.
    """
    keys: dict[str, None] = {}
    for word in found:
        if not is_cjk(word) or (len(word) == 1 and not every):
            continue
        pinyin, initials = sounds(word)
        if len(pinyin) > 1:
            keys[pinyin] = keys[fold_sound(pinyin)] = None
        if len(initials) > 1 and (every or word in terms()):
            keys[initials] = None
    return list(keys)


@cache
def stop_sounds() -> frozenset[str]:
    """Stop words of several syllables spelt out in letters: zenme, weishenme."""
    return frozenset(sounds(word)[0] for word in STOP_WORDS if is_cjk(word) and len(word) > 1)


@lru_cache(maxsize=20_000)
def word_sounds(word: str) -> tuple[str, ...]:
    """How one word may be typed in letters."""
    return tuple(sound_keys([word], every=True))


def fold_sound(pinyin: str) -> str:
    """Joined pinyin without the differences that many speakers do not make: zh/z, ch/c, sh/s, ng/n, ü/v/u."""
    for several, one in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("v", "u"), ("ü", "u")):
        pinyin = pinyin.replace(several, one)
    return pinyin


def synonym_table(groups: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each word of the groups, words apart by spaces, those that mean the same, without itself."""
    table: dict[str, dict[str, None]] = {}
    for group in groups:
        normal = [normalize(word) for word in group.split()]
        for word in filter(None, normal):
            table.setdefault(word, {}).update(dict.fromkeys(other for other in normal if other and other != word))
    return {word: tuple(others) for word, others in table.items()}


def join_known(found: Sequence[str], known: Collection[str]) -> list[str]:
    """The words found; neighbours that together are a `known` word become that, the longest first: 看 课 → 看课."""
    joined: list[str] = []
    at = 0
    while at < len(found):
        ends = range(min(len(found), at + _MOST_JOINED), at + 1, -1)
        end = next((end for end in ends if "".join(found[at:end]) in known), at + 1)
        joined.append("".join(found[at:end]))
        at = end
    return joined


@cache
def terms() -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalize(term) for term in vocabulary.TERMS.split()))


@cache
def _segmenter() -> rjieba.Jieba:
    """Our own instance, complete before anybody sees it: words must not be added while others cut."""
    segmenter = rjieba.Jieba()
    for word in (*terms(), *sorted(STOP_WORDS | COMMON_WORDS)):
        if is_cjk(word) and len(word) > 1:
            segmenter.add_word(word, None, None)
    return segmenter


@cache
def _pinyin() -> Callable[[str], list[str]]:
    pypinyin.load_phrases_dict(vocabulary.PRONUNCIATIONS)
    return lambda word: pypinyin.lazy_pinyin(word, errors="ignore")


@lru_cache(maxsize=65_536)
def _fold(char: str) -> str:
    """One character in its compatibility form and lower case, without accents: nothing for an invisible one, a
    space for all that is neither letter nor digit, but for the point, which may stand in a number.

    Accents are dropped, not composed as NFKC would, so that each character can be folded by itself.
    """
    kept = []
    for part in unicodedata.normalize("NFKD", char).casefold():
        category = unicodedata.category(part)
        if part.isalnum() or part == ".":
            kept.append(part)
        elif part.isspace() or category[0] not in "CM":  # C: control, format, surrogate, private; M: marks
            kept.append(" ")
    return "".join(kept)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplify(text: str) -> str:
    """Simplified Chinese of the same length, which the way back relies on."""
    converted = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(one if len(one := _converter().convert(char)) == 1 else char for char in text)


def _replace(normal: Normalized, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> Normalized:
    """`pattern.sub` that keeps the way back: every new character stands for the whole of what it replaced."""
    matches = list(pattern.finditer(normal.text))
    if not matches:
        return normal
    text: list[str] = []
    starts, ends = array("I"), array("I")
    at = 0
    for match in matches:
        new = replacement(match)
        start, end = normal.origin(match.start(), match.end())
        text += normal.text[at : match.start()], new
        starts += normal.starts[at : match.start()] + array("I", [start]) * len(new)
        ends += normal.ends[at : match.start()] + array("I", [end]) * len(new)
        at = match.end()
    text.append(normal.text[at:])
    return Normalized("".join(text), starts + normal.starts[at:], ends + normal.ends[at:])


def _to_digits(numeral: str) -> str:
    """二十六 → 26, 一百零五 → 105, 二〇二一 → 2021."""
    if not any(unit in numeral for unit in "十百"):
        return "".join(str(_DIGITS[char]) for char in numeral)
    total = 0
    digit: int | None = None
    for char in numeral:
        if char in "十百":
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = None
        else:
            digit = _DIGITS[char]
    return str(total + (digit or 0))
