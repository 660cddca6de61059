"""Decisions on results of coordinated trainings: what they convert to, and when they may be entered (credits-01)."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..rules import wording
from ..rules.amounts import amount_error
from ..rules.wording import amount_text
from . import days
from .findings import Door, Finding

NOT_PUBLISHED = {
    Door.HAND: "项目发布以后才能登记成绩。",
    Door.SHEET: "这个项目还没有发布，发布以后才能登记成绩。",
}


@dataclass(frozen=True)
class CycleRates:
    """The conversion of one cycle: hours that make one credit, by category and form (C11); "" is no form."""

    starts_on: datetime.date
    ends_on: datetime.date
    hours_per_credit: Mapping[tuple[str, str], int]


def rate_of(category: str, form: str, day: datetime.date, cycles: Iterable[CycleRates]) -> int | Finding:
    """Hours of a category in a form that make one credit on `day`; a problem where no cycle holds that day."""
    cycle = days.cycle_of(day, cycles)
    if cycle is None:
        return Finding("hours", f"{wording.date_in_words(day)}不在任何培训周期里，不能折算学分，请检查日期。")
    return cycle.hours_per_credit[category, form]


def credits_of(hours: Decimal, hours_per_credit: int) -> Decimal | Finding:
    """`hours` in credits, exact; a problem where these are none that can be counted."""
    credits = Decimal(hours) / hours_per_credit
    message = amount_error(credits, "credits")
    if message is None:
        return credits
    standard = f"按 {hours_per_credit} 学时 1 学分"
    conversion = f"{amount_text(Decimal(hours))} 学时折算成 {amount_text(credits)} 学分"
    return Finding("hours", f"{standard}，{conversion}：{message}请检查学时。")


def entering_finding(published: bool, door: Door) -> Finding | None:
    """A problem where results are entered of a project that is not published."""
    return None if published else Finding("project", NOT_PUBLISHED[door])


def organizer_finding(organizer: str, schools: Collection[str], names: tuple[str, str]) -> Finding | None:
    """A problem where the organizer of a project stands above none of a teacher's `schools`, and is none of them.

    Organizer and schools are paths in the tree; `names` are what organizer and teacher are called.
    """
    if any(school.startswith(organizer) for school in schools):
        return None
    body, teacher = names
    return Finding("teacher", f"这个项目由{body}举办，{teacher}的学校不归它管，不能计这个项目的成绩。请核对项目。")


def changing_finding(reviewed: bool, hours: Decimal, door: Door) -> Finding | None:
    """A problem where a result of these `hours` was reviewed: to change it, the review is taken back first."""
    if not reviewed:
        return None
    if door is Door.SHEET:
        return Finding("hours", f"这条成绩已经审核（{amount_text(hours)} 学时），要改请先取消审核。")
    return Finding("", "已经审核的成绩不能改，也不能删：请先取消审核。")
