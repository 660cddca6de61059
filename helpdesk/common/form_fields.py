"""Fields of forms: the rows one may choose from, the classes of Bootstrap, and long lists of choices."""

from __future__ import annotations

from html import escape
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


class PlainSelect(forms.Select):
    """A list of choices in no groups, written as Django does, but not with two templates for each choice."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        widget = context["widget"]
        options = [option for _, group, _ in widget["optgroups"] for option in group]
        choices = mark_safe("".join(map(_option, options)))  # noqa: S308  each is escaped
        return format_html('<select name="{}"{}>{}\n</select>', widget["name"], _attributes(widget["attrs"]), choices)


def _option(option: dict[str, Any]) -> str:
    value, label = escape(str(option["value"])), conditional_escape(option["label"])
    attributes = _attributes(option["attrs"]) if option["attrs"] else ""
    return f'\n  <option value="{value}"{attributes}>{label}</option>\n'


def _attributes(given: dict[str, Any]) -> SafeString:
    """Returns attributes with a space before each: `True` is one without a value, `False` is none."""
    written = ((name, "" if value is True else format_html('="{}"', value)) for name, value in given.items())
    return format_html_join("", " {}{}", ((name, text) for name, text in written if given[name] is not False))


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
