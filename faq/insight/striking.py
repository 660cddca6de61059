"""What of a query is kept: nothing by which somebody could be found.

Digits of six and more, and addresses of mail, are left out and an … stands in their place. A query that seems to hold
the name of a person is not kept at all: `NAMED` is counted instead. A name is what teachers and accounts are called
(`helpdesk.common.people`), what stands before 老师, 校长 and the like or after 我叫, and three characters that begin
with a very frequent family name. Too much is struck rather than too little: what many ask is asked without names too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from helpdesk.common import people
from helpdesk.common.names import normal_name, visible_line
from helpdesk.common.people import DOUBLE_SURNAMES, SURNAMES

from .. import search
from ..models.searches import LONGEST_QUERY

#: Text that stands for every query that held a name. No query has it in normal form, which has no brackets.
NAMED = "（含姓名，未记录）"
#: Mark in place of what was left out.
LEFT_OUT = "…"

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_SIX_DIGITS = re.compile(r"\d(?:[ .\-–—_]?\d){5,}[xX]?")
_SIX_NUMERALS = re.compile("[〇零一二两三四五六七八九]{6,}")
#: Two years, as of a training cycle, are no number of anybody.
_YEARS = re.compile(r"(?:19|20)\d\d[ .\-–—_](?:19|20)\d\d")
_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_DOTTED_NAME = re.compile(f"[{_HAN}]{{2,}}·[{_HAN}]{{2,}}")

TITLES = ("老师", "校长", "园长", "主任", "书记", "局长", "科长", "同志")
_TITLED = re.compile(f"([{''.join(sorted(SURNAMES))}][{_HAN}]{{0,2}})(?:{'|'.join(TITLES)})")
#: Words after which people say what they are called.
CALLED = ("叫", "姓名", "名字", "我是", "我叫", "名叫", "叫做")
I_AM = (("我", "是"), ("姓名", "是"), ("姓名", "为"), ("名字", "是"))
#: Family names with which hardly any other word begins; and the words that do.
_SURE = frozenset("王李张刘陈杨赵吴徐孙朱郭郑韩冯邓曹彭")
_WORDS = frozenset(("张贴", "陈述", "陈列", "任课老师", "张家口", "郑州", "郑州市", "徐州", "徐州市", "韩国", "韩国语"))


def kept(typed: Collection[str]) -> dict[str, str]:
    """Returns by each text, as somebody typed it, what is kept of it in normal form; empty where nothing is left.

    Raises django.db.Error if the database fails.
    """
    lines = {text: normal_name(text) for text in typed}
    normal = {text: _without_numbers(text) for text in typed}
    pieces = {text: people.pieces_of(lines[text]) | people.pieces_of(normal[text]) for text in typed}
    known = people.known_in({piece for found in pieces.values() for piece in found})
    return {
        text: NAMED if pieces[text] & known or _seems_to_name(lines[text], normal[text]) else normal[text]
        for text in typed
    }


def _without_numbers(typed: str) -> str:
    """Returns the normal form of a text, with an … for each number and address; nothing where nothing else is left."""
    line = unicodedata.normalize("NFKC", visible_line(typed))
    marked = _SIX_DIGITS.sub(lambda found: found[0] if _YEARS.fullmatch(found[0]) else "\n", _MAIL.sub("\n", line))
    marked = _SIX_NUMERALS.sub("\n", marked)
    parts = [search.normalize(part).strip() for part in marked.split("\n")]
    if not any(parts):
        return ""
    # Once more, because the normal form makes digits of other signs, and takes away what stood between them.
    joined = _SIX_DIGITS.sub(
        lambda found: found[0] if _YEARS.fullmatch(found[0]) else LEFT_OUT, f" {LEFT_OUT} ".join(parts).strip()
    )
    return joined[:LONGEST_QUERY].strip()


def _seems_to_name(line: str, normal: str) -> bool:
    """Tells whether a line, whose normal form is given too, seems to hold the name of a person."""
    words = search.words(normal)
    if _DOTTED_NAME.search(line) or any(map(_is_name_by_itself, words)):
        return True
    return any(_is_name_by_place(words, at, end) for at in range(len(words)) for end in _ends(words, at))


def _is_name_by_itself(word: str) -> bool:
    """Tells whether a word is a name with a title, as 张老师, or one of three characters, as 李小明."""
    sure = len(word) == 3 and word[0] in _SURE
    return word not in _WORDS and (sure or _TITLED.fullmatch(word) is not None)


def _ends(words: Sequence[str], at: int) -> Iterator[int]:
    """Yields the place behind each name that may begin at that place: 王, 王·芳, 李·小·明, 李·小明, 李明."""
    word = words[at]
    lengths = [len(following) for following in words[at + 1 : at + 3]]
    if word in SURNAMES or word in DOUBLE_SURNAMES:
        yield at + 1
        if lengths[:1] in ([1], [2]):
            yield at + 2
        if lengths == [1, 1]:
            yield at + 3
    elif len(word) == 2 and word[0] in _SURE and word not in _WORDS:
        yield at + 1


def _is_name_by_place(words: Sequence[str], at: int, end: int) -> bool:
    """Tells whether these words are a name by what stands beside them: a title, 我叫, or nothing at all."""
    titled = words[end : end + 1] and words[end] in TITLES
    before = tuple(words[max(0, at - 2) : at])
    called = before in I_AM or (before and before[-1] in CALLED)
    alone = len(words) == end - at and words[at][0] in _SURE
    return bool(titled or called or alone)
