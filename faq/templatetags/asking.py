"""Durations in templates, as one says them, and links in what was answered."""

from __future__ import annotations

import datetime

from django import template
from django.utils import timezone

from faq.asking.links import linked

register = template.Library()
register.filter("linked", linked)

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@register.filter
def lasting(span: datetime.timedelta | None) -> str:
    """Returns a duration in its largest unit: 3 天, 5 小时, 不到 1 小时; a dash for none."""
    if span is None:
        return "—"
    if span >= 2 * DAY:
        return f"{span // DAY} 天"
    return f"{span // HOUR} 小时" if span >= HOUR else "不到 1 小时"


@register.filter
def since(moment: datetime.datetime) -> str:
    """Returns how long ago a moment was."""
    return lasting(timezone.now() - moment)
