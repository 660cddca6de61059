"""Base of the rows that statements rest on: their changes are announced by a signal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.dispatch import Signal

#: Sent with `teachers` (a set of ids) when a row that their statements rest on was saved or deleted, inside the
#: transaction of that change. `.update()` and `bulk_create` send nothing: code that uses them calls
#: `summaries.refresh` itself.
records_changed = Signal()


class RestsOn(models.Model):
    """A row that statements rest on: saving or deleting it sends `records_changed` in the same transaction."""

    class Meta:
        abstract = True

    def teachers_concerned(self) -> Iterable[int]:
        """Returns the ids of the teachers whose statements this row is part of."""
        raise NotImplementedError

    def matters(self) -> tuple[Any, ...]:
        """Returns the values of this row that statements depend on; a change of others is not announced."""
        return tuple(getattr(self, field.attname) for field in self._meta.concrete_fields)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves the row and announces the change, to the teachers concerned before and after it."""
        before = type(self)._default_manager.filter(pk=self.pk).first() if self.pk else None
        teachers = set(before.teachers_concerned()) if before else set()
        super().save(*args, **kwargs)
        if before is None or before.matters() != self.matters():
            teachers |= set(self.teachers_concerned())
            records_changed.send(sender=type(self), teachers=teachers)
