"""Forms of the import: the file or the pasted text, and the choices beside its preview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from ..editing.documents.problems import MOST_BYTES, SENTENCES
from ..editing.importing import NO_DOCUMENT, Choices, Preview
from ..editing.matching import Action
from ..editing.merging import Categories
from ..editing.reading_files import ENDINGS, PASTED
from ..models import Category, Document

MOST_MEGABYTES = MOST_BYTES // 1024 // 1024


class FileForm(forms.Form):
    """A file of entries, or its text pasted."""

    file = forms.FileField(
        label="问答文件",
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        help_text=f"{'、'.join(ENDINGS)}，最大 {MOST_MEGABYTES} MB。旧版 .doc 和 PDF 请先另存为 docx。",
    )
    text = forms.CharField(
        label="或者粘贴文字",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "cols": 80}),
        help_text="从 Word、网页或公众号文章里复制整篇，粘贴在这里。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages["empty"] = SENTENCES["empty"]

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > MOST_BYTES:
            raise ValidationError(SENTENCES["too_large"])
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        has_text = bool(cleaned.get("text", "").strip())
        if not self.errors and bool(cleaned.get("file")) == has_text:
            raise ValidationError("文件和粘贴的文字请只选一样。" if has_text else "请选一个文件，或者粘贴文字。")
        return cleaned

    @property
    def given(self) -> tuple[str, bytes]:
        """The name and the content of what was sent."""
        file = self.cleaned_data["file"]
        if file:
            return file.name or "", file.read()
        return PASTED, self.cleaned_data["text"].encode("utf-8", "replace")


def section_field(place: int) -> str:
    """Returns the name of the field that chooses the category of the section at `place` of the preview."""
    return f"section-{place}"


class ChoicesForm(forms.Form):
    """The choices that change what the preview shows; a wrong one counts as none."""

    numbering = forms.CharField(required=False, max_length=40)
    document = forms.CharField(required=False, max_length=50)
    cut_greetings = forms.BooleanField(required=False)

    def choices(self) -> Choices:
        data = self.cleaned_data if self.is_valid() else {}
        return Choices(
            numbering=data.get("numbering", ""),
            document=data.get("document", ""),
            cut_greetings=data.get("cut_greetings", False),
        )


def documents(preview: Preview, chosen: str) -> list[tuple[str, str, bool]]:
    """Returns the source documents to choose from as (value, words, chosen)."""
    found = preview.plan.document
    own = found.slug if found else ""
    others = [(one.slug, str(one), one.slug == own) for one in Document.objects.all()]
    title = preview.reading.title
    new = [("", f"新建：《{title}》", not found and chosen != NO_DOCUMENT)] if title and not found else []
    return [*new, *others, (NO_DOCUMENT, "不注明来源", not preview.has_document)]


def sections(preview: Preview, sent: QueryDict | None = None) -> list[dict[str, Any]]:
    """Returns the sections, each with the categories to choose from and the one that was `sent` or has its name.

    Those of new entries, and names in spreadsheets that no category has.
    """
    known = list(Category.objects.all())
    categories = Categories()
    names = {
        section_of(preview, at): None
        for at, one in enumerate(preview.plan.entries)
        if one.action is Action.ADD or (one.found.category and not categories.slug_of(one.found.category))
    }
    return [
        {
            "field": section_field(place),
            "name": name,
            "categories": known,
            "chosen": sent.get(section_field(place), "") if sent else categories.slug_of(name),
        }
        for place, name in enumerate(names)
    ]


def section_of(preview: Preview, at: int) -> str:
    found = preview.plan.entries[at].found
    return found.category or found.section
