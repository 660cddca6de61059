"""Editing entries and categories: lists that can be searched and filtered, drafts, a link to the page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .models import Category, Document, Entry


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = "__all__"  # noqa: DJ007  the admin's fieldsets choose
        widgets = {
            "question": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "short_question": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "notice": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "answer": AdminTextareaWidget(attrs={"rows": 18}),
        }


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    form = EntryForm
    list_display = ("listed_title", "category", "status", "ref", "updated_at", "page")
    list_filter = ("status", "category", "document")
    list_select_related = ("category",)
    list_per_page = 50
    search_fields = ("question", "short_question", "answer", "ref")
    search_help_text = "按问题、答案或编号里的字查找"
    actions = ("publish", "unpublish")
    save_on_top = True
    fieldsets = (
        (None, {"fields": ("question", "short_question", "answer", "notice", "category", "status")}),
        ("编号和来源", {"fields": ("ref", "document", "number"), "description": "来自资料的问答才填来源。"}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Entry | None = None) -> tuple[str, ...]:
        return ("ref",) if obj else ()

    def view_on_site(self, obj: Entry) -> str:
        return obj.get_absolute_url()

    @admin.display(description="问题", ordering="question")
    def listed_title(self, entry: Entry) -> str:
        return truncatechars(entry.title, 50)

    @admin.display(description="页面")
    def page(self, entry: Entry) -> SafeString:
        return format_html('<a href="{}">打开</a>', entry.get_absolute_url())

    @admin.action(description="发布所选问答", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._set_status(request, queryset, Entry.Status.PUBLISHED, "已发布")

    @admin.action(description="把所选问答改回草稿", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._set_status(request, queryset, Entry.Status.DRAFT, "已改回草稿")

    def _set_status(self, request: HttpRequest, queryset: QuerySet[Entry], status: str, done: str) -> None:
        """One by one, so that each change is saved, logged and searched like any other."""
        changed = list(queryset.exclude(status=status))
        for entry in changed:
            entry.status = status
            entry.save()
            self.log_change(request, entry, done)
        self.message_user(request, f"{done} {len(changed)} 条。", messages.SUCCESS)


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "position", "entry_count", "page")
    search_fields = ("name", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(counted=Count("entries"))

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def view_on_site(self, obj: Category) -> str:
        return obj.get_absolute_url()

    @admin.display(description="问答数", ordering="counted")
    def entry_count(self, category: Any) -> int:
        return category.counted

    @admin.display(description="页面")
    def page(self, category: Category) -> SafeString:
        return format_html('<a href="{}">打开</a>', category.get_absolute_url())


@admin.register(Document)
class DocumentAdmin(admin.ModelAdmin):
    list_display = ("title", "year", "position")
    search_fields = ("title",)

    def get_readonly_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()
