"""FAQ documents made in any combination of styles, with the entries that they must give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
#: Style of questions → the label of the n-th.
QUESTIONS = {
    "1、": "{n}、",
    "1.": "{n}. ",
    "1．": "{n}．",
    "1)": "{n}) ",
    "（1）": "（{n}）",
    "1": "{n}",
    "1 ": "{n} ",
    "一、": "{c}、",
    "（一）": "（{c}）",
    "Q1": "Q{n}：",
    "Q：": "Q：",
    "问：": "问：",
    "一、问：": "{c}、问：",
    "1.问：": "{n}.问：",
    "问题1：": "问题{n}：",
    "问题一：": "问题{c}：",
    "【问题1】": "【问题{n}】",
    "第1问": "第{n}问：",
    "单独": "{n}\n",
}
SECTIONS = {
    "none": "",
    "一、": "{c}、{title}",
    "（一）": "（{c}）{title}",
    "第一部分": "第{c}部分 {title}",
    "colon": "关于{title}：",
    "bracket": "【{title}】",
    "1 ": "{n} {title}",
}
ANSWERS = ("答：", "答复：", "A：", "解答：", "回复：", "解决方法：", "　　答：", "")
STEPS = {"none": "", "1.": "{n}.", "1、": "{n}、", "①": "①②③④⑤⑥", "（1）": "（{n}）", "1)": "{n})"}
TITLES = ("登录", "听课", "证书")
TOPICS = (
    "怎样打开平台首页",
    "密码输错被锁住了",
    "换了手机怎么办",
    "直播在哪里看",
    "课程看完没有记录",
    "作业可以重新交吗",
    "证书什么时候发",
    "证书上的名字写错了",
    "旧的证书还能用吗",
)
WORDS = (
    "请打开首页，点击右上角的按钮。",
    "请联系学校的管理员，说明情况。",
    "在“我的”里可以找到，三天内有效。",
)


@dataclass(frozen=True, slots=True)
class Form:
    question: str
    section: str
    answer: str
    steps: str
    anew: bool
    blank: bool
    asks: bool


@dataclass(frozen=True, slots=True)
class Expected:
    question: str
    section: str
    words: str


def forms() -> Iterator[Form]:
    """Yields the combinations in which two parts of a document never have the same style."""
    for question, section, answer, steps in product(QUESTIONS, SECTIONS, ANSWERS, STEPS):
        same = question.startswith(section.strip()) and section != "none"
        if same or steps[:2] == question[:2].replace("．", ".") or (answer == "A：" and question[0] != "Q"):
            continue
        if question in ("Q：", "问：") and not answer.strip():
            continue
        for anew, blank, asks in product((False, True), (False, True), (False, True)):
            if (anew and section == "none") or (not asks and not answer.strip()):
                continue
            yield Form(question, section, answer, steps, anew, blank, asks)


def text_of(form: Form) -> tuple[str, list[Expected]]:
    """Returns a document of nine questions in three sections, and its entries."""
    lines = ["研修平台使用问答"]
    expected = []
    number = 0
    for at, title in enumerate(TITLES):
        if form.section != "none":
            lines.append(SECTIONS[form.section].format(n=at + 1, c=CHINESE[at], title=title))
        number = 0 if form.anew else number
        for place in range(3):
            number += 1
            topic = TOPICS[3 * at + place] + ("？" if form.asks else "")
            label = QUESTIONS[form.question].format(n=number, c=CHINESE[number - 1])
            answer = WORDS[place]
            lines += f"{label}{topic}".split("\n")
            lines.append(f"{form.answer}{answer}")
            words = [answer]
            if form.steps != "none" and place != 2:
                for step in range(3 + place):
                    mark = form_step(form.steps, step)
                    lines.append(f"{mark}第{CHINESE[step]}步操作")
                    words.append(f"第{CHINESE[step]}步操作")
            section = title if form.section != "none" else ""
            section = f"关于{title}" if form.section == "colon" else section
            expected.append(Expected(topic, section, "".join(words)))
    return ("\n\n" if form.blank else "\n").join(lines), expected


def form_step(style: str, step: int) -> str:
    return STEPS[style][step] if style == "①" else STEPS[style].format(n=step + 1)
