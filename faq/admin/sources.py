"""Admin of what entries belong to: categories, and the documents they were taken from."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from ..models import Category, Document
from .addresses import FixedAddressAdmin, PageAdmin


@admin.register(Category)
class CategoryAdmin(PageAdmin):
    list_display = ("name", "slug", "position", "entry_count", "page")
    search_fields = ("name", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(counted=Count("entries"))

    @admin.display(description="问答数", ordering="counted")
    def entry_count(self, category: Any) -> int:
        return category.counted


@admin.register(Document)
class DocumentAdmin(FixedAddressAdmin):
    list_display = ("title", "year", "position")
    search_fields = ("title",)
