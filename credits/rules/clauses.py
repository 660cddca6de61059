"""Every clause that the verdicts rest on: its quoted words, the entry they stand in, and where they come from.

`credits-05` is entry 5 of 《教师学分管理（系统）常见问题》. A quote is verbatim; where a clause needs two
pieces of a sentence it has two quotes. `manage.py check_citations` compares them with the live entries.
The numbers are those of the design; 21 is not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Tag(StrEnum):
    """Provenance of a clause, shown beside it on every page."""

    ANSWER = "answer"  # 官方答复
    QUOTED = "quoted"  # 提问中引用的文件原文
    ASKED = "asked"  # 提问者所述，答复未否定
    READING = "reading"  # 本系统的理解


TAG_LABELS = {
    Tag.ANSWER: "官方答复",
    Tag.QUOTED: "文件原文",
    Tag.ASKED: "提问所述",
    Tag.READING: "系统理解",
}
TAG_EXPLANATIONS = {
    Tag.ANSWER: "资料中的正式答复",
    Tag.QUOTED: "提问中引用的文件原文",
    Tag.ASKED: "提问者所述，答复没有否定",
    Tag.READING: "资料没有写明，本系统的理解",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that stand in an entry: in its answer where `tag` is `answer`, else in its question."""

    text: str
    entry: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause; `readings` are what this system reads into it, `also` further entries that speak of it."""

    code: str
    title: str
    quotes: tuple[Quote, ...]
    readings: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags of its quotes in order, each once, then `reading` where something was read into it."""
        tags = [quote.tag for quote in self.quotes]
        if self.readings:
            tags.append(Tag.READING)
        return tuple(dict.fromkeys(tags))

    @property
    def entries(self) -> tuple[str, ...]:
        """The refs of the entries it is quoted from, then of those in `also`, each once."""
        quoted = [quote.entry for quote in self.quotes]
        return tuple(dict.fromkeys([*quoted, *self.also]))


def _answer(text: str, entry: str) -> Quote:
    return Quote(text, entry, Tag.ANSWER)


def _quoted(text: str, entry: str) -> Quote:
    return Quote(text, entry, Tag.QUOTED)


def _asked(text: str, entry: str) -> Quote:
    return Quote(text, entry, Tag.ASKED)


_ALL = (
    Clause(
        "C1",
        "统筹培训的学分要求，各类统筹培训打通计算",
        (_answer("统筹 26 学分是打通的", "credits-02"),),
        also=("credits-13",),
    ),
    Clause("C2", "自主培训的学分要求", (_quoted("获得不少于 10 个学分", "credits-08"),)),
    Clause(
        "C3",
        "统筹与自主不能互通",
        (
            _answer("这两者是不可以互通的", "credits-02"),
            _answer("不能用以充当任何统筹培训的学分", "credits-02"),
        ),
    ),
    Clause(
        "C4",
        "三种类型的统筹培训都应有机会参加",
        (
            _answer("建议三种类型的培训项目老师们都要有机会参加", "credits-02"),
            _answer("但是不鼓励", "credits-02"),
        ),
        ("资料没有列出是哪三种；本系统理解为国家/省级、市/县级、全员（含托底）三种。",),
    ),
    Clause(
        "C5",
        "只算本培训周期内的",
        (_answer("从 18- 19 学年开始的五年内", "credits-05"),),
        ("资料没有写学年从哪天开始；本系统按 9 月 1 日起算，以培训周期的开始日期为准。",),
    ),
    Clause(
        "C6",
        "学历冲抵有上限",
        (_answer("最高不超过 8 学分", "credits-05"),),
        (
            "同一周期内所有学历合起来用一个上限。",
            "冲抵的学分计入统筹培训（学分问答第 12 条在统筹学分里谈到冲抵）。",
        ),
        also=("credits-12",),
    ),
    Clause(
        "C7",
        "正式任教以后取得的学历才能冲抵",
        (
            _answer("还在试用期的获得的学历提升其证书不能冲抵学分", "credits-05"),
            _answer("必须是正式任教后的", "credits-05"),
        ),
    ),
    Clause(
        "C8",
        "托底培训每年、每周期都有上限",
        (_asked("每年不超过 1.5 分", "credits-12"), _asked("托底最高可以得 7.5", "credits-12")),
        ("“每年”按学年算，当年没用完的不转到别的学年。",),
    ),
    Clause(
        "C9",
        "听课、公开课、讲座各满一项计学分",
        (
            _quoted("听课 20 节/学年", "credits-09"),
            _quoted("开设 1 节县（区）级及以上或 2 节校级公开课", "credits-09"),
            _quoted("承担县（区）级及以上培训讲座 1 次或校内培训讲座 2 次，可计 1 学分", "credits-09"),
            _answer("有一项就认 1 学分，有二项就认 2 学分", "credits-09"),
        ),
        ("公开课和讲座也按学年算；同一项做得再多，一学年也只认一次；县级和校级分开算，不能拼凑。",),
    ),
    Clause("C10", "要有计划、有过程记录", (_answer("但是都要有计划、有过程记录", "credits-09"),)),
    Clause(
        "C11",
        "其他校本研修按学时折算",
        (
            _quoted("其他未提及的校本研修方式及学分折算标准，由各校（园）在年度申报方案中提出", "credits-10"),
            _answer("学分折算的标准不低于县区级，10 学时/学分", "credits-10"),
        ),
    ),
    Clause("C12", "工作坊、工作室认其考核结论", (_answer("我们认他们的考核结论", "credits-08"),)),
    Clause(
        "C13",
        "校本研修方案要上报备案，通过后才认学分",
        (
            _answer("通过后就可以按方案中规定的内容和形式自行组织实施考核，这个是认学分的", "credits-14"),
            _answer("这个培训方案是在学分管理平台上申报", "credits-15"),
        ),
    ),
    Clause(
        "C14",
        "参加了不同的培训，学分可以相加",
        (_answer("参加了国培得到相应的学分，参加全员也得到相应的学分，两者可以相加", "credits-16"),),
        ("同一项目、同一天登记了两次的，只算一次。",),
    ),
    Clause(
        "C15",
        "国培、省培、市县培训已满要求的，可以不参加全员培训",
        (_answer("可以，我们希望通过学分管理撬动现在的培训", "credits-13"),),
    ),
    Clause(
        "C16",
        "教育行政部门持证在岗人员暂不作要求，另行规定",
        (_answer("他们暂时可以不用参加，后续对这部分同志会有专门的解决方案", "credits-20"),),
    ),
    Clause(
        "C17",
        "借调到教育主管部门的人员暂不作要求",
        (_answer("借调的暂时也不作要求，后续有调整会再通知", "credits-21"),),
    ),
    Clause(
        "C18",
        "一人一校的村小教师，等省厅意见",
        (_answer("这个情况比较特殊，等省厅领导的意见", "credits-18"),),
    ),
    Clause(
        "C19",
        "折算要勾选；先前没勾选的，重选后要重新审核",
        (
            _answer("项目属性- - 重新选择学分折算类型- 勾选下方折算", "credits-01"),
            _answer("成绩登记中先取消审核，再审核一下，即可折算学分", "credits-01"),
        ),
    ),
    Clause(
        "C20",
        "托底培训：先预判、报备案，再组织实施",
        (
            _answer("托底的全员培训与互联网+全员培训中的全员培训是同一个概念", "credits-11"),
            _answer("即可提出托底培训方案，报上级主管部门备案后组织实施", "credits-11"),
        ),
    ),
    Clause("C22", "哪些人要采集信息", (_answer("去年9月新进的老师要采集信息，还没毕业的可以缓一步", "credits-17"),)),
    Clause(
        "C23",
        "按现在所教的学科和学段报",
        (
            _answer("建议按正在从事的工作报", "credits-19"),
            _answer("至少要对应当前所教的学段", "credits-19"),
        ),
    ),
    Clause(
        "C24",
        "学历以外，还有其他途径可以冲抵",
        (_asked("通过其他途径获取学习冲抵学分，也只是部分教师能够", "credits-12"),),
        (
            "“其他途径”指学历以外的途径，不占学历冲抵的上限。",
            "冲抵的学分计入统筹培训。",
            "学历冲抵的条件里，只有要在本培训周期内取得这一条适用。",
            "资料没有写有哪些途径、各计多少学分、有没有上限：学分由审核员认定，周期里定了上限才有上限。",
        ),
    ),
)

CLAUSES: dict[str, Clause] = {clause.code: clause for clause in _ALL}


@cache
def entries_of(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the refs of the entries that the clauses `codes` rest on, in order, each once."""
    refs = [ref for code in codes for ref in CLAUSES[code].entries]
    return tuple(dict.fromkeys(refs))
