"""An activity and its amount, which both the credit form and the school's own form ask for."""

from __future__ import annotations

from typing import Any

from django import forms

from ..rules import wording
from ..rules.amounts import amount_error
from ..rules.types import AMOUNT_OF_ACTIVITY, LEVELLED, Activity, Level
from .fields import ExactAmountField, unit_error


def _choices() -> list[tuple[str, str]]:
    """Returns a choice for each activity; for one that happens at levels, one a level: (`lecture:school`, label)."""
    choices = [("", "请选择")]
    for activity, label in wording.ACTIVITY.items():
        if activity in LEVELLED:
            choices += [(f"{activity}:{level}", f"{label}（{wording.LEVEL[level]}）") for level in Level]
        else:
            choices.append((activity.value, label))
    return choices


def activity_of(choice: str) -> tuple[Activity, str]:
    """Returns the activity of a choice and its level, which may be empty: `lecture:school` → (LECTURE, "school")."""
    activity, _, level = choice.partition(":")
    return Activity(activity), level


class ActivityAmountForm(forms.Form):
    """An activity with its amount, which is credits, hours or a count as the activity takes."""

    activity = forms.ChoiceField(label="活动", choices=_choices())
    amount = ExactAmountField(label="数量")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("activity") and data.get("amount") is not None:
            self._judge_amount(data)
        return data

    def _judge_amount(self, data: dict[str, Any]) -> None:
        """Adds an error where the unit or the amount is none that the activity takes."""
        activity, _ = activity_of(data["activity"])
        kind = AMOUNT_OF_ACTIVITY[activity]
        typed = str(self.data.get(self.add_prefix("amount"), ""))
        problem = unit_error(typed, kind) or amount_error(data["amount"], kind)
        if problem:
            self.add_error("amount", problem)
