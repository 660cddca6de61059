"""Numbers as Chinese documents write them: 三, 十二, 二十一, ③, ５."""

from __future__ import annotations

import re

DIGITS = "零一二三四五六七八九"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
BRACKETED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
DOTTED = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"
CHINESE = "[一二三四五六七八九十百]"
_CHINESE = re.compile(r"(?:([一二三四五六七八九])?百零?)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?")


def chinese_numeral(number: int) -> str:
    """Returns 1 to 99 in Chinese, and other numbers in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    written = ""
    if tens:
        written = ("" if tens == 1 else DIGITS[tens]) + "十"
    return written + (DIGITS[ones] if ones else "")


def value_of(written: str) -> int | None:
    """Returns the value of a number in Arabic (full width too) or Chinese numerals or in a circle; None for others."""
    if written.isdecimal():
        return int(written)
    for signs in (CIRCLED, BRACKETED, DOTTED):
        if len(written) == 1 and written in signs:
            return signs.index(written) + 1
    found = _CHINESE.fullmatch(written)
    if not written or found is None:
        return None
    hundreds, tens, ten, ones = found.groups()
    value = DIGITS.index(ones) if ones else 0
    if ten:
        value += 10 * (DIGITS.index(tens) if tens else 1)
    if "百" in written:
        value += 100 * (DIGITS.index(hundreds) if hundreds else 1)
    return value
