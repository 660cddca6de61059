"""Form fields that read what teachers type, `１２` and `２０１８年２月８日` too, and guess nothing else."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .ledger import AMOUNT_TEXT, FIRST_DATE, LAST_DATE, amount_error

#: Full-width digits, point, dash and slash. Not NFKC: that would make ² a 2 and ½ a fraction.
_NARROW = str.maketrans("０１２３４５６７８９．－／　", "0123456789.-/ ")
_DATE_FORMS = (
    re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"),
    re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})"),
    re.compile(r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})"),
    re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
)


def narrow(text: str) -> str:
    return text.translate(_NARROW).strip()


class ExactAmountField(forms.CharField):
    """An amount of `kind` (credits, hours or count) → Decimal; digits with at most two decimals, as in JSON.

    Without a kind it checks the form only: the row knows the kind and calls `amount_error` itself.
    """

    def __init__(self, *, kind: str | None = None, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> Any:
        text = narrow(super().clean(value))
        if not text:
            return None
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
            raise ValidationError("请按“年-月-日”填写，如 2019-07-10 或 20190710。")
        try:
            day = datetime.date(*(int(part) for part in match.groups()))
        except ValueError as error:
            raise ValidationError("没有这一天，请检查日期。") from error
        if not FIRST_DATE <= day <= LAST_DATE:
            raise ValidationError(f"日期要在 {FIRST_DATE} 到 {LAST_DATE} 之间。")
        return day
