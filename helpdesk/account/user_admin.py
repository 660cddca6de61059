"""Accounts in the admin: what administrators set there is noted, and superusers take a second factor away."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import factor, passwords


class AccountAdmin(UserAdmin):
    """Django's own admin of accounts. A password set here is one that its owner must change."""

    measure_word = "个"
    list_display = ("username", "last_name", "is_staff", "is_superuser", "is_active", "has_factor")
    actions = ("remove_factor",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        confirmed = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(enrolled=Exists(confirmed))

    @admin.display(description="二次验证", boolean=True, ordering="enrolled")
    def has_factor(self, user: Any) -> bool:
        return bool(user.enrolled)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            passwords.set_by_administrator(obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Sets somebody's password; whoever sets their own here has chosen it."""
        answer = super().user_change_password(request, id, form_url)
        user = self.get_object(request, id)
        saved = request.method == "POST" and answer.status_code == 302
        if saved and user is not None and user.pk != request.user.pk:
            passwords.set_by_administrator(user)
        return answer

    def has_remove_factor_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    @admin.action(description="取消二次验证（手机丢了）", permissions=["remove_factor"])
    def remove_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Takes the second factor of these accounts away, as when a telephone and the recovery codes are lost."""
        users = [user for user in queryset if factor.is_enrolled(user)]
        for user in users:
            factor.remove(user)
            self.log_change(request, user, "取消了二次验证")
        names = "、".join(user.get_username() for user in users)
        if names:
            messages.success(request, f"已经取消二次验证：{names}。以后登录只要密码，请提醒本人重新设置。")
        else:
            messages.error(request, "选中的账号都没有设置二次验证。")


class AccountGroupAdmin(GroupAdmin):
    measure_word = "个"


def register(site: admin.AdminSite) -> None:
    """Puts our admins of accounts and groups in the place of Django's; secrets of apps are shown to nobody."""
    for model in (User, Group, TOTPDevice):
        if site.is_registered(model):
            site.unregister(cast("type[Any]", model))
    site.register(User, AccountAdmin)
    site.register(Group, AccountGroupAdmin)
