"""The forms of the processes: projects and results, plans, activities, degrees."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from .fields import ExactAmountField, ExactDateField, unit_error
from .forms import ACTIVITY_CHOICES
from .ledger import AMOUNT_TEXT, amount_error, school_year, today
from .models import (
    DegreeAward,
    Organization,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    Teacher,
    TrainingProject,
)
from .rules import wording
from .rules.types import AMOUNT_OF_ACTIVITY, Activity
from .staff_forms import StaffForm, StaffModelForm

MOST_RESULTS = 500
RESERVED_CODES = {"new"}


def ask_to_choose(form: forms.BaseForm, name: str) -> None:
    """Where there is more than one organisation to choose from, none is chosen beforehand."""
    field = cast("forms.ModelChoiceField", form.fields[name])
    if field.queryset is not None and len(field.queryset.values("pk")[:2]) > 1:
        field.empty_label = "请选择"


def _this_year() -> int:
    return school_year(today())


def _year_choices() -> list[tuple[int, str]]:
    """School years that a plan may be made for: next year's back to the first of the cycle before."""
    now = _this_year()
    return [(year, wording.school_year(year)) for year in range(now + 1, now - 10, -1)]


class ProjectForm(StaffModelForm):
    """A training project; its code cannot change any more once it is there."""

    hours = ExactAmountField(label="学时", kind="hours", help_text="登记成绩时先按这个数算，每位教师的可以再改。")
    starts_on = ExactDateField(label="开始日期", required=False)
    ends_on = ExactDateField(label="结束日期", help_text="学分算在这一天所在的学年。")

    class Meta:
        model = TrainingProject
        fields = ("name", "code", "organizer", "category", "hours", "converted", "starts_on", "ends_on")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organizer = self.fields["organizer"]
        assert isinstance(organizer, forms.ModelChoiceField)  # noqa: S101  for the type checker
        organizer.queryset = Organization.objects.visible_to(user)
        organizer.empty_label = None
        self.fields["converted"].label = "折算学分（勾选后，审核成绩时自动折算）"
        self.fields["converted"].help_text = ""
        if self.instance.pk:
            del self.fields["code"]
        else:
            self.fields["converted"].initial = True

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code.lower() in RESERVED_CODES:
            raise ValidationError("这个编号系统要用，请换一个。")
        return code


class ResultsForm(StaffForm):
    """Results of many teachers at once: a staff number a line, with the hours behind it where they differ."""

    numbers = forms.CharField(
        label="教师编号",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=20_000,
        help_text="一行一位教师。学时和项目不同的，在编号后面空一格写学时，如“A-001 30”。",
    )

    def __init__(self, *args: Any, project: TrainingProject, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project, self.user = project, user

    def clean_numbers(self) -> list[tuple[Teacher, Decimal]]:
        """[(teacher, hours), …]; every line that cannot be taken is named with its number."""
        lines = [(at, line) for at, line in enumerate(self.cleaned_data["numbers"].splitlines(), 1) if line.strip()]
        if len(lines) > MOST_RESULTS:
            raise ValidationError(f"一次最多登记 {MOST_RESULTS} 位教师，更多的请用表格导入。")
        # Full-width letters and digits of a number mean the narrow ones; whatever it comes to has to be known anyway.
        parts = {at: re.split(r"[\s,、]+", unicodedata.normalize("NFKC", line).strip()) for at, line in lines}
        wanted = {words[0] for words in parts.values()}
        in_charge = Teacher.objects.managed_by(self.user).filter(staff_number__in=wanted)
        known = {teacher.staff_number: teacher for teacher in in_charge}
        there = set(self.project.results.filter(teacher__in=known.values()).values_list("teacher_id", flat=True))
        rows, problems = {}, []
        for at, words in parts.items():
            teacher = known.get(words[0])
            if teacher is None:
                problems.append(f"第 {at} 行：没有找到编号是“{words[0][:40]}”的教师，请核对。")
            elif teacher.pk in there:
                problems.append(f"第 {at} 行：{teacher.name}在这个项目里已经有成绩了，请去掉这一行。")
            elif teacher in rows:
                problems.append(f"第 {at} 行：{teacher.name}前面已经写过，请去掉这一行。")
            elif len(words) > 2 or (len(words) == 2 and not AMOUNT_TEXT.fullmatch(words[1])):
                problems.append(f"第 {at} 行：编号后面只能写学时，如 30 或 7.5。")
            else:
                hours = Decimal(words[1]) if len(words) == 2 else Decimal(self.project.hours)
                if message := amount_error(hours, "hours"):
                    problems.append(f"第 {at} 行：{message}")
                rows[teacher] = hours
        if problems:
            raise ValidationError(problems[:50])
        return list(rows.items())


class HoursForm(StaffForm):
    hours = ExactAmountField(label="学时", kind="hours")


class PlanForm(StaffForm):
    """A school's plan for a school year, to begin with."""

    school = forms.ModelChoiceField(Organization.objects.none(), label="学校", empty_label=None)
    school_year = forms.TypedChoiceField(label="学年", coerce=int, choices=_year_choices, initial=_this_year)
    content = forms.CharField(
        label="方案内容",
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=20_000,
        required=False,
        help_text="请写明内容、形式、考核办法和学分折算标准（学分问答第 10 条、第 14 条）。可以先存草稿，写好再上报。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
        field.queryset = Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        school, year = data.get("school"), data.get("school_year")
        if school and year and SchoolPlan.objects.filter(school=school, school_year=year).exists():
            self.add_error("school_year", f"{school} {wording.school_year(year)}已经有方案了。")
        return data


class PlanTextForm(StaffForm):
    content = PlanForm.base_fields["content"]


class ForecastForm(StaffForm):
    """A county's forecast, with which safety-net training begins."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label="机构", empty_label=None)
    school_year = forms.TypedChoiceField(label="学年", coerce=int, choices=_year_choices, initial=_this_year)
    forecast = forms.CharField(
        label="预判",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
        help_text="请写明为什么本年度无法完成相应的培训学分：差多少人、差多少学分、什么原因。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
        field.queryset = Organization.objects.visible_to(user).exclude(kind=Organization.Kind.SCHOOL)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        body, year = data.get("organization"), data.get("school_year")
        if body and year and SafetyNetPlan.objects.filter(organization=body, school_year=year).exists():
            self.add_error("school_year", f"{body} {wording.school_year(year)}已经有托底培训方案了。")
        return data


class SafetyNetForm(StaffForm):
    forecast = ForecastForm.base_fields["forecast"]
    content = forms.CharField(
        label="托底培训方案",
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=20_000,
        help_text="请写明由谁组织、线上还是线下、学什么、多少学时。",
    )


class FeedbackForm(StaffForm):
    """What a reviewer says; needed where something is returned, which the step itself demands."""

    feedback = forms.CharField(
        label="审核意见",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
        help_text="退回时请写明要改什么；通过时可以不写。",
    )


class ActivityForm(StaffForm):
    """One activity; the amount is credits, hours or a count, as the activity takes."""

    activity = forms.ChoiceField(label="活动", choices=[("", "请选择"), *ACTIVITY_CHOICES])
    amount = ExactAmountField(
        label="数量",
        help_text="校本培训、校本教研、工作坊填学分；其他校本研修填学时；听课、公开课填节数；讲座填次数。",
    )
    completed_on = ExactDateField(label="日期")
    in_plan = forms.BooleanField(label="列入了当学年的校本研修方案", required=False, initial=True)
    has_record = forms.BooleanField(label="有过程记录（工作坊、工作室指它们自己的考核结论）", required=False)
    evidence = forms.CharField(
        label="证明材料", required=False, max_length=300, help_text="记录放在哪里，例如听课本、照片、评课表。"
    )

    @classmethod
    def initial_of(cls, row: SelfDirectedActivity) -> dict[str, Any]:
        value = next(each for each in (row.credits, row.hours, row.count) if each is not None)
        return {
            "activity": f"{row.activity}:{row.level}" if row.level else row.activity,
            "amount": wording.amount(Decimal(value)),
            "completed_on": row.completed_on,
            "in_plan": row.plan_id is not None,
            "has_record": row.has_record,
            "evidence": row.evidence,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("activity") and data.get("amount") is not None:
            activity = Activity(data["activity"].partition(":")[0])
            kind, typed = AMOUNT_OF_ACTIVITY[activity], str(self.data.get(self.add_prefix("amount"), ""))
            if message := unit_error(typed, kind) or amount_error(data["amount"], kind):
                self.add_error("amount", message)
        return data

    def fill(self, row: SelfDirectedActivity) -> SelfDirectedActivity:
        """`row` with what was typed, not saved."""
        data = self.cleaned_data
        row.activity, _, row.level = data["activity"].partition(":")
        takes = AMOUNT_OF_ACTIVITY[Activity(row.activity)]
        for name in ("credits", "hours", "count"):
            value = data["amount"] if name == takes else None
            setattr(row, name, int(value) if name == "count" and value is not None else value)
        row.completed_on, row.has_record, row.evidence = data["completed_on"], data["has_record"], data["evidence"]
        return row


class DegreeForm(StaffModelForm):
    awarded_on = ExactDateField(label="取得日期", help_text="证书上的日期。")

    class Meta:
        model = DegreeAward
        fields = ("level", "title", "awarded_on")


class CreditForm(FeedbackForm):
    """A reviewer's decision on a degree: its credits, or what is to be changed."""

    credits = ExactAmountField(
        label="认定学分",
        kind="credits",
        required=False,
        help_text="资料没有写明各级学历计多少学分，请按文件填写；超过周期上限的部分，系统不会计入。",
    )
    field_order = ["credits", "feedback"]
