"""Form fields that read amounts and dates as teachers type them, `１２` and `２０１８年２月８日` too."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ..rules.amounts import AMOUNT_PATTERN, NAME_OF_AMOUNT, amount_error
from ..rules.bounds import FIRST_DATE, LAST_DATE

#: Full-width digits, point, dash and slash. Not NFKC: that would make ² a 2 and ½ a fraction.
_NARROW = str.maketrans("０１２３４５６７８９．－／　", "0123456789.-/ ")
_YEAR, _MONTH_OR_DAY = "([0-9]{4})", "([0-9]{1,2})"
_DATE_FORMS = (
    re.compile(f"{_YEAR} *[-‐-―−] *{_MONTH_OR_DAY} *[-‐-―−] *{_MONTH_OR_DAY}"),
    re.compile(f"{_YEAR} */ *{_MONTH_OR_DAY} */ *{_MONTH_OR_DAY}"),
    re.compile(f"{_YEAR} *\\. *{_MONTH_OR_DAY} *\\. *{_MONTH_OR_DAY}"),
    re.compile(f"{_YEAR} *年 *{_MONTH_OR_DAY} *月 *{_MONTH_OR_DAY} *[日号]"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
)
#: Units that may stand behind an amount of each kind: 4 hours are not 4 credits.
UNITS = {"credits": ("学分", "分"), "hours": ("学时", "课时"), "count": ("节", "次")}
_WITH_UNIT = re.compile(r"(.*?[0-9])\s*(学分|分|学时|课时|节|次)")
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")


def without_unit(text: str) -> tuple[str, str]:
    """Returns an amount and the unit behind it, which may be missing: 20 节 → ("20", "节")."""
    found = _WITH_UNIT.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def unit_error(text: str, kind: str) -> str | None:
    """Returns what is wrong with the unit behind a typed amount of `kind`, in Chinese; None if nothing."""
    _, unit = without_unit(narrow(text))
    if not unit or unit in UNITS[kind]:
        return None
    return f"这里填{NAME_OF_AMOUNT[kind]}，不是{unit}。"


def narrow(text: str) -> str:
    """Returns `text` with full-width digits and signs made narrow, without spaces around it."""
    return text.translate(_NARROW).strip()


def _refuse(problem: str | None) -> None:
    """Raises ValidationError where there is a problem."""
    if problem:
        raise ValidationError(problem)


class ExactAmountField(forms.CharField):
    """An amount of `kind` (credits, hours or count) → Decimal; digits with at most two decimals, perhaps a unit.

    Without a kind it checks the form only: the row knows the kind and calls `unit_error` and `amount_error` itself.
    """

    def __init__(self, *, kind: str | None = None, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> Any:
        """Returns the amount, None for an empty field. Raises ValidationError for what is no amount of the kind."""
        text = narrow(super().clean(value))
        if not text:
            return None
        if self.kind:
            _refuse(unit_error(text, self.kind))
        amount = self._read(text)
        if self.kind:
            _refuse(amount_error(amount, self.kind))
        return amount

    @staticmethod
    def _read(text: str) -> Decimal:
        number, _ = without_unit(text)
        if _NEGATIVE.fullmatch(number):
            raise ValidationError("要大于 0。")
        if not AMOUNT_PATTERN.fullmatch(number):
            raise ValidationError("请填数字，如 4 或 1.5，最多两位小数。")
        return Decimal(number)


class ExactDateField(forms.CharField):
    """A date, year first, as 2019-07-10, 2019/7/10, 2019.7.10, 2019 年 7 月 10 日 or 20190710 → date.

    Phones show digits and the point, with which 2019.7.10 is typed.
    """

    example = datetime.date(2019, 7, 10)

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "off", "inputmode": "decimal", "data-day": ""}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)
        self.show_example(self.example)

    def show_example(self, day: datetime.date) -> None:
        """Names another day as the example, in the empty field and in messages."""
        self.example = day
        self.widget.attrs["placeholder"] = example_words(day)

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime.date) else value

    def clean(self, value: Any) -> Any:
        """Returns the day, None for an empty field. Raises ValidationError for what is no day of these times."""
        text = narrow(super().clean(value))
        return self.read(text) if text else None

    def read(self, text: str) -> Any:
        """Returns the day that is typed in narrow signs."""
        return day_of(*self._parts(text))

    def _parts(self, text: str) -> tuple[int, int, int]:
        for form in _DATE_FORMS:
            found = form.fullmatch(text)
            if found:
                return int(found[1]), int(found[2]), int(found[3])
        day = self.example
        in_words = f"{day.year}年{day.month}月{day.day}日"
        raise ValidationError(f"请写完整的年、月、日，如 {day.isoformat()} 或 {in_words}。")


def example_words(day: datetime.date) -> str:
    """Returns the words of an empty field for a day."""
    return f"如 {day.isoformat()}"


def day_of(year: int, month: int, day: int) -> datetime.date:
    """Returns the day. Raises ValidationError where the calendar has none, or it lies beyond these times."""
    try:
        date = datetime.date(year, month, day)
    except ValueError as error:
        raise ValidationError("没有这一天，请检查日期。") from error
    if not FIRST_DATE <= date <= LAST_DATE:
        raise ValidationError(f"日期要在 {FIRST_DATE.year} 年到 {LAST_DATE.year} 年之间。")
    return date
