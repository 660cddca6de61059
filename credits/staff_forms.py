"""What the forms for staff have in common: Chinese messages, exact dates and amounts, and a layout by crispy-forms."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from .citations import cited
from .fields import WORDS


class StaffForm(forms.Form):
    """A form of its own tags: the page sets the form tag, the CSRF token and the button around it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = "请选择。" if chosen else "请填写。"
            field.error_messages |= WORDS | {"invalid_choice": "没有这个选项。"}
            field.help_text = cited(str(field.help_text))

    @property
    def problem_count(self) -> int:
        """How many things are to be mended; one field may have several."""
        return sum(len(problems) for problems in self.errors.values())

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.error_text_inline = False  # each problem of a field stands in a line of its own
        return helper


class StaffModelForm(StaffForm, forms.ModelForm):
    """The same for a row; what the row itself refuses stands at its fields too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [("", "请选择") if value == "" else (value, label) for value, label in field.choices]  # type: ignore[misc, union-attr]
