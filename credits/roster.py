"""The roster: which teachers a user may see, narrowed and ordered as asked, and how they stand as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet, Sum

from .ledger import today
from .models import Organization, StatementSummary, Teacher, TrainingCycle
from .presentation import VERDICT_TONES
from .rules.types import Verdict
from .rules.wording import VERDICT

MISSING = {"coordinated": "统筹还差", "self_directed": "自主还差", "pending": "有方案待审核"}
SORTS = {
    "name": ("姓名", ("teacher__name", "teacher__staff_number")),
    "school": ("学校", ("teacher__school__name", "teacher__name")),
    "coordinated": ("统筹差得多的在前", ("-coordinated_missing", "teacher__name")),
    "self_directed": ("自主差得多的在前", ("-self_directed_missing", "teacher__name")),
}


class RosterForm(forms.Form):
    """What narrows the roster; a value that cannot be is told at its field, and narrows nothing."""

    q = forms.CharField(label="姓名或编号", required=False, max_length=40)
    school = forms.ModelChoiceField(Organization.objects.none(), label="学校", required=False, empty_label="所有学校")
    cycle = forms.ModelChoiceField(
        TrainingCycle.objects.all(), label="周期", required=False, empty_label=None, to_field_name="code"
    )
    verdict = forms.ChoiceField(
        label="结论", required=False, choices=[("", "全部"), *((one.value, label) for one, label in VERDICT.items())]
    )
    missing = forms.ChoiceField(label="缺什么", required=False, choices=[("", "不限"), *MISSING.items()])
    sort = forms.ChoiceField(
        label="排序", required=False, choices=[(key, label) for key, (label, _) in SORTS.items()], initial="name"
    )

    def __init__(self, *args: Any, schools: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
        field.queryset = schools
        for one in self.fields.values():
            one.error_messages |= {"invalid_choice": "没有这个选项。"}
            chosen = isinstance(one, forms.ChoiceField)
            one.widget.attrs["class"] = "form-select" if chosen else "form-control"


@dataclass(frozen=True)
class Share:
    """How many teachers have a verdict, of how many; a bar from `start` to `start + width`, in percent."""

    verdict: Verdict
    label: str
    tone: str
    count: int
    start: str
    width: str


@dataclass(frozen=True)
class SchoolPicture:
    name: str
    pk: int
    teachers: int
    met: int
    coordinated_missing: Any
    self_directed_missing: Any

    @property
    def width(self) -> str:
        """The share that met the requirement, in percent."""
        return f"{100 * self.met / self.teachers:.2f}"


class Roster:
    """The summaries of the teachers that `user` is responsible for, as `data` (the address's query) narrows them."""

    def __init__(self, user: User, data: Any) -> None:
        schools = Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL)
        self.schools = schools.order_by("name", "pk")
        self.form = RosterForm(data, schools=self.schools)
        self.form.is_valid()
        asked = self.form.cleaned_data
        self.cycle = asked.get("cycle") or TrainingCycle.objects.holding(today())
        self.in_charge = StatementSummary.objects.filter(
            cycle=self.cycle,
            teacher__in=Teacher.objects.managed_by(user).filter(status=Teacher.Status.ACTIVE),
        )
        self.rows = self._narrowed(asked).order_by(*SORTS[asked.get("sort") or "name"][1], "pk")

    def _narrowed(self, asked: dict[str, Any]) -> QuerySet[StatementSummary]:
        rows = self.in_charge.select_related("teacher__school")
        if text := asked.get("q"):
            rows = rows.filter(Q(teacher__name__icontains=text) | Q(teacher__staff_number__iexact=text))
        if school := asked.get("school"):
            rows = rows.filter(teacher__school=school)
        if verdict := asked.get("verdict"):
            rows = rows.filter(verdict=verdict)
        match asked.get("missing"):
            case "coordinated":
                rows = rows.filter(coordinated_missing__gt=0)
            case "self_directed":
                rows = rows.filter(self_directed_missing__gt=0)
            case "pending":
                rows = rows.filter(self_directed_pending__gt=0)
        return rows

    @cached_property
    def shares(self) -> list[Share]:
        """How all teachers in charge stand in this cycle, whatever is narrowed."""
        counted = dict(self.in_charge.order_by().values_list("verdict").annotate(number=Count("pk")))
        whole = sum(counted.values()) or 1
        start = 0.0
        shares = []
        for verdict, label in VERDICT.items():
            if number := counted.get(verdict.value, 0):
                width = 100 * number / whole
                tone = VERDICT_TONES.get(verdict, "open")
                shares.append(Share(verdict, label, tone, number, f"{start:.2f}", f"{width:.2f}"))
                start += width
        return shares

    @cached_property
    def total(self) -> int:
        return sum(share.count for share in self.shares)

    @cached_property
    def pictures(self) -> list[SchoolPicture]:
        """School by school; where there is only one, there is nothing to compare."""
        grouped = (
            self.in_charge.order_by()
            .values("teacher__school_id", "teacher__school__name")
            .annotate(
                teachers=Count("pk"),
                met=Count("pk", filter=Q(verdict=Verdict.MET.value)),
                coordinated=Sum("coordinated_missing"),
                self_directed=Sum("self_directed_missing"),
            )
        )
        pictures = [
            SchoolPicture(
                row["teacher__school__name"],
                row["teacher__school_id"],
                row["teachers"],
                row["met"],
                row["coordinated"],
                row["self_directed"],
            )
            for row in grouped
        ]
        return sorted(pictures, key=lambda one: (one.met / one.teachers, one.name)) if len(pictures) > 1 else []
