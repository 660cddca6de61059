"""Version counter of everything that search shows, and the log of what raised it."""

from __future__ import annotations

import secrets

from django.db import models, transaction

from helpdesk.common.models import ContentVersion


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
    def raise_version(cls, *, gone: int | None = None, places: bool = True) -> int:
        """Counts a change and returns its stamp, a random number below 2**63, for the changed rows.

        `gone` is the id of an entry that the change deletes. Without `places` the change shows only where the entries
        are named that carry its stamp: lists hold the same entries in the same order as before. Call it inside the
        transaction of the change, which then locks the row until it commits: so the numbers stand in the order of the
        commits, whatever the database.
        """
        stamp = secrets.randbits(63)
        with transaction.atomic(savepoint=False):
            if not cls.objects.filter(id=1).update(version=models.F("version") + 1, stamp=stamp):
                cls.objects.get_or_create(id=1)
                cls.objects.filter(id=1).update(version=models.F("version") + 1, stamp=stamp)
            SearchChange.note(cls.current(), stamp, gone)
            if places:
                ContentVersion.change(ContentVersion.Part.PLACES)
        return stamp

    @classmethod
    def current(cls) -> int:
        """Returns the version as committed; 0 before the first change."""
        return cls.objects.filter(id=1).values_list("version", flat=True).first() or 0


class SearchChange(models.Model):
    """One change to anything that search shows, so that an index finds what it lacks without reading every row.

    The row is written in the transaction of the change, by whoever raises `SearchState`. The entries that changed carry
    its stamp, except one that was deleted, which `gone` names. The log may have gaps (older code, SQL by hand, what was
    purged) and rows from before a backup was restored; an index that does not find its own state in it, by number and
    stamp, compares all entries instead.
    """

    #: Changes that are kept; an index that is further behind is built anew anyway.
    KEPT = 10_000
    #: Number of changes from one purge to the next.
    PURGED_EVERY = 100

    number = models.BigIntegerField(primary_key=True)
    stamp = models.BigIntegerField()
    gone = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def note(cls, number: int, stamp: int, gone: int | None) -> None:
        """Writes a change down, in place of one that had its number before a backup was restored."""
        change = SearchChange(number=number, stamp=stamp, gone=gone)
        SearchChange.objects.bulk_create(
            [change], update_conflicts=True, unique_fields=["number"], update_fields=["stamp", "gone"]
        )
        if number % cls.PURGED_EVERY == 0:
            cls.objects.filter(number__lte=number - cls.KEPT).delete()
