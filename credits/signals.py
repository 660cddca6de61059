"""Deletions reach the summaries however they come: one by one, in bulk, or by cascade."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from .models.base import RestsOn
from .summaries import refresh


@receiver(pre_delete)
def remember_teachers(sender: type, instance: Any, **kwargs: Any) -> None:
    """Afterwards, what the row was part of is not known any more."""
    if isinstance(instance, RestsOn):
        instance._concerned = list(instance.teachers_concerned())  # type: ignore[attr-defined]


@receiver(post_delete)
def refresh_teachers(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, RestsOn):
        refresh(instance._concerned)  # type: ignore[attr-defined]
