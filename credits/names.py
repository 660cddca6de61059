"""People's names in the order a Chinese roster has them: by pinyin, whatever characters they are written with."""

from __future__ import annotations

from functools import lru_cache

import pypinyin

#: Family names that are read otherwise than the same character elsewhere.
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
LONGEST_KEY = 120
LONGEST_NAME = 40


@lru_cache(maxsize=4096)  # names repeat, but those of strangers' files must not pile up
def _read(name: str) -> tuple[str, ...]:
    return tuple(pypinyin.lazy_pinyin(name))


def sort_key(name: str) -> str:
    """What orders `name` among others: 欧阳·买买提 → “ou yang mai mai ti”; at most `LONGEST_KEY` characters."""
    plain = "".join(character for character in name[:LONGEST_NAME] if character not in "·•・ ")
    readings = list(_read(plain))
    if plain and plain[0] in FAMILY_READINGS:
        readings[0] = FAMILY_READINGS[plain[0]]
    return " ".join(readings).lower()[:LONGEST_KEY]
