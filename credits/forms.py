"""The credit form: one form about the teacher, one formset for each kind of record.

Rows are added and taken away by submit buttons, so no script is needed: `edited` rewrites what was typed.
Nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.forms.utils import ErrorDict

from .fields import ExactAmountField, ExactDateField, unit_error
from .ledger import MAX_NAME_LENGTH, amount_error, from_form, today
from .models import Teacher, TrainingCycle
from .rules import types, wording
from .rules.types import AMOUNT_OF_ACTIVITY, LEVELLED, Activity, Ledger, Level

#: Rows one check may hold; a few beyond are still shown, so that nothing typed is lost.
MAX_ROWS = 60
MOST_ROWS_READ = 150

TypedRow = dict[str, str]  # field name → text

#: Activities as one list: those that happen at a level stand in it once for each.
ACTIVITY_CHOICES = [
    (f"{activity}:{level}", f"{wording.ACTIVITY[activity]}（{wording.LEVEL[level]}）")
    if level
    else (activity.value, wording.ACTIVITY[activity])
    for activity in Activity
    for level in ((Level.SCHOOL, Level.COUNTY) if activity in LEVELLED else (None,))
]
PLAN_CHOICES = [
    (types.PlanState.APPROVED.value, "已审核通过"),
    (types.PlanState.SUBMITTED.value, "已上报，还没通过"),
    (types.PlanState.NONE.value, "没有列入方案"),
]


def _choices(words: Mapping[Any, str], blank: str | None = None) -> list[tuple[str, str]]:
    return [*([("", blank)] if blank else []), *((word.value, label) for word, label in words.items())]


def _amount_word(activity: Activity) -> str:
    """What the amount of an activity is called; lessons are heard and given, lectures held."""
    if AMOUNT_OF_ACTIVITY[activity] == "count":
        return "次数" if activity is Activity.LECTURE else "节数"
    return "学分" if AMOUNT_OF_ACTIVITY[activity] == "credits" else "学时"


class ColumnsForm(forms.Form):
    """A form laid out in one row of Bootstrap columns: field → CSS classes, in order."""

    columns: ClassVar[dict[str, str]]
    judged = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = "请选择。" if chosen else "请填写。"

    def full_clean(self) -> None:
        """Without judgement there are no errors: what was typed is shown again as it is."""
        super().full_clean()
        if not self.judged:
            self._errors = ErrorDict()

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(Row(*(Column(name, css_class=classes) for name, classes in self.columns.items())))
        return helper


class TeacherForm(ColumnsForm):
    cycle = forms.ModelChoiceField(
        TrainingCycle.objects.all(), label="培训周期", empty_label=None, to_field_name="code"
    )
    as_of = ExactDateField(label="核对到哪一天", required=False, help_text="留空就是今天。")
    position = forms.ChoiceField(label="岗位", choices=_choices(wording.POSITION))
    formally_employed_on = ExactDateField(
        label="正式任教日期", required=False, help_text="只有学历冲抵用得到；不清楚可以留空。"
    )
    sole_teacher_school = forms.BooleanField(label="在一人一校的村小任教", required=False)

    columns = {
        "cycle": "col-sm-6",
        "as_of": "col-sm-6",
        "position": "col-sm-6",
        "formally_employed_on": "col-sm-6",
        "sole_teacher_school": "col-12",
    }


class CoordinatedForm(ColumnsForm):
    category = forms.ChoiceField(label="类别", choices=_choices(wording.CATEGORY, "请选择"))
    credits = ExactAmountField(label="学分", kind="credits")
    completed_on = ExactDateField(label="完成日期")
    project = forms.CharField(
        label="项目编号（可不填）",
        required=False,
        max_length=MAX_NAME_LENGTH,
    )
    converted = forms.BooleanField(label="已勾选折算", required=False, initial=True)

    columns = {
        "category": "col-sm-5",
        "credits": "col-5 col-sm-3",
        "completed_on": "col-7 col-sm-4",
        "project": "col-sm-8",
        "converted": "col-sm-4 row-check",
    }


class SelfDirectedForm(ColumnsForm):
    activity = forms.ChoiceField(label="活动", choices=[("", "请选择"), *ACTIVITY_CHOICES])
    amount = ExactAmountField(label="数量")
    completed_on = ExactDateField(label="日期")
    plan = forms.ChoiceField(label="校本研修方案", choices=PLAN_CHOICES, initial=types.PlanState.APPROVED.value)
    has_record = forms.BooleanField(label="有过程记录", required=False, initial=True)

    columns = {
        "activity": "col-sm-5",
        "amount": "col-5 col-sm-3",
        "completed_on": "col-7 col-sm-4",
        "plan": "col-sm-8",
        "has_record": "col-sm-4 row-check",
    }

    def clean(self) -> dict[str, Any]:
        """The amount is credits, hours or a count, as the activity takes."""
        data = super().clean() or {}
        if data.get("activity") and data.get("amount") is not None:
            activity = Activity(data["activity"].partition(":")[0])
            kind, typed = AMOUNT_OF_ACTIVITY[activity], str(self.data.get(self.add_prefix("amount"), ""))
            if message := unit_error(typed, kind) or amount_error(data["amount"], kind):
                self.add_error("amount", message)
        return data


class DegreeForm(ColumnsForm):
    level = forms.ChoiceField(label="学历", choices=_choices(wording.DEGREE, "请选择"))
    credits = ExactAmountField(label="认定学分", kind="credits")
    awarded_on = ExactDateField(label="取得日期")

    columns = {
        "level": "col-sm-4",
        "credits": "col-5 col-sm-4",
        "awarded_on": "col-7 col-sm-4",
    }


class RowFormSet(forms.BaseFormSet):
    """Rows of one kind; untouched rows are ignored."""

    @property
    def filled(self) -> dict[int, dict[str, Any]]:
        """Cleaned data by row number, counted from 1 as the page does."""
        return {number: form.cleaned_data for number, form in enumerate(self.forms, start=1) if form.has_changed()}


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of record in the form: its formset, what a row is called, and how the section begins."""

    form: type[ColumnsForm]
    title: str
    row_title: str
    intro: str

    @property
    def formset(self) -> type[RowFormSet]:
        return forms.formset_factory(  # type: ignore[return-value]
            self.form, formset=RowFormSet, extra=0, max_num=MOST_ROWS_READ, absolute_max=MOST_ROWS_READ
        )

    def blank_row(self) -> TypedRow:
        """An untouched row: what a browser sends back when nothing was typed."""
        return {
            name: "on" if field.initial is True else str(field.initial or "")
            for name, field in self.form.base_fields.items()
            if field.initial is not None or not isinstance(field, forms.BooleanField)
        }


SECTIONS = {
    "coordinated": Section(
        CoordinatedForm,
        "统筹培训",
        "统筹",
        "国培、省培、市培、县培和全员培训，一个项目一行。项目编号用来认出重复登记：同一项目同一天只算一次。",
    ),
    "self_directed": Section(
        SelfDirectedForm,
        "自主培训",
        "自主",
        "数量怎么填：校本培训、校本教研、工作坊填学分；其他校本研修填学时；听课、公开课填节数；讲座填次数。工作坊、工作室的过程记录，指它们自己的考核结论。",
    ),
    "degrees": Section(
        DegreeForm, "学历冲抵", "学历", "本周期内、正式任教以后取得的学历，日期看证书，学分由审核员认定。没有就不填。"
    ),
}
RECORD_PREFIX = {"c": "coordinated", "s": "self_directed", "d": "degrees"}


def record_name(record_id: str) -> str:
    """What the page calls a record of the form: `c001` → “统筹 1”."""
    return f"{SECTIONS[RECORD_PREFIX[record_id[0]]].row_title} {int(record_id[1:])}"


class CreditCheck:
    """The whole form, bound to `data` (field name → text): what was typed, an example, or nothing yet."""

    def __init__(self, data: Mapping[str, str], *, judge: bool) -> None:
        """With `judge` off, what was typed is shown again without errors, as after adding a row."""
        self.judge = judge
        self.teacher = TeacherForm(data)
        self.formsets = {prefix: section.formset(data, prefix=prefix) for prefix, section in SECTIONS.items()}
        for form in self.all_forms():
            form.judged = judge

    def all_forms(self) -> list[ColumnsForm]:
        return [self.teacher, *(form for formset in self.formsets.values() for form in formset.forms)]

    def sections(self) -> list[tuple[str, Section, RowFormSet]]:
        return [(prefix, section, self.formsets[prefix]) for prefix, section in SECTIONS.items()]

    @cached_property
    def problems(self) -> list[str]:
        """What is wrong with the form as a whole, beside the errors at its fields."""
        problems = []
        rows = [form for formset in self.formsets.values() for form in formset.forms]
        filled = sum(form.has_changed() for form in rows)
        if filled > MAX_ROWS:
            problems.append(f"一次最多核对 {MAX_ROWS} 条，现在有 {filled} 条，请去掉一些再核对。")
        elif len(rows) >= MOST_ROWS_READ:
            problems.append(f"行数太多了，一次最多核对 {MAX_ROWS} 条，请去掉一些再核对。")
        return problems

    @cached_property
    def error_count(self) -> int:
        """Fields in error, as told at the head of the form."""
        return sum(len(form.errors) for form in self.all_forms()) if self.judge else 0

    def open_fields(self) -> list[tuple[str, str]]:
        """Each field in error, by its name in the page, with what is wrong."""
        return [
            (form.add_prefix(name), str(messages[0]))
            for form in self.all_forms()
            for name, messages in form.errors.items()
        ]

    def wrong_fields(self) -> list[tuple[str, str]]:
        """Each field in error: its id in the page, and what the page calls it (“统筹 3：学分”)."""
        places = [("老师", self.teacher)]
        for prefix, section in SECTIONS.items():
            places += [(f"{section.row_title} {n}", form) for n, form in enumerate(self.formsets[prefix].forms, 1)]
        return [
            (form[name].id_for_label, f"{place}：{form[name].label}")
            for place, form in places
            for name in form.errors
            if name in form.fields
        ]

    @staticmethod
    def amount_words() -> str:
        """What the amount of each activity is called, as JSON for the script."""
        return json.dumps({activity: _amount_word(activity) for activity in Activity}, ensure_ascii=False)

    def is_valid(self) -> bool:
        return not self.problems and not self.error_count

    def ledger(self) -> Ledger:
        """The ledger of a valid form; ids as `record_name` reads them, in the order of the rows."""
        about = self.teacher.cleaned_data
        return from_form(about, *(formset.filled for formset in self.formsets.values()))


# --- what was typed, as rows -------------------------------------------------------------------------------


def rows_of(data: Mapping[str, str], prefix: str) -> list[TypedRow]:
    """The rows of one section in `data`, in order: as many as it counts, and every one that holds a field."""
    counted = _whole_number(data.get(f"{prefix}-TOTAL_FORMS", ""))
    held = (
        _whole_number(key.removeprefix(f"{prefix}-").partition("-")[0]) for key in data if key.startswith(f"{prefix}-")
    )
    count = min(max([counted, *(index + 1 for index in held if index >= 0)]), MOST_ROWS_READ)
    names = SECTIONS[prefix].form.base_fields
    return [
        {name: data[key] for name in names if (key := f"{prefix}-{index}-{name}") in data} for index in range(count)
    ]


def _whole_number(text: str) -> int:
    """`text` as a number, -1 where it is none or beyond all bounds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def as_data(about: Mapping[str, str], rows: Mapping[str, list[TypedRow]]) -> dict[str, str]:
    """The data a browser would send for `about` the teacher and the `rows` of each section."""
    data = dict(about)
    for prefix in SECTIONS:
        own = rows.get(prefix, [])
        data |= {f"{prefix}-TOTAL_FORMS": str(len(own)), f"{prefix}-INITIAL_FORMS": "0"}
        for index, row in enumerate(own):
            data |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return data


def blank_data() -> dict[str, str]:
    """The form as first shown: today's cycle, one untouched row in each section."""
    cycle = TrainingCycle.objects.holding(today())
    about = {
        "cycle": cycle.code if cycle else "",
        "as_of": today().isoformat(),
        "position": types.Position.TEACHING.value,
    }
    return as_data(about, {prefix: [section.blank_row()] for prefix, section in SECTIONS.items()})


def what_if_data(teacher: Teacher, cycle: TrainingCycle) -> dict[str, str]:
    """The form on top of a teacher's records: what is known of them, and empty rows."""
    employed = teacher.formally_employed_on
    about = {
        "cycle": cycle.code,
        "as_of": "",
        "position": teacher.position,
        "formally_employed_on": employed.isoformat() if employed else "",
    }
    if teacher.school.is_sole_teacher_school:
        about["sole_teacher_school"] = "on"
    return as_data(about, {prefix: [section.blank_row()] for prefix, section in SECTIONS.items()})


def edited(data: Mapping[str, str], *, add: str | None = None, remove: str | None = None) -> dict[str, str]:
    """`data` in good order, with a row added to section `add`, or the row `remove` (`prefix-index`) taken away."""
    rows: dict[str, list[TypedRow]] = {}
    for prefix in SECTIONS:
        rows[prefix] = rows_of(data, prefix)[: MOST_ROWS_READ - sum(map(len, rows.values()))]
    if add in SECTIONS and sum(map(len, rows.values())) < MOST_ROWS_READ:
        rows[add].append(SECTIONS[add].blank_row())
    if remove:
        prefix, _, index = remove.rpartition("-")
        if prefix in SECTIONS and 0 <= _whole_number(index) < len(rows[prefix]):
            del rows[prefix][int(index)]
    return as_data({name: data[name] for name in TeacherForm.base_fields if name in data}, rows)
