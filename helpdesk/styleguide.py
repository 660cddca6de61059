"""`/styleguide/`: every colour, size and component on one page for developers; only with DEBUG on."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from credits.statements.presentation import OUTCOME_LABELS, bar_view

#: Colours of static/css/site.css: custom property → use.
COLOURS = {
    "ink": "正文",
    "ink-soft": "次要的字",
    "paper": "底",
    "paper-soft": "浅底",
    "line": "线",
    "accent": "强调：链接、按钮",
    "accent-strong": "强调，停在上面时",
    "accent-soft": "强调的浅底",
    "on-accent": "强调底上的字",
    "mark": "搜到的字",
    "good": "达到、通过",
    "short": "没达到、有错",
    "short-soft": "没达到的浅底",
    "open": "待定、提醒",
    "open-soft": "待定的浅底",
    "waiting": "等上面的意见",
    "lack-deep": "两项都差",
    "lack": "只差统筹",
    "lack-light": "只差自主",
    "rest": "其他",
    "pending": "待审核的学分",
}
#: Distances and sizes of type, from small to large.
SPACES = [f"space-{step}" for step in range(1, 9)]
SIZES = {
    "text-xs": "标签",
    "text-s": "次要的字",
    "text-m": "按钮、输入框",
    "text-l": "二级标题",
    "text-xl": "结论",
    "text-xxl": "一级标题",
}
VERDICTS = [
    ("good", "已达到要求", "统筹 26（要求 26），自主 10（要求 10）。"),
    ("short", "还没达到要求", "统筹 22.5（要求 26），统筹还差 3.5 学分。"),
    ("open", "暂不作要求", "借调期间暂不作要求，另行规定。"),
]


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Shows the style guide; raises Http404 in production."""
    if not settings.DEBUG:
        raise Http404
    none = Decimal(0)
    full = Decimal(26)
    full_bar = bar_view("统筹培训", full, full, none, none, none, [("县培", "26")])
    part_bar = bar_view("自主培训", Decimal(10), Decimal("7.5"), Decimal(2), Decimal("2.5"), none, [("听课", "1")])
    context = {
        "colours": COLOURS.items(),
        "spaces": SPACES,
        "sizes": SIZES.items(),
        "verdicts": VERDICTS,
        "outcomes": [(outcome.value, label) for outcome, label in OUTCOME_LABELS.items()],
        "bars": [full_bar, part_bar],
    }
    return render(request, "styleguide.html", context)
