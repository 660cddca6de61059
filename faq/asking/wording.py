"""Normal form of what people write in a question: readable, storable, and about something."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

#: Marks that turn the direction of writing or stand for nothing, and blank letters: they hide what a text says.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LINK = re.compile(r"(?i)\b(?:https?://|www\.)\S+")
MOST_LINKS = 3
MANY_BLANK_LINES = re.compile(r"\n{3,}")
NO_WORDS = "请用文字写清楚您想问什么。"
TOO_MANY_LINKS = f"里面的网址太多了，最多 {MOST_LINKS} 个。请留下最要紧的，再提交一次。"
NUL = "里面有保存不了的字符（显示为 \ufffd），请删掉再提交。"


def normal(written: str) -> str:
    """Returns `written` without marks that cannot be seen, without trailing spaces, with at most one blank line."""
    text = _INVISIBLE.sub("", written.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Co"))
    lines = [line.rstrip() for line in kept.split("\n")]
    return MANY_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def demand_words(text: str) -> None:
    """Raises ValidationError, in Chinese, where the text has no letter, digit or character, or too many links."""
    if not any(unicodedata.category(sign)[0] in "LN" for sign in text):
        raise ValidationError(NO_WORDS, code="no_words")
    if len(_LINK.findall(text)) > MOST_LINKS:
        raise ValidationError(TOO_MANY_LINKS, code="links")
