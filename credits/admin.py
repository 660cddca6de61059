"""Editing the training cycles, whose numbers every verdict rests on, and who belongs where."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from .models import ConversionRate, Membership, Organization, Posting, StatementAccess, Teacher, TrainingCycle
from .processes import people, traces
from .processes.history import Refusal

#: So many teachers are forgotten at once without anybody waiting too long.
MOST_AT_ONCE = 100


class ConversionRateInline(admin.TabularInline):
    model = ConversionRate
    extra = 0
    verbose_name_plural = "折算标准（没有列出的类型，按上面的“多少学时折 1 学分”）"


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

    inlines = (ConversionRateInline,)

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
    """Django's own deletion would leave names behind, in histories and in the admin's log: `forget` does not."""

    list_display = ("name", "staff_number", "school", "position", "status")
    list_filter = ("position", "status")
    list_select_related = ("school",)
    search_fields = ("name", "staff_number", "school__name")
    autocomplete_fields = ("user", "school")
    inlines = (PostingInline,)
    actions = ("forget",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="按要求删除资料", permissions=["change"])
    def forget(self, request: HttpRequest, queryset: QuerySet[Teacher]) -> HttpResponse | None:
        """Deletes everything there is of these teachers, after a page that says what that is."""
        teachers = list(queryset.select_related("school", "user").order_by("staff_number")[: MOST_AT_ONCE + 1])
        if len(teachers) > MOST_AT_ONCE:
            messages.error(request, f"一次最多删除 {MOST_AT_ONCE} 位教师的资料，更多的请分几次办理。")
            return None
        if request.POST.get("confirmed"):
            try:
                people.forget(teachers, cast("User", request.user))
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"已删除 {len(teachers)} 位教师的全部资料。")
            return None
        context = self.admin_site.each_context(request) | {
            "title": "按要求删除资料",
            "opts": self.opts,
            "teachers": teachers,
            "known": people.known_of(teachers),
            "mentions": traces.mentions(teachers),
        }
        return TemplateResponse(request, "admin/credits/forget_teachers.html", context)


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
