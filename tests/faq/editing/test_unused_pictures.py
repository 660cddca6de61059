"""Pictures that nothing shows any more go after a week, row and file; whatever a kept version shows stays."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from faq.editing import steps, unused_pictures
from faq.editing.content import of_entry
from faq.models import Category, Entry, EntryImport
from helpdesk.common import pictures
from helpdesk.common.models import AuditRow, StoredPicture
from helpdesk.common.picture_names import address_of, new_name
from tests.cast import make_editor
from tests.test_pictures import drawn

pytestmark = pytest.mark.usefixtures("read_here")

LONG_AGO = datetime.timedelta(days=32)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path / "pictures"


@pytest.fixture
def editor(db: Any) -> User:
    return make_editor()


def make_old(path: Path) -> None:
    moment = (timezone.now() - LONG_AGO).timestamp()
    os.utime(path, (moment, moment))


def stored(editor: User, media: Path, *, old: bool = True) -> StoredPicture:
    row = pictures.store(drawn("PNG"), editor)
    if old:
        StoredPicture.objects.filter(pk=row.pk).update(stored_at=timezone.now() - LONG_AGO)
        make_old(media / row.name)
    return row


def shown(*rows: StoredPicture) -> str:
    return "<p>看图：</p>" + "".join(f'<p><img src="{address_of(row.name)}" alt="图"></p>' for row in rows)


def entry_with(editor: User, answer: str) -> Entry:
    category = Category.objects.create(slug="things", name="东西")
    entry = Entry(ref="iron", question="按钮在哪里？", answer=answer, category=category)
    steps.write_and_publish(entry, of_entry(entry), editor)
    return entry


def left(media: Path) -> set[str]:
    rows = set(StoredPicture.objects.values_list("name", flat=True))
    files = {path.name for path in media.iterdir()}
    assert rows == files
    return rows


def test_only_old_pictures_that_nothing_shows_go(editor: User, media: Path) -> None:
    used, unused, new = stored(editor, media), stored(editor, media), stored(editor, media, old=False)
    entry_with(editor, shown(used))
    assert unused_pictures.sweep() == 1
    assert left(media) == {used.name, new.name}
    assert AuditRow.objects.filter(kind="delete", detail__step="sweep").count() == 1
    assert unused.name not in left(media)
    assert unused_pictures.sweep() == 0


def test_what_any_kept_version_shows_stays_until_the_entry_is_gone(editor: User, media: Path) -> None:
    before, draft = stored(editor, media), stored(editor, media)
    entry = entry_with(editor, shown(before))
    for answer in ("<p>没有图了。</p>", shown(draft), "<p>还是没有图。</p>"):
        entry.answer = answer
        steps.write(entry, of_entry(entry), editor)
    assert unused_pictures.sweep() == 0
    assert left(media) == {before.name, draft.name}
    steps.throw_away(Entry.objects.get(), editor)
    assert unused_pictures.sweep() == 0
    steps.empty(timezone.now() + steps.KEPT * 2)
    assert unused_pictures.sweep() == 2
    assert left(media) == set()


def test_what_an_import_did_and_may_undo_stays(editor: User, media: Path) -> None:
    row = stored(editor, media)
    EntryImport.objects.create(
        owner=editor, state="applied", applied_at=timezone.now(), content=b"", done=[{"before": shown(row)}]
    )
    assert unused_pictures.sweep() == 0


def test_nothing_goes_while_a_file_waits_to_be_imported(editor: User, media: Path) -> None:
    row = stored(editor, media)
    waiting = EntryImport.objects.create(owner=editor, content=b"PK")
    assert unused_pictures.sweep() == 0
    EntryImport.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - LONG_AGO)
    assert unused_pictures.sweep() == 1
    assert row.name not in left(media)


def test_files_without_a_row_go_unless_an_entry_shows_them(editor: User, media: Path) -> None:
    copied = stored(editor, media)
    StoredPicture.objects.all().delete()  # as where entries and files were brought from another installation
    entry_with(editor, shown(copied))
    stray, begun, new, other = (media / name for name in (new_name("PNG"), ".x.part", new_name("PNG"), "说明.txt"))
    for path in (stray, begun, new, other):
        path.write_bytes(b"x")
    for path in (stray, begun, other):
        make_old(path)
    assert unused_pictures.sweep() == 2
    assert {path.name for path in media.iterdir()} == {copied.name, new.name, other.name}


def test_a_picture_that_is_taken_up_at_the_last_moment_stays(
    editor: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = stored(editor, media)
    names = unused_pictures._named
    looks: Iterator[set[str] | None] = iter([set(), None])

    def named() -> set[str]:
        first = next(looks)
        if first is not None:
            entry_with(editor, shown(row))
            return first
        return names()

    monkeypatch.setattr(unused_pictures, "_named", named)
    assert unused_pictures.sweep() == 0
    assert left(media) == {row.name}
