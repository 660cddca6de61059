"""Entries as a workbook; read again, it gives the same entries. The workbook of all entries is the template too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import IO

from helpdesk.common.spreadsheets.writing import write_xlsx_to

from ...models import Category, Document, Entry
from .columns import ANSWERS, ENTRIES, parted

#: Widths of the columns, in characters.
WIDTHS = {
    "ref": 14,
    "question": 44,
    "short_question": 24,
    "answer": 80,
    "notice": 30,
    "category": 20,
    "document": 30,
    "number": 8,
    "phrasings": 44,
    "valid_from": 11,
    "valid_to": 11,
    "checked_on": 13,
    "status": 10,
}


def write_entries(file: IO[bytes], entries: Sequence[Entry]) -> None:
    """Writes a workbook with a row for each of the entries, whose phrasings, category and document are fetched."""
    answers = [parted(entry.answer) for entry in entries]
    most = max(map(len, answers), default=1)
    columns = [column for column in ENTRIES.columns if column.field not in ANSWERS[most:]]
    fields = [column.field for column in columns]
    widths = [WIDTHS.get(field, WIDTHS["answer"]) for field in fields]
    headers = [column.header for column in columns]
    write_xlsx_to(file, headers, _rows(entries, answers, fields), title=ENTRIES.title, widths=widths)


def _rows(entries: Sequence[Entry], answers: Sequence[list[str]], fields: Sequence[str]) -> Iterator[list[object]]:
    names = _Names()
    for entry, parts in zip(entries, answers, strict=True):
        document = entry.document
        cells = dict(zip(ANSWERS, parts, strict=False)) | {
            "ref": entry.ref,
            "question": entry.question,
            "short_question": entry.short_question,
            "notice": entry.notice,
            "category": names.category(entry.category),
            "document": names.document(document) if document else None,
            "number": entry.number,
            "phrasings": "\n".join(phrasing.text for phrasing in entry.phrasings.all()),
            "valid_from": entry.valid_from,
            "valid_to": entry.valid_to,
            "checked_on": entry.checked_on,
            "status": entry.get_status_display(),
        }
        yield [cells.get(field) or None for field in fields]


class _Names:
    """Names of categories and documents; of those whose name others have too, the slug."""

    def __init__(self) -> None:
        self._categories = Counter(Category.objects.values_list("name", flat=True))
        self._documents = Counter(Document.objects.values_list("title", flat=True))

    def category(self, category: Category) -> str:
        return category.name if self._categories[category.name] == 1 else category.slug

    def document(self, document: Document) -> str:
        return document.title if self._documents[document.title] == 1 else document.slug
