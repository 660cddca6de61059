"""The parts of the credit form: one form about the teacher, one formset for each kind of record."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.forms.utils import ErrorDict
from django.utils.safestring import SafeString

from helpdesk.common.words import use_our_words

from ..models import TrainingCycle
from ..rules import types, wording
from ..rules.bounds import MAX_NAME_LENGTH
from ..statements.calendar import today
from .activities import ActivityAmountForm
from .fields import ExactAmountField, ExactDateField
from .kept_rows import html_of
from .spans import DayOrSpanField

#: Rows of one section that are read; `MAX_ROWS` of them may be checked, the others are shown, so that none is lost.
MOST_ROWS_READ = 150

TypedRow = dict[str, str]  # field name → text

PLAN_CHOICES = [
    (types.PlanState.APPROVED.value, "已审核通过"),
    (types.PlanState.SUBMITTED.value, "已上报，还没通过"),
    (types.PlanState.NONE.value, "没有列入方案"),
]


def _choices(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(word.value, label) for word, label in words.items()]


def _choices_or_none(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [("", "请选择"), *_choices(words)]


class ColumnsForm(forms.Form):
    """A form laid out in one row of Bootstrap columns: field → CSS classes, in order."""

    columns: ClassVar[dict[str, str]]
    #: Field → the field that stands below it in the same column.
    below: ClassVar[dict[str, str]] = {}
    judged = True
    example: datetime.date | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_our_words(self)

    def full_clean(self) -> None:
        """Cleans without errors where the form is not judged: what was typed is shown again as it is."""
        super().full_clean()
        if not self.judged:
            self._errors = ErrorDict()

    @property
    def helper(self) -> FormHelper:
        columns = [self._column(name, classes) for name, classes in self.columns.items()]
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(Row(*columns))
        return helper

    @property
    def as_columns(self) -> SafeString:
        """The form laid out by its helper, as `{% crispy %}` does it."""
        return html_of(self, self.example)

    def _column(self, name: str, classes: str) -> Column:
        fields = [name, self.below[name]] if name in self.below else [name]
        return Column(*fields, css_class=classes)

    def show_example(self, day: datetime.date) -> None:
        """Names `day` as the example of a date."""
        self.example = day
        for field in self.fields.values():
            if isinstance(field, ExactDateField):
                field.show_example(day)


class AboutTeacherForm(ColumnsForm):
    cycle = forms.ModelChoiceField(
        TrainingCycle.objects.all(), label="培训周期", empty_label=None, to_field_name="code"
    )
    as_of = ExactDateField(label="截止日期", required=False, help_text="不填则算到今天。")
    position = forms.ChoiceField(label="岗位", choices=_choices(wording.POSITION))
    formally_employed_on = DayOrSpanField(
        label="正式任教日期", required=False, help_text="仅用于判断学历能否冲抵；写到月即可，不清楚可不填。"
    )
    sole_teacher_school = forms.BooleanField(label="在一人一校的村小任教", required=False)

    columns = {
        "cycle": "col-sm-6",
        "as_of": "col-sm-6",
        "position": "col-sm-6",
        "formally_employed_on": "col-sm-6",
        "sole_teacher_school": "col-12",
    }

    @property
    def as_columns(self) -> SafeString:
        """The form laid out by its helper; chosen facts and the day of today are no typed text."""
        choices = [
            (str(value), str(label)) for name in ("cycle", "position") for value, label in self._choices_of(name)
        ]
        return html_of(self, self.example, *choices, usual={today().isoformat(), *dict(choices)})

    def _choices_of(self, name: str) -> Iterable[tuple[object, object]]:
        choices: Iterable[tuple[object, object]] = self.fields[name].choices  # type: ignore[attr-defined]
        return choices


class CoordinatedRowForm(ColumnsForm):
    category = forms.ChoiceField(label="类别", choices=_choices_or_none(wording.CATEGORY))
    credits = ExactAmountField(label="学分", kind="credits")
    completed_on = DayOrSpanField(label="完成日期")
    project = forms.CharField(
        label="项目编号（可不填）",
        required=False,
        max_length=MAX_NAME_LENGTH,
    )
    converted = forms.BooleanField(label="该项目已折算", required=False, initial=True)
    converted_unknown = forms.BooleanField(label="不清楚是否已折算", required=False)

    below = {"converted": "converted_unknown"}

    columns = {
        "category": "col-sm-5",
        "credits": "col-5 col-sm-3",
        "completed_on": "col-7 col-sm-4",
        "project": "col-sm-8",
        "converted": "col-sm-4 row-check",
    }


class SelfDirectedRowForm(ActivityAmountForm, ColumnsForm):
    completed_on = DayOrSpanField(label="日期")
    plan = forms.ChoiceField(label="校本研修方案", choices=PLAN_CHOICES, initial=types.PlanState.APPROVED.value)
    has_record = forms.BooleanField(label="有过程记录", required=False, initial=True)
    has_record_unknown = forms.BooleanField(label="不清楚是否有", required=False)

    below = {"has_record": "has_record_unknown"}

    columns = {
        "activity": "col-sm-5",
        "amount": "col-5 col-sm-3",
        "completed_on": "col-7 col-sm-4",
        "plan": "col-sm-8",
        "has_record": "col-sm-4 row-check",
    }


class DegreeRowForm(ColumnsForm):
    level = forms.ChoiceField(label="学历", choices=_choices_or_none(wording.DEGREE))
    credits = ExactAmountField(label="认定学分", kind="credits")
    awarded_on = DayOrSpanField(label="取得日期")

    columns = {
        "level": "col-sm-4",
        "credits": "col-5 col-sm-4",
        "awarded_on": "col-7 col-sm-4",
    }


class OffsetRowForm(ColumnsForm):
    basis = forms.CharField(label="途径", max_length=MAX_NAME_LENGTH)
    credits = ExactAmountField(label="认定学分", kind="credits")
    awarded_on = DayOrSpanField(label="取得日期")

    columns = {
        "basis": "col-sm-4",
        "credits": "col-5 col-sm-4",
        "awarded_on": "col-7 col-sm-4",
    }


class RowFormSet(forms.BaseFormSet):
    """Rows of one kind; untouched rows are ignored. `example` is the date that empty fields name."""

    example = ExactDateField.example

    def add_fields(self, form: ColumnsForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.show_example(self.example)

    @property
    def filled(self) -> dict[int, dict[str, Any]]:
        """Cleaned data by row number, counted from 1 as the page does."""
        return {number: form.cleaned_data for number, form in enumerate(self.forms, start=1) if form.has_changed()}


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of record in the form: its formset, the name of a row, and the words above the rows."""

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
        """Returns an untouched row: what a browser sends back when nothing was typed. It sends no box unticked."""
        row = {}
        for name, field in self.form.base_fields.items():
            if field.initial is True:
                row[name] = "on"
            elif not isinstance(field, forms.BooleanField):
                row[name] = str(field.initial or "")
        return row


SECTIONS = {
    "coordinated": Section(
        CoordinatedRowForm,
        "统筹培训",
        "统筹",
        "国培、省培、市培、县培和全员培训，一个项目一条。日期写到月或学年即可，不够时会说明。填了项目编号，同一天重复登记的项目只计一次。",
    ),
    "self_directed": Section(
        SelfDirectedRowForm,
        "自主培训",
        "自主",
        "数量怎么填：校本培训、校本教研、工作坊填学分；其他校本研修填学时；听课、公开课填节数；讲座填次数。工作坊、工作室以考核结论作为过程记录。",
    ),
    "degrees": Section(
        DegreeRowForm,
        "学历冲抵",
        "学历",
        "本周期内、正式任教以后取得的学历，日期看证书，学分由审核员认定。没有就不填。",
    ),
    "offsets": Section(
        OffsetRowForm,
        wording.OFFSET,
        "冲抵",
        "学历以外的途径。资料没有写明有哪些途径、各计多少学分：途径照实写，学分由审核员认定。没有就不填。",
    ),
}
RECORD_PREFIX = {"c": "coordinated", "s": "self_directed", "d": "degrees", "o": "offsets"}


def record_name(record_id: str) -> str:
    """Returns what the page calls a record of the form: `c001` → “统筹 1”."""
    section = SECTIONS[RECORD_PREFIX[record_id[0]]]
    number = int(record_id[1:])
    return f"{section.row_title} {number}"
