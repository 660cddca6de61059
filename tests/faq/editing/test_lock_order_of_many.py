"""Entries that are saved together, all in one transaction, are locked before the search version too."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from faq.editing import importing, steps
from faq.editing.content import of_entry
from faq.models import Entry
from helpdesk import fixtures
from tests.at_once import NOT_ON_SQLITE
from tests.cast import make_editor
from tests.faq.editing.sheets import HEAD, book
from tests.faq.editing.test_spreadsheet_import import imported
from tests.faq.search.helpers import make_entry
from tests.faq.test_lock_order import beside, someone_waits
from tests.installation import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("sheets_read_here"),
    NOT_ON_SQLITE,
]


def after_the_first(monkeypatch: pytest.MonkeyPatch, holder: Any, name: str, other: threading.Thread) -> None:
    """Lets the other thread begin when a function was called once, and go on until it waits or is done."""
    real, calls = getattr(holder, name), []

    def called(*args: Any, **options: Any) -> Any:
        answer = real(*args, **options)
        calls.append(name)
        if len(calls) == 1:
            other.start()
            wait_until(lambda: someone_waits() or not other.is_alive(), 10)
        return answer

    monkeypatch.setattr(holder, name, called)


def published_anew(entry: Entry) -> None:
    """An editor's step on an entry, as it stood when it began."""
    steps.write_and_publish(entry, replace(of_entry(entry), notice="刚改的"), make_editor("other"))


def sheet(*answers: str) -> bytes:
    rows = [[f"q-{number}", f"问题{number}？", f"<p>{answer}</p>"] for number, answer in enumerate(answers)]
    return book(["编号", *HEAD], *rows)


@pytest.mark.parametrize("undone", [False, True])
def test_an_import_and_an_editor_do_not_wait_for_each_other(undone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (make_entry(f"问题{number}？", ref=f"q-{number}") for number in range(2))
    editor = make_editor()
    kept = imported(sheet("新一", "新二"), editor)
    assert kept.changed == 2
    errors: list[str] = []
    last = Entry.objects.get(pk=first.pk if undone else second.pk)
    with beside(lambda: published_anew(last), errors) as other:
        if undone:
            after_the_first(monkeypatch, importing, "_undo_one", other)
            importing.undo(kept, editor)
        else:
            after_the_first(monkeypatch, importing._Saving, "_save_one", other)
            imported(sheet("再一", "再二"), editor)
    assert other.ident
    assert not [error for error in errors if "deadlock" in error]


def test_an_update_of_the_texts_and_an_editor_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    fixtures.load_once("documents")
    fixtures.improve("documents")
    rows = json.loads(fixtures._content("documents"))
    changed = [row["fields"] for row in rows if row["model"] == "faq.entry"][:2]
    for fields in changed:
        fields["answer"] += "<p>新版补充</p>"
    text = json.dumps(rows, ensure_ascii=False)
    monkeypatch.setattr(fixtures, "_content", lambda name: text)
    errors: list[str] = []
    last = Entry.objects.get(ref=changed[1]["ref"])
    with beside(lambda: published_anew(last), errors) as other:
        after_the_first(monkeypatch, fixtures, "_copy", other)
        assert fixtures.improve("documents").rewritten == 2
    assert other.ident
    assert not [error for error in errors if "deadlock" in error]
