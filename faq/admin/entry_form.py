"""Admin form of an entry: its newest version, phrasings as one text, and a check that nobody changed it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, cast

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from .. import search
from ..editing import content, steps
from ..editing.content import Content
from ..editing.steps.ground import CHANGED
from ..models import Category, Document, Entry, Phrasing, normal_words
from .editor import AnswerField, AnswerWidget

#: Name of the button that asks what is to be noticed, and saves nothing.
CHECK = "_check"


class Asked(StrEnum):
    """Button with which the form was sent; `SAVE` publishes, or submits where that needs a review."""

    SAVE = "_save"
    DRAFT = "_draft"
    PREVIEW = "_preview"
    SCHEDULE = "_schedule"


def asked(data: Any) -> Asked:
    """Returns the button that was pressed; without one, as a browser sends after Enter, the first of the form."""
    return next((button for button in Asked if button in data), Asked.SAVE)


class EntryForm(forms.ModelForm):
    """Entry with its phrasings as one text, a line each: easier to read, paste and edit than a row of fields.

    It shows the version that is being written, where there is one, and else what is published.
    """

    said = forms.CharField(
        label="相似问法",
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 12}),
        help_text="老师会怎么问这个问题？一行一种问法，口语、简称、说错的名称都可以写；发布后就能搜到。",
    )

    # The version of the entry when the form was opened: saving over a newer one would undo somebody else's change.
    seen = forms.CharField(label="打开时的版本", required=False, widget=forms.HiddenInput)

    publish_at = forms.DateTimeField(
        label="定时发布",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="想到时候再让老师看到，就选好时间，按“定时发布”。",
    )

    class Meta:
        model = Entry
        exclude = ("status",)  # noqa: DJ006  the admin's fieldsets choose; the steps set the status
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
        if not self.instance.pk:
            return
        draft = steps.open_revision(self.instance)
        shown = content.from_json(draft.content) if draft else content.of_entry(self.instance)
        if draft is not None:
            self.initial.update(_initial(shown))
            self.initial["publish_at"] = draft.publish_at
        self.initial["seen"] = steps.seen_of(self.instance)
        self.initial["said"] = "\n".join(shown.phrasings)

    @property
    def content(self) -> Content:
        """The content of the fields, once they are found right."""
        return content.of_fields(self.cleaned_data)

    def is_valid(self) -> bool:
        """Tells whether the form may be saved: never where it was sent only to be looked at, so it is shown again."""
        return super().is_valid() and CHECK not in self.data

    def clean(self) -> dict[str, Any]:
        """Returns the cleaned fields, with an error where the entry was changed after the form was opened.

        Locks the entry, so that what is found here still holds when the version is saved.
        """
        cleaned = super().clean() or {}
        row = Entry.objects.select_for_update(of=("self",), no_key=True).filter(pk=self.instance.pk).first()
        seen = self.data.get("seen")
        if row is not None and seen and seen != steps.seen_of(row):
            self._show_as_seen(steps.seen_of(row))
            self.add_error(None, CHANGED)
        if asked(self.data) == Asked.SCHEDULE and "publish_at" not in self.errors:
            self._demand_a_time(cleaned.get("publish_at"))
        return cleaned

    def _demand_a_time(self, at: Any) -> None:
        if at is None:
            self.add_error("publish_at", "请选好哪一天几点发布，再按“定时发布”。")
        elif at <= timezone.now():
            self.add_error("publish_at", "定时发布的时间要在现在以后。")

    def _show_as_seen(self, version: str) -> None:
        """Puts the present version into the form shown again, so that the next save is taken."""
        data = cast("QueryDict", self.data).copy()
        data["seen"] = version
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


def _initial(shown: Content) -> dict[str, Any]:
    """Returns the fields of a version as the form shows them; a category that is gone has to be chosen anew."""
    plain = {name: getattr(shown, name) for name in content.PLAIN}
    category = Category.objects.filter(slug=shown.category).first()
    document = Document.objects.filter(slug=shown.document).first()
    return plain | {"category": category and category.pk, "document": document and document.pk}


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
