"""Amounts in templates as the rules write them."""

from __future__ import annotations

from decimal import Decimal

from django import template

from ..rules import wording

register = template.Library()


@register.filter
def amount(value: Decimal) -> str:
    """Without trailing zeros: 20.30000000 → 20.3."""
    return wording.amount(value)
