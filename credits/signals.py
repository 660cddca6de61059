"""Changes of records reach the summaries however they come: saved, deleted one by one, in bulk, or by cascade."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver

from helpdesk.common.models import ContentVersion

from .models import ConversionRate, TrainingCycle
from .models.base import RestsOn, records_changed
from .statements.summaries import refresh


@receiver(records_changed)
def refresh_summaries(sender: type, teachers: Collection[int], **kwargs: Any) -> None:
    """Computes the summaries of these teachers anew, in the transaction that changed their records."""
    refresh(teachers)


@receiver(pre_delete)
def remember_teachers(sender: type, instance: Any, **kwargs: Any) -> None:
    """Notes the teachers of a row while they can still be told; after the deletion they cannot."""
    if isinstance(instance, RestsOn):
        instance._concerned = set(instance.teachers_concerned())  # type: ignore[attr-defined]


@receiver(post_delete)
def announce_deletion(sender: type, instance: Any, **kwargs: Any) -> None:
    """Announces a deletion as a change of the records of the teachers it concerned."""
    if isinstance(instance, RestsOn):
        records_changed.send(sender=sender, teachers=instance._concerned)  # type: ignore[attr-defined]


@receiver([post_save, post_delete], sender=TrainingCycle)
@receiver([post_save, post_delete], sender=ConversionRate)
def change_public_pages(sender: type, **kwargs: Any) -> None:
    """Says that the rules changed, which public pages show, so that kept ones are made anew."""
    ContentVersion.change(ContentVersion.Part.CYCLES)
