"""Editing the training cycles, whose numbers every verdict rests on, and who belongs where."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Membership, Organization, Posting, StatementAccess, Teacher, TrainingCycle


@admin.register(TrainingCycle)
class TrainingCycleAdmin(admin.ModelAdmin):
    list_display = (
        "__str__",
        "code",
        "starts_on",
        "ends_on",
        "confirmed",
        "coordinated_required",
        "self_directed_required",
    )
    list_filter = ("confirmed",)
    search_fields = ("code",)
    fieldsets = (
        (None, {"fields": ("code", ("starts_on", "ends_on"), "confirmed")}),
        (
            "统筹培训",
            {
                "fields": (
                    "coordinated_required",
                    "degree_offset_cap",
                    "safety_net_cap_per_school_year",
                    "safety_net_cap_per_cycle",
                )
            },
        ),
        (
            "自主培训",
            {
                "fields": (
                    "self_directed_required",
                    "hours_per_credit",
                    "lessons_observed_per_credit",
                    "school_open_classes_per_credit",
                    "county_open_classes_per_credit",
                    "school_lectures_per_credit",
                    "county_lectures_per_credit",
                )
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: TrainingCycle | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


class ForSuperusers(admin.ModelAdmin):
    """People are not scoped here as on the portal's own pages, so only whoever may see all of them gets in."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)


@admin.register(Organization)
class OrganizationAdmin(ForSuperusers):
    list_display = ("name", "kind", "parent", "is_village_school", "is_sole_teacher_school")
    list_filter = ("kind", "is_village_school", "is_sole_teacher_school")
    list_select_related = ("parent",)
    search_fields = ("name",)
    autocomplete_fields = ("parent",)


@admin.register(Membership)
class MembershipAdmin(ForSuperusers):
    list_display = ("user", "organization", "role")
    list_filter = ("role",)
    list_select_related = ("user", "organization")
    search_fields = ("user__username", "organization__name")
    autocomplete_fields = ("user", "organization")


class PostingInline(admin.TabularInline):
    model = Posting
    extra = 0
    autocomplete_fields = ("school",)


@admin.register(Teacher)
class TeacherAdmin(ForSuperusers):
    list_display = ("name", "staff_number", "school", "position", "status")
    list_filter = ("position", "status")
    list_select_related = ("school",)
    search_fields = ("name", "staff_number", "school__name")
    autocomplete_fields = ("user", "school")
    inlines = (PostingInline,)


@admin.register(StatementAccess)
class StatementAccessAdmin(ForSuperusers):
    """Who looked at whose statement: to be read, never to be changed."""

    list_display = ("at", "viewer_name", "teacher")
    list_filter = ("at",)
    list_select_related = ("teacher",)
    search_fields = ("viewer_name", "teacher__name", "teacher__staff_number")
    search_help_text = "按查看人账号、教师姓名或编号查找"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
