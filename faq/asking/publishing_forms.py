"""Forms with which an editor makes an entry, or a phrasing, of a question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from helpdesk.common.form_fields import use_bootstrap
from helpdesk.common.words import use_our_words

from .. import html
from ..editing import content
from ..editing.content import Content
from ..markup import plain
from ..models import Category, Entry, Phrasing, normal_words
from . import wording

LONGEST_ANSWER = 20_000


class WordsField(forms.CharField):
    """Text in the normal form of questions, without characters that nobody sees or no database takes."""

    def to_python(self, value: Any) -> str:
        return wording.normal(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no `maxlength`: a browser would cut a long pasted text without saying so

    def bound_data(self, data: Any, initial: Any) -> Any:
        return (data or "").replace("\x00", "\ufffd")


class LineField(WordsField):
    """The same on one line."""

    def to_python(self, value: Any) -> str:
        return normal_words(super().to_python(value))


class PublishingForm(forms.Form):
    """A form in the portal's words and looks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_our_words(self)
        use_bootstrap(self)

    @property
    def problem_count(self) -> int:
        """Number of things to be mended."""
        return sum(len(problems) for problems in self.errors.values())


class EntryForm(PublishingForm):
    """A draft entry: question, answer as plain text, category."""

    question = LineField(
        label="问题",
        max_length=Entry._meta.get_field("question").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写成别的老师也会问的样子：去掉只有提问人才有的情况。",
    )
    answer = WordsField(
        label="答案",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="直接写文字：空一行是新的一段，1、2、3 开头的行是步骤，网址会变成链接。存好以后还可以接着改。",
    )
    category = forms.ModelChoiceField(Category.objects.none(), label="分类", empty_label="请选择")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.all()  # type: ignore[attr-defined]

    def clean_answer(self) -> str:
        """Returns the answer as HTML; raises ValidationError where it is too long or too deep for an entry."""
        written = plain.html_of(self.cleaned_data["answer"])
        html.validate_answer(written)
        if not html.to_text(html.clean(written)):
            raise ValidationError("请填写。")
        return written

    @property
    def content(self) -> Content:
        """The content of the fields, once they are found right."""
        return content.of_fields(self.cleaned_data)


class PhrasingForm(PublishingForm):
    """A phrasing and the entry that gets it: one of the nearest, or any other by its ref."""

    phrasing = LineField(
        label="相似问法",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"老师的原话最好，口语也可以，最多 {Phrasing.LONGEST} 个字。",
    )
    entry = LineField(label="哪一条问答能回答它", required=False, widget=forms.RadioSelect)
    ref = LineField(
        label="都不是：填另一条的编号",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="编号在那条问答的网址里，如 credits-05。填了编号，就以编号为准。",
    )

    def __init__(self, *args: Any, nearest: Iterable[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        radios = self.fields["entry"].widget
        radios.choices = [(entry.ref, entry.title) for entry in nearest]
        radios.attrs["class"] = "form-check-input"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("ref") and not data.get("entry"):
            self.add_error("entry", "请选一条，或者在下面填编号。")
        return data

    @property
    def chosen(self) -> str:
        """The ref of the entry that was chosen or typed."""
        return self.cleaned_data["ref"] or self.cleaned_data["entry"]

    def add_refusal(self, refusal: ValidationError) -> None:
        """Adds a refusal at the field it is about; one of the entry stands where that was chosen."""
        by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
        for name, sentences in by_field.items():
            place = "entry" if name == "ref" and not self.cleaned_data["ref"] else name
            self.add_error(place or None, sentences)
