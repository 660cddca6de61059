"""Entries written to a workbook and read again are the same."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from faq.editing.found import FoundEntry
from faq.editing.spreadsheets.columns import MOST_IN_CELL
from faq.editing.spreadsheets.reader import look
from faq.editing.spreadsheets.writing import write_entries
from faq.models import Entry, Phrasing

pytestmark = pytest.mark.django_db


def written(entries: list[Entry]) -> bytes:
    file = io.BytesIO()
    write_entries(file, entries)
    return file.getvalue()


def every_entry() -> list[Entry]:
    return list(Entry.objects.in_order().prefetch_related("phrasings"))


def as_found(entry: Entry, row: int) -> FoundEntry:
    return FoundEntry(
        ref=entry.ref,
        question=entry.question,
        short_question=entry.short_question,
        answer_html=entry.answer,
        is_exact=True,
        notice=entry.notice,
        category=entry.category.name,
        document=entry.document.slug if entry.document else "",
        number=entry.number,
        phrasings=tuple(phrasing.text for phrasing in entry.phrasings.all()) or None,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        checked_on=entry.checked_on,
        status=entry.status,
        place=f"第 {row} 行",
    )


def test_all_entries_come_back_exactly(content: None) -> None:
    entries = every_entry()
    assert sum(entry.document is not None for entry in entries) == 40
    assert Phrasing.objects.count() > 2379
    entries[0].valid_from, entries[0].valid_to = 2016, 2020
    entries[0].save()
    found = look(written(entries), "问答.xlsx")
    assert found.entries == [as_found(entry, row) for row, entry in enumerate(entries, start=2)]
    assert found.notes == []


def test_what_programs_take_for_formulas_is_quoted_and_comes_back(content: None) -> None:
    entry = every_entry()[0]
    entry.question, entry.notice = "=1+1 是什么？", "@所有人"
    entry.save()
    Phrasing.objects.filter(entry=entry).delete()
    Phrasing(entry=entry, text="+86 怎么打").save()
    [entry] = Entry.objects.in_order().prefetch_related("phrasings").filter(pk=entry.pk)
    page = load_workbook(io.BytesIO(written([entry]))).worksheets[0]
    assert page["B2"].value == "'=1+1 是什么？"
    assert look(written([entry]), "").entries == [as_found(entry, 2)]


def test_an_answer_longer_than_a_cell_goes_on_in_the_next(content: None) -> None:
    entry = every_entry()[0]
    entry.answer = "".join(f"<p>{'学分' * 2000}{at}</p>" for at in range(12))
    entry.save()
    content_of_file = written([entry])
    page = load_workbook(io.BytesIO(content_of_file)).worksheets[0]
    longest = max(len(str(cell.value or "")) for row in page.iter_rows() for cell in row)
    assert longest <= MOST_IN_CELL + 1
    [found] = look(content_of_file, "").entries
    assert found.answer_html == entry.answer
