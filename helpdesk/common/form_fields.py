"""Fields of a form that is already there: the rows one may choose from, and the classes of Bootstrap."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet


def row_choice(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    """Returns the field `name`, which chooses a row. Raises TypeError where it is of another kind."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} is a {type(field).__name__}")
    return field


def offer(form: forms.BaseForm, name: str, rows: QuerySet) -> forms.ModelChoiceField:
    """Lets one choose among `rows` at the field `name`, and returns that field."""
    field = row_choice(form, name)
    field.queryset = rows
    return field


def use_bootstrap(form: forms.BaseForm) -> None:
    """Gives the inputs of `form` Bootstrap's classes, where no crispy-forms template does."""
    for field in form.fields.values():
        chosen = isinstance(field, forms.ChoiceField)
        field.widget.attrs["class"] = "form-select" if chosen else "form-control"
