"""Numbers in a source document that move when a newer edition puts an entry in between, or leaves one out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.contrib.auth.models import User
from django.db.models import F

from ..models import Document, Entry, EntryEvent, Revision, SearchState
from . import content, steps
from .steps.ground import add_revision

#: Added to a number while others move: two entries may never hold one number, and no document has so many.
PARKED = 15_000


def renumber(document: Document, moves: Mapping[int, int], needed: Collection[int], user: User) -> None:
    """Gives entries of a document their numbers in its newer edition, and frees the numbers `needed` for new ones.

    `moves`: key of an entry → its new number. An entry that stands in the way, as the newer edition does not have it,
    gets a number after the last one; one in the bin loses its source. Published entries get a version that says so.
    """
    of_document = Entry.objects.filter(document=document)
    of_document.lock()
    rows = {entry.pk: entry for entry in of_document}
    wanted = {pk: number for pk, number in moves.items() if pk in rows and rows[pk].number != number}
    claimed = {*moves.values(), *needed}
    in_the_way = [row for pk, row in rows.items() if row.number in claimed and pk not in moves]
    last = max([*claimed, *(row.number or 0 for row in rows.values())], default=0)
    for row in in_the_way:
        if row.status == Entry.Status.BINNED:
            Entry.objects.filter(pk=row.pk).update(document=None, number=None)
        else:
            last += 1
            wanted[row.pk] = last
    if not wanted:
        return
    moved = Entry.objects.filter(pk__in=wanted)
    present = {pk: steps.present_revision(rows[pk]) for pk in wanted}
    moved.update(number=F("number") + PARKED)
    stamp = SearchState.raise_version()
    for pk, number in wanted.items():
        Entry.objects.filter(pk=pk).update(number=number, stamp=stamp)
        _note_move(pk, present[pk], number, user)


def _note_move(pk: int, present: Revision | None, number: int, user: User) -> None:
    """Adds a version with the new number to a published entry, so that its history tells the move."""
    entry = Entry.objects.select_related("category", "document").get(pk=pk)
    if not entry.is_published:
        return
    version = add_revision(entry, content.of_entry(entry), user, state=Revision.State.PUBLISHED, base=present)
    note = f"资料的新版里是第 {number} 条"
    EntryEvent.record(entry, EntryEvent.Kind.PUBLISHED, user, revision=version, note=note)
