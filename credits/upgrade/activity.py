"""活跃度 of a county, by upgrade-14: the points of its teachers for each teacher user, and more for five items."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

#: The items of note 1, each of which adds `POINTS_AN_ITEM`.
ITEMS = ("省级讲师团成员", "省级精品空间", "省级典型案例", "省级资源审核员", "省级分享管理员经验")
POINTS_AN_ITEM = 5


def activity(points: Decimal | int, users: int, items: int) -> Fraction:
    """Returns 活跃度 from the sum of a calendar year's points, the teacher users and how many of `ITEMS` there are.

    Deductions for 刷分 (note 2) are not in it: the document names no amounts. Raises ValueError where there is no user,
    or a number of items that there cannot be.
    """
    if users < 1:
        raise ValueError("there must be a teacher user")
    if not 0 <= items <= len(ITEMS):
        raise ValueError(f"there are {len(ITEMS)} items")
    return Fraction(points) / users + POINTS_AN_ITEM * items


def activity_text(value: Fraction) -> str:
    """Returns 活跃度 half-up to two decimals: 7/3 → "2.33"."""
    hundredths = floor(value * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02}"
