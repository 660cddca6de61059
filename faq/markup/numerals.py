"""Numbers as Chinese documents write them: 三, 十二, 二十一, ③, ５. No Django."""

from __future__ import annotations

import re

DIGITS = "零一二三四五六七八九"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
BRACKETED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
DOTTED = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"
CHINESE = "[一二三四五六七八九十百]"
_ONES = "[一二三四五六七八九]"
#: Numerals below 1,000 as they are written properly.
_WELL_FORMED = re.compile(rf"(?:{_ONES}?百零?)?(?:{_ONES}?十)?{_ONES}?")


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
    return of_chinese(written) if written and _WELL_FORMED.fullmatch(written) else None


def of_chinese(written: str) -> int | None:
    """Returns the value of Chinese numerals below 1,000, or of Chinese digits one by one; None for other signs."""
    total, digit = 0, 0
    for sign in written.replace("〇", "零").replace("两", "二"):
        if sign in "十百":
            unit = 10 if sign == "十" else 100
            total += (digit or 1) * unit
            digit = 0
        elif sign in DIGITS:
            digit = digit * 10 + DIGITS.index(sign) if digit else DIGITS.index(sign)
        else:
            return None
    return total + digit
