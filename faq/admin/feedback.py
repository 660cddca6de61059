"""Admin of readers' opinions: read, marked as dealt with, and deleted where they are spam, but not written."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.common import audit
from helpdesk.common.requests import user_of

from ..models import Feedback
from ..models.feedback import UNHEARD

#: Opinions that are logged and deleted at a time.
BATCH = 500


class DealtWithFilter(admin.SimpleListFilter):
    title = "处理情况"
    parameter_name = "dealt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "未处理"), ("yes", "已处理")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        if self.value() not in ("no", "yes"):
            return queryset
        if self.value() == "yes":
            return queryset.exclude(dealt_with_on=None)
        return queryset.filter(UNHEARD)


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    """Opinions, for those who may change the entries they are about."""

    list_display = ("entry_link", "opinion", "reason", "comment", "updated_at", "dealt_with_on", "dealt_with_by")
    list_display_links = ("opinion",)
    list_filter = (DealtWithFilter, "helpful", "reason", "entry__category")
    own_lookups = (DealtWithFilter.parameter_name,)
    list_select_related = ("entry", "dealt_with_by")
    list_per_page = 50
    search_fields = ("comment",)
    search_help_text = "按补充的话里的字查找"
    empty_value_display = "（无）"
    fields = (
        "entry_link",
        "opinion",
        "reason",
        "comment",
        "created_at",
        "updated_at",
        "dealt_with_on",
        "dealt_with_by",
    )
    actions = ("deal_with", "open_again", "delete_selected")

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
        title = truncatechars(feedback.entry.title, 50)
        return format_html('<a href="{}">{}</a>', address, title)

    @admin.display(description="意见", ordering="helpful")
    def opinion(self, feedback: Feedback) -> str:
        return feedback.get_helpful_display()

    # --- many at once --------------------------------------------------------------------------------------------

    @admin.action(description="标为已处理", permissions=["view"])
    def deal_with(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        self._mark(request, queryset.filter(dealt_with_on=None), timezone.localdate(), "已处理")

    @admin.action(description="标为未处理", permissions=["view"])
    def open_again(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        self._mark(request, queryset.exclude(dealt_with_on=None), None, "未处理")

    @transaction.atomic
    def _mark(self, request: HttpRequest, chosen: QuerySet[Feedback], day: datetime.date | None, state: str) -> None:
        by = user_of(request) if day else None
        number = Feedback.objects.filter(pk__in=chosen.order_by().values("pk")).update(
            dealt_with_on=day, dealt_with_by=by
        )
        if number:
            audit.note(audit.Kind.CHANGE, request.user, "faq.feedback", dealt_with=day is not None, opinions=number)
        said = f"已把 {number} 条意见标为{state}。" if number else f"选中的意见本来就是{state}的。"
        messages.success(request, said)

    @admin.action(description="删除所选的意见", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> HttpResponse | None:
        """Deletes any number of opinions, after a page that counts them.

        Django's own page lists each one and sends each key, of which a request takes a bounded number. Where all that
        were found are chosen, this page says so again in one field, and until when: later ones stay.
        """
        until = parse_datetime(request.POST.get("until", ""))
        if until is None:
            return self._confirmation(request, queryset)
        number = _delete(self, request, queryset.filter(updated_at__lte=until))
        if number:
            messages.success(request, f"已删除 {number} 条意见。")
        else:
            messages.error(request, "选中的意见刚才已经删除了，或者读者又改过了，请看一看再选。")
        return None

    def _confirmation(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> HttpResponse:
        now = timezone.now()
        across = request.POST.get("select_across") == "1"
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        context = self.admin_site.each_context(request) | {
            "title": "删除意见",
            "opts": self.opts,
            "number": queryset.count(),
            "with_words": queryset.exclude(comment="").count(),
            "waiting": queryset.filter(helpful=False, dealt_with_on=None).count(),
            "across": across,
            "keys": ticked[:1] if across else ticked,
            "until": now.isoformat(),
        }
        return TemplateResponse(request, "admin/faq/delete_opinions.html", context)


@transaction.atomic
def _delete(by: FeedbackAdmin, request: HttpRequest, chosen: QuerySet[Feedback]) -> int:
    """Deletes the chosen opinions, each noted as every deletion in the admin is; returns how many these were."""
    keys = list(chosen.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        rows = Feedback.objects.filter(pk__in=keys[start : start + BATCH])
        by.log_deletions(request, rows)
        rows.delete()
    return len(keys)
