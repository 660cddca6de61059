"""The values that cells of a spreadsheet hold, by the kind of their column."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from helpdesk.common.names import normal_name, normal_number
from helpdesk.common.spreadsheets.sheets import NO, YES, YES_NO_WORDS, Column, Holds

from ...forms.fields import ExactAmountField, ExactDateField, unit_error
from ...rules.amounts import amount_error

_DATE = ExactDateField(required=False)
_AMOUNT = ExactAmountField(required=False)


def value_of(column: Column, text: str) -> Any:
    """The value of a cell, None where it is empty. Raises ValidationError with a sentence in Chinese."""
    if not text:
        return None
    match column.holds:
        case Holds.CODE:
            return normal_number(text)
        case Holds.NAME:
            return normal_name(text)
        case Holds.DATE:
            return _DATE.clean(text)
        case Holds.AMOUNT:
            return _AMOUNT.clean(text)
        case Holds.YES_NO:
            return _yes_or_no(normal_name(text))
        case Holds.CHOICE:
            return _chosen(column, normal_name(text))
    return text


def _yes_or_no(text: str) -> bool:
    if text not in YES_NO_WORDS:
        raise ValidationError(f"请填“{YES}”或“{NO}”。")
    return YES_NO_WORDS[text]


def _chosen(column: Column, text: str) -> str:
    words = column.words or {}
    if text not in words:
        choices = "、".join(column.choices)
        raise ValidationError(f"没有“{text[:20]}”这一项，请从这些里选：{choices}。")
    return words[text]


def amount_problem(text: str, value: Any, kind: str) -> str | None:
    """The sentence on an amount that is none of `kind` (credits, hours or count), typed as `text`; None if it is."""
    return unit_error(text, kind) or amount_error(value, kind)
