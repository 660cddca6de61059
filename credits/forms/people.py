"""The forms about teachers: adding one, moving one to another school, and the end of working."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from helpdesk.common.form_fields import offer, use_bootstrap
from helpdesk.common.names import normal_name, normal_number
from helpdesk.common.words import use_our_words

from ..decisions.teachers import NUMBER_TAKEN
from ..models import Organization, Teacher
from ..rules import wording
from ..statements.calendar import today
from .fields import ExactDateField
from .staff import StaffForm, StaffModelForm

BOUND = "这位教师已经有账号，改编号会影响登录，所以这里不能改。确实要改，请找系统管理员。"


def schools_of(user: User) -> QuerySet[Organization]:
    """Returns the schools that `user` works for, or that are below."""
    return Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL).order_by("name", "pk")


def not_in_the_future(day: Any) -> Any:
    """Returns `day`. Raises ValidationError for a later day than today: rows hold their present state alone."""
    if day and day > today():
        raise ValidationError("还没到这一天，请到那天再办理。")
    return day


class TeacherForm(StaffModelForm):
    """The facts about a teacher. The school is chosen when the teacher is added; later it takes a transfer."""

    formally_employed_on = ExactDateField(
        label="正式任教日期", required=False, help_text="不知道就留空；学历能不能冲抵要看这一天（学分问答第 5 条）。"
    )

    class Meta:
        model = Teacher
        fields = ("name", "staff_number", "school", "position", "formally_employed_on", "subject", "stage")

    def clean_name(self) -> str:
        return normal_name(self.cleaned_data["name"])

    def clean_staff_number(self) -> str:
        return normal_number(self.cleaned_data["staff_number"])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff_number"].error_messages["unique"] = NUMBER_TAKEN
        if self.instance.pk:
            del self.fields["school"]
            if self.instance.user_id:
                number = self.fields["staff_number"]
                number.disabled = True
                number.help_text = BOUND
        else:
            self._offer_schools(schools_of(user))

    def _offer_schools(self, schools: QuerySet[Organization]) -> None:
        """Lets one choose a school; the only one there is is chosen beforehand."""
        field = offer(self, "school", schools)
        field.empty_label = "请选择"
        first_two = schools[:2]
        if len(first_two) == 1:
            field.initial = first_two[0]


class TransferForm(StaffForm):
    """A transfer to another school of those that the user is responsible for."""

    school = forms.ModelChoiceField(Organization.objects.none(), label="调到哪所学校", empty_label="请选择")
    on = ExactDateField(label="调动日期", help_text="从这一天起，算新学校的教师。")

    def __init__(self, *args: Any, user: User, teacher: Teacher, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "school", schools_of(user).exclude(pk=teacher.school_id))

    def clean_on(self) -> Any:
        return not_in_the_future(self.cleaned_data["on"])


class EndForm(StaffForm):
    """The end of a teacher's work here, by retirement or by leaving, from a day on."""

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
    """The filter of the list of looks. A value that cannot be read is told at its field and filters nothing."""

    q = forms.CharField(label="教师姓名、拼音或编号", required=False, max_length=40)
    viewer = forms.CharField(label="查看人账号", required=False, max_length=150)
    since = ExactDateField(label="从哪天起", required=False)
    until = ExactDateField(label="到哪天为止", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_our_words(self)
        use_bootstrap(self)
