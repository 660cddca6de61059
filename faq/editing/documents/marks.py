"""Things about a found entry that an editor should look at before it is saved, in Chinese."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from ..found import FoundEntry
from ..likeness import Likes, question_key
from .splitting.answers import SENTENCE

LONGEST_QUESTION = 120

EMPTY, LONG, TWO_MARKS, NO_PICTURE = "空答案", "问题过长", "两个问号", "看图但没有图"
UNDESCRIBED, LEFT_BEHIND = "图片还没有说明", "图片没有带过来"
PHONE, PERSON, REPEATED, GAP, SAME_NUMBER = "电话号码", "人名", "重复", "断号", "序号重复"

_PICTURE_NAMED = re.compile(
    r"[下上左右]图|如图|见图|看图|图示|图例|附图|插图|[下上]面的?图|截图[所如]示|图\s?[0-9一二三四五六七八九十]"
)
_PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}|0[0-9]{2,3}[-— ][0-9]{7,8}"
    r"|(?:400|800)[- ]?[0-9]{3}[- ]?[0-9]{4})(?![0-9])"
    r"|(?:电话|手机号?|座机|热线|联系方式|QQ|微信号?)[^0-9<>\n]{0,8}[0-9]{6,}"
)
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])")
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范廖"
    "石贾韦夏付邹熊白孟秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤章俞翁裘楼傅骆竺虞鲍葛诸施费岑柳倪柴祝"
)
_TITLES = "老师|主任|校长|科长|处长|局长|园长|书记|同志|女士|先生|院长|部长|教授|专家"
_PERSON = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:[{_FAMILY}][\u4e00-\u9fff]{{0,2}})(?:{_TITLES})|(?:联系人|负责人)[:：]\s*[{_FAMILY}]"
)
_NAMED_INSIDE = re.compile(rf"[{_FAMILY}](?:[\u4e00-\u9fff]{{2}})?(?:老师|主任|校长|科长|处长|局长|园长|书记)")
#: Words that begin like a name and are none.
_NO_NAMES = (
    *(
        "周末",
        "万一",
        "马上",
        "白天",
        "金牌",
        "黄金",
        "江西",
        "江苏",
        "石家",
        "温州",
        "武汉",
        "陆续",
        "何时",
        "何种",
        "许多",
    ),
    *(
        "余下",
        "程序",
        "田径",
        "林业",
        "严格",
        "段考",
        "石油",
        "龙头",
        "章节",
        "钱款",
        "施教",
        "余杭",
        "汤圆",
        "顾问",
        "费用",
    ),
    *(
        "许可",
        "何地",
        "白班",
        "严重",
        "万名",
        "叶片",
        "钟点",
        "武术",
        "曾经",
        "祝各",
        "祝老",
        "何老",
        "万老",
        "余老",
        "许老",
    ),
)
_TAGS = re.compile(r"<[^>]+>")
_LINE_END = re.compile(r"</(?:p|li|td|th|tr|h[1-6])>|<br\s*/?>")
ENDING = "结尾像是落款或附件，请看一看"
#: Lines at the end of the last answer in which an attachment is looked for.
LAST_LINES = 6
_ATTACHMENT = re.compile(r"附件\s*[0-9一二三四五六七八九十]*\s*[:：]")
_LETTERHEAD = re.compile(r"[^。？！?!]{1,40}(?:局|学院|学校|中心|办公室)")
_DATE = re.compile(
    r"(?:[0-9]{4}|[二〇○零一三四五六七八九]{4})\s*年\s*[0-9一二三四五六七八九十]+\s*月\s*[0-9一二三四五六七八九十]+\s*日"
)


def marked(entries: Sequence[FoundEntry]) -> list[FoundEntry]:
    """Returns the entries of one file, each with its marks."""
    likes = Likes([entry.question for entry in entries])
    made = []
    for at, entry in enumerate(entries):
        marks = [*entry.marks, *marks_of(entry), *_among(entries, at, likes)]
        if at == len(entries) - 1 and _ends_like_a_letter(entry.answer_html):
            marks.append(ENDING)
        made.append(replace(entry, marks=tuple(dict.fromkeys(marks))))
    return made


def marks_of(entry: FoundEntry) -> list[str]:
    """Returns the marks that an entry has by itself."""
    words = _TAGS.sub(" ", entry.answer_html)
    both = f"{entry.question}\n{words}"
    has_picture = "<img" in entry.answer_html
    marks = []
    if not words.strip() and not has_picture:
        marks.append(EMPTY)
    if len(entry.question) > LONGEST_QUESTION:
        marks.append(f"{LONG}（{len(entry.question)} 字）")
    if len(re.findall("[？?]", entry.question)) > 1:
        marks.append(TWO_MARKS)
    key = question_key(entry.question)
    if len(key) > 5 and key[: len(key) // 2] * 2 == key:
        marks.append(f"{REPEATED}：这个问题写了两遍")
    if _PICTURE_NAMED.search(words) and not has_picture:
        marks.append(NO_PICTURE)
    marks += _of_pictures(entry.answer_html)
    phone = _PHONE.search(both) or _IDENTITY.search(both)
    if phone:
        marks.append(
            f"{PHONE}或证件号码（{phone[0].strip()}）" if _IDENTITY.search(both) else f"{PHONE}（{phone[0].strip()}）"
        )
    person = _person(both)
    if person:
        marks.append(f"{PERSON}（{person}）")
    return marks


def _ends_like_a_letter(answer: str) -> bool:
    """Tells whether the last answer of a file ends with who wrote it and when, or with attachments."""
    text = html.unescape(_TAGS.sub("", _LINE_END.sub("\n", answer)))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if any(_ATTACHMENT.match(line) for line in lines[1:][-LAST_LINES:]):
        return True
    if len(lines) < 2:
        return False
    return bool(_LETTERHEAD.fullmatch(lines[-2]) and _DATE.fullmatch(lines[-1]))


def _of_pictures(answer: str) -> list[str]:
    marks = []
    undescribed, left_behind = answer.count(' alt="">'), answer.count(SENTENCE)
    if undescribed:
        marks.append(f"{UNDESCRIBED}（{undescribed} 张）：图会一起导入，请在编辑时给每张写一句说明")
    if left_behind:
        marks.append(f"{LEFT_BEHIND}（{left_behind} 张），导入以后请在原来的地方上传")
    return marks


def _person(text: str) -> str:
    """Returns the first words that look like somebody's name with a title; empty where none do."""
    for expression in (_PERSON, _NAMED_INSIDE):
        for found in expression.finditer(text):
            if not found[0].startswith(_NO_NAMES):
                return found[0]
    return ""


def _among(entries: Sequence[FoundEntry], at: int, likes: Likes) -> list[str]:
    """Returns the marks that an entry has beside the others of its file."""
    entry = entries[at]
    marks = []
    alike = likes.most_alike(entry.question, beside=at)
    if alike is not None:
        marks.append(f"{REPEATED}：和“{_called(entries[alike])}”几乎一样")
    before = entries[at - 1].number if at else 0
    if entry.number is None or before is None:
        return marks
    if at and entry.number == before:
        marks.append(f"{SAME_NUMBER}（{entry.number}）")
    elif entry.number > before + 1:
        left_out = range(before + 1, entry.number)
        named = "、".join(str(number) for number in left_out[:5])
        marks.append(f"{GAP}：前面缺 {named}")
    return marks


def _called(entry: FoundEntry) -> str:
    number = f"{entry.number}. " if entry.number is not None else ""
    return number + (entry.question if len(entry.question) <= 20 else f"{entry.question[:20]}…")
