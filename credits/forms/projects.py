"""The forms about training projects and their results."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from helpdesk.common.form_fields import offer
from helpdesk.common.names import name_key, normal_name, normal_number, number_key, spellings

from ..models import Organization, Teacher, TrainingProject
from ..rules.amounts import AMOUNT_PATTERN, amount_error
from ..rules.wording import amount_text
from .fields import UNITS, ExactAmountField, ExactDateField, without_unit
from .staff import StaffForm, StaffModelForm

MOST_RESULTS = 500
MOST_PROBLEMS = 50
MOST_NAMESAKES = 10
#: Codes whose address is taken: `/credits/projects/new/`.
RESERVED_CODES = {"new"}
_BETWEEN_WORDS = re.compile(r"[\s,、]+")


class ProjectForm(StaffModelForm):
    """A training project; its code cannot change any more once it is there."""

    hours = ExactAmountField(label="学时", kind="hours", help_text="登记成绩时先按这个数算，每位教师的可以再改。")
    starts_on = ExactDateField(label="开始日期", required=False)
    ends_on = ExactDateField(label="结束日期", help_text="学分算在这一天所在的学年。")

    class Meta:
        model = TrainingProject
        fields = ("name", "code", "organizer", "category", "form", "hours", "converted", "starts_on", "ends_on")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organizer = offer(self, "organizer", Organization.objects.visible_to(user))
        organizer.empty_label = None
        converted = self.fields["converted"]
        converted.label = "折算学分（勾选后，审核成绩时自动折算）"
        converted.help_text = ""
        if self.instance.pk:
            del self.fields["code"]
        else:
            converted.initial = True

    @property
    def is_numbered(self) -> bool:
        """True where a code was typed; else the row makes one."""
        return bool(self.cleaned_data.get("code"))

    def clean_code(self) -> str:
        """Returns the code. Raises ValidationError for one that stands in an address of its own."""
        code = normal_number(self.cleaned_data["code"])
        if code.lower() in RESERVED_CODES:
            raise ValidationError("这个编号系统要用，请换一个。")
        return code


@dataclass(frozen=True)
class TypedLine:
    """One line of the results form: its number, from 1, and its words: a staff number or a name, and perhaps hours."""

    number: int
    words: list[str]

    @classmethod
    def read(cls, number: int, text: str) -> TypedLine:
        """Returns the words of a line in their normal form: narrow letters and digits, 张　三 as one word."""
        return cls(number, _BETWEEN_WORDS.split(normal_name(text)))

    @property
    def staff_number(self) -> str:
        return normal_number(self.words[0])

    @property
    def name(self) -> str:
        return self.words[0]

    @property
    def hours(self) -> Decimal | None:
        """The hours behind the teacher, perhaps with a unit that says hours as in a spreadsheet; None without any.

        Raises ValidationError where more, or something else, stands there.
        """
        if len(self.words) == 1:
            return None
        number, unit = without_unit(self.words[1])
        if len(self.words) > 2 or not AMOUNT_PATTERN.fullmatch(number) or unit not in ("", *UNITS["hours"]):
            raise ValidationError("编号或姓名后面只能写学时，如 30 或 7.5。")
        return Decimal(number)


class NamedTeachers:
    """The teachers in charge of `user` that some lines name, by staff number or by name."""

    def __init__(self, lines: Collection[TypedLine], user: User) -> None:
        in_charge = Teacher.objects.managed_by(user)
        numbered = in_charge.numbered({line.staff_number for line in lines})
        self._numbered = {number_key(teacher.staff_number): teacher for teacher in numbered}
        self._called: dict[str, list[Teacher]] = {}
        # A name may be kept as it was once typed, so every way of writing it is asked for.
        kept = {spelling for line in lines for spelling in spellings(line.name)}
        for teacher in in_charge.filter(name__in=kept).order_by("staff_number"):
            self._called.setdefault(name_key(teacher.name), []).append(teacher)

    @property
    def keys(self) -> set[int]:
        """Keys of all that a line may mean."""
        called = (teacher for teachers in self._called.values() for teacher in teachers)
        return {teacher.pk for teacher in [*self._numbered.values(), *called]}

    def of(self, line: TypedLine) -> Teacher:
        """Returns the teacher of a line. Raises ValidationError where it names nobody, or one of several."""
        numbered = self._numbered.get(number_key(line.staff_number))
        if numbered:
            return numbered
        called = self._called.get(name_key(line.name), [])
        if not called:
            raise ValidationError(f"没有找到编号或姓名是“{line.name[:40]}”的教师，请核对。")
        if len(called) > 1:
            numbers = "、".join(teacher.staff_number for teacher in called[:MOST_NAMESAKES])
            raise ValidationError(f"有 {len(called)} 位教师叫{called[0].name}（编号 {numbers}），请写编号。")
        return called[0]


class ResultsForm(StaffForm):
    """Results of many teachers at once: a staff number or a name a line, with the hours behind it where they differ."""

    numbers = forms.CharField(
        label="教师编号或姓名",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=20_000,
        strip=False,  # an empty first line counts, else all others were told by a wrong number
        help_text="一行一位教师，写编号；没有同名教师的，也可以写姓名。"
        "学时少于项目的，在后面空一格写学时，如“A-001 16”“王小明 16”。",
    )

    def __init__(self, *args: Any, project: TrainingProject, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.user = user
        self._line_of: dict[int, int] = {}

    def clean_numbers(self) -> list[tuple[Teacher, Decimal]]:
        """Returns [(teacher, hours), …]. Raises ValidationError that names every wrong line by its number."""
        lines = self._lines()
        if not lines:
            raise ValidationError("请写要登记的教师，一行一位。")
        if len(lines) > MOST_RESULTS:
            raise ValidationError(f"一次最多登记 {MOST_RESULTS} 位教师，更多的请用表格导入。")
        known = NamedTeachers(lines, self.user)
        entered = set(self.project.results.filter(teacher__in=known.keys).values_list("teacher_id", flat=True))
        hours_of: dict[Teacher, Decimal] = {}
        problems = []
        for line in lines:
            try:
                teacher = self._teacher(line, known, entered, hours_of)
                hours_of[teacher] = self._hours(line)
                self._line_of[teacher.pk] = line.number
            except ValidationError as error:
                problems.append(f"第 {line.number} 行：{error.message}")
        if problems:
            raise ValidationError(problems[:MOST_PROBLEMS])
        return list(hours_of.items())

    def add_refusal(self, refusal: ValidationError) -> None:
        """Adds why the results were not entered: what is about one teacher at the line that names that teacher."""
        problems = getattr(refusal, "of_teachers", {})
        by_line = sorted((self._line_of[pk], sentence) for pk, sentence in problems.items())
        told = [f"第 {number} 行：{sentence}" for number, sentence in by_line]
        self.add_error("numbers", told[:MOST_PROBLEMS] or refusal.messages)

    def _lines(self) -> list[TypedLine]:
        """Returns the lines that are not empty."""
        texts = self.cleaned_data["numbers"].splitlines()
        return [TypedLine.read(number, text) for number, text in enumerate(texts, start=1) if text.strip()]

    @staticmethod
    def _teacher(
        line: TypedLine, known: NamedTeachers, entered: Collection[int], before: Collection[Teacher]
    ) -> Teacher:
        """Returns the teacher of a line; `entered` have a result already, `before` stand further above.

        Raises ValidationError where there is none to enter.
        """
        teacher = known.of(line)
        if teacher.pk in entered:
            raise ValidationError(f"{teacher.name}在这个项目里已经有成绩了，请去掉这一行。")
        if teacher in before:
            raise ValidationError(f"{teacher.name}前面已经写过，请去掉这一行。")
        return teacher

    def _hours(self, line: TypedLine) -> Decimal:
        """Returns the hours of a line, else the project's. Raises ValidationError where they cannot be."""
        most = Decimal(self.project.hours)
        typed = line.hours
        hours = most if typed is None else typed
        if message := amount_error(hours, "hours"):
            raise ValidationError(message)
        if hours > most:
            raise ValidationError(f"{amount_text(hours)} 学时超过项目的 {amount_text(most)} 学时。")
        return hours


class HoursForm(StaffForm):
    """Other hours for one result."""

    hours = ExactAmountField(label="学时", kind="hours")
