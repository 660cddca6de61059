"""The form of the 2021 project: passing, the points of a year, and a county's 活跃度. Nothing is stored."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ..rules.amounts import AMOUNT_PATTERN, range_error
from ..statements.calendar import today
from ..statements.upgrade_from_json import MAX_DEEDS
from ..upgrade.activity import ITEMS
from ..upgrade.check import MOST_MINUTES, MOST_SCORE, Progress
from ..upgrade.kinds import KIND_NAMES, LEVEL_NAMES, Kind, Level
from ..upgrade.points import Deed
from .fields import ExactDateField, narrow
from .pasted import Pasted, lines_pasted, read_pasted
from .sections import ColumnsForm, RowFormSet

PROJECT_YEAR = 2021
EXAMPLE_DAY = datetime.date(PROJECT_YEAR, 3, 26)
FIRST_ROWS = 2
MORE_ROWS = 3
MOST_ROWS = 60
#: Kinds that happen once and not day by day.
NOT_DAILY = (Kind.PROFILE, Kind.SUBMISSION)
MOST_POINTS = Decimal(1_000_000_000)
MOST_USERS = 10_000_000
_ROW = re.compile(r"deeds-([0-9]{1,3})-")


class BoundedAmountField(forms.CharField):
    """An amount from 0 to `most` → Decimal, with at most two decimals and perhaps its unit; None for an empty field."""

    def __init__(self, *, most: Decimal, unit: str, **kwargs: Any) -> None:
        self.most, self.unit = most, unit
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        text = narrow(super().clean(value)).removesuffix(self.unit).rstrip()
        if not text:
            return None
        if not AMOUNT_PATTERN.fullmatch(text):
            raise ValidationError("请填数字，如 60 或 61.5，最多两位小数。")
        problem = range_error(Decimal(text), self.most, str(self.label))
        if problem:
            raise ValidationError(problem)
        return Decimal(text)


class WholeNumberField(BoundedAmountField):
    """A whole number from `least` to `most` → int; None for an empty field."""

    def __init__(self, *, least: int, **kwargs: Any) -> None:
        self.least = least
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        if amount is None:
            return None
        if amount != int(amount) or amount < self.least:
            raise ValidationError(f"{self.label}要填 {self.least} 到 {self.most} 的整数。")
        return int(amount)


class PassForm(ColumnsForm):
    compulsory_done = forms.ChoiceField(
        label="必修项全部完成了吗",
        required=False,
        choices=[("", "不清楚"), ("yes", "完成了"), ("no", "还没有")],
    )
    total_score = BoundedAmountField(label="总分", most=MOST_SCORE, unit="分")
    video_minutes = BoundedAmountField(label="看视频的分钟数", most=MOST_MINUTES, unit="分钟")

    columns = {"compulsory_done": "col-sm-4", "total_score": "col-5 col-sm-4", "video_minutes": "col-7 col-sm-4"}

    def progress(self) -> Progress:
        data = self.cleaned_data
        done = {"yes": True, "no": False}.get(data["compulsory_done"])
        return Progress(done, data["total_score"], data["video_minutes"])


class YearForm(ColumnsForm):
    year = WholeNumberField(label="年份", least=1950, most=Decimal(2100), unit="年")
    as_of = ExactDateField(label="算到哪一天", required=False, help_text="不填则算到今天。")
    pasted = forms.CharField(
        label="粘贴平台的“经验值明细”",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text="在平台筛选出明细后，连表头一起选中、复制，粘贴到这里，一行一条。",
    )

    columns = {"year": "col-5 col-sm-4", "as_of": "col-7 col-sm-4", "pasted": "col-12"}

    def clean_year(self) -> int:
        return self.cleaned_data["year"] or PROJECT_YEAR

    def clean_as_of(self) -> datetime.date:
        return self.cleaned_data["as_of"] or today()

    def clean_pasted(self) -> str:
        """Returns the text. Raises ValidationError where it has more lines than are counted at once."""
        text = self.cleaned_data["pasted"]
        lines = lines_pasted(text)
        if lines > MAX_DEEDS:
            raise ValidationError(
                f"一次最多算 {MAX_DEEDS} 行，这里有 {lines} 行，从第 {MAX_DEEDS + 1} 行起多了，请减少一些。"
            )
        return text


def _kind_choices() -> list[tuple[str, str]]:
    """Returns a choice for each kind; for a submission one a level: (`submission:city`, label)."""
    choices = [("", "请选择")]
    for kind, name in KIND_NAMES.items():
        if kind is Kind.SUBMISSION:
            choices += [(f"{kind}:{level}", f"{name}（{LEVEL_NAMES[level]}通过）") for level in Level]
        else:
            choices.append((kind.value, name))
    return choices


class DeedRowForm(ColumnsForm):
    kind = forms.ChoiceField(label="做了什么", choices=_kind_choices())
    on = ExactDateField(label="日期")
    until = ExactDateField(label="最后一天", required=False)
    deleted = forms.BooleanField(label="资源后来删除了", required=False)

    columns = {"kind": "col-sm-4", "on": "col-6 col-sm-3", "until": "col-6 col-sm-3", "deleted": "col-sm-2 row-check"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = (data.get("kind") or "").partition(":")[0]
        if data.get("deleted") and kind and kind != Kind.SUBMISSION:
            self.add_error("deleted", "只有资源报送才有删除。")
        if data.get("until"):
            self._judge_span(kind, data)
        return data

    def _judge_span(self, kind: str, data: dict[str, Any]) -> None:
        if kind in NOT_DAILY:
            self.add_error("until", "这一项不是每天都有的，请一次填一条。")
        elif data.get("on") and data["until"] < data["on"]:
            self.add_error("until", "不能早于前面的日期。")
        elif data.get("on") and (data["until"] - data["on"]).days >= MAX_DEEDS:
            self.add_error("until", f"一次最多算 {MAX_DEEDS} 条，请把日期填近一些。")

    def deeds(self) -> list[Deed]:
        """Returns the deeds of a valid row: one, or one a day."""
        data = self.cleaned_data
        kind, _, level = data["kind"].partition(":")
        days = (data["until"] - data["on"]).days + 1 if data["until"] else 1
        return [
            Deed(
                Kind(kind),
                data["on"] + datetime.timedelta(days=number),
                Level(level) if level else None,
                data["deleted"],
            )
            for number in range(days)
        ]


class CountyForm(ColumnsForm):
    points_sum = BoundedAmountField(label="全县教师一年的经验值之和", most=MOST_POINTS, unit="分")
    users = WholeNumberField(label="教师用户人数", least=1, most=Decimal(MOST_USERS), unit="人")

    columns = {
        "points_sum": "col-sm-7",
        "users": "col-sm-5",
        **{f"item_{number}": "col-sm-6" for number in range(len(ITEMS))},
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(ITEMS):
            self.fields[f"item_{number}"] = forms.BooleanField(label=name, required=False)

    def clean(self) -> dict[str, Any]:
        """Asks for both sums where anything is filled in."""
        data = super().clean() or {}
        if self.has_changed():
            for name in ("points_sum", "users"):
                if name not in self.errors and data.get(name) is None:
                    self.add_error(name, "请填写。")
        return data

    @property
    def items(self) -> int:
        return sum(bool(self.cleaned_data.get(f"item_{number}")) for number in range(len(ITEMS)))


@dataclass(frozen=True, slots=True)
class Given:
    """The deeds of which points are asked: those pasted, then those of the rows."""

    year: int
    as_of: datetime.date
    deeds: list[Deed]
    pasted: Pasted


class UpgradeForm:
    """The whole form, bound to `data` (field name → text). A button that adds rows judges nothing."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self.judge = "part" in data
        self.part = data.get("part", "")
        rows = _rows_in(data) + (MORE_ROWS if "add" in data else 0)
        data = {"year": str(PROJECT_YEAR), **data, "deeds-INITIAL_FORMS": "0"}
        data["deeds-TOTAL_FORMS"] = str(min(max(rows, FIRST_ROWS), MOST_ROWS))
        self.passing = PassForm(data)
        self.year = YearForm(data)
        self.county = CountyForm(data)
        formset = forms.formset_factory(
            DeedRowForm, formset=RowFormSet, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
        )
        self.rows: list[DeedRowForm] = formset(data, prefix="deeds").forms
        for form in self._all():
            form.judged = self.judge
            form.show_example(EXAMPLE_DAY)

    def _all(self) -> list[ColumnsForm]:
        return [self.passing, self.year, *self.rows, self.county]

    @property
    def may_add(self) -> bool:
        return len(self.rows) < MOST_ROWS

    def wrong_fields(self) -> list[tuple[str, str]]:
        """Each field in error: its id in the page, and what the page calls it."""
        if not self.judge:
            return []
        return [
            (form[name].id_for_label, f"{place}{form[name].label}")
            for place, form in self._places()
            for name in form.errors
            if name in form.fields
        ]

    def _places(self) -> Iterator[tuple[str, ColumnsForm]]:
        yield "", self.passing
        yield "", self.year
        for number, row in enumerate(self.rows, start=1):
            yield f"第 {number} 条：", row
        yield "", self.county

    # --- the parts that are filled in and right ----------------------------------------------------------------

    @cached_property
    def progress(self) -> Progress | None:
        """The teacher's progress, once anything of it is filled in without a mistake."""
        filled = self.judge and self.passing.has_changed() and self.passing.is_valid()
        return self.passing.progress() if filled else None

    @cached_property
    def filled_rows(self) -> list[DeedRowForm]:
        return [row for row in self.rows if row.has_changed()]

    @cached_property
    def given(self) -> Given | None:
        """The deeds, once any are given without a mistake in a field; lines that were not read are no mistake."""
        forms_of_points: list[ColumnsForm] = [self.year, *self.filled_rows]
        if not self.judge or not all(form.is_valid() for form in forms_of_points):
            return None
        data = self.year.cleaned_data
        pasted = read_pasted(data["pasted"])
        deeds = [Deed(row.kind, row.on) for row in pasted.rows]
        deeds += [deed for row in self.filled_rows for deed in row.deeds()]
        if not deeds and not pasted.problems:
            return None
        return Given(data["year"], data["as_of"], deeds, pasted)

    @property
    def too_many(self) -> int:
        """The number of deeds where it is more than are counted at once, else 0."""
        number = len(self.given.deeds) if self.given else 0
        return number if number > MAX_DEEDS else 0

    @cached_property
    def sums(self) -> tuple[Decimal, int, int] | None:
        """Points, users and items of a county, once they are filled in."""
        if not self.judge or not self.county.has_changed() or not self.county.is_valid():
            return None
        data = self.county.cleaned_data
        return data["points_sum"], data["users"], self.county.items


def _rows_in(data: Mapping[str, str]) -> int:
    """Returns how many rows were sent, by the names of their fields."""
    numbers = [int(found[1]) for name in data if (found := _ROW.match(name))]
    return max(numbers, default=-1) + 1
