"""Amounts in templates as the rules write them, and references as links."""

from __future__ import annotations

from decimal import Decimal

from django import template

from .. import citations
from ..models import SelfDirectedActivity
from ..rules import wording

register = template.Library()


@register.filter
def amount(value: Decimal) -> str:
    """Without trailing zeros: 20.30000000 → 20.3."""
    return wording.amount(value)


@register.filter
def cited(text: str) -> str:
    """With a link at each entry that it refers to."""
    return citations.cited(text)


@register.filter
def school_year(year: int) -> str:
    """2018 → 2018—2019 学年."""
    return wording.school_year(year)


@register.filter
def activity_amount(row: SelfDirectedActivity) -> str:
    """How much of an activity, in its own unit: 20 节."""
    value = next(each for each in (row.credits, row.hours, row.count) if each is not None)
    return f"{wording.amount(Decimal(value))} {wording.UNIT[row.activity]}"  # type: ignore[index]
