"""A month, a school year or a year typed in place of a day."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from ..rules.types import Cycle
from ..rules.wording import school_year_in_words
from .fields import ExactDateField, day_of

ONE_DAY = datetime.timedelta(days=1)
_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月份?|([0-9]{2}))")
_YEAR = re.compile(r"([0-9]{4})年")
_SCHOOL_YEAR = re.compile(r"([0-9]{4})(?:[-—–~～至到/]+([0-9]{4}|[0-9]{2}))?学年")
_TWO_YEARS = re.compile(r"([0-9]{4})[-—–~～至到/]+([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Span:
    """Days of which one is meant: a month, a year, or the school year that begins in `year`."""

    unit: str  # 月, 年 or 学年
    year: int
    month: int = 1

    @property
    def words(self) -> str:
        """The span as it stands in running text: 2021 年 6 月."""
        if self.unit == "学年":
            return school_year_in_words(self.year)
        return f"{self.year} 年 {self.month} 月" if self.unit == "月" else f"{self.year} 年"

    def days(self, cycle: Cycle) -> tuple[datetime.date, datetime.date]:
        """Returns the first and the last day; a school year begins on the day of the year on which the cycle does."""
        if self.unit == "月":
            last = calendar.monthrange(self.year, self.month)[1]
            return datetime.date(self.year, self.month, 1), datetime.date(self.year, self.month, last)
        if self.unit == "年":
            return datetime.date(self.year, 1, 1), datetime.date(self.year, 12, 31)
        first = cycle.starts_on.replace(year=self.year)
        return first, first.replace(year=self.year + 1) - ONE_DAY


class DayOrSpanField(ExactDateField):
    """A date as `ExactDateField` reads it → date, or 2021年6月, 2021-06, 2020-2021学年, 2021年 → Span."""

    def read(self, text: str) -> Any:
        joined = "".join(text.split())
        span = _school_year(joined) or _month(joined) or _year(joined)
        return span if span else super().read(text)


def _school_year(text: str) -> Span | None:
    found = _SCHOOL_YEAR.fullmatch(text) or _TWO_YEARS.fullmatch(text)
    if not found:
        return None
    year = int(found[1])
    if found[2] and int(found[2]) not in (year + 1, (year + 1) % 100):
        raise ValidationError(f"一个学年跨相邻的两年，如 {year}-{year + 1}学年。")
    return _within_bounds(Span("学年", year))


def _month(text: str) -> Span | None:
    found = _MONTH.fullmatch(text)
    if not found:
        return None
    month = int(found[2] or found[3] or found[4])
    if not 1 <= month <= 12:
        raise ValidationError("没有这个月，请检查日期。")
    return _within_bounds(Span("月", int(found[1]), month))


def _year(text: str) -> Span | None:
    found = _YEAR.fullmatch(text)
    return _within_bounds(Span("年", int(found[1]))) if found else None


def _within_bounds(span: Span) -> Span:
    day_of(span.year, span.month, 1)
    day_of(span.year + 1 if span.unit == "学年" else span.year, 1, 1)
    return span
