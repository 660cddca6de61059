"""Parts of addresses made from Chinese names."""

from __future__ import annotations

import pypinyin
from django.utils.text import slugify

#: As long as Django's SlugField, less room for a number at the end.
LONGEST = 44
#: For names that hold nothing which can be written in Latin letters.
NAMELESS = "n"


def address_from(name: str) -> str:
    """Returns the pinyin of `name` for an address: 登录与密码 → “deng-lu-yu-mi-ma”; never empty."""
    syllables = pypinyin.lazy_pinyin(name)
    return slugify("-".join(syllables))[:LONGEST].strip("-") or NAMELESS
