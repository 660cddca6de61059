"""Reading of text, the same for entries and queries: normal form, words, sounds.

Normal form serves matching only. Pages show the text as written, and `Normalized` maps each place of the normal form
back to it. The field's own words stand in `vocabulary.py`.
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

# Characters of a query that are read, and those of them that Whoosh is asked for at most.
MAX_QUERY_CHARS = 300
MAX_ASKED_CHARS = 100
MAX_QUERY_TOKENS = 60
# Characters of a query that are normalized: more than are kept, because invisible ones vanish, but a bounded number.
_MAX_RAW_CHARS = 4 * MAX_QUERY_CHARS
# Runs of letters are cut to this length: nobody searches for longer ones, and they would only make the index larger.
_MAX_WORD_CHARS = 40
# The most pieces into which the segmenter may have cut a synonym for `join_known` to put it together again.
_MOST_JOINED = 5

STOP_WORDS = frozenset(vocabulary.STOP_WORDS.split())
COMMON_WORDS = frozenset(vocabulary.COMMON_WORDS.split())
ASKING = frozenset(vocabulary.ASKING.split())

_CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
# A number that letters follow is a word of its own (900min), unlike digits after letters (f5).
_PLAIN = rf"\d+(?:\.\d+)?|[^\W\d{_CJK}][^\W{_CJK}]*"
_RUN = re.compile(rf"[{_CJK}]+|{_PLAIN}")
_UNIT = re.compile(rf"[{_CJK}]|{_PLAIN}")
_IS_CJK = re.compile(rf"[{_CJK}]")
_LONGEST_FIRST = sorted(vocabulary.SPELLINGS, key=len, reverse=True)
_SPELLING = re.compile("|".join(map(re.escape, _LONGEST_FIRST)))
# Matches a point that is not a decimal point, with the spaces around it, or several spaces.
_SEPARATOR = re.compile(r" *(?:(?<!\d)\.|\.(?!\d))[ .]*| {2,}")
_GAP = re.compile(rf"(?<=\d) (?=[{_CJK}])|(?<=[{_CJK}]) (?=\d)|^ | $")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
# Spellings of sounds that many speakers do not tell apart, and the one that stands for both; applied in this order.
_ALIKE_SOUNDS = {"zh": "z", "ch": "c", "sh": "s", "ng": "n", "v": "u", "ü": "u"}
_UNITS = "学?分|学?年|学时|课时|节|次|个|项|门|种|名|位|天|周|月|小时|岁"
_NUMERAL_CHARS = "〇零一二两三四五六七八九十百"
# Matches a Chinese numeral before a unit, but not where it is part of a word (统一, 万一) or an article (一个); and a
# numeral of several characters with a ten or hundred in it wherever it stands (凑满二十六).
_NUMERAL = re.compile(
    rf"(?<![统同唯第万专{_NUMERAL_CHARS}])(?!一[个位名种])"
    rf"(?:[{_NUMERAL_CHARS}]+(?= ?(?:{_UNITS}))|(?=.?[十百])[{_NUMERAL_CHARS}]{{2,}})"
)
# About so many, not a number of two digits: 三四分.
_ABOUT_SO_MANY = re.compile("[一二两三四五六七八九]{2}")


@dataclass(frozen=True)
class Normalized:
    """Text in normal form; its character i came from `original[starts[i]:ends[i]]`."""

    text: str
    starts: array[int]
    ends: array[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return start and end, in the original, of the normal text from `start` to `end`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


def trace(original: str) -> Normalized:
    """Return the normal form of `original`, with the place each character came from.

    Compatibility forms, case and accents are folded, Traditional becomes Simplified, the field's terms get one
    spelling, numerals before a unit become digits (but not the 一 of 一个, an article), and everything that is
    neither letter nor digit becomes one space.
    """
    folded = [_fold(char) for char in original]
    places = [at for at, part in enumerate(folded) for _ in part]
    starts = array("I", places)
    ends = array("I", [at + 1 for at in places])
    simplified = _simplify("".join(folded))
    normal = Normalized(simplified, starts, ends)
    normal = _replace(normal, _SEPARATOR, lambda match: " ")
    normal = _replace(normal, _SPELLING, lambda match: vocabulary.SPELLINGS[match[0]])
    normal = _replace(normal, _NUMERAL, lambda match: _to_digits(match[0]))
    return _replace(normal, _GAP, lambda match: "")


def normalize(original: str) -> str:
    """Return the normal form of `original`, as `trace` describes it."""
    return trace(original).text


def normalize_query(query: str) -> str:
    """Return any text sent as a query in normal form, cut to MAX_QUERY_CHARS characters."""
    normal = normalize(query[:_MAX_RAW_CHARS])
    return normal[:MAX_QUERY_CHARS].strip()


def words(text: str) -> list[str]:
    """Return the words of normal text in their order, stop words included."""
    found: list[str] = []
    for run in _RUN.findall(text):
        if is_cjk(run):
            cut = _segmenter().cut(run, hmm=False)
            found.extend(cut)
        else:
            found.append(run[:_MAX_WORD_CHARS])
    return found


def informative(found: Sequence[str]) -> list[str]:
    """Return the words that are not stop words, so those that say what a text is about."""
    return [word for word in found if word not in STOP_WORDS]


@lru_cache(maxsize=65_536)
def asks(clause: str) -> bool:
    """Tell whether a clause of normal text has a word that asks."""
    return any(word in clause for word in ASKING)


def bigrams(text: str) -> list[str]:
    """Return each pair of neighbouring Chinese characters or whole numbers: 26学分 → 26学, 学分.

    Pairs find a word wherever the segmenter cut the text.
    """
    found: list[str] = []
    for part in text.split():
        units = _UNIT.findall(part)
        pairs = map("".join, pairwise(units))
        found.extend(filter(is_cjk, pairs))
    return found


def plain_tokens(text: str) -> list[str]:
    """Return the numbers and the words in letters, which match only as a whole: 6 does not match in 26."""
    runs = _RUN.findall(text)
    return [run[:_MAX_WORD_CHARS] for run in runs if not is_cjk(run)]


@lru_cache(maxsize=4096)
def whole(word: str) -> re.Pattern[str]:
    """Return a pattern that finds `word` in normal text.

    A word that begins or ends with a letter or digit is not found inside a longer run of letters or digits; letters
    right after a number are another word. A word is not found across the end of a term (信号 in 微信号).
    """
    letter = rf"[^\W\d{_CJK}]"
    before = (
        _not_cutting_a_term(word)
        if is_cjk(word[:1])
        else rf"(?<!{letter})"
        if word[:1].isalpha()
        else rf"(?<!{letter})(?<![\d.])"
    )
    after = "" if is_cjk(word[-1:]) else r"(?!\.?\d)" if word.replace(".", "").isdecimal() else rf"(?!\d|{letter})"
    return re.compile(before + re.escape(word) + after)


def occurs(word: str, within: str) -> bool:
    """Tell whether the pattern `whole(word)` would find `word` in normal text."""
    if word not in within:
        return False
    return _open_ended(word) or whole(word).search(within) is not None


@lru_cache(maxsize=65_536)
def _open_ended(word: str) -> bool:
    """Tell whether any occurrence counts, because the word begins and ends with a Chinese character."""
    return is_cjk(word[:1]) and is_cjk(word[-1:]) and not _not_cutting_a_term(word)


def _not_cutting_a_term(word: str) -> str:
    """Return the part of a pattern that keeps `word` from beginning within a term of two characters."""
    if len(word) < 2:
        return ""
    before = {term[0] for term in terms() if len(term) == 2 and term[1] == word[0]}
    return rf"(?<![{''.join(sorted(before))}])" if before else ""


@lru_cache(maxsize=65_536)
def is_cjk(word: str) -> bool:
    """Tell whether the word has a Chinese character in it."""
    return _IS_CJK.search(word) is not None


@lru_cache(maxsize=65_536)
def sounds(word: str) -> tuple[str, str]:
    """Return the pinyin of a Chinese word without tones, and its initials: xuefen, xf."""
    syllables = _pinyin()(word)
    initials = [syllable[:1] for syllable in syllables]
    return "".join(syllables), "".join(initials)


def sound_keys(found: Iterable[str], *, every: bool) -> list[str]:
    """Return the ways in which these words may be typed in letters, without repetition.

    They are the pinyin, the folded pinyin and the initials. Without `every`, single characters are left out and only
    the field's terms have initials, because in a long text two letters stand for too many words.
    """
    keys: dict[str, None] = {}
    for word in found:
        if not is_cjk(word) or (len(word) == 1 and not every):
            continue
        pinyin, initials = sounds(word)
        if len(pinyin) > 1:
            folded = fold_sound(pinyin)
            keys[pinyin] = keys[folded] = None
        if len(initials) > 1 and (every or word in terms()):
            keys[initials] = None
    return list(keys)


@cache
def stop_sounds() -> frozenset[str]:
    """Return the pinyin of the stop words of several syllables: zenme, weishenme."""
    spelt = set()
    for word in STOP_WORDS:
        if is_cjk(word) and len(word) > 1:
            pinyin, _ = sounds(word)
            spelt.add(pinyin)
    return frozenset(spelt)


@lru_cache(maxsize=20_000)
def word_sounds(word: str) -> tuple[str, ...]:
    """Return all the ways in which one word may be typed in letters."""
    return tuple(sound_keys([word], every=True))


def fold_sound(pinyin: str) -> str:
    """Return joined pinyin without the differences that many speakers do not make: zh/z, ch/c, sh/s, ng/n, ü/v/u."""
    for spelling, folded in _ALIKE_SOUNDS.items():
        pinyin = pinyin.replace(spelling, folded)
    return pinyin


def synonym_table(groups: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return for each word its synonyms, without the word itself; each group is words separated by spaces."""
    table: dict[str, dict[str, None]] = {}
    for group in groups:
        normal = [normalize(word) for word in group.split()]
        members = [word for word in normal if word]
        for word in members:
            others = [member for member in members if member != word]
            table.setdefault(word, {}).update(dict.fromkeys(others))
    return {word: tuple(others) for word, others in table.items()}


def join_known(found: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the words found, with neighbours joined that together are a `known` word: 看 课 → 看课.

    The longest known word wins.
    """
    joined: list[str] = []
    at = 0
    while at < len(found):
        end = _end_of_known(found, at, known)
        joined.append("".join(found[at:end]))
        at = end
    return joined


def _end_of_known(found: Sequence[str], at: int, known: Collection[str]) -> int:
    """Return the end of the longest known word that begins with the piece at `at`, else of that piece alone."""
    furthest = min(len(found), at + _MOST_JOINED)
    for end in range(furthest, at + 1, -1):
        if "".join(found[at:end]) in known:
            return end
    return at + 1


@cache
def terms() -> tuple[str, ...]:
    """Return the field's terms in normal form, without repetition."""
    normal = map(normalize, vocabulary.TERMS.split())
    return tuple(dict.fromkeys(normal))


@cache
def _segmenter() -> rjieba.Jieba:
    """Return this module's own segmenter with all words added, since none may be added while another thread cuts."""
    segmenter = rjieba.Jieba()
    everyday = sorted(STOP_WORDS | COMMON_WORDS)
    for word in (*terms(), *everyday):
        if is_cjk(word) and len(word) > 1:
            segmenter.add_word(word, None, None)
    return segmenter


@cache
def _pinyin() -> Callable[[str], list[str]]:
    """Return the function that gives a word's syllables, with this field's pronunciations loaded."""
    pypinyin.load_phrases_dict(vocabulary.PRONUNCIATIONS)
    return lambda word: pypinyin.lazy_pinyin(word, errors="ignore")


@lru_cache(maxsize=65_536)
def _fold(char: str) -> str:
    """Return one character in its compatibility form and lower case, without accents.

    An invisible character becomes nothing. A character that is neither letter nor digit becomes a space, except the
    point, which may stand in a number. Accents are dropped, not composed as NFKC would, so that each character can be
    folded by itself.
    """
    kept = []
    decomposed = unicodedata.normalize("NFKD", char)
    for part in decomposed.casefold():
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
    """Return Simplified Chinese of the same length, since `Normalized` counts characters."""
    converted = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(map(_simplify_char, text))


def _simplify_char(char: str) -> str:
    converted = _converter().convert(char)
    return converted if len(converted) == 1 else char


def _replace(normal: Normalized, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> Normalized:
    """Return `normal` after `pattern.sub`, each new character mapped to the whole of the text it replaced."""
    matches = list(pattern.finditer(normal.text))
    if not matches:
        return normal
    pieces: list[str] = []
    starts = array("I")
    ends = array("I")
    at = 0
    for match in matches:
        begin = match.start()
        new = replacement(match)
        start, end = normal.origin(begin, match.end())
        pieces += normal.text[at:begin], new
        starts += normal.starts[at:begin] + array("I", [start]) * len(new)
        ends += normal.ends[at:begin] + array("I", [end]) * len(new)
        at = match.end()
    pieces.append(normal.text[at:])
    starts += normal.starts[at:]
    ends += normal.ends[at:]
    return Normalized("".join(pieces), starts, ends)


def _to_digits(numeral: str) -> str:
    """Return a Chinese numeral in digits: 二十六 → 26, 一百零五 → 105, 二〇二一 → 2021."""
    if _ABOUT_SO_MANY.fullmatch(numeral):
        return numeral
    if not any(unit in numeral for unit in "十百"):
        digits = [str(_DIGITS[char]) for char in numeral]
        return "".join(digits)
    total = 0
    digit: int | None = None
    for char in numeral:
        if char in "十百":
            unit = 10 if char == "十" else 100
            total += (1 if digit is None else digit) * unit
            digit = None
        else:
            digit = _DIGITS[char]
    return str(total + (digit or 0))
