"""Content of the booklet: the published entries by category, in the order in which they are listed."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from ...models import Category, Entry


@dataclass(frozen=True, slots=True)
class Chapter:
    """A category and its published entries."""

    category: Category
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Booklet:
    """The facts of the cover, and the chapters."""

    site_name: str
    run_by: str
    run_for: str
    made_on: datetime.date
    chapters: list[Chapter]

    @property
    def entries(self) -> int:
        """The number of entries in all chapters."""
        return sum(len(chapter.entries) for chapter in self.chapters)

    @property
    def file_name(self) -> str:
        return f"常见问题手册-{self.made_on:%Y%m%d}.pdf"


def booklet() -> Booklet:
    """Returns the booklet of what any visitor may read, as it is now."""
    entries = Entry.objects.visible_to(AnonymousUser()).in_order()
    grouped = itertools.groupby(entries, key=lambda entry: entry.category)
    chapters = [Chapter(category, list(found)) for category, found in grouped]
    return Booklet(settings.SITE_NAME, settings.RUN_BY, settings.RUN_FOR, timezone.localdate(), chapters)
