"""The form of a training cycle in the admin."""

from __future__ import annotations

from typing import Any

from django import forms

from ..models import TrainingCycle
from ..models.cycles import all_pending, in_order
from ..rules import wording
from ..rules.types import POLICY_PENDING

POSITIONS = [(position.value, wording.POSITION[position]) for position in POLICY_PENDING]


class TrainingCycleForm(forms.ModelForm):
    """A cycle with a box for each post of which nothing may be required yet (C16, C17)."""

    positions_without_requirement = forms.MultipleChoiceField(
        choices=POSITIONS, required=False, initial=all_pending, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = TrainingCycle
        fields = ("positions_without_requirement",)  # the admin names all others

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column = TrainingCycle._meta.get_field("positions_without_requirement")
        shown = self.fields["positions_without_requirement"]
        shown.label = str(column.verbose_name)
        shown.help_text = column.help_text

    def clean_positions_without_requirement(self) -> list[str]:
        """Returns the ticked posts in the order in which a row stores them."""
        return in_order(self.cleaned_data["positions_without_requirement"])
