"""Pictures that nothing shows any more: removed a month after they were stored, with their files."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast
from django.utils import timezone

from helpdesk.common import audit, pictures
from helpdesk.common.decisions import step
from helpdesk.common.models import StoredPicture
from helpdesk.common.picture_names import NAME

from ..models import EntryImport
from .importing import WAITS

#: Drafts stay in an editor's browser for thirty days and may name them.
KEPT = datetime.timedelta(days=31)
_NAME = re.compile(NAME, re.ASCII)
#: File that was begun and never finished (`pictures.store`).
_PART = re.compile(r"\..*\.part")


def sweep(now: datetime.datetime | None = None) -> int:
    """Removes pictures older than a month that no text of ours names, and such files without a row; returns how many.

    Nothing is removed while a file waits to be imported: what it will bring along cannot be seen from outside.
    """
    before = (now or timezone.now()) - KEPT
    waiting = EntryImport.objects.filter(state=EntryImport.State.READY, created_at__gte=timezone.now() - WAITS)
    old = set(StoredPicture.objects.filter(stored_at__lt=before).values_list("name", flat=True))
    files = _old_files(before)
    if not (old or files) or waiting.exists():
        return 0
    unused = (old | files) - _named()
    gone = _remove_rows(unused & old) if unused & old else set()
    strays = (unused & files) - set(StoredPicture.objects.filter(name__in=unused).values_list("name", flat=True))
    for name in gone | strays:
        (pictures.folder() / name).unlink(missing_ok=True)
    return len(gone | strays)


@step
def _remove_rows(unused: set[str]) -> set[str]:
    """Removes rows and returns their names. They are locked, then looked for again: one may have been taken up since.

    Saving a version locks the pictures that it names (`pictures.hold`), so it comes before this or after.
    """
    rows = StoredPicture.objects.select_for_update(of=("self",)).filter(name__in=unused)
    doomed = {row.name: row for row in rows}
    for name in doomed.keys() & _named():
        del doomed[name]
    for row in doomed.values():
        audit.note(audit.Kind.DELETE, None, row, step="sweep")
        row.delete()
    return set(doomed)


def _old_files(before: datetime.datetime) -> set[str]:
    """Returns the names of the pictures' files that were last written before that moment; other files are not ours."""
    ours = (path for path in pictures.folder().iterdir() if _NAME.fullmatch(path.name) or _PART.fullmatch(path.name))
    return {path.name for path in ours if _written_at(path) < before.timestamp()}


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another host was quicker
        return float("inf")


def _named() -> set[str]:
    """Returns the names of all pictures that any text of this app holds: entries, versions, imports and what comes."""
    return {name for text in _texts() for name in _NAME.findall(text)}


def _texts() -> Iterator[str]:
    for model in apps.get_app_config("faq").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, (models.TextField, models.CharField, models.JSONField)):
                as_text = Cast(field.name, models.TextField())
                rows = model._base_manager.annotate(as_text=as_text).filter(as_text__contains="/media/")
                yield from rows.values_list("as_text", flat=True).iterator()
