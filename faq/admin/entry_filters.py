"""Filters of the entries' list: what is being written or waits, and what should have been checked."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Entry, EntryQuerySet, Revision


class StatusFilter(admin.ChoicesFieldListFilter):
    """Entries by their status; those in the bin have a page of their own."""

    def choices(self, changelist: Any) -> Any:
        binned = Entry.Status.BINNED.label
        return (choice for choice in super().choices(changelist) if choice["display"] != binned)


class VersionFilter(admin.SimpleListFilter):
    """Entries by the state of their open version; with `by=me` only those that the user wrote."""

    title = "没发布的内容"
    parameter_name = "version"

    def __init__(self, request: HttpRequest, params: dict[str, Any], *others: Any) -> None:
        by = params.pop("by", None)
        self.author = request.user.pk if by else None
        super().__init__(request, params, *others)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in Revision.OPEN]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.value() not in [state.value for state in Revision.OPEN]:
            return queryset
        rows = Revision.objects.filter(state=self.value())
        if self.author:
            rows = rows.filter(author=self.author)
        return queryset.filter(pk__in=rows.values("entry"))


class CareFilter(admin.SimpleListFilter):
    """Entries that were never checked, or not in time."""

    title = "核对"
    parameter_name = "care"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "过了核对期限"), ("never", "没有核对过"), ("nobody", "没有负责人")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        entries = cast("EntryQuerySet", queryset)
        if self.value() == "overdue":
            return entries.overdue()
        if self.value() == "never":
            return entries.filter(checked_on=None)
        return entries.filter(owner=None) if self.value() == "nobody" else entries
