"""Spreadsheets of entries go through the same preview, saving and undo as documents."""

from __future__ import annotations

import io

import openpyxl

from faq.editing import importing
from faq.editing.exporting import Format, exported
from faq.editing.importing import Choices
from faq.editing.matching import Action
from faq.models import Entry
from tests.cast import make_editor


def test_entries_taken_out_and_read_again_change_nothing(content: None) -> None:
    workbook, number = exported(Format.XLSX)
    plan = importing.preview_of("问答.xlsx", workbook, Choices()).plan
    assert len(plan.those(Action.SAME)) == number


def test_cell_that_was_changed_becomes_a_version(content: None) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(Format.XLSX)[0]))
    heads = [cell.value for cell in book.worksheets[0][1]]
    column = next(at for at, head in enumerate(heads, 1) if str(head).startswith("问题"))
    row = next(line[0].row or 0 for line in book.worksheets[0].iter_rows(min_row=2) if line[column - 1].value)
    cell = book.worksheets[0].cell(row, column)
    before = str(cell.value)
    cell.value = before.rstrip("？") + "呢？"
    changed = io.BytesIO()
    book.save(changed)
    editor = make_editor()
    kept = importing.keep("问答.xlsx", changed.getvalue(), editor)
    done = importing.apply(kept, editor, Choices(), publish=True)
    assert (done.added, done.changed) == (0, 1)
    assert Entry.objects.filter(question=cell.value).exists()
    importing.undo(done, editor)
    assert Entry.objects.filter(question=before).exists()
