"""What every row has in common that statements rest on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models, transaction

#: What the contract allows, in rows, form and JSON alike.
FIRST_DATE, LAST_DATE = datetime.date(1950, 1, 1), datetime.date(2100, 12, 31)
MAX_CREDITS, MAX_HOURS, MAX_COUNT = Decimal(100), Decimal(2000), 1000


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
