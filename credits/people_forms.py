"""The forms about teachers: adding one, moving one to another school, and the end of working."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from .fields import WORDS, ExactDateField
from .ledger import today
from .models import Organization, Teacher
from .rules import wording
from .staff_forms import StaffForm, StaffModelForm

TAKEN = "这个编号不能用，请核对。如果这位教师是从别的学校调来的，请找上级主管部门办理调动。"
BOUND = "这位教师已经有账号，改编号会影响登录，所以这里不能改。确实要改，请找系统管理员。"


def schools_of(user: User) -> Any:
    """The schools that `user` works for, or that are below."""
    return Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL).order_by("name", "pk")


def not_in_the_future(day: Any) -> Any:
    """What holds from a later day would hold from today, as rows have no other state than the present one."""
    if day and day > today():
        raise ValidationError("还没到这一天，请到那天再办理。")
    return day


class TeacherForm(StaffModelForm):
    """What is known of a teacher; the school is chosen once, afterwards it takes a transfer."""

    formally_employed_on = ExactDateField(
        label="正式任教日期", required=False, help_text="不知道就留空；学历能不能冲抵要看这一天（学分问答第 5 条）。"
    )

    class Meta:
        model = Teacher
        fields = ("name", "staff_number", "school", "position", "formally_employed_on", "subject", "stage")

    def clean_staff_number(self) -> str:
        """Full-width letters and digits mean the narrow ones."""
        return unicodedata.normalize("NFKC", self.cleaned_data["staff_number"])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff_number"].error_messages["unique"] = TAKEN
        if self.instance.pk:
            del self.fields["school"]
            if self.instance.user_id:
                number = self.fields["staff_number"]
                number.disabled, number.help_text = True, BOUND
            return
        school = self.fields["school"]
        assert isinstance(school, forms.ModelChoiceField)  # noqa: S101  for the type checker
        school.queryset = schools_of(user)
        school.empty_label = "请选择"
        if len(only := school.queryset[:2]) == 1:
            school.initial = only[0]


class TransferForm(StaffForm):
    """To another school of those that the user is responsible for."""

    school = forms.ModelChoiceField(Organization.objects.none(), label="调到哪所学校", empty_label="请选择")
    on = ExactDateField(label="调动日期", help_text="从这一天起，算新学校的教师。")

    def __init__(self, *args: Any, user: User, teacher: Teacher, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        school = self.fields["school"]
        assert isinstance(school, forms.ModelChoiceField)  # noqa: S101  for the type checker
        school.queryset = schools_of(user).exclude(pk=teacher.school_id)

    def clean_on(self) -> Any:
        return not_in_the_future(self.cleaned_data["on"])


class EndForm(StaffForm):
    """Retired, or gone elsewhere, since a day."""

    status = forms.ChoiceField(
        label="情况",
        choices=[(Teacher.Status.RETIRED.value, "退休"), (Teacher.Status.LEFT.value, "离开（调出本地、辞职等）")],
        widget=forms.RadioSelect,
    )
    on = ExactDateField(label="从哪一天起")

    def __init__(self, *args: Any, teacher: Teacher, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.employed = teacher.formally_employed_on

    def clean_on(self) -> Any:
        day = not_in_the_future(self.cleaned_data["on"])
        if day and self.employed and day < self.employed:
            raise ValidationError(f"不能早于正式任教日期（{wording.date_in_words(self.employed)}）。")
        return day


class LooksForm(forms.Form):
    """What narrows the list of looks; a value that cannot be is told at its field, and narrows nothing."""

    q = forms.CharField(label="教师姓名或编号", required=False, max_length=40)
    viewer = forms.CharField(label="查看人账号", required=False, max_length=150)
    since = ExactDateField(label="从哪天起", required=False)
    until = ExactDateField(label="到哪天为止", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= WORDS
            field.widget.attrs["class"] = "form-control"
