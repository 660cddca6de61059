"""Admin form of an entry: its phrasings as one text, and a check that nobody else has changed it since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.http import QueryDict

from .. import search
from ..models import Entry, Phrasing, normal_words
from .editor import AnswerField, AnswerWidget


class EntryForm(forms.ModelForm):
    """Entry with its phrasings as one text, a line each: easier to read, paste and edit than a row of fields."""

    said = forms.CharField(
        label="相似问法",
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 12}),
        help_text="老师会怎么问这个问题？一行一种问法，口语、简称、说错的名称都可以写；保存后就能搜到。",
    )

    # The stamp of the entry when the form was opened: saving over a newer one would undo somebody else's change.
    seen = forms.CharField(label="打开时的版本", required=False, widget=forms.HiddenInput)

    class Meta:
        model = Entry
        fields = "__all__"  # noqa: DJ007  the admin's fieldsets choose
        widgets = {
            "question": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "short_question": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "notice": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "answer": AnswerWidget(attrs={"rows": 18}),
        }
        field_classes = {"answer": AnswerField}
        help_texts = {
            "answer": "没有编辑器时可以直接写文字：空一行是新的一段，1、2、3 开头的行是步骤，网址会变成链接；"
            "也可以用 HTML。"
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            phrasings = self.instance.phrasings.all()
            self.initial["seen"] = str(self.instance.stamp)
            self.initial["said"] = "\n".join(phrasing.text for phrasing in phrasings)

    def clean(self) -> dict[str, Any]:
        """Returns the cleaned fields, with an error where the entry was changed after the form was opened."""
        cleaned = super().clean() or {}
        saved = Entry.objects.filter(pk=self.instance.pk)
        now = saved.values_list("stamp", flat=True).first()
        seen = self.data.get("seen")
        if seen and now is not None and seen != str(now):
            self._show_as_seen(now)
            self.add_error(
                None,
                "您打开以后，这条问答被改过了（同事，或者您的另一个窗口）。您写的都还在下面，还没有保存：请另开窗口看看现在的"
                "内容，需要的并进来，再保存一次。",
            )
        return cleaned

    def _show_as_seen(self, stamp: int) -> None:
        """Puts the present stamp into the form shown again, so that the next save is taken."""
        data = cast("QueryDict", self.data).copy()
        data["seen"] = str(stamp)
        self.data = data

    def clean_said(self) -> str:
        """Returns the phrasings, a line each; raises ValidationError that names wrong lines by their number.

        Lines are judged one by one only where there are not too many, which would take its time.
        """
        lines = self.cleaned_data["said"].splitlines()
        number, most = sum(not line.isspace() for line in lines if line), Phrasing.MOST_PER_ENTRY
        if number > most:
            raise ValidationError(f"最多写 {most} 行，您写了 {number} 行：一行一种问法，请只留最常见的。")
        lines = [normal_words(line) for line in lines]
        problems = list(_problems(lines))
        if problems:
            raise ValidationError(problems)
        return "\n".join(line for line in lines if line)


def _problems(lines: list[str]) -> Iterator[str]:
    """Yields a sentence in Chinese for each line that cannot be a phrasing; lines count from 1."""
    most = Phrasing.LONGEST
    first: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        if len(line) > most:
            yield f"第 {number} 行“{line[:10]}…”有 {len(line)} 个字，一种问法最多 {most} 个字。"
            continue
        key = search.normalize(line).replace(" ", "")
        if not key:
            yield f"第 {number} 行“{line}”没有可以搜索的字。"
        elif key in first:
            yield f"第 {number} 行“{line}”和第 {first[key]} 行重复了。"
        first.setdefault(key, number)
