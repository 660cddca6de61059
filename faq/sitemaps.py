"""Sitemaps for search engines: published entries, their categories, guides, and the fixed public pages.

`/sitemap.xml` is the index of them: `/sitemap-entries.xml` and so on, an entry's with at most `limit` addresses a page.
"""

from __future__ import annotations

import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.urls import reverse

from .guides.flows import Guide, guides
from .models import Category, Entry


class EntrySitemap(Sitemap):
    """Published entries as they were made, which adds new ones to the last page alone."""

    limit = 5000

    def items(self) -> QuerySet[Entry]:
        visible = Entry.objects.visible_to(AnonymousUser())
        return visible.order_by("pk").only("ref", "updated_at")

    def lastmod(self, item: Entry) -> datetime.datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> datetime.datetime | None:
        """Returns when an entry was last changed, for the index, by one query instead of from every row."""
        visible = Entry.objects.visible_to(AnonymousUser())
        latest: datetime.datetime | None = visible.aggregate(latest=Max("updated_at"))["latest"]
        return latest


class CategorySitemap(Sitemap):
    def items(self) -> QuerySet[Category]:
        visible = Entry.objects.visible_to(AnonymousUser())
        return Category.objects.filter(Exists(visible.filter(category=OuterRef("pk"))))


class GuideSitemap(Sitemap):
    def items(self) -> list[Guide]:
        return list(guides().values())

    def location(self, item: Guide) -> str:
        return reverse("faq:guide", args=[item.slug])


class PageSitemap(Sitemap):
    def items(self) -> list[str]:
        return ["faq:home", "faq:browse", "faq:guides", "credits:check", "credits:rules", "upgrade"]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS = {"entries": EntrySitemap, "categories": CategorySitemap, "guides": GuideSitemap, "pages": PageSitemap}
