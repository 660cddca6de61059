"""Choices that several forms for staff offer: school years and organisations."""

from __future__ import annotations

from django import forms

from helpdesk.common.form_fields import row_choice

from ..rules import wording
from ..statements.calendar import school_year, today


def ask_to_choose(form: forms.BaseForm, name: str) -> None:
    """Leaves the organisation at the field `name` open where there is more than one to choose from."""
    field = row_choice(form, name)
    first_two = field.queryset.values("pk")[:2] if field.queryset is not None else ()
    if len(first_two) > 1:
        field.empty_label = "请选择"


def this_school_year() -> int:
    """Returns the year in which today's school year began."""
    return school_year(today())


def school_year_choices() -> list[tuple[int, str]]:
    """Returns the school years that a plan may be made for, from next year's back over ten years."""
    now = this_school_year()
    years = range(now + 1, now - 10, -1)
    return [(year, wording.school_year_in_words(year)) for year in years]
