"""Admin of the entries."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .. import html
from ..models import Entry, EntryQuerySet, Phrasing, SearchState, with_voices
from .addresses import PageAdmin
from .editor import AnswerEditorAdmin
from .entry_form import EntryForm
from .trial import TrialAdmin

#: How many entries that share a phrasing are named after a save.
MOST_SHARED_SHOWN = 5


@admin.register(Entry)
class EntryAdmin(AnswerEditorAdmin, TrialAdmin, PageAdmin):
    form = EntryForm
    address_field = "ref"
    list_display = ("listed_title", "category", "status", "ref", "voices", "checked_on", "updated_at", "page")
    list_filter = ("status", "category", "document")
    list_select_related = ("category",)
    list_per_page = 50
    search_fields = ("question", "short_question", "answer", "ref", "phrasings__text")
    search_help_text = "按问题、答案、相似问法或编号里的字查找"
    empty_value_display = "（无）"
    actions = ("publish", "unpublish", "check_today")
    save_on_top = True
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "question",
                    "short_question",
                    "answer",
                    "said",
                    "notice",
                    "page",
                    "not_stated",
                    "category",
                    "position",
                    "status",
                    "seen",
                )
            },
        ),
        (
            "编号和来源",
            {
                "fields": ("ref", "document", "number", "checked_on"),
                "description": "来源只填来自资料的问答；核对日期填最近一次对照文件的那天。",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        entries = cast("EntryQuerySet", super().get_queryset(request))
        return with_voices(entries)

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
        self._warn_of_left_out(request, form.cleaned_data["answer"])

    def _warn_of_shared(self, request: HttpRequest, entry: Entry, texts: list[str]) -> None:
        """Warns the editor of other entries with the same phrasing, which is allowed: a search finds them all."""
        same = Phrasing.objects.filter(text__in=texts).exclude(entry=entry)
        for other in same.select_related("entry")[:MOST_SHARED_SHOWN]:
            self.message_user(
                request,
                f"“{other.text}”也是“{other.entry.title}”的相似问法，老师搜它会同时看到两条。",
                messages.WARNING,
            )

    def _warn_of_left_out(self, request: HttpRequest, typed: str) -> None:
        """Tells the editor what of the answer could not be saved; the words always are."""
        lost = html.left_out(typed)
        if lost:
            self.message_user(request, f"答案里的{'、'.join(lost)}没有保存，文字都保存了。", messages.WARNING)

    @admin.display(description="问题", ordering="question")
    def listed_title(self, entry: Entry) -> str:
        return truncatechars(entry.title, 50)

    @admin.display(description="有帮助 / 没帮助", ordering="-failed")
    def voices(self, entry: Any) -> str | SafeString:
        if not entry.helped and not entry.failed:
            return ""
        opinions = reverse("admin:faq_feedback_changelist", query={"entry__id__exact": entry.pk})
        return format_html('<a href="{}">{} / {}</a>', opinions, entry.helped, entry.failed)

    @admin.action(description="发布所选问答", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._set_status(request, queryset, Entry.Status.PUBLISHED, "已发布")

    @admin.action(description="把所选问答改回草稿", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._set_status(request, queryset, Entry.Status.DRAFT, "已改回草稿")

    @admin.action(description="标为今天核对过", permissions=["change"])
    def check_today(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        """Sets the date alone: 最近更新 stays, because readers read the same text; a form that is open is told."""
        today = timezone.localdate()
        done = "已标为今天核对过"
        changed = list(queryset.exclude(checked_on=today))
        chosen = Entry.objects.filter(pk__in=[entry.pk for entry in changed])
        with transaction.atomic():
            stamp = SearchState.raise_version()
            chosen.update(checked_on=today, stamp=stamp)
        for entry in changed:
            self.log_change(request, entry, done)
        self._tell(request, f"{done} {len(changed)} 条。")

    def _set_status(self, request: HttpRequest, queryset: QuerySet[Entry], status: str, done: str) -> None:
        """Saves the entries one by one, so that search learns of each as of any other change."""
        changed = list(queryset.exclude(status=status))
        for entry in changed:
            entry.status = status
            entry.save()
            self.log_change(request, entry, done)
        self._tell(request, f"{done} {len(changed)} 条。")

    def _tell(self, request: HttpRequest, sentence: str) -> None:
        self.message_user(request, sentence, messages.SUCCESS)
