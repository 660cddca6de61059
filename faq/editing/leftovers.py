"""Categories and source documents that an import made, removed once it is undone and nothing uses them."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from django.contrib.auth.models import User

from helpdesk.common import audit

from ..models import Category, Document, EntryImport, Revision

MODELS: dict[str, type[Category] | type[Document]] = {"category": Category, "document": Document}


def note_of(made: Category | Document) -> dict[str, Any]:
    """Returns the row as `EntryImport.done` keeps it among what was done."""
    kind = "category" if isinstance(made, Category) else "document"
    return {"made": kind, "key": made.pk, "name": str(made)}


def remove_unused(imported: EntryImport, user: User | None) -> None:
    """Deletes what an import made where no entry has it, in the bin neither, and no version under way names it.

    Runs within a transaction; `user` is None for the portal itself.
    """
    for one in imported.made:
        row: Any = MODELS[one["made"]]._default_manager.select_for_update().filter(pk=one["key"]).first()
        if row is not None and not _is_used(row, one["made"]):
            audit.note(audit.Kind.DELETE, user, row, step="undo")
            row.delete()


def remove_after(gone: Set[int]) -> None:
    """Deletes what undone imports had made for entries that are deleted for good, by their keys, and nothing has."""
    for imported in EntryImport.objects.filter(state=EntryImport.State.UNDONE):
        if gone & {one["entry"] for one in imported.done_with_entries}:
            remove_unused(imported, None)


def _is_used(row: Category | Document, kind: str) -> bool:
    if row.entries.exists():
        return True
    return Revision.objects.open().filter(**{f"content__{kind}": row.slug}).exists()
