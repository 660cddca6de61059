"""Names of people: apps that know people tell whether a text holds one, others ask before they keep the text.

An app that must not import the one with the people, as `faq`, asks `known_in` here. Whether an unknown word is a name
can only be guessed; `SURNAMES` are for that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

#: The most frequent family names, which nine of ten people have.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜"
    "崔谭陆范汪廖石金韦贾夏方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔汤康施文牛樊葛邢"
    "安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕裴霍涂成苗谷曲盛冉翁蓝"
    "辛靳萧傅付丘阎段赖洪常温季骆游柴鲍华喻祁房应楼裘竺虞项"
)
#: Those of them that mostly stand in other words where 老师 follows, as in 完成老师: there they are no sign of a name.
OFTEN_WORDS = frozenset("关冉包宁尚左成曲毕申盛祝符舒谷辛")
#: The most frequent ones of two characters.
DOUBLE_SURNAMES = frozenset(
    ["欧阳", "上官", "司马", "司徒", "诸葛", "夏侯", "皇甫", "慕容", "令狐", "尉迟", "公孙", "东方", "端木", "南宫"]
)
#: Lengths of names without a dot between their parts, in characters.
SHORTEST, LONGEST = 2, 4

_HAN_RUN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")

#: Takes pieces of text and returns those that are the whole name of somebody.
Known = Callable[[Collection[str]], set[str]]

_KNOWN: list[Known] = []


def register(known: Known) -> None:
    """Lets `known` be asked for names."""
    if known not in _KNOWN:
        _KNOWN.append(known)


def known_in(pieces: Collection[str]) -> set[str]:
    """Returns those of the pieces that are somebody's whole name. Raises django.db.Error if the database fails."""
    return {name for known in _KNOWN for name in known(pieces)} if pieces else set()


def pieces_of(text: str) -> set[str]:
    """Returns every part of a text that may be a whole name."""
    return {
        run[start : start + length]
        for run in _HAN_RUN.findall(text)
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(run) - length + 1)
    }
