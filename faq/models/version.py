"""Version counter of everything that search shows."""

from __future__ import annotations

import secrets

from django.db import models


class SearchState(models.Model):
    """Latest change to anything that search shows; the table holds one row.

    `version` counts the changes. A change that is rolled back or a backup that is restored repeats a number, so every
    change has a random `stamp` too, and the rows it changed carry the same stamp.
    """

    version = models.BigIntegerField(default=0)
    stamp = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_search_state")]

    def __str__(self) -> str:
        return str(self.version)

    @classmethod
    def raise_version(cls) -> int:
        """Counts a change and returns its stamp, a random number below 2**63, for the changed rows.

        Call it inside the transaction of the change, which then locks the row until it commits.
        """
        stamp = secrets.randbits(63)
        if not cls.objects.filter(id=1).update(version=models.F("version") + 1, stamp=stamp):
            cls.objects.get_or_create(id=1)
            cls.objects.filter(id=1).update(version=models.F("version") + 1, stamp=stamp)
        return stamp

    @classmethod
    def current(cls) -> int:
        """Returns the version as committed; 0 before the first change."""
        return cls.objects.filter(id=1).values_list("version", flat=True).first() or 0
