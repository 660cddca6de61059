"""Editing what search answers from: entries with their phrasings, categories, synonyms; and trying a search out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import search
from .models import Category, Document, Entry, Phrasing, SynonymGroup


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


class PhrasingForm(forms.ModelForm):
    class Meta:
        model = Phrasing
        fields = ("text",)
        widgets = {"text": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}
        error_messages = {"text": {"max_length": "一种问法最多 %(limit_value)d 个字，这里有 %(show_value)d 个。"}}


class PhrasingFormSet(forms.BaseInlineFormSet):
    """Says at the line itself that it repeats another, as written or but for spaces, case and the like."""

    def clean(self) -> None:
        seen: dict[str, str] = {}
        for form in self.forms:
            written = form.cleaned_data.get("text") if form.is_valid() else None
            if not written or form.cleaned_data.get("DELETE"):
                continue
            key = search.normalize(written).replace(" ", "")
            if not key:
                form.add_error("text", "这一行没有可以搜索的字。")
            elif key in seen:
                form.add_error("text", f"和前面的“{seen[key]}”重复了。")
            seen.setdefault(key, written)


class PhrasingInline(admin.TabularInline):
    model = Phrasing
    form = PhrasingForm
    formset = PhrasingFormSet
    extra = 3
    max_num = Phrasing.MOST_PER_ENTRY
    verbose_name_plural = "相似问法：老师会怎么问这个问题？一行一种问法，口语、简称、说错的名称都可以写"


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
    inlines = (PhrasingInline,)
    change_list_template = "admin/faq/change_list_with_trial.html"
    change_form_template = "admin/faq/change_form_with_trial.html"
    fieldsets = (
        (None, {"fields": ("question", "short_question", "answer", "notice", "category", "status")}),
        ("编号和来源", {"fields": ("ref", "document", "number"), "description": "来自资料的问答才填来源。"}),
    )

    def get_urls(self) -> list[Any]:
        return [path("try/", self.admin_site.admin_view(self.try_search), name="faq_entry_try"), *super().get_urls()]

    def try_search(self, request: HttpRequest) -> HttpResponse:
        """What a query finds, and why, in words an editor understands without an engineer."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = request.GET.get("q", "")[: search.MAX_QUERY_LENGTH]
        context = self.admin_site.each_context(request) | {
            "title": "试一试搜索",
            "opts": self.opts,
            "query": query,
            "longest": search.MAX_QUERY_LENGTH,
            "explanation": search.explain(query) if query.strip() else None,
            "enough": round(100 * search.ENOUGH),
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/faq/try.html", context)

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


@admin.register(SynonymGroup)
class SynonymGroupAdmin(admin.ModelAdmin):
    list_display = ("words",)
    list_per_page = 200
    search_fields = ("words",)
    search_help_text = "按词查找"
    change_list_template = "admin/faq/change_list_with_trial.html"
    formfield_overrides = {models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}}
