"""The part of a change in the admin that the audit log may hold: which fields, and no text that anybody typed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.forms import BaseForm

from helpdesk.common.audit import subject_of

#: Fields whose values are chosen or counted. Of all others, text above all, the log only names the field.
TOLD = (forms.BooleanField, forms.ChoiceField, forms.ModelChoiceField, forms.IntegerField, forms.DecimalField)


def changes_of(form: BaseForm, formsets: Iterable[Any] | None) -> dict[str, Any]:
    """Returns the changed `fields` of a form, the new `values` of those that may be told, and rows beside it."""
    changed = {"fields": form.changed_data, "values": _values(form)}
    return changed | _rows_beside(formsets or [])


def _values(form: BaseForm) -> dict[str, Any]:
    # The form for a new password says that `password` was changed, which is no field of it.
    told = [name for name in form.changed_data if isinstance(form.fields.get(name), TOLD)]
    return {name: _plain(form.cleaned_data.get(name)) for name in told}


def _plain(value: Any) -> Any:
    """Returns a value as JSON holds it; of rows their keys."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet):
        return sorted(value.values_list("pk", flat=True))
    return str(value) if isinstance(value, Decimal) else value


def _rows_beside(formsets: Iterable[Any]) -> dict[str, list[str]]:
    """Returns the rows that were added, changed and deleted in the tables below the form."""
    found: dict[str, list[str]] = {"added": [], "changed": [], "deleted": []}
    for formset in formsets:
        found["added"] += map(subject_of, formset.new_objects)
        found["changed"] += [subject_of(row) for row, _ in formset.changed_objects]
        found["deleted"] += map(subject_of, formset.deleted_objects)
    return {what: rows for what, rows in found.items() if rows}
