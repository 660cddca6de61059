"""Deletions reach search however they come: one by one, in bulk from the admin, or by cascade."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from .models import Category, Entry, Phrasing, SearchState, SynonymGroup


@receiver(post_delete, sender=Entry)
@receiver(post_delete, sender=SynonymGroup)
def raise_version(sender: type, **kwargs: Any) -> None:
    SearchState.raise_version()


@receiver(post_delete, sender=Phrasing)
def stamp_entry(sender: type[Phrasing], instance: Phrasing, **kwargs: Any) -> None:
    Entry.objects.filter(pk=instance.entry_id).update(stamp=SearchState.raise_version())


@receiver([post_save, post_delete], sender=Entry)
@receiver([post_save, post_delete], sender=Phrasing)
@receiver([post_save, post_delete], sender=SynonymGroup)
@receiver(post_save, sender=Category)
def sync_search(sender: type, raw: bool = False, **kwargs: Any) -> None:
    """Brings this host's index up to date once the change is committed; a failure is search's to mend."""
    from . import search

    if not raw:
        transaction.on_commit(search.sync_soon, robust=True)
