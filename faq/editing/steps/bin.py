"""The bin: entries wait there for thirty days with everything that hangs on them, then go for good."""

from __future__ import annotations

import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from helpdesk.common import audit
from helpdesk.common.decisions import step

from ...models import Entry, EntryEvent, Revision
from .. import leftovers
from ..rights import demand
from .ground import locked_entry, open_revision, present_revision, set_state

Kind = EntryEvent.Kind

KEPT = datetime.timedelta(days=30)


@step
def throw_away(entry: Entry, by: User, *, seen: str = "") -> Entry:
    """Moves an entry to the bin: readers no longer find it, phrasings, versions and opinions stay.

    A version that was set for a time becomes a draft again, so that nothing is published out of the bin.
    """
    demand(by.has_perm("faq.delete_entry"))
    row = locked_entry(entry, seen)
    present = present_revision(row)
    going = open_revision(row)
    if going is not None and going.state == Revision.State.SCHEDULED:
        set_state(going, Revision.State.DRAFT, publish_at=None)
    row.status = Entry.Status.BINNED
    row.binned_at = timezone.now()
    row.save()
    EntryEvent.record(row, Kind.BINNED, by, revision=present)
    return row


@step
def put_back(entry: Entry, by: User, *, seen: str = "") -> Entry:
    """Takes an entry out of the bin, as a draft: it is published when somebody has looked at it."""
    demand(by.has_perm("faq.delete_entry"))
    row = locked_entry(entry, seen, binned=True)
    row.status = Entry.Status.DRAFT
    row.binned_at = None
    row.save()
    EntryEvent.record(row, Kind.UNBINNED, by)
    return row


def empty(now: datetime.datetime | None = None) -> int:
    """Deletes for good what has lain in the bin for thirty days; returns how many. The history keeps the titles.

    Categories and source documents go along that only an undone import had made for these entries.
    """
    before = (now or timezone.now()) - KEPT
    gone = set()
    for entry in Entry.objects.filter(status=Entry.Status.BINNED, binned_at__lt=before):
        key = entry.pk
        if _purge(entry, before):
            gone.add(key)
    if gone:
        _remove_after(gone)
    return len(gone)


@step
def _remove_after(gone: set[int]) -> None:
    leftovers.remove_after(gone)


@step
def _purge(entry: Entry, before: datetime.datetime) -> int:
    row = Entry.objects.select_for_update(of=("self",)).filter(pk=entry.pk, binned_at__lt=before).first()
    if row is None:
        return 0
    EntryEvent.record(row, Kind.PURGED, None)
    audit.note(audit.Kind.DELETE, None, row, step="bin")
    row.delete()
    return 1
