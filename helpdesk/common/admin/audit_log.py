"""The audit log in the admin: read and searched by auditors and superusers, and changed by nobody."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from ..audit_rows import AuditRow

#: The newest rows that are counted and can be paged through; older ones are found by narrower filters.
MOST_PAGED = 10_000
#: Accounts with the typed text in their name that are looked for.
MOST_ACCOUNTS = 200
ONE_DAY = datetime.timedelta(days=1)
#: Fields of `detail` → what the page calls them; others stand there by their own name.
WORDS = {
    "fields": "改了",
    "values": "改成",
    "added": "新增",
    "changed": "修改",
    "deleted": "删除",
    "removed": "删除",
    "restored": "恢复",
    "everything": "全部资料",
    "teachers": "教师数",
    "sheet": "表格",
    "view": "页面",
    "method": "方式",
    "work": "办理",
    "last_for_an_hour": "一小时内不再记",
    "number": "到第几号",
    "digest": "摘要",
}


class BoundedPaginator(Paginator):
    """Pages of the newest rows: to count a million at every look would take its time."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:MOST_PAGED].count()


class DaysFilter(admin.ListFilter):
    """The days between which something happened, both included. What is no day filters nothing."""

    title = "时间"
    template = "admin/common/days_filter.html"
    NAMES = ("since", "until")

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.NAMES:
            given = params.pop(name, [""])
            self.used_parameters[name] = given[-1]

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.NAMES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditRow]) -> QuerySet[AuditRow]:
        since, until = (_midnight(str(self.used_parameters[name])) for name in self.NAMES)
        if since is not None:
            queryset = queryset.filter(at__gte=since)
        return queryset if until is None else queryset.filter(at__lt=until + ONE_DAY)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """Yields what the form of two days holds, and the other filters, which it keeps."""
        others = [(name, value) for name, value in changelist.params.items() if name not in ("p", *self.NAMES)]
        yield {"days": self.used_parameters, "others": others, "narrowed": any(self.used_parameters.values())}


def _midnight(text: str) -> datetime.datetime | None:
    """Returns the beginning of the day that `text` writes, None where it writes none that the database knows."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    if not 2000 <= day.year <= 2999:
        return None
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


class Reading(admin.ModelAdmin):
    """A list that is read, by those with the right to view it, and never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditRow)
class AuditRowAdmin(Reading):
    list_display = ("moment", "person", "kind", "subject", "details", "number")
    list_display_links = None
    list_filter = (DaysFilter, "kind")
    own_lookups = DaysFilter.NAMES
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    paginator = BoundedPaginator
    search_fields = ("subject",)
    search_help_text = (
        f"账号里的字，或者对象的完整编号（例如 auth.user:12）。最多列出最近 {MOST_PAGED} 条，更早的请按时间筛选。"
    )
    fields = ("moment", "person", "kind", "subject", "details", "number", "digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditRow]:
        return super().get_queryset(request).select_related("actor")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditRow], search_term: str
    ) -> tuple[QuerySet[AuditRow], bool]:
        """Finds what accounts with that text in their name did, what was done to them, and rows on that subject."""
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        found = User.objects.filter(username__icontains=text).order_by("pk")
        accounts = list(found.values_list("pk", flat=True)[:MOST_ACCOUNTS])
        subjects = [text, *(f"auth.user:{pk}" for pk in accounts)]
        return queryset.filter(Q(actor__in=accounts) | Q(subject__in=subjects)), False

    @admin.display(description="时间")
    def moment(self, row: AuditRow) -> str:
        return f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"

    @admin.display(description="账号")
    def person(self, row: AuditRow) -> str:
        if row.actor_id is None:
            return "没有登录，或命令行"
        return row.actor.get_username() if row.actor else f"已删除的账号 {row.actor_id}"

    @admin.display(description="细节")
    def details(self, row: AuditRow) -> str:
        return "；".join(f"{WORDS.get(name, name)}：{_in_words(value)}" for name, value in row.detail.items())


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return "、".join(f"{name}={_in_words(inner)}" for name, inner in value.items()) or "无"
    if isinstance(value, list):
        return "、".join(map(str, value)) or "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
