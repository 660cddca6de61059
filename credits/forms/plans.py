"""The forms about plans: a school's for one school year, and a county's for safety-net training."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User

from helpdesk.common.form_fields import offer

from ..models import Organization, SafetyNetPlan, SchoolPlan
from ..rules import wording
from .choices import school_year_choices, this_school_year
from .staff import StaffForm


class PlanForm(StaffForm):
    """The draft of a school's plan for one school year."""

    school = forms.ModelChoiceField(Organization.objects.none(), label="学校", empty_label=None)
    school_year = forms.TypedChoiceField(
        label="学年", coerce=int, choices=school_year_choices, initial=this_school_year
    )
    content = forms.CharField(
        label="方案内容",
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=20_000,
        required=False,
        help_text="请写明内容、形式、考核办法和学分折算标准（学分问答第 10 条、第 14 条）。可以先存草稿，写好再上报。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL)
        offer(self, "school", schools)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        school, year = data.get("school"), data.get("school_year")
        if school and year and SchoolPlan.objects.filter(school=school, school_year=year).exists():
            self.add_error("school_year", f"{school} {wording.school_year_in_words(year)}已经有方案了。")
        return data


class PlanTextForm(StaffForm):
    """The text of a plan that is there already."""

    content = PlanForm.base_fields["content"]


class ForecastForm(StaffForm):
    """A county's forecast 预判, the first step of safety-net training (credits-11)."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label="机构", empty_label=None)
    school_year = forms.TypedChoiceField(
        label="学年", coerce=int, choices=school_year_choices, initial=this_school_year
    )
    forecast = forms.CharField(
        label="预判",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
        help_text="请写明为什么本年度无法完成相应的培训学分：差多少人、差多少学分、什么原因。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = Organization.objects.visible_to(user).exclude(kind=Organization.Kind.SCHOOL)
        offer(self, "organization", bodies)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        body, year = data.get("organization"), data.get("school_year")
        if body and year and SafetyNetPlan.objects.filter(organization=body, school_year=year).exists():
            self.add_error("school_year", f"{body} {wording.school_year_in_words(year)}已经有托底培训方案了。")
        return data


class SafetyNetForm(StaffForm):
    """The second step of safety-net training: forecast and plan (credits-11)."""

    forecast = ForecastForm.base_fields["forecast"]
    content = forms.CharField(
        label="托底培训方案",
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=20_000,
        help_text="请写明由谁组织、线上还是线下、学什么、多少学时。",
    )


class FeedbackForm(StaffForm):
    """A reviewer's remark. The step demands one where something is returned."""

    feedback = forms.CharField(
        label="审核意见",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
        help_text="退回时请写明要改什么；通过时可以不写。",
    )
