"""Everything editors may take out: entries as a workbook, as JSON that can be loaded again, or as a PDF booklet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.core import serializers
from django.db import transaction
from django.db.models import Model, Prefetch
from django.utils import timezone

from helpdesk.common.spreadsheets import writing as workbooks

from ..models import Category, Document, Entry, Phrasing, SynonymGroup
from .booklet.content import booklet
from .booklet.pdf import MEDIA_TYPE as PDF
from .booklet.pdf import pdf_of
from .spreadsheets.writing import write_entries

#: States of the entries that are exported: the others are on their way out.
EXPORTED = (Entry.Status.PUBLISHED, Entry.Status.DRAFT)


class Format(StrEnum):
    """Formats by the ending of their files."""

    XLSX = "xlsx"
    JSON = "json"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        return {Format.XLSX: workbooks.MEDIA_TYPE, Format.JSON: "application/json", Format.PDF: PDF}[self]

    @property
    def file_name(self) -> str:
        """Name of a file made today: 问答-20260901.xlsx"""
        return f"问答-{timezone.localdate():%Y%m%d}.{self.value}"


def exported(form: Format) -> tuple[bytes, int]:
    """Returns the file and the number of entries in it. Raises NoPdf where no PDF can be made here.

    The booklet holds what visitors read; the other formats hold drafts too.
    """
    if form is Format.PDF:
        made = booklet()
        return pdf_of(made), made.entries
    with transaction.atomic():
        entries = list(every_entry())
        content = _workbook(entries) if form is Format.XLSX else _json(entries)
    return content, len(entries)


def every_entry() -> Any:
    """Returns the published entries and the drafts in order, with all that an export tells of them."""
    phrasings = Prefetch("phrasings", queryset=Phrasing.objects.order_by("pk"))
    return Entry.objects.in_order().filter(status__in=EXPORTED).prefetch_related(phrasings)


def _workbook(entries: list[Entry]) -> bytes:
    file = io.BytesIO()
    write_entries(file, entries)
    return file.getvalue()


# --- JSON --------------------------------------------------------------------------------------------------------


def _json(entries: list[Entry]) -> bytes:
    """Returns a fixture of all content: `manage.py loaddata` loads it into an empty portal, or over this one."""
    rows = list(_rows(entries))
    fields = {name for row in rows for name in _loadable(type(row))}
    text = serializers.serialize(
        "json",
        rows,
        fields=fields,
        indent=1,
        ensure_ascii=False,
        use_natural_foreign_keys=True,
        use_natural_primary_keys=True,
    )
    return text.encode()


def _rows(entries: list[Entry]) -> Iterator[Model]:
    """Yields every row of the content, each after those it refers to."""
    yield from Document.objects.all()
    yield from Category.objects.all()
    yield from entries
    for entry in entries:
        yield from entry.phrasings.all()
    yield from SynonymGroup.objects.all()


def _loadable(model: type[Model]) -> Iterator[str]:
    """Yields the fields that another portal can load: accounts are not the same there."""
    for field in model._meta.concrete_fields:
        if field.related_model is not get_user_model():
            yield field.name
