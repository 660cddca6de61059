"""One way to read text, for entries and queries alike: normal form, words, sounds.

Everything here serves matching only; what is shown stays as written, and `Normalized.spans` leads back to it.
The tables below are the field's own: how teachers spell, abbreviate and paraphrase its terms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import opencc
import pypinyin
import rjieba

MAX_QUERY_CHARS = 100
MAX_QUERY_TOKENS = 60
# Characters of a query that are read at all: room for invisible ones, and a bound on the work.
_MAX_RAW_CHARS = 4 * MAX_QUERY_CHARS
# Longer runs of letters are no words anybody searches for, only weight.
_MAX_WORD_CHARS = 40

# Spellings of one and the same term; the right one stands on the right.
SPELLINGS = {
    "帐号": "账号",
    "帐户": "账户",
    "帐密": "账密",
    "登陆": "登录",
    "登入": "登录",
    "充抵": "冲抵",
    "抵充": "冲抵",
    "其它": "其他",
    "视屏": "视频",
    "扫瞄": "扫描",
}

# The field's terms, which the segmenter must not cut apart. Kept short: a compound such as 统筹培训 is found
# through its two words, and one word of it alone must find it too.
TERMS = (
    "之江汇 优师助手 人人通 师训 师训平台 提升工程 学习中心 个人中心 学员服务 经验值 活跃度 公众号 "
    "学分 学时 统筹 自主 全员 托底 冲抵 折算 打通 互通 校本 教研 研修 工作坊 工作室 名师 公开课 讲座 听课 "
    "国培 省培 市培 县培 村小 中心校 进修学校 教育局 一人一校 备案 申报 报送 补报 借调 在岗 代课 定向 试用期 "
    "信息采集 成绩登记 资格证 教科 学科 学段 学历 学位 培训周期 学年 账号 登录 绑定 解绑 签到 回放 回看 重播 "
    "微信 钉钉 直播 看完 计时 必修 选修 批阅 承训 身份证 浏览器 扫码 截图 请假 补报名 考核"
).split()

# Words that mean the same to a teacher who looks for help. A query's word also finds the others of its group.
SYNONYMS: tuple[tuple[str, ...], ...] = tuple(
    tuple(group.split())
    for group in (
        "老师 教师 教职工",
        "新教师 新老师 新入职 刚入职 新进教师 新招聘 新进",
        "回放 回看 重播 重看 录播",
        "账号 账户 用户名",
        "密码 口令",
        "登录 进入 进去 登进去 登不上 登不进 上不去 进不去",
        "错误 不对 不正确 错了 出错 有误",
        "视频 课程 网课 看课 录像",
        "计时 时长 时间 记录时间",
        "线上 在线 网上 网络",
        "观看 看 收看",
        "查看 查询 查 查找 看",
        "增加 提高 提升 加 涨",
        "删除 删掉 删 撤销 撤掉",
        "提交 上交 交 重交",
        "重新 重做 重交 再次",
        "批阅 批改 评阅 改过",
        "网址 网站 链接 入口 地址",
        "电脑 电脑端 台式机 笔记本 pc",
        "手机 手机端 移动端",
        "扫码 扫描 二维码 扫一扫",
        "解绑 解除绑定 解除 取消绑定 换绑",
        "更换 换 换了",
        "签到 打卡 点名",
        "不完整 不全 显示不全 缺失",
        "冲突 紊乱 混乱 串号",
        "考核 考评",
        "通过 合格 及格 过关 达标",
        "分数 成绩 计分 算分",
        "恢复 继续",
        "补报 补报名 漏报 漏报名 忘记报名 没报上",
        "计算 算",
        "折算 换算 折合",
        "打通 互通 通用 互认",
        "超出 超过 多出 多余 富余",
        "冲抵 抵 抵扣 抵消 充当 替代",
        "学历 文凭 研究生 硕士 本科 学位 毕业证",
        "申请 申办 开通 办理",
        "新设立 新设 新成立 成立",
        "工作坊 工作室",
        "校本研修 校本培训 校本教研 校本",
        "公开课 开课",
        "讲座 报告会",
        "学时 课时",
        "组织 举办 承办",
        "累计 累加 叠加 相加 重复计算 合并计算",
        "获得 得到 拿到 拿",
        "达不到 不够 拿不到 不足 凑不够 修不满",
        "村小 乡村小学 农村小学 小规模学校 教学点 小学校",
        "一人一校 一人 只有一个老师 单人校",
        "上报 报送 申报 提交",
        "教育局 教育行政部门 教育主管部门 行政部门 主管部门",
        "进修学校 教师进修学校 进修校",
        "名额 指标 计划",
        "采集 登记 填报",
        "录入 登记 录",
        "毕业",
        "学科 科目",
        "资格证 教师资格证 资格证书",
        "借调 抽调 借用",
        "必修 必修项",
        "全部 所有",
        "线下 面授 集中培训",
    )
)

# Words that say how one asks, not what about; they never decide a ranking.
STOP_WORDS = frozenset(
    (
        "老师您好 老师你好 您好老师 您好 你好 老师好 请问 请教 问一下 想问 想问一下 咨询 麻烦 谢谢 多谢 感谢 帮忙 求助 急 "
        "怎么 怎样 怎么样 怎么办 怎办 咋 咋办 咋样 如何 怎么弄 怎么回事 为什么 为何 什么 什么样 啥 哪 哪里 哪儿 在哪 在哪里 "
        "哪个 哪些 哪种 多少 几 多久 多长 谁 何时 什么时候 是不是 是否 能不能 能否 可不可以 可否 可以 能够 能 行 行不行 行吗 "
        "好吗 要不要 需不需要 需要 应该 应当 必须 要 会 想 得 有没有 有 是 为 指 叫 算不算 几分 几个 几次 几节 几年 几天 几点 几位 几名 一定 肯定 一样 到底 究竟 还要 出来 出去 上去 下去 下来 起来 进来 "
        "吗 呢 吧 啊 呀 哦 哈 嘛 么 了 的 地 着 过 之 所 "
        "我 我们 咱们 咱 你 你们 您 他 他们 她 它 自己 本人 大家 这 这个 这些 这样 那 那个 那些 那么 其 某 "
        "在 和 与 跟 及 以及 或 或者 还是 而 但 但是 就 就是 也 都 又 再 还 才 只 只有 只是 很 太 更 最 非常 真 "
        "把 被 让 给 对 对于 关于 从 向 往 于 由 到 按 用 以 并 并且 且 则 如 如果 若 因为 因此 所以 由于 "
        "上 下 里 中 内 外 时 时候 后 以后 之后 前 以前 之前 等 等等 来 去 出 起 来说 的话 "
        "个 一个 一些 一下 一点 有些 有点 每 各 该 此 另外 其中 现在 目前 已 已经 正在 一直 "
        "办 弄 做 搞 弄的 情况 问题 事 事情 东西 方法 办法 时 知道 告诉 说 讲 觉得 认为 "
        "看不到 看不见 不 没 没有 无法 不能 无 不了 没法 别 未 不会 不是 不要 不想 "
        "1个 1下 1些"
    ).split()
)

# Pinyin the general dictionary gets wrong, or would, for words of this field.
_PHRASES = {"重置": [["chóng"], ["zhì"]], "借调": [["jiè"], ["diào"]], "重播": [["chóng"], ["bō"]]}

_CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_CJK}]+|\d+\.\d+|[^\W{_CJK}]+")
_UNIT = re.compile(rf"[{_CJK}]|\d+\.\d+|[^\W{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
_SPELLING = re.compile("|".join(sorted(map(re.escape, SPELLINGS), key=len, reverse=True)))
_SEPARATOR = re.compile(r"(?:(?<!\d)\.|\.(?!\d)|[^\w.]|_)+")
_GAP = re.compile(rf"(?<=\d) (?=[{_CJK}])|(?<=[{_CJK}]) (?=\d)|^ | $")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = re.compile(
    r"(?<![统同唯第万专])[〇零一二两三四五六七八九十百]+(?=学?分|学?年|学时|课时|节|次|个|项|门|种|名|位|天|周|月|小时|岁)"
)


@dataclass(frozen=True)
class Normalized:
    """Text in normal form. `spans[i]` is where its character i came from: start and end in the original."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that the non-empty normal text from `start` to `end` came from."""
        return self.spans[start][0], self.spans[end - 1][1]


def trace(original: str) -> Normalized:
    """The normal form of `original`, with the way back.

    Compatibility forms, case and accents are folded, Traditional becomes Simplified, the field's terms get one
    spelling, numerals before a unit become digits, and everything that is neither letter nor digit one space.
    """
    folded = list(map(_fold, original))
    spans = [(at, at + 1) for at, part in enumerate(folded) for _ in part]
    normal = Normalized(_simplify("".join(folded)), tuple(spans))
    normal = _replace(normal, _SEPARATOR, lambda match: " ")
    normal = _replace(normal, _SPELLING, lambda match: SPELLINGS[match[0]])
    normal = _replace(normal, _GAP, lambda match: "")
    return _replace(normal, _NUMERAL, lambda match: _to_digits(match[0]))


def normalize(original: str) -> str:
    return trace(original).text


def normalize_query(query: str) -> str:
    """A query in normal form, at most MAX_QUERY_CHARS characters, whatever was sent."""
    return normalize(query[:_MAX_RAW_CHARS])[:MAX_QUERY_CHARS].strip()


def words(text: str) -> list[str]:
    """The words of normal text in their order, stop words included."""
    found: list[str] = []
    for run in _RUN.findall(text):
        if is_cjk(run):
            found.extend(_segmenter().cut(run, hmm=False))
        else:
            found.append(run[:_MAX_WORD_CHARS])
    return found


def informative(found: Sequence[str]) -> list[str]:
    """Those words that say what a text is about."""
    return [word for word in found if word not in STOP_WORDS]


def bigrams(text: str) -> list[str]:
    """Every two neighbours, Chinese characters or whole numbers, so that a word is found wherever the segmenter
    cut: 26学分 → 26学 学分."""
    return [
        one + other for part in text.split() for one, other in pairwise(_UNIT.findall(part)) if is_cjk(one + other)
    ]


def plain_tokens(text: str) -> list[str]:
    """The numbers and the words in letters; those match as a whole, never as a part: 6 is not in 26."""
    return [run[:_MAX_WORD_CHARS] for run in _RUN.findall(text) if not is_cjk(run)]


@lru_cache(maxsize=4096)
def whole(word: str) -> re.Pattern[str]:
    """Finds `word` in normal text; letters and digits not as a part of others."""
    if is_cjk(word):
        return re.compile(re.escape(word))
    return re.compile(rf"(?<![^\W{_CJK}]){re.escape(word)}(?![^\W{_CJK}])")


def is_cjk(word: str) -> bool:
    return _IS_CJK.search(word) is not None


@lru_cache(maxsize=65_536)
def sounds(word: str) -> tuple[str, str]:
    """The pinyin of a Chinese word without tones, and its initials: xuefen, xf."""
    syllables = _pinyin()(word)
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def sound_keys(found: Iterable[str], *, every: bool) -> list[str]:
    """How these words may be typed in letters, each once: pinyin as it is and folded, and initials.

    Without `every` single characters are left out and only the field's terms have initials: in a long text, two
    letters stand for too much.
    """
    keys: dict[str, None] = {}
    for word in found:
        if not is_cjk(word) or (len(word) == 1 and not every):
            continue
        pinyin, initials = sounds(word)
        if len(pinyin) > 1:
            keys[pinyin] = keys[fold_sound(pinyin)] = None
        if len(initials) > 1 and (every or word in terms()):
            keys[initials] = None
    return list(keys)


def fold_sound(pinyin: str) -> str:
    """Joined pinyin without the differences that many speakers do not make: zh/z, ch/c, sh/s, ng/n, ü/v/u."""
    for several, one in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("v", "u"), ("ü", "u")):
        pinyin = pinyin.replace(several, one)
    return pinyin


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """For each word its synonyms, without itself."""
    table: dict[str, dict[str, None]] = {}
    for group in SYNONYMS:
        normal = [normalize(word) for word in group]
        for word in normal:
            table.setdefault(word, {}).update(dict.fromkeys(other for other in normal if other != word))
    return {word: tuple(others) for word, others in table.items()}


@cache
def terms() -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalize(term) for term in TERMS))


@cache
def _segmenter() -> rjieba.Jieba:
    """Our own instance, complete before anybody sees it: words must not be added while others cut."""
    segmenter = rjieba.Jieba()
    for word in (*terms(), *synonyms(), *sorted(STOP_WORDS)):
        if is_cjk(word) and len(word) > 1:
            segmenter.add_word(word, None, None)
    return segmenter


@cache
def _pinyin() -> Callable[[str], list[str]]:
    pypinyin.load_phrases_dict(_PHRASES)
    return lambda word: pypinyin.lazy_pinyin(word, errors="ignore")


@lru_cache(maxsize=65_536)
def _fold(char: str) -> str:
    """One character in its compatibility form and lower case, without accents; nothing for an invisible one.

    Accents are dropped, not composed as NFKC would, so that each character can be folded by itself.
    """
    kept = []
    for part in unicodedata.normalize("NFKD", char).casefold():
        category = unicodedata.category(part)
        if part.isspace():
            kept.append(" ")
        elif category[0] not in "CM":  # C: control, format, surrogate, private, unassigned; M: marks
            kept.append(part)
    return "".join(kept)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplify(text: str) -> str:
    """Simplified Chinese of the same length, which `spans` relies on."""
    converted = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(one if len(one := _converter().convert(char)) == 1 else char for char in text)


def _replace(normal: Normalized, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> Normalized:
    """`pattern.sub` that keeps the spans: every new character stands for the whole of what it replaced."""
    matches = list(pattern.finditer(normal.text))
    if not matches:
        return normal
    text: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for match in matches:
        new = replacement(match)
        text += normal.text[at : match.start()], new
        spans += normal.spans[at : match.start()]
        spans += [normal.origin(match.start(), match.end())] * len(new)
        at = match.end()
    text.append(normal.text[at:])
    spans += normal.spans[at:]
    return Normalized("".join(text), tuple(spans))


def _to_digits(numeral: str) -> str:
    """二十六 → 26, 一百零五 → 105, 二〇二一 → 2021."""
    if not any(unit in numeral for unit in "十百"):
        return "".join(str(_DIGITS[char]) for char in numeral)
    total = 0
    digit: int | None = None
    for char in numeral:
        if char in "十百":
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = None
        else:
            digit = _DIGITS[char]
    return str(total + (digit or 0))
