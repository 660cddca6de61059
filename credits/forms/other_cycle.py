"""A date that lies outside the chosen cycle: the form offers the cycle that holds it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..models import TrainingCycle
from ..rules.wording import date_in_words
from ..statements.calendar import rules_cycle
from .spans import Span

#: Names of the dates that count in the chosen cycle alone.
DATES_IN_CYCLE = ("completed_on", "awarded_on")


@dataclass(frozen=True, slots=True)
class OtherCycle:
    """The message at the field `place`, and the cycle to switch to; None where no cycle holds the date."""

    place: str
    sentence: str
    cycle: TrainingCycle | None

    def markup(self) -> SafeString:
        """Returns the sentence, with a button that sends the form with the other cycle."""
        button = self._button(self.cycle) if self.cycle else ""
        return format_html('<span class="elsewhere" data-at="{}">{} {}</span>', self.place, self.sentence, button)

    @staticmethod
    def _button(cycle: TrainingCycle) -> SafeString:
        words = '<button class="btn btn-quiet btn-sm" type="submit" name="to_cycle" value="{}">换成 {}</button>'
        return format_html(words, cycle.code, cycle)


def other_cycle(
    place: str, date: datetime.date | Span, chosen: TrainingCycle, cycles: Iterable[TrainingCycle]
) -> OtherCycle | None:
    """Returns what is said at a date outside the chosen cycle; None for one that lies in it, even in part."""
    first, last = date.days(rules_cycle(chosen)) if isinstance(date, Span) else (date, date)
    if last >= chosen.starts_on and first <= chosen.ends_on:
        return None
    holding = next((cycle for cycle in cycles if cycle.starts_on <= first and last <= cycle.ends_on), None)
    if holding:
        return OtherCycle(place, f"这个日期在 {holding}里，现在选的是 {chosen}，所以没有计。", holding)
    bounds = f"{date_in_words(chosen.starts_on)}至 {date_in_words(chosen.ends_on)}"
    return OtherCycle(place, f"这个日期不在所选的周期（{bounds}）里，所以没有计。", None)
