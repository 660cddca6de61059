"""Every clause of the first document that the check and the points rest on, with its words, entry and tag.

`upgrade-14` is entry 14 of 《2021 年上提升工程学员咨询常见问题汇总》. `manage.py check_citations` compares the words
with the live entries.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..rules.clauses import Clause, Quote, Tag
from .kinds import Kind


def _said(text: str, entry: str = "upgrade-14") -> Quote:
    return Quote(text, entry, Tag.ANSWER)


_ALL = (
    Clause(
        "U1",
        "考核通过：完成必修项，总分达到 60 分",
        (_said("完成必修项，整体分数达到 60 分及以上，“成绩统计”显示“考核通过”即可", "upgrade-15"),),
    ),
    Clause(
        "U2",
        "视频看满 900 分钟，其他视频可以选修",
        (_said("视频考核是 900 分钟，完成后其他视频可以选修", "upgrade-09"),),
    ),
    Clause(
        "U3",
        "观看直播回放计入分数",
        (_said("观看直播回放也会计入分数的", "upgrade-11"),),
        ("资料没有写明回放算不算在 900 分钟里。",),
    ),
    Clause(
        "U4",
        "经验值按年算：从 1 月 1 日到查询当天",
        (
            _said("将开始时间设置为2021年1月1日", "upgrade-13"),
            _said("结束时间设为查询当天", "upgrade-13"),
            _said("即可获得截止当前日期的2021年年度经验值", "upgrade-13"),
        ),
        ("2021 年以外的年份照这份资料的办法算。",),
    ),
    Clause(
        "U5",
        "用户登录：每天 1 分，连续 7 天以上每天 2 分",
        (_said("每登录 1 次得 1 分，每日限 1 分。连续 7 天以上，每登录 1 次得 2 分。每日上限 2 分。"),),
        ("从连续登录的第 7 天起，每天 2 分；连续的日子可以从上一年开始。",),
    ),
    Clause(
        "U6",
        "数据完善：四项都完成得 5 分，限 1 次",
        (_said("以上四项完成得 5 分，限 1 次。"),),
        ("历年合起来只有 1 次，以填写的最早一次为准。",),
    ),
    Clause("U7", "空间使用：每天 1 分", (_said("使用人人通空间有效操作 1 次（发消息、传资源、发成果等）得 1 分。"),)),
    Clause(
        "U8",
        "资源传播：传播、分享各每天 1 分，一年 100 分",
        (
            _said("资源（或成果）每传播 1 人得 1 分，每日限 1 分；分享他人资源 1 次得 1 分，每日限 1 分。"),
            _said("年总上限 100 分。"),
        ),
        ("传播和分享合起来一年 100 分。", "到 100 分时，最后一次只计还剩的部分。"),
    ),
    Clause(
        "U9",
        "资源报送：县级 3 分，市级再得 7 分，省级再得 10 分，一年 100 分",
        (
            _said("经县级审核通过得 3 分，经市级审核通过再得 7 分，经省级审核通过再得 10 分。"),
            _said("年总上限 100 分，删除扣相应分。"),
        ),
        (
            "一个资源的分都计在最高一级通过的那一天。",
            "删除了的资源等于没有报送，也不占 100 分的额度。",
            "到 100 分时，最后一次只计还剩的部分。",
        ),
    ),
    Clause(
        "U10",
        "资源下载：每天 1 分，一年 100 分",
        (
            _said("省级审核通过的入库资源被实名用户下载得 1 分，每天上限 1 分。"),
            _said("年总上限 100 分。"),
        ),
        ("到 100 分时，最后一次只计还剩的部分。",),
    ),
    Clause(
        "U11",
        "课堂教学：每天 5 分",
        (_said("使用人人通空间教学端（包括 PC 端和移动端）每有效授课一次得 5 分。每日上限 5 分。"),),
    ),
    Clause(
        "U12",
        "教学指导：每天 5 分",
        (_said("每有效发布一次学习任务（包括导学发布、在线评测、社区活动、活动广场等）得 5 分。每日上限 5 分。"),),
    ),
    Clause(
        "U13",
        "师生互动：每天 5 分",
        (_said("每有效完成一次师生（或家校）互动（包括答疑、评价等）得 5 分。每日上限 5 分。"),),
    ),
    Clause(
        "U14",
        "省级应用：每天 1 分",
        (_said("用户在省级应用（名师工作室、学科基地校、微课网等）有效使用得 1 分。每日上限 1 分。"),),
    ),
    Clause(
        "U15",
        "县（区）活跃度：经验值之和除以教师用户人数，五项各加 5 分",
        (
            _said("活跃度=教师经验值之和 / 教师用户人数"),
            _said("县（区）年度活跃度每项各加 5 分"),
            _said("刷分一经查实，活跃度核减并依据程度倒扣"),
        ),
        ("刷分扣多少，资料没有写，这里没有扣。",),
    ),
)

UPGRADE_CLAUSES: Mapping[str, Clause] = {clause.code: clause for clause in _ALL}

#: The entries that the clauses stand in.
ENTRIES = frozenset(ref for clause in _ALL for ref in clause.entries)
CLAUSE_OF_KIND: Mapping[Kind, str] = {
    Kind.LOGIN: "U5",
    Kind.PROFILE: "U6",
    Kind.SPACE: "U7",
    Kind.SPREAD: "U8",
    Kind.SHARE: "U8",
    Kind.SUBMISSION: "U9",
    Kind.DOWNLOAD: "U10",
    Kind.TEACH: "U11",
    Kind.GUIDE: "U12",
    Kind.INTERACT: "U13",
    Kind.PROVINCE_APP: "U14",
}
