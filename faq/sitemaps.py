"""Sitemap for search engines: published entries, their categories, guides, and the fixed public pages."""

from __future__ import annotations

import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from .guides.flows import Guide, guides
from .models import Category, Entry


class EntrySitemap(Sitemap):
    def items(self) -> QuerySet[Entry]:
        return Entry.objects.visible_to(AnonymousUser()).in_order()

    def lastmod(self, item: Entry) -> datetime.datetime:
        return item.updated_at


class CategorySitemap(Sitemap):
    def items(self) -> QuerySet[Category]:
        visible = Entry.objects.visible_to(AnonymousUser())
        return Category.objects.filter(entries__in=visible).distinct()


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
