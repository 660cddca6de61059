"""Words of the platform's own list of details (经验值明细), read as kinds of deeds where the document tells which.

The words are those of upgrade-14: the 指标 of its table, and the examples that its rules name. Two more stand in the
sample of upgrade-13. Whatever else stands in the list is named and not read.
"""

from __future__ import annotations

from collections.abc import Mapping

from .kinds import Kind

_OF_TABLE: Mapping[Kind, tuple[str, ...]] = {
    Kind.LOGIN: ("用户登录", "登录"),
    Kind.PROFILE: ("数据完善",),
    Kind.SPACE: ("空间使用", "发消息", "传资源", "发成果"),
    Kind.SHARE: ("分享他人资源",),
    Kind.DOWNLOAD: ("资源下载",),
    Kind.TEACH: ("课堂教学",),
    Kind.GUIDE: ("教学指导", "导学发布", "在线评测", "社区活动", "活动广场"),
    Kind.INTERACT: ("师生互动", "答疑", "评价"),
    Kind.PROVINCE_APP: ("省级应用", "名师工作室", "学科基地校", "微课网"),
}
#: Words of upgrade-13's sample that the table does not have: which row of it they mean is our reading.
OF_SAMPLE: dict[str, Kind] = {"访问空间": Kind.SPACE, "教学互动": Kind.INTERACT}
KIND_OF_WORD: Mapping[str, Kind] = {word: kind for kind, words in _OF_TABLE.items() for word in words} | OF_SAMPLE
#: Words of the table that could be one thing or another, and what to do instead.
UNDECIDED: Mapping[str, str] = {
    "资源传播": "“资源传播”可能是传播，也可能是分享他人资源，分不清是哪一样，请在“逐条填写”里选",
    "资源报送": "“资源报送”看不出是哪个资源、最高通过了哪一级，请在“逐条填写”里按最高一级填一次",
}


def kinds_of(words: tuple[str, str]) -> set[Kind]:
    """Returns the kinds that the two words of a row, 经验说明 and 经验来源, stand for: one where they decide it."""
    return {KIND_OF_WORD[word] for word in words if word in KIND_OF_WORD}
