"""The base of the forms for staff: Chinese messages, and a layout by crispy-forms."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from helpdesk.common.words import use_our_words

from ..statements.citations import cited


class StaffForm(forms.Form):
    """A form of its own tags: the page sets the form tag, the CSRF token and the button around it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_our_words(self)
        for field in self.fields.values():
            field.help_text = cited(str(field.help_text))

    @property
    def problem_count(self) -> int:
        """Number of things to be mended; one field may have several."""
        return sum(len(problems) for problems in self.errors.values())

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.error_text_inline = False  # each problem of a field stands in a line of its own
        return helper


class StaffModelForm(StaffForm, forms.ModelForm):
    """A form for staff on a row; what the row's own rules refuse stands at its fields too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value != "" else "请选择") for value, label in field.choices]  # type: ignore[misc, union-attr]
