"""Words of form messages, in place of Django's own."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError

#: Message by Django's error code.
WORDS = {
    "max_length": "最多 %(limit_value)s 个字，现在有 %(show_value)s 个。",
    "min_length": "至少 %(limit_value)s 个字，现在有 %(show_value)s 个。",
    "unique": "这个编号已经用了，请换一个。",
}
TO_FILL = {"required": "请填写。"}
TO_CHOOSE = {"required": "请选择。", "invalid_choice": "没有这个选项。"}


def use_our_words(form: forms.BaseForm) -> None:
    """Sets the messages of every field of `form`."""
    for field in form.fields.values():
        chosen = isinstance(field, forms.ChoiceField)
        field.error_messages |= WORDS | (TO_CHOOSE if chosen else TO_FILL)


def sentence_of(errors: Iterable[ValidationError]) -> str:
    """Returns what is wrong at one field, in `WORDS` where they have the error's code."""
    return " ".join(_message(error) for error in errors)


def _message(error: ValidationError) -> str:
    words = WORDS.get(error.code or "")
    return words % error.params if words and error.params else error.messages[0]
