"""Keys that sort people's names by pinyin, as Chinese rosters do; and names and numbers in one normal form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Pinyin of family names whose character is read otherwise in other words.
FAMILY_READINGS = {
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "曾": "zeng",
    "区": "ou",
    "朴": "piao",
    "盖": "ge",
    "任": "ren",
    "华": "hua",
    "覃": "qin",
    "乐": "yue",
    "翟": "zhai",
    "尹": "yin",
    "缪": "miao",
    "宓": "mi",
    "折": "she",
}
#: Hyphens, dashes, the minus sign and the line of a table. A Chinese keyboard types two dashes at once.
_DASHES = re.compile("[‐-―−─]+")
#: Dots between the parts of a name: each keyboard has another one.
DOTS = "·•‧∙⋅・･᛫‣●"
_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_DOTS = re.compile(f" *[{DOTS}] *|(?<=[{_HAN}]) *[.．] *(?=[{_HAN}])")
_HAN_GAP = re.compile(f"(?<=[{_HAN}]) +(?=[{_HAN}])")
#: Categories of characters that nobody sees: controls, formats such as zero-width spaces, surrogates, private use.
INVISIBLE = ("Cc", "Cf", "Cs", "Co")
LONGEST_KEY = 120
LONGEST_NAME = 40
#: Characters of the letters by which a name is found; of longer ones the last syllables are left out.
LONGEST_LETTERS = 240
#: Signs that people type between syllables, or leave out.
_BETWEEN_SYLLABLES = re.compile("[ '’`·-]+")


@lru_cache(maxsize=4096)  # names repeat; the bound keeps uploaded files from filling the memory
def _read(name: str) -> tuple[str, ...]:
    import pypinyin  # takes memory and time, which the child process that reads spreadsheets shall not spend

    return tuple(pypinyin.lazy_pinyin(name))


def sort_key(name: str) -> str:
    """Returns the pinyin of `name` in at most `LONGEST_KEY` characters: 欧阳·买买提 → “ou yang mai mai ti”."""
    plain = "".join(character for character in name[:LONGEST_NAME] if character not in "·•・ ")
    return " ".join(_syllables(plain))[:LONGEST_KEY]


def _syllables(name: str) -> list[str]:
    """Returns the pinyin of a name without dots, a syllable a character; words in letters stay as they are."""
    readings = list(_read(name))
    if name and name[0] in FAMILY_READINGS:
        readings[0] = FAMILY_READINGS[name[0]]
    return [reading.lower() for reading in readings]


def letters_of(name: str) -> str:
    """Returns all by which a name is found in letters, each after a bar: 张三 → “|zs|zhangsan|san”.

    These are its initials, its whole pinyin, and what follows each of its syllables, as the given name does.
    """
    normal = normal_name(name)[:LONGEST_NAME]
    syllables = _syllables(re.sub("[· ]", "", normal))
    initials = "".join(syllable[:1] for syllable in syllables)
    rests = ["".join(syllables[at:]) for at in range(len(syllables))]
    whole = "".join(f"|{form}" for form in [initials, *rests])
    return whole[:LONGEST_LETTERS]


def typed_letters(text: str) -> str:
    """Returns what is looked for in `letters_of`: ` Zhang San` → “|zhangsan”; nothing where other than letters stand.

    A `ü` may be typed as such or as `v`.
    """
    plain = _BETWEEN_SYLLABLES.sub("", normal_name(text).lower()).replace("ü", "v")
    return f"|{plain}" if plain.isascii() and plain.isalpha() else ""


def in_letters(text: str) -> str:
    """Returns Chinese text as one types it in letters: 桃源一小 → “taoyuanyixiao”."""
    return "".join(_read(text)).lower()


# --- one normal form, by which what is typed and what is kept are compared -----------------------------------------


def visible_line(text: str) -> str:
    """Returns `text` as one line, without characters that nobody sees, and with single spaces."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    seen = "".join(character for character in spaced if unicodedata.category(character) not in INVISIBLE)
    return " ".join(seen.split())


def normal_name(text: str) -> str:
    """Returns a name as it is meant: 张　三 → 张三, 买买提•艾力 → 买买提·艾力, 桃源一小（东区） → 桃源一小(东区).

    Letters, digits and brackets are narrow, any dot between names is `·`, and no spaces pad or part Chinese characters.
    """
    line = visible_line(text)
    dotted = _DOTS.sub("·", line)  # first: NFKC would make other signs of some dots
    narrow = unicodedata.normalize("NFKC", dotted)
    return _HAN_GAP.sub("", visible_line(narrow))


def name_key(text: str) -> str:
    """Returns what two spellings of one name have in common, to compare by: also without spaces, in small letters."""
    return normal_name(text).replace(" ", "").lower()


def spellings(text: str) -> set[str]:
    """Returns the forms in which a name, or a part of one, may be kept: as typed, normal, and with another dot."""
    normal = normal_name(text)
    dotted = {normal.replace("·", dot) for dot in DOTS} if "·" in normal else set()
    return {form for form in {text, normal} | dotted if form}


def normal_number(text: str) -> str:
    """Returns a number or code as it is meant: narrow letters and digits, `-` for any dash, no spaces around it.

    Spaces inside stay, and are refused where the number is entered: two numbers may stand there.
    """
    narrow = unicodedata.normalize("NFKC", visible_line(text))
    return _DASHES.sub("-", narrow.strip())


def number_key(text: str) -> str:
    """Returns what two spellings of one staff number have in common: `ＤＥＭＯ—0055` and `demo-0055` are one."""
    return normal_number(text).lower()
