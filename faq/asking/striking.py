"""Personal data in a text, found and struck before the text becomes an entry that everybody reads.

What is found is replaced by neutral words, and said with its reason, so that an editor sees it before saving. It errs
towards striking: what was struck in vain is typed again, what stays in vain is published.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from .surnames import NO_NAME, SURNAME

PHONE, MAIL, ID_CARD, ACCOUNT = "（电话已删去）", "（邮箱已删去）", "（证件号已删去）", "（号码已删去）"
CHAT, PASSWORD = "（QQ、微信号已删去）", "（密码已删去）"
TEACHER, SCHOOL = "某老师", "某学校"
BIRTH, PLACE = "某年某月", "某地"
#: All that may stand in place of what was struck, but for people with other titles.
INSTEAD = (PHONE, MAIL, ID_CARD, ACCOUNT, CHAT, PASSWORD, TEACHER, SCHOOL, BIRTH, PLACE)


@dataclass(frozen=True, slots=True)
class Found:
    """Words that were struck, what stands in their place, and why."""

    words: str
    instead: str
    why: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text as it was written; `found` where it is struck."""

    text: str
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Struck:
    """A text, cut into what stays and what is struck."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The text with everything struck replaced."""
        return "".join(piece.found.instead if piece.found else piece.text for piece in self.pieces)

    @property
    def found(self) -> tuple[Found, ...]:
        """Everything struck, each once, in the order of the text."""
        return tuple(dict.fromkeys(piece.found for piece in self.pieces if piece.found))


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    instead: str
    why: str


def strike(
    text: str,
    *,
    names: Collection[str] = (),
    schools: Collection[str] = (),
    others: Collection[str] = (),
    people: Collection[str] = (),
) -> Struck:
    """Finds personal data in `text`; `names`, `schools` and `others` (ways to reach somebody) are known beforehand.

    `people` are the names of teachers and accounts that the text holds. Where two findings overlap, both are struck,
    and the words of the first stand for them.
    """
    narrow = _narrow(text)
    spans = [
        *_numbers(narrow),
        *_known(narrow, names, TEACHER, "提问人的姓名", "(?:老师|同志|同学)?"),
        *_known(narrow, (school for school in schools if not _is_generic(school)), SCHOOL, "提问人的学校"),
        *_known(narrow, others, ACCOUNT, "提问人的联系方式"),
        *_given_names(narrow, names),
        *_listed(narrow, people),
        *_introduced(narrow),
        *_titled(narrow),
        *_schools(narrow),
    ]
    return Struck(tuple(_pieces(text, _merged(spans))))


def _narrow(text: str) -> str:
    """Returns `text` with full-width letters, digits and signs made narrow, character by character."""
    return "".join(_narrow_sign(sign) for sign in text)


def _narrow_sign(sign: str) -> str:
    if sign in _KEPT_WIDE:
        return sign
    narrow = unicodedata.normalize("NFKC", sign)
    return narrow if len(narrow) == 1 else sign


#: Chinese punctuation ends names and numbers, which its narrow form would not; the colon and brackets do no harm.
_KEPT_WIDE = "，；！？～"


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Returns the spans in order; those that overlap are one, named by the first or, beginning there, the longest."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        last = merged[-1] if merged else None
        if last is None or span.start >= last.end:
            merged.append(span)
        elif span.end > last.end:
            merged[-1] = _Span(last.start, span.end, last.instead, last.why)
    return merged


def _pieces(text: str, spans: Iterable[_Span]) -> Iterator[Piece]:
    end = 0
    for span in spans:
        if span.start > end:
            yield Piece(text[end : span.start])
        words = text[span.start : span.end]
        yield Piece(words, Found(words, span.instead, span.why))
        end = span.end
    if end < len(text):
        yield Piece(text[end:])


# --- numbers and addresses ----------------------------------------------------------------------------------------

_GAP = r"[ \-]?"
_DIGIT_BEFORE, _DIGIT_AFTER = r"(?<![0-9])", r"(?![0-9])"
#: A date of our days written without strokes, as 20210901; an earlier one is rather a day of birth.
_DATE = re.compile(r"20[0-4][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
#: Units that make an amount of a number.
_UNIT = r"(?! ?(?:元|人|字|次|分钟|学时|学分))"
#: A link up to its query: digits in it name a page.
_LINK = re.compile(r"https?://[!-~]+?(?=[?#]|[^!-~]|$)")
_SAID = r"(?:号码|号)? ?(?:(?:同号|是|为)? ?:? ?)"
_CHAT_WORD = r"(?<![A-Za-z])(?i:qq|扣扣|企鹅号|加v|加微|微信|wechat|weixin|vx|wx|v信|薇信|威信|钉钉|dingtalk)"
#: The same, of which nobody speaks but to name an account.
_CHAT_SHORT = r"(?<![A-Za-z])(?i:加v|加微信?|加我微信|vx|wx|v信|薇信|威信|v(?= ?:))"
_ACCOUNT_WORD = r"(?:[账帐]号|用户名|登录名|工号|编号|学号|卡号|证号|证书号)"

#: Digits as characters of Chinese, plain, formal and as they are read aloud.
_NUMERAL = "[零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖]"
_ANY_DIGIT = f"(?:{_NUMERAL}|[0-9])"
_DAY_OF_BIRTH = r"(?:19|20)[0-9]{2} ?[年.\-/] ?[0-9]{1,2}(?: ?[月.\-/] ?[0-9]{1,2}[日号]?|月)"

#: Pattern, of which the group `it`, where there is one, is struck; the words in its place; why.
_NUMBERS: list[tuple[re.Pattern[str], str, str]] = [
    (
        re.compile(r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}"),
        MAIL,
        "电子邮箱",
    ),
    (
        re.compile(rf"{_DIGIT_BEFORE}[1-9][0-9]{{5}}{_GAP}(?:18|19|20)[0-9]{{6}}{_GAP}[0-9]{{3}}[0-9Xx]{_DIGIT_AFTER}"),
        ID_CARD,
        "身份证号",
    ),
    (re.compile(rf"{_DIGIT_BEFORE}[1-9][0-9]{{14}}{_DIGIT_AFTER}"), ID_CARD, "身份证号"),
    (re.compile(r"[1-9][0-9]{2,5}[*×]{6,}[0-9xX]{2,4}"), ID_CARD, "身份证号"),
    (
        re.compile(rf"(?:(?:\+|00)86{_GAP}|{_DIGIT_BEFORE})1[3-9][0-9](?:[ \-.—]?[0-9]){{8}}{_DIGIT_AFTER}"),
        PHONE,
        "手机号码",
    ),
    (re.compile(r"(?<![0-9])1[3-9][0-9][*xX×]{3,}[0-9]{2,4}"), PHONE, "手机号码"),
    (
        re.compile(
            rf"{_DIGIT_BEFORE}\(?0[1-9][0-9]{{1,2}}\)?{_GAP}[1-9][0-9]{{2,3}}{_GAP}[0-9]{{4}}(?:[-转][0-9]{{1,6}})?"
        ),
        PHONE,
        "固定电话",
    ),
    (re.compile(rf"{_DIGIT_BEFORE}[48]00{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{3,4}}{_DIGIT_AFTER}"), PHONE, "固定电话"),
    (
        re.compile(
            rf"(?:电话|手机|座机|短号|小号|分机){_SAID}(?P<it>[0-9](?:{_GAP}[0-9]){{4,14}}(?:转[0-9]{{1,6}})?){_DIGIT_AFTER}"
        ),
        PHONE,
        "电话",
    ),
    (re.compile(rf"{_CHAT_WORD}群?{_SAID}(?P<it>[0-9]{{5,12}}){_DIGIT_AFTER}"), CHAT, "QQ、微信号"),
    (
        re.compile(rf"{_CHAT_WORD}(?:号码?| ?[:是]) ?(?:是|为)? ?:? ?(?P<it>[A-Za-z][A-Za-z0-9_\-]{{4,19}})"),
        CHAT,
        "QQ、微信号",
    ),
    (
        re.compile(
            rf"{_CHAT_WORD} ?(?P<it>(?=[A-Za-z0-9_\-]{{5}})[A-Za-z][A-Za-z_\-]{{0,18}}[0-9][A-Za-z0-9_\-]{{0,18}})"
        ),
        CHAT,
        "QQ、微信号",
    ),
    (re.compile(r"(?:密码|口令)(?:是|为)? ?:? ?(?P<it>(?=[!-~]{0,31}[0-9])[!-~]{4,32})"), PASSWORD, "密码"),
    (
        re.compile(rf"{_ACCOUNT_WORD}(?:是|为)? ?:? ?(?P<it>(?=[A-Za-z0-9_\-]{{0,31}}[0-9])[A-Za-z0-9_\-]{{4,32}})"),
        ACCOUNT,
        "账号或编号",
    ),
    (re.compile(rf"{_DIGIT_BEFORE}(?:[0-9]{{4}}[ \-]){{3,4}}[0-9]{{1,4}}{_DIGIT_AFTER}"), ACCOUNT, "六位以上的数字"),
    (
        re.compile(rf"(?<![A-Za-z0-9])[A-Za-z]{{0,8}}[_\-]?[0-9]{{6,}}[0-9A-Za-z]{{0,8}}(?![0-9]){_UNIT}"),
        ACCOUNT,
        "六位以上的数字",
    ),
    (
        re.compile(rf"{_DIGIT_BEFORE}(?!20[0-9]{{2}}[ \-]20)[2-8][0-9]{{3}}[ \-][0-9]{{4}}{_DIGIT_AFTER}{_UNIT}"),
        PHONE,
        "固定电话",
    ),
    (re.compile(rf"(?:短号|小号|分机)(?:号码|号)?{_SAID}(?P<it>[0-9]{{3,8}}){_DIGIT_AFTER}"), PHONE, "电话"),
    (
        re.compile(rf"(?:尾号|[后末最][四六4-6]位数?){_SAID}(?P<it>[0-9]{{3,6}}[Xx]?){_DIGIT_AFTER}"),
        ACCOUNT,
        "号码的末几位",
    ),
    (
        re.compile(
            rf"(?=[0-9 \-,，]{{0,12}}{_NUMERAL})(?=(?:[ \-,，]?{_ANY_DIGIT}){{7}})"
            rf"{_ANY_DIGIT}{{3,}}(?:[ \-,，]?{_ANY_DIGIT}{{3,}})*"
        ),
        ACCOUNT,
        "用汉字写的号码",
    ),
    (re.compile(f"{_NUMERAL}(?: {_NUMERAL}){{6,}}"), ACCOUNT, "用汉字写的号码"),
    (re.compile(rf"{_CHAT_SHORT}{_SAID}(?P<it>[A-Za-z][A-Za-z0-9_\-]{{4,19}})"), CHAT, "QQ、微信号"),
    (
        re.compile(r"[A-Za-z0-9._\-]{2,64} ?(?:#|@|[\[(]at[\])]|艾特) ?[A-Za-z0-9\-]{1,63}(?:[.。][A-Za-z]{2,8}){1,3}"),
        MAIL,
        "电子邮箱",
    ),
    (re.compile(r"(?:[账帐]号|用户名|登录名)(?:是|为|:| ) ?(?P<it>[A-Za-z][A-Za-z0-9_.\-]{3,31})"), ACCOUNT, "账号"),
    (re.compile(r"(?:密码|口令)(?:是|为|:) ?:? ?(?P<it>[!-~]{4,32})"), PASSWORD, "密码"),
    (re.compile(r"编号(?:是|为)? ?:? ?(?P<it>[\u3400-\u9fff]{1,4}[0-9][0-9A-Za-z\-]{4,20})"), ACCOUNT, "编号"),
    (re.compile(rf"(?:生日|出生)(?:日期|年月)?(?:于|是|为)? ?:? ?(?P<it>{_DAY_OF_BIRTH})"), BIRTH, "出生日期"),
    (re.compile(rf"(?P<it>{_DAY_OF_BIRTH})(?=出生|生(?![成效源]))"), BIRTH, "出生日期"),
    (
        re.compile(
            r"(?:家住|住在|住址|家庭地址)(?:是|为)? ?:? ?"
            r"(?P<it>[\u3400-\u9fff0-9]{2,24}?[0-9]+ ?[号室幢栋弄](?:[0-9]+ ?[室幢栋])*)"
        ),
        PLACE,
        "住址",
    ),
]
_YEARS = re.compile(r"(?:(?:19|20|[一二][九〇零])[0-9〇零一二三四五六七八九]{2}[ \-]?)+")


def _numbers(text: str) -> Iterator[_Span]:
    links = [found.span() for found in _LINK.finditer(text)]
    for pattern, instead, why in _NUMBERS:
        for found in pattern.finditer(text):
            group = "it" if "it" in pattern.groupindex else 0
            start, end = found.span(group)
            if instead == ACCOUNT and (_is_harmless(found[0]) or _is_within(links, start)):
                continue
            yield _Span(start, end, instead, why)


def _is_harmless(number: str) -> bool:
    """Tells whether the number is a date, or a row of years."""
    return bool(_DATE.fullmatch(number) or _YEARS.fullmatch(number))


def _is_within(spans: Iterable[tuple[int, int]], place: int) -> bool:
    return any(start <= place < end for start, end in spans)


# --- people -------------------------------------------------------------------------------------------------------

_HAN = "\u3400-\u9fff"
#: A character of a given name: none that mostly joins words.
_GIVEN = (
    rf"(?:(?![的是和与跟在有个了不很都也等及们位名这那各每年级班课教要让请给对把被为我你他她您到从来去，])[{_HAN}])"
)
_TITLE = "(?P<title>老师|校长|园长|主任|书记|教研员|院长|局长|科长|同志|同学|先生|女士)"
#: A name with a dot between its parts, as 买买提·艾力.
_DOTTED = rf"{_GIVEN}{{2,6}}·{_GIVEN}{{2,8}}?"
_TITLED = re.compile(rf"[小老]?(?P<name>{SURNAME}{_GIVEN}{{0,2}}?|{_DOTTED}){_TITLE}")
_NAME = rf"(?:{SURNAME}{_GIVEN}{{1,2}}|{_DOTTED})"
#: After this a name ends.
_ENDS = rf"(?=[^{_HAN}·]|$|[的是和与在从有来到于因现原系今已也不没说]|身份证|性别|手机|电话|工号|单位|学校|学分)"
#: Before a name, said of somebody.
_WHO = "班主任|校长|园长|主任|书记|管理员|经办人|负责人|审核人|科长|局长|同事|同学|爱人|妻子|丈夫|朋友|搭档"
#: Before this, and after it, a name stands at the end of a letter.
_SIGNED_AFTER, _SIGNED_BEFORE = r"(?<=[\n。！!？?—\- ])", r"(?= *(?:(?:19|20)[0-9]{2}[年.\-/][0-9年月日.\-/ ]*)?\s*\Z)"
_CALLED_BRIEFLY = "(?=[^\u3400-\u9fff]|$|[说让要不没问也的就都帮])"
#: A school, as those who introduce themselves say it.
_SCHOOL = (
    f"(?:[{_HAN}A-Za-z0-9()]{{2,30}}?(?:小学|中学|学校|幼儿园|职高|完小|教学点)"
    f"|[{_HAN}A-Za-z0-9()]{{0,30}}?[一二三四五六七八九十][小中])"
)
_INTRODUCED = [
    re.compile(rf"(?:我叫|名叫|我的名字叫?|名字叫|本人叫?|我是|同事叫?) ?:? ?(?P<name>{_NAME}){_ENDS}"),
    re.compile(rf"(?:姓名|名字|联系人|申请人|教师|老师)(?: ?: ?| |是|为|叫)(?P<name>{_NAME}){_ENDS}"),
    re.compile(rf"(?:我叫|姓名 ?[:]) ?(?!请|某|填|必|不)(?P<name>[{_HAN}]{{2,4}})(?=[^{_HAN}·]|$)"),
    re.compile(rf"(?:姓名|{_WHO})(?:叫|是| ?: ?)?(?P<name>{_NAME}){_ENDS}"),
    re.compile(
        rf"(?:我是|本人是?|我在){_SCHOOL}的?(?:[{_HAN}]{{0,4}}[老教]师)?"
        rf"(?!文员)(?P<name>{_NAME})(?=[^{_HAN}·]|$)"
    ),
    re.compile(rf"(?<![{_HAN}])叫 ?(?P<name>{_NAME}){_ENDS}"),
    re.compile(rf"(?:我|本人|免贵)姓(?P<name>{SURNAME})(?=[^{_HAN}]|$)"),
    re.compile(r"(?:我叫|名叫|姓名 ?:) ?(?P<name>[A-Z][a-z]+(?: ?[A-Z][a-z]+){0,2})"),
    re.compile(rf"(?P<name>{_NAME})(?=[ :,(]{{0,2}}(?:的?(?:联系)?(?:电话|手机)号?码?)?[ :]{{0,2}}1[3-9][0-9])"),
    re.compile(rf"{_SIGNED_AFTER}(?P<name>{_NAME}){_SIGNED_BEFORE}"),
    re.compile(rf"(?!施工)(?P<name>{SURNAME}(?:校|局|科|总|姐|哥|工)){_CALLED_BRIEFLY}"),
    re.compile(rf"(?:(?<![{_HAN}])|(?<=[找问和跟给向由请是叫让]))(?P<name>[小老](?!于){SURNAME}){_CALLED_BRIEFLY}"),
]


def _known(text: str, known: Iterable[str], instead: str, why: str, after: str = "") -> Iterator[_Span]:
    """Yields where one of the words known beforehand stands, also with spaces between its characters."""
    for words in known:
        signs = [re.escape(sign) for sign in _narrow(words) if not sign.isspace()]
        if len(signs) < 2:
            continue
        for found in re.finditer(r"\s?".join(signs) + after, text, re.IGNORECASE):
            yield _Span(*found.span(), instead, why)


def _given_names(text: str, names: Iterable[str]) -> Iterator[_Span]:
    """Yields where a person is called by the given name alone, as 建国老师 is of 王建国."""
    given = [name[1:] for name in names if re.fullmatch(rf"[{_HAN}]{{3}}", name)]
    for name in given:
        for found in re.finditer(f"{name}(?:老师|同志|同学)", text):
            yield _Span(*found.span(), TEACHER, "提问人的名字")


def _listed(text: str, people: Iterable[str]) -> Iterator[_Span]:
    """Yields the names of teachers and accounts, where they are no part of an everyday word."""
    words = [found.span() for found in NO_NAME.finditer(text)]
    for found in _known(text, people, TEACHER, "名单里有人叫这个名字", "(?:老师|同志|同学)?"):
        if not _is_within(words, found.start):
            yield found


def _introduced(text: str) -> Iterator[_Span]:
    """Yields the names after 我叫, 姓名 and their like."""
    yield from _names(text, _INTRODUCED, lambda found: TEACHER, "name", "姓名")


def _titled(text: str) -> Iterator[_Span]:
    """Yields surnames, with a given name or without, before 老师, 校长 and other titles."""
    yield from _names(text, [_TITLED], lambda found: f"某{found['title']}", 0, "姓名和称呼")


def _names(
    text: str,
    patterns: Iterable[re.Pattern[str]],
    instead: Callable[[re.Match[str]], str],
    group: str | int,
    why: str,
) -> Iterator[_Span]:
    words = [found.span() for found in NO_NAME.finditer(text)]
    for pattern in patterns:
        place = 0
        while found := pattern.search(text, place):
            if _is_within(words, found.start("name")):
                place = found.start("name") + 1
                continue
            yield _Span(*found.span(group), instead(found), why)
            place = found.end()


# --- schools ------------------------------------------------------------------------------------------------------

_NUMBERED = (
    rf"[一二三四五六七八九十]{{1,2}}[小中](?=[^{_HAN}]|$|[的是和与及、教任工老师校有调里在高初]|"
    rf"{SURNAME}[{_HAN}]{{0,2}}{_TITLE.replace('?P<title>', '?:')})"
)
_KIND = re.compile(
    "(?:(?<!中)小学|(?<!集)中学(?!习)|学校|幼儿园|职高|职校|中心校|完小|村小(?!学)|附小|附中|实小|教学点)(?!段|生|部|阶)|"
    f"{_NUMBERED}"
)
#: Schools that are told by a number or by their county alone.
_SHORT_NAME = re.compile(f"(?:[县市区镇乡]|(?<=[在到从调])){_NUMBERED}|[县市区]实验(?:小学|中学|幼儿园|学校)")
_BEFORE = re.compile(rf"[{_HAN}A-Za-z0-9()·]{{1,16}}\Z")
#: Words that tell of no single school, wherever they stand before 学校.
_GENERIC = re.compile(
    "中小|乡[镇下村]|农村|城[镇区市乡]|山[区里]|深山|偏远|海岛|普通|[初高]级|[中高]等|职业|技工|特殊|教育|[公民]办|[公私]立|"
    "义务|九年|一贯制|寄宿制?|完全|中心|实验|试点|薄弱|优质|支教|帮扶|受援|集团|联盟|任教|任职|工作|所在|所属|原来|"
    "外地|其[他它]|同一|多|各[级地]?|全[县市省区校]?|教师|老师|进修|培训|专业|发展|国家|隔壁|对方|单?人|独自|自己|单位|直属|附属|"
    "不同|另外|规模|考核|示范|重点|学前|[村镇]里|[镇街]上|[县市区省乡镇村]级?|[我你他]们?|[贵该本原现新老别某每哪两一几个所边种点大小中高校]"
)
#: Words after which the name of a school begins.
_STOP = re.compile(
    "毕业于|就职于|任教于|任职于|工作于|来自|参加|提供|结果|[今昨明]天|[上下]午|当初|情况|学期|会儿|密码|系统|日期|方案|计划|"
    "您好|你好|老师|教师|目前|现在|今年|去年|以前|之前|如果|因为|所以|"
    "[的是和与或跟在到从去往向由给对把被让请问及等离入这那有为了要得能会用找送报交换帮教守并回说时接想成表期手上下来又着里面进叫,]"
)
#: A name ends with 和 where one of these stands before it, as 仁和小学 does.
_OF_A_NAME = re.compile("[中仁太永新祥义人平]和\\Z")


def _schools(text: str) -> Iterator[_Span]:
    """Yields the names of schools, from where they seem to begin to 小学, 中学, 学校, 幼儿园 and their like."""
    for found in _KIND.finditer(text):
        before = _BEFORE.search(text[max(0, found.start() - 16) : found.start()])
        name = _name_of_school(before[0]) if before else ""
        if name:
            yield _Span(found.start() - len(name), found.end(), SCHOOL, "学校的名称")
    for found in _SHORT_NAME.finditer(text):
        yield _Span(*found.span(), SCHOOL, "学校的名称")


def _name_of_school(before: str) -> str:
    """Returns the end of `before` that names a school; empty where nothing of it does.

    和平小学 begins with a character that joins words, so a single character behind one is not the whole name.
    """
    whole = before
    for stop in reversed(list(_STOP.finditer(before))):
        rest = before[stop.end() :]
        is_part = _OF_A_NAME.search(before) if not rest else len(rest) == 1 and not _is_generic(rest)
        if not is_part:
            whole = rest
            break
    return "" if _is_generic(whole) else whole


def _is_generic(words: str) -> bool:
    """Tells whether nothing is left of the words but what every school may be called."""
    return not _GENERIC.sub("", _KIND.sub("", words)).strip(" ()·0123456789")
