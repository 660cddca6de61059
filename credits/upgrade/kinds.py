"""Kinds of deeds that earn 之江汇经验值, by the table of upgrade-14. All points are whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of deeds, in the order of the table; the values are JSON's words."""

    LOGIN = "login"  # 用户登录
    PROFILE = "profile"  # 数据完善
    SPACE = "space"  # 空间使用
    SPREAD = "spread"  # 资源传播: to one person
    SHARE = "share"  # 资源传播: somebody else's resource
    SUBMISSION = "submission"  # 资源报送
    DOWNLOAD = "download"  # 资源下载
    TEACH = "teach"  # 课堂教学
    GUIDE = "guide"  # 教学指导
    INTERACT = "interact"  # 师生互动
    PROVINCE_APP = "province_app"  # 省级应用

    # Members are looked up for every deed: the hash of the word itself is some times faster than that of an Enum.
    __hash__ = str.__hash__


class Level(StrEnum):
    """Levels that approved a submitted resource; a deed names the highest."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Room:
    """Points that kinds of deeds may give together in a calendar year."""

    name: str
    most: int


SPREADING = Room("资源传播", 100)  # 传播 and 分享 together: our reading of “年总上限 100 分”
SUBMITTING = Room("资源报送", 100)
DOWNLOADING = Room("资源下载", 100)


@dataclass(frozen=True, slots=True)
class Rule:
    """Worth of one deed of a kind, how often it counts, and the yearly room it draws on.

    A login in a long row is worth more, and a submission goes by its level: `SUBMISSION_POINTS`.
    """

    points: int
    once_a_day: bool = True
    once_ever: bool = False
    room: Room | None = None
    in_long_row: int = 0  # points from the seventh day of a row on, where these differ


RULES: Mapping[Kind, Rule] = {
    Kind.LOGIN: Rule(1, in_long_row=2),
    Kind.PROFILE: Rule(5, once_a_day=False, once_ever=True),
    Kind.SPACE: Rule(1),
    Kind.SPREAD: Rule(1, room=SPREADING),
    Kind.SHARE: Rule(1, room=SPREADING),
    Kind.SUBMISSION: Rule(3, once_a_day=False, room=SUBMITTING),
    Kind.DOWNLOAD: Rule(1, room=DOWNLOADING),
    Kind.TEACH: Rule(5),
    Kind.GUIDE: Rule(5),
    Kind.INTERACT: Rule(5),
    Kind.PROVINCE_APP: Rule(1),
}
#: 3 at the county, 7 more at the city, 10 more at the province.
SUBMISSION_POINTS: Mapping[Level, int] = {Level.COUNTY: 3, Level.CITY: 10, Level.PROVINCE: 20}
#: From this day on in a row of days with a login, a login is worth more (reading of 连续 7 天以上).
LONG_ROW_DAYS = 7

KIND_NAMES: Mapping[Kind, str] = {
    Kind.LOGIN: "用户登录",
    Kind.PROFILE: "数据完善",
    Kind.SPACE: "空间使用",
    Kind.SPREAD: "资源传播",
    Kind.SHARE: "分享他人资源",
    Kind.SUBMISSION: "资源报送",
    Kind.DOWNLOAD: "资源下载",
    Kind.TEACH: "课堂教学",
    Kind.GUIDE: "教学指导",
    Kind.INTERACT: "师生互动",
    Kind.PROVINCE_APP: "省级应用",
}
LEVEL_NAMES: Mapping[Level, str] = {Level.COUNTY: "县级", Level.CITY: "市级", Level.PROVINCE: "省级"}
