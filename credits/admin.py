"""Editing the training cycles, whose numbers every verdict rests on."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from .models import TrainingCycle


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
