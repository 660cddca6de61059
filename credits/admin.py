"""The admin of the training cycles, whose numbers every verdict rests on, and of people and organisations."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from helpdesk.common.decisions import OVERTAKEN, Refusal

from .decisions.days import Stay, overlap
from .forms.cycles import TrainingCycleForm
from .models import ConversionRate, Membership, Organization, Posting, StatementAccess, Teacher, TrainingCycle
from .statements.calendar import today
from .steps import forgetting, people, traces
from .steps.looks import note_looks

#: Most teachers that are forgotten in one request; more would take too long.
MOST_AT_ONCE = 100


class ConversionRateInline(admin.TabularInline):
    model = ConversionRate
    extra = 0
    verbose_name_plural = "折算标准（没有列出的类型，按上面的“多少学时折 1 学分”；培训形式不选，就是各种形式都一样）"


@admin.register(TrainingCycle)
class TrainingCycleAdmin(admin.ModelAdmin):
    measure_word = "个"
    list_display = (
        "__str__",
        "code",
        "starts_on",
        "ends_on",
        "confirmed",
        "coordinated_required",
        "self_directed_required",
    )
    form = TrainingCycleForm
    list_filter = ("confirmed",)
    search_fields = ("code",)
    fieldsets = (
        (None, {"fields": ("code", ("starts_on", "ends_on"), "confirmed", "positions_without_requirement")}),
        (
            "统筹培训",
            {
                "fields": (
                    "coordinated_required",
                    "degree_offset_cap",
                    "other_offset_cap",
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

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Returns what goes with a cycle by number alone: the list would be everybody's verdict."""
        _, numbers, refused, protected = super().get_deleted_objects(objs, request)
        return [], numbers, refused, protected

    def get_readonly_fields(self, request: HttpRequest, obj: TrainingCycle | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


class ForSuperusers(admin.ModelAdmin):
    """An admin for superusers alone: rows are not limited here to those in one's charge, as on the portal's pages."""

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
    measure_word = "个"
    list_display = ("name", "kind", "parent", "is_village_school", "is_sole_teacher_school")
    list_filter = ("kind", "is_village_school", "is_sole_teacher_school")
    list_select_related = ("parent",)
    search_fields = ("name",)
    autocomplete_fields = ("parent",)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Organization | None:
        """Returns the organisation; where its form is sent, nobody brings a teacher there until it is saved."""
        row = super().get_object(request, object_id, from_field)
        if row is not None and request.method == "POST":
            people.lock_place(row)
        return row


@admin.register(Membership)
class MembershipAdmin(ForSuperusers):
    measure_word = "位"
    list_display = ("user", "organization", "role")
    list_filter = ("role",)
    list_select_related = ("user", "organization")
    search_fields = ("user__username", "organization__name")
    autocomplete_fields = ("user", "organization")


class TeacherForm(forms.ModelForm):
    """A teacher as superusers see it; another school is a transfer, which has to be possible."""

    #: Set by the admin: the superuser who sends the form.
    by: User

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        account, school = data.get("user"), data.get("school")
        if account == self.by:
            self.add_error("user", "这是您自己的账号：自己的资料，请别的系统管理员登记。")
        if self.instance.pk and school and "school" in self.changed_data:
            before = Teacher.objects.select_related("school").get(pk=self.instance.pk)
            try:
                people.demand_transferable(before, school, today())
            except ValidationError as refusal:
                self.add_error("school", refusal.messages)
        elif school and data.get("status") == Teacher.Status.ACTIVE and self._comes_to_work():
            try:
                people.demand_room(school, self.instance)
            except ValidationError as refusal:
                self.add_error("school", refusal.messages)
        return data

    def _comes_to_work(self) -> bool:
        """Returns true where the teacher is new, or was not in work before."""
        return self.instance.pk is None or "status" in self.changed_data


class PostingFormSet(forms.BaseInlineFormSet):
    """The postings of one teacher, of which each day belongs to one school, and the present one to the present."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not self.has_changed():
            return
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        both = overlap(Stay(row["school"], row["started_on"], row["ended_on"]) for row in rows)
        if both:
            raise ValidationError(f"在{both[0]}和{both[1]}的日期重叠了。调动的那一天只算在新学校。")
        present = [row["school"] for row in rows if row["ended_on"] is None]
        if present and present[0].pk != self.instance.school_id:
            raise ValidationError("没有离校日期的那一段，要是现在的学校。换学校请改上面的“学校”，任职经历会自动登记。")


class PostingInline(admin.TabularInline):
    model = Posting
    formset = PostingFormSet
    verbose_name_plural = "任职经历（离校日期那一天已经算在新学校）"
    extra = 0
    autocomplete_fields = ("school",)


@admin.register(Teacher)
class TeacherAdmin(ForSuperusers):
    """Teachers, who are deleted by `forget` alone: Django's deletion would leave names in histories and in its log."""

    measure_word = "位"
    list_display = ("name", "staff_number", "school", "position", "status")
    list_filter = ("position", "status")
    list_select_related = ("school",)
    search_fields = ("name", "staff_number", "school__name")
    autocomplete_fields = ("user", "school")
    inlines = (PostingInline,)
    actions = ("forget",)
    form = TeacherForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lets superusers change every teacher but themselves."""
        is_own = obj is not None and obj.user_id is not None and obj.user_id == request.user.pk
        return super().has_change_permission(request, obj) and not is_own

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change, **options)
        return type(form.__name__, (form,), {"by": request.user})

    def changeform_view(self, request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        """Shows the form or takes it; says where somebody else was quicker, or where it was filled in twice."""
        try:
            return super().changeform_view(request, *given, **named)
        except (ValidationError, IntegrityError) as error:
            said = " ".join(error.messages) if isinstance(error, ValidationError) else OVERTAKEN
            messages.error(request, f"{said}换学校时，任职经历会自动登记，不用另外填。")
            return redirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Teacher, form: Any, change: bool) -> None:
        """Saves by the step, so that another school or an end voids the printed code, and the history tells of it."""
        people.keep(obj, cast("User", request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Teacher | None:
        """Returns the teacher whose form or history is shown, and records the look."""
        teacher = super().get_object(request, object_id, from_field)
        if teacher is not None:
            note_looks(request, [teacher.pk], StatementAccess.Kind.ADMIN)
        return teacher

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Shows the list, and records a look at each teacher of the page."""
        answer = super().changelist_view(request, extra_context)
        shown = getattr(answer, "context_data", None) or {}
        if "cl" in shown:
            note_looks(request, [teacher.pk for teacher in shown["cl"].result_list], StatementAccess.Kind.ADMIN)
        return answer

    @admin.action(description="按要求删除资料", permissions=["change"])
    def forget(self, request: HttpRequest, queryset: QuerySet[Teacher]) -> HttpResponse | None:
        """Deletes everything there is of these teachers, after a page that lists it."""
        teachers = list(queryset.select_related("school", "user").order_by("staff_number")[: MOST_AT_ONCE + 1])
        if not teachers:
            messages.error(request, "选中的教师刚才已经删除了。")
            return None
        if len(teachers) > MOST_AT_ONCE:
            messages.error(request, f"一次最多删除 {MOST_AT_ONCE} 位教师的资料，更多的请分几次办理。")
            return None
        if request.POST.get("confirmed"):
            try:
                forgetting.forget(teachers, cast("User", request.user))
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"已删除 {len(teachers)} 位教师的全部资料。")
            return None
        note_looks(request, [teacher.pk for teacher in teachers], StatementAccess.Kind.ADMIN)
        context = self.admin_site.each_context(request) | {
            "title": "按要求删除资料",
            "opts": self.opts,
            "teachers": teachers,
            "known": forgetting.known_of(teachers),
            "mentions": traces.mentions(teachers),
        }
        return TemplateResponse(request, "admin/credits/forget_teachers.html", context)


@admin.register(StatementAccess)
class StatementAccessAdmin(ForSuperusers):
    """The looks at teachers: to be read, never to be changed."""

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
