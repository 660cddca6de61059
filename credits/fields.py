"""Form fields that read what teachers type, `１２` and `２０１８年２月８日` too, and guess nothing else."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .ledger import AMOUNT_TEXT, FIRST_DATE, LAST_DATE, NAME_OF_AMOUNT, amount_error

#: Full-width digits, point, dash and slash. Not NFKC: that would make ² a 2 and ½ a fraction.
_NARROW = str.maketrans("０１２３４５６７８９．－／　", "0123456789.-/ ")
_DATE_FORMS = (
    re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"),
    re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})"),
    re.compile(r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})"),
    re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
)
#: What Django says of a value, by its code, in words of ours.
WORDS = {
    "max_length": "最多 %(limit_value)s 个字，现在有 %(show_value)s 个。",
    "min_length": "至少 %(limit_value)s 个字，现在有 %(show_value)s 个。",
    "unique": "这个编号已经用了，请换一个。",
}
#: The units that say the same as the field does: 4 hours are no 4 credits.
UNITS = {"credits": ("学分", "分"), "hours": ("学时", "课时"), "count": ("节", "次")}
_WITH_UNIT = re.compile(r"(.*?[0-9])\s*(学分|分|学时|课时|节|次)")
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")


def in_words(errors: Iterable[ValidationError]) -> str:
    """What is wrong at one field, in words of ours where there are some."""
    ours = (WORDS[one.code] % one.params if one.code in WORDS and one.params else one.messages[0] for one in errors)
    return " ".join(ours)


def without_unit(text: str) -> tuple[str, str]:
    """An amount and the unit behind it, which may be missing: 20 节 → ("20", "节")."""
    found = _WITH_UNIT.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def unit_error(text: str, kind: str) -> str | None:
    """What is wrong with the unit behind a typed amount of `kind`, in Chinese; None if nothing."""
    unit = without_unit(narrow(text))[1]
    return f"这里填{NAME_OF_AMOUNT[kind]}，不是{unit}。" if unit and unit not in UNITS[kind] else None


def narrow(text: str) -> str:
    return text.translate(_NARROW).strip()


class ExactAmountField(forms.CharField):
    """An amount of `kind` (credits, hours or count) → Decimal; digits with at most two decimals, perhaps a unit.

    Without a kind it checks the form only: the row knows the kind and calls `unit_error` and `amount_error` itself.
    """

    def __init__(self, *, kind: str | None = None, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> Any:
        text = narrow(super().clean(value))
        if not text:
            return None
        if self.kind and (message := unit_error(text, self.kind)):
            raise ValidationError(message)
        text = without_unit(text)[0]
        if _NEGATIVE.fullmatch(text):
            raise ValidationError("要大于 0。")
        if not AMOUNT_TEXT.fullmatch(text):
            raise ValidationError("请填数字，如 4 或 1.5，最多两位小数。")
        amount = Decimal(text)
        if self.kind and (message := amount_error(amount, self.kind)):
            raise ValidationError(message)
        return amount


class ExactDateField(forms.CharField):
    """A date, year first, as 2019-07-10, 2019/7/10, 2019.7.10, 2019年7月10日 or 20190710 → date."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "如 2019-07-10"}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime.date) else value

    def clean(self, value: Any) -> Any:
        text = narrow(super().clean(value))
        if not text:
            return None
        match = next((found for form in _DATE_FORMS if (found := form.fullmatch(text))), None)
        if match is None:
            raise ValidationError("请写全年、月、日，如 2019-07-10 或 2019年7月10日。")
        try:
            day = datetime.date(*(int(part) for part in match.groups()))
        except ValueError as error:
            raise ValidationError("没有这一天，请检查日期。") from error
        if not FIRST_DATE <= day <= LAST_DATE:
            raise ValidationError(f"日期要在 {FIRST_DATE.year} 年到 {LAST_DATE.year} 年之间。")
        return day
