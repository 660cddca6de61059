"""Changes and deletions of rows that search shows: they raise its version, and bring the index up to date."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from . import search
from .models import Category, Document, Entry, Phrasing, SearchState, SynonymGroup


@receiver(post_delete, sender=Entry)
def note_entry_gone(sender: type[Entry], instance: Entry, **kwargs: Any) -> None:
    """Counts the deletion of an entry, be it of one, in bulk from the admin or by cascade; `save` counts by itself."""
    SearchState.raise_version(gone=instance.pk)


@receiver(post_delete, sender=SynonymGroup)
@receiver(post_delete, sender=Category)
@receiver([post_save, post_delete], sender=Document)
def raise_version(sender: type, **kwargs: Any) -> None:
    """Counts the deletion of a synonym group or category, and the change of a document, whose title pages show."""
    SearchState.raise_version()


@receiver(post_delete, sender=Phrasing)
def stamp_entry(sender: type[Phrasing], instance: Phrasing, **kwargs: Any) -> None:
    """Stamps the entry of a deleted phrasing as changed."""
    with transaction.atomic():
        Entry.objects.filter(pk=instance.entry_id).stamp_anew()


@receiver([post_save, post_delete], sender=Entry)
@receiver([post_save, post_delete], sender=Phrasing)
@receiver([post_save, post_delete], sender=SynonymGroup)
@receiver(post_save, sender=Category)
def sync_search(sender: type, raw: bool = False, **kwargs: Any) -> None:
    """Brings this host's index up to date after the commit. A failure stops no save; the next sync repairs it."""
    if not raw:
        transaction.on_commit(search.sync_soon, robust=True)
