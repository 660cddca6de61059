"""The admin's list of who has to wait before signing in, and the action that lets them sign in at once."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import SignInTries


@admin.register(SignInTries)
class SignInTriesAdmin(admin.ModelAdmin):
    list_display = ("kind", "user", "door", "network", "wrong", "wait_until")
    list_display_links = None
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__username", "network")
    search_help_text = "按账号或网络地址查找；没有这个账号的不显示账号"
    fields = list_display
    actions = ("release",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignInTries]:
        return SignInTries.objects.waiting()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leaves out Django's deletion, which does the same after one more page."""
        actions = super().get_actions(request)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    @admin.action(description="解除等待，马上可以再登录", permissions=["delete"])
    def release(self, request: HttpRequest, queryset: QuerySet[SignInTries]) -> None:
        """Forgets the wrong tries of the chosen rows, so that the next one need not wait."""
        keys = list(queryset.values_list("key", flat=True))
        SignInTries.objects.filter(key__in=keys).delete()
        messages.success(request, f"已解除 {len(keys)} 条，马上可以再登录。")
