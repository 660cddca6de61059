"""What every row has in common that statements rest on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction


class RestsOn(models.Model):
    """A row that statements rest on: saving it refreshes the summaries of these teachers in the same transaction.

    Deletions, in bulk or by cascade too, do so by a signal; `.update()` and `bulk_create` do not.
    """

    class Meta:
        abstract = True

    def teachers_concerned(self) -> Iterable[int]:
        """The ids of the teachers whose statements this row is part of."""
        raise NotImplementedError

    def matters(self) -> tuple[Any, ...]:
        """What of this row statements depend on."""
        return tuple(getattr(self, field.attname) for field in self._meta.concrete_fields)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        from ..summaries import refresh

        before = type(self)._default_manager.filter(pk=self.pk).first() if self.pk else None
        concerned = set(before.teachers_concerned()) if before else set()
        super().save(*args, **kwargs)
        if before is None or before.matters() != self.matters():
            refresh(concerned | set(self.teachers_concerned()))
