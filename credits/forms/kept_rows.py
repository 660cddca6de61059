"""Parts of the credit form as HTML, kept where nothing was typed into them.

crispy-forms lays out each field by several templates. Most rows of a page are untouched, those that scripts copy too,
and differ by their numbers alone. No typed text is ever kept.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from crispy_forms.utils import render_crispy_form
from django.forms import Form
from django.utils.safestring import SafeString

#: Stands for the prefix in what is kept; no text or attribute of a row holds it.
_PREFIX = "PREFIX-OF-ROW"
#: Far more than there are kinds of row and cycles; an installation that goes beyond begins anew.
_MOST = 200
_kept: dict[tuple[Any, ...], str] = {}


def html_of(form: Form, *shown: object, usual: Container[object] = ()) -> SafeString:
    """Returns a form laid out by its helper.

    `shown` is what it shows beside its values, such as the example of a date; `usual` are values that were not typed,
    beside the initial ones.
    """
    untouched = all(_is_untouched(field.value(), field.initial, usual) for field in form)
    if form.errors or not untouched:
        return _laid_out(form)
    values = tuple(field.value() for field in form)
    key = (type(form), form.is_bound, form.use_required_attribute, bool(form.prefix), values, shown)
    if key not in _kept:
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[key] = _with_prefix(_laid_out(form), form.prefix, _PREFIX)
    return SafeString(_with_prefix(_kept[key], _PREFIX, form.prefix))


def _laid_out(form: Form) -> SafeString:
    return SafeString(render_crispy_form(form))


def _with_prefix(html: str, old: str | None, new: str | None) -> str:
    return html.replace(old, new) if old and new else html


def _is_untouched(value: object, initial: object, usual: Container[object]) -> bool:
    return not value or value is True or value == initial or value in usual
