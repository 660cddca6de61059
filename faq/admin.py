"""Editing what search answers from: entries with their phrasings, categories, synonyms; trying a search out; and what
readers say of the entries.
"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.defaultfilters import truncatechars
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import search
from .models import (
    Category,
    Document,
    Entry,
    EntryQuerySet,
    Feedback,
    Phrasing,
    SearchState,
    SynonymGroup,
    normal_words,
)


class EntryForm(forms.ModelForm):
    """An entry with its phrasings as one text, a line each: easier to read, paste and edit than a row of fields."""

    said = forms.CharField(
        label="相似问法",
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 12}),
        help_text="老师会怎么问这个问题？一行一种问法，口语、简称、说错的名称都可以写；保存后就能搜到。",
    )

    # The state of the entry that the form shows; a save over another one would undo what somebody else did.
    seen = forms.CharField(label="打开时的版本", required=False, widget=forms.HiddenInput)

    class Meta:
        model = Entry
        fields = "__all__"  # noqa: DJ007  the admin's fieldsets choose
        widgets = {
            "question": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "short_question": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "notice": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "answer": AdminTextareaWidget(attrs={"rows": 18}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = str(self.instance.stamp)
            self.initial["said"] = "\n".join(phrasing.text for phrasing in self.instance.phrasings.all())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        now = Entry.objects.filter(pk=self.instance.pk).values_list("stamp", flat=True).first()
        seen = self.data.get("seen")
        if seen and now is not None and seen != str(now):
            data = cast("QueryDict", self.data).copy()
            data["seen"] = str(now)
            self.data = data
            self.add_error(
                None,
                "您打开以后，这条问答被改过了（同事，或者您的另一个窗口）。您写的都还在下面，还没有保存：请另开窗口看看现在的"
                "内容，需要的并进来，再保存一次。",
            )
        return cleaned

    def clean_said(self) -> str:
        """The phrasings, a line each; a problem is named with its line."""
        lines = [normal_words(line) for line in self.cleaned_data["said"].splitlines()]
        most = Phrasing.LONGEST
        errors = []
        first: dict[str, int] = {}
        for number, line in enumerate(lines, 1):
            key = search.normalize(line).replace(" ", "")
            if line and not key:
                errors.append(f"第 {number} 行“{line[:20]}”没有可以搜索的字。")
            elif len(line) > most:
                errors.append(f"第 {number} 行“{line[:10]}…”有 {len(line)} 个字，一种问法最多 {most} 个字。")
            elif line and key in first:
                errors.append(f"第 {number} 行“{line}”和第 {first[key]} 行重复了。")
            first.setdefault(key, number)
        if len(list(filter(None, lines))) > Phrasing.MOST_PER_ENTRY:
            errors.append(f"最多写 {Phrasing.MOST_PER_ENTRY} 行。")
        if errors:
            raise ValidationError(errors)
        return "\n".join(filter(None, lines))


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    form = EntryForm
    list_display = ("listed_title", "category", "status", "ref", "voices", "checked_on", "updated_at", "page")
    list_filter = ("status", "category", "document")
    list_select_related = ("category",)
    list_per_page = 50
    search_fields = ("question", "short_question", "answer", "ref", "phrasings__text")
    search_help_text = "按问题、答案、相似问法或编号里的字查找"
    empty_value_display = "（无）"
    actions = ("publish", "unpublish", "check_today")
    save_on_top = True
    change_list_template = "admin/faq/change_list_with_trial.html"
    change_form_template = "admin/faq/change_form_with_trial.html"
    fieldsets = (
        (None, {"fields": ("question", "short_question", "answer", "said", "notice", "category", "status", "seen")}),
        (
            "编号和来源",
            {
                "fields": ("ref", "document", "number", "checked_on"),
                "description": "来源只填来自资料的问答；核对日期填最近一次对照文件的那天。",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return cast("EntryQuerySet", super().get_queryset(request)).with_voices()

    def get_urls(self) -> list[Any]:
        return [path("try/", self.admin_site.admin_view(self.try_search), name="faq_entry_try"), *super().get_urls()]

    def try_search(self, request: HttpRequest) -> HttpResponse:
        """What a query finds, and why, in words an editor understands without an engineer."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("q", "").replace("\x00", "")
        query = asked[: search.MAX_QUERY_LENGTH]
        context = self.admin_site.each_context(request) | {
            "title": "试一试搜索",
            "opts": self.opts,
            "query": query,
            "cut": len(asked) > len(query),
            "longest": search.MAX_QUERY_LENGTH,
            "explanation": search.explain(query) if query.strip() else None,
            "enough": round(100 * search.ENOUGH),
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/faq/try.html", context)

    def get_readonly_fields(self, request: HttpRequest, obj: Entry | None = None) -> tuple[str, ...]:
        return ("ref",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Entry, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        wanted = form.cleaned_data["said"].splitlines()
        for phrasing in obj.phrasings.exclude(text__in=wanted):
            phrasing.delete()
        kept = set(obj.phrasings.values_list("text", flat=True))
        for text in wanted:
            if text not in kept:
                Phrasing(entry=obj, text=text).save()
        self._warn_of_shared(request, obj, wanted)

    def _warn_of_shared(self, request: HttpRequest, entry: Entry, texts: list[str]) -> None:
        """Two entries may have the same phrasing; whoever saves should know."""
        others = Phrasing.objects.filter(text__in=texts).exclude(entry=entry).select_related("entry")
        for other in others[:5]:
            self.message_user(
                request,
                f"“{other.text}”也是“{other.entry.title}”的相似问法，老师搜它会同时看到两条。",
                messages.WARNING,
            )

    def view_on_site(self, obj: Entry) -> str:
        return obj.get_absolute_url()

    @admin.display(description="问题", ordering="question")
    def listed_title(self, entry: Entry) -> str:
        return truncatechars(entry.title, 50)

    @admin.display(description="有帮助 / 没帮助", ordering="-failed")
    def voices(self, entry: Any) -> str | SafeString:
        if not entry.helped and not entry.failed:
            return ""
        heard = reverse("admin:faq_feedback_changelist", query={"entry__id__exact": entry.pk})
        return format_html('<a href="{}">{} / {}</a>', heard, entry.helped, entry.failed)

    @admin.display(description="页面")
    def page(self, entry: Entry) -> SafeString:
        return format_html('<a href="{}">打开</a>', entry.get_absolute_url())

    @admin.action(description="发布所选问答", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._set_status(request, queryset, Entry.Status.PUBLISHED, "已发布")

    @admin.action(description="把所选问答改回草稿", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._set_status(request, queryset, Entry.Status.DRAFT, "已改回草稿")

    @admin.action(description="标为今天核对过", permissions=["change"])
    def check_today(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        """Nothing that anybody reads has changed, so 最近更新 stays; whoever has an entry open is told all the same."""
        done, today = "已标为今天核对过", timezone.localdate()
        changed = list(queryset.exclude(checked_on=today))
        with transaction.atomic():
            stamp = SearchState.raise_version()
            Entry.objects.filter(pk__in=[entry.pk for entry in changed]).update(checked_on=today, stamp=stamp)
        for entry in changed:
            self.log_change(request, entry, done)
        self.message_user(request, f"{done} {len(changed)} 条。", messages.SUCCESS)

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


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    """What readers said, for whoever may change the entries: to be read, and deleted where it is spam."""

    list_display = ("entry_link", "opinion", "reason", "comment", "updated_at")
    list_display_links = ("opinion",)
    list_filter = ("helpful", "reason", "entry__category")
    list_select_related = ("entry",)
    list_per_page = 50
    search_fields = ("comment",)
    search_help_text = "按补充的话里的字查找"
    empty_value_display = "（无）"
    fields = ("entry_link", "opinion", "reason", "comment", "created_at", "updated_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return request.user.has_perm("faq.change_entry") and super().has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return request.user.has_perm("faq.change_entry") and super().has_delete_permission(request, obj)

    @admin.display(description="问答", ordering="entry")
    def entry_link(self, feedback: Feedback) -> SafeString:
        address = reverse("admin:faq_entry_change", args=[feedback.entry_id])
        return format_html('<a href="{}">{}</a>', address, truncatechars(feedback.entry.title, 50))

    @admin.display(description="意见", ordering="helpful")
    def opinion(self, feedback: Feedback) -> str:
        return feedback.get_helpful_display()


class SynonymGroupForm(forms.ModelForm):
    # No `maxlength`: a browser would cut what is pasted, and say nothing.
    words = forms.CharField(
        label="同义词",
        max_length=200,
        widget=AdminTextareaWidget(attrs={"rows": 3, "maxlength": None}),
        help_text=SynonymGroup._meta.get_field("words").help_text,
        error_messages={"max_length": "一组最多 200 个字，这里有 %(show_value)d 个。"},
    )

    class Meta:
        model = SynonymGroup
        fields = ("words",)

    def clean_words(self) -> str:
        """Words that search takes no notice of would match everything, or nothing."""
        words = str(self.cleaned_data["words"])
        if useless := search.useless_words(words):
            raise ValidationError(f"“{useless[0]}”不能作同义词：它没有可以搜索的字，或者太常见，搜索时不算数。")
        return words


@admin.register(SynonymGroup)
class SynonymGroupAdmin(admin.ModelAdmin):
    list_display = ("words",)
    list_per_page = 200
    search_fields = ("words",)
    search_help_text = "按词查找"
    change_list_template = "admin/faq/change_list_with_trial.html"
    form = SynonymGroupForm
