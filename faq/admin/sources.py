"""Admin of what entries belong to: categories, and the documents they were taken from."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..models import Category, Document
from .addresses import FixedAddressAdmin, PageAdmin
from .order import CategoryOrderAdmin


@admin.register(Category)
class CategoryAdmin(CategoryOrderAdmin, PageAdmin):
    measure_word = "个"
    change_list_template = "admin/faq/category_list.html"
    list_display = ("name", "slug", "position", "entry_count", "arrange", "public_page")
    search_fields = ("name", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(counted=Count("entries"))

    @admin.display(description="问答数", ordering="counted")
    def entry_count(self, category: Any) -> int:
        return category.counted

    @admin.display(description="里面的顺序")
    def arrange(self, category: Category) -> SafeString:
        return format_html('<a href="{}">排列</a>', reverse("admin:faq_entry_order", args=[category.slug]))


@admin.register(Document)
class DocumentAdmin(FixedAddressAdmin):
    measure_word = "份"
    list_display = ("title", "year", "position")
    search_fields = ("title",)
