"""The roster: the summaries of the teachers a user is responsible for, narrowed and ordered as asked.

Only summaries are read, by the indexes that `StatementSummary` has for it; names are fetched for one page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from helpdesk.common.form_fields import PlainSelect, offer, use_bootstrap
from helpdesk.common.models import Job
from helpdesk.common.words import use_our_words

from ..models import Organization, StatementSummary, Teacher, TrainingCycle
from ..models.cycles import all_cycles, begun_cycles
from ..models.people import school_names
from ..rules.wording import VERDICT
from .calendar import today
from .pictures import LACKS_COORDINATED, LACKS_OWN, MISSING, Picture, counted_by_verdict

PER_PAGE = 50
#: A roster of no more rows is read in one query a page.
SHORT = 1_000
#: The most teachers found by name whose ids are put into the query; see `_named`.
FEW = 20_000
#: The condition on summaries for each choice of “缺什么”.
NARROWED = {
    "coordinated": LACKS_COORDINATED,
    "self_directed": LACKS_OWN,
    "coordinated_only": LACKS_COORDINATED & Q(self_directed_missing=0),
    "self_directed_only": LACKS_OWN & Q(coordinated_missing=0),
    "both": LACKS_COORDINATED & LACKS_OWN,
    "pending": Q(self_directed_pending__gt=0),
}
ORDERS = {
    "name": ("name_key", "teacher_id"),
    "school": ("school__name", "school_id", "name_key", "teacher_id"),
    "coordinated": ("-coordinated_missing", "name_key", "teacher_id"),
    "self_directed": ("-self_directed_missing", "name_key", "teacher_id"),
}
#: The choices of “排序”; a minus reverses the order, as a second click on a column's head does.
SORTS = {
    "name": "姓名（拼音）",
    "-name": "姓名倒序",
    "school": "学校",
    "-school": "学校倒序",
    "coordinated": "统筹差得多的在前",
    "-coordinated": "统筹差得少的在前",
    "self_directed": "自主差得多的在前",
    "-self_directed": "自主差得少的在前",
}
#: The columns: head, key of ORDERS that the head sorts by or "", true for an amount.
COLUMNS = [
    ("姓名", "name", False),
    ("学校", "school", False),
    ("结论", "", False),
    ("统筹已得", "", True),
    ("统筹还差", "coordinated", True),
    ("自主已得", "", True),
    ("自主待审核", "", True),
    ("自主还差", "self_directed", True),
]
Choices = list[tuple[Any, str]]
LACKS_CHOICES = [("", "不限"), *MISSING.items()]
STATUS_CHOICES = [("", "在职"), ("ended", "已退休、已离开")]
VERDICT_CHOICES = [("", "全部"), *((verdict.value, label) for verdict, label in VERDICT.items())]


def order_of(sort: str) -> tuple[str, ...]:
    """Returns the columns to order by for a key of SORTS."""
    first, *rest = ORDERS[sort.removeprefix("-")]
    if sort.startswith("-"):
        first = first.removeprefix("-") if first.startswith("-") else f"-{first}"
    return (first, *rest)


def _cycle_choices() -> Choices:
    return [(cycle.code, str(cycle)) for cycle in all_cycles()]


def _cycle(code: str) -> TrainingCycle:
    """Returns the cycle of that code. Raises ValidationError where it was deleted meanwhile."""
    for cycle in all_cycles():
        if cycle.code == code:
            return cycle
    raise ValidationError("", code="invalid_choice")


class RosterForm(forms.Form):
    """The filters of the roster; a value that is no choice is told at its field, and narrows nothing."""

    q = forms.CharField(label="姓名、拼音或编号", required=False, max_length=40)
    school = forms.ModelChoiceField(
        Organization.objects.none(), label="学校", required=False, empty_label=None, widget=PlainSelect
    )
    cycle = forms.TypedChoiceField(
        label="培训周期", required=False, choices=_cycle_choices, coerce=_cycle, empty_value=None, widget=PlainSelect
    )
    verdict = forms.ChoiceField(label="结论", required=False, choices=VERDICT_CHOICES, widget=PlainSelect)
    missing = forms.ChoiceField(label="缺什么", required=False, choices=LACKS_CHOICES, widget=PlainSelect)
    status = forms.ChoiceField(label="状态", required=False, choices=STATUS_CHOICES, widget=PlainSelect)
    sort = forms.ChoiceField(label="排序", required=False, choices=SORTS.items(), initial="name", widget=PlainSelect)

    #: Fields that are seldom used: they stand folded below the rest.
    SELDOM = ("cycle", "status", "sort")

    def __init__(
        self, *args: Any, schools: QuerySet[Organization], names: Callable[[], Choices], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "school", schools).choices = lambda: [("", "所有学校"), *names()]
        use_our_words(self)
        use_bootstrap(self)

    def often(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.SELDOM]

    def seldom(self) -> list[forms.BoundField]:
        return [self[name] for name in self.SELDOM]


@dataclass(frozen=True)
class Head:
    """A column's head; `sort` is the order its link asks for, `direction` the order the rows have by it now, or ""."""

    label: str
    sort: str
    direction: str
    amount: bool


class Row(NamedTuple):
    """One teacher on the roster, in the order of `COLUMNS_OF_ROW`."""

    pk: int
    teacher_id: int
    public_id: str
    name: str
    staff_number: str
    school: str
    as_of: date
    verdict: str
    coordinated_counted: Decimal
    coordinated_missing: Decimal
    self_directed_counted: Decimal
    self_directed_pending: Decimal
    self_directed_missing: Decimal


COLUMNS_OF_ROW = (
    "pk",
    "teacher_id",
    "teacher__public_id",
    "teacher__name",
    "teacher__staff_number",
    "school__name",
    "as_of",
    "verdict",
    "coordinated_counted",
    "coordinated_missing",
    "self_directed_counted",
    "self_directed_pending",
    "self_directed_missing",
)


class Roster:
    """The summaries of the teachers that `user` is responsible for, as `data` (a query or a form) narrows them."""

    def __init__(self, user: User, data: QueryDict) -> None:
        self.user = user
        self.data = data
        self.schools = Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL)
        present_cycle = TrainingCycle.objects.holding(today())
        self.form = self._form(present_cycle)
        asked = self.form.cleaned_data
        self.cycle: TrainingCycle | None = asked.get("cycle") or present_cycle
        self.school: Organization | None = asked.get("school")
        self.sort: str = asked.get("sort") or "name"
        self.ended = asked.get("status") == "ended"
        self.in_charge = self._in_charge()
        #: True where a seldom used field is used: the form then shows them unfolded.
        self.unfolded = any(data.get(name) for name in RosterForm.SELDOM)
        #: The first and the last day that the summaries of the shown page hold as of; set by `page`.
        self.judged_from: date | None = None
        self.judged_to: date | None = None
        self.rows = self._narrowed(asked).order_by(*order_of(self.sort))

    def _form(self, present_cycle: TrainingCycle | None) -> RosterForm:
        """Returns the form, validated; it shows the present cycle where none was asked for, as the rows do."""
        filled = self.data.copy()
        if present_cycle and not filled.get("cycle"):
            filled["cycle"] = present_cycle.code
        form = RosterForm(filled, schools=self.schools, names=lambda: self.school_names)
        form.is_valid()
        return form

    def _in_charge(self) -> QuerySet[StatementSummary]:
        """Returns the summaries of all teachers in the user's charge in this cycle, in work or ended as asked."""
        rows = StatementSummary.objects.filter(cycle=self.cycle)
        if self.ended:
            rows = rows.filter(listed=False).exclude(teacher__status=Teacher.Status.ACTIVE)
        else:
            rows = rows.filter(listed=True)
        sees_all = self.user.is_active and self.user.is_superuser
        return rows if sees_all else rows.filter(school__in=self.schools)

    @property
    def _is_narrowed(self) -> bool:
        """True where the rows are not all that the picture counts."""
        return any(self.form.cleaned_data.get(name) for name in ("q", "verdict", "missing"))

    def _narrowed(self, asked: dict[str, Any]) -> QuerySet[StatementSummary]:
        rows = self.in_charge
        if text := asked.get("q"):
            rows = rows.filter(teacher__in=_named(self.user, text))
        if self.school:
            rows = rows.filter(school=self.school)
        if verdict := asked.get("verdict"):
            rows = rows.filter(verdict=verdict)
        if missing := asked.get("missing"):
            rows = rows.filter(NARROWED[missing])
        return rows

    @cached_property
    def school_names(self) -> list[tuple[int, str]]:
        """Key and name of each school in the user's charge, by name."""
        return school_names(self.user)

    def page(self, number: Any) -> Page[Row]:
        """Returns a page of rows.

        In a long roster the keys of the rows are read first, from an index alone, so that the last page costs little
        more than the first.
        """
        paginator = Paginator(self.rows.values_list("pk", flat=True), PER_PAGE)
        if not self._is_narrowed:
            paginator.count = self.picture.teachers  # which the page shows too, so that they are counted once
        page = cast("Page[Row]", paginator.get_page(number))
        page.object_list = self._rows_of(page)
        days = [row.as_of for row in page.object_list]
        self.judged_from = min(days, default=None)
        self.judged_to = max(days, default=None)
        return page

    def _rows_of(self, page: Page[Any]) -> list[Row]:
        if page.paginator.count <= SHORT:
            first = (page.number - 1) * PER_PAGE
            return [Row(*values) for values in self.rows.values_list(*COLUMNS_OF_ROW)[first : first + PER_PAGE]]
        keys = list(page.object_list)
        found = StatementSummary.objects.filter(pk__in=keys).values_list(*COLUMNS_OF_ROW)
        rows = {values[0]: Row(*values) for values in found}
        return [rows[key] for key in keys if key in rows]

    @property
    def compares(self) -> bool:
        """True where the user is in charge of more than one school."""
        return len(self.school_names) > 1

    @property
    def cycles(self) -> list[TrainingCycle]:
        """The cycles that have begun, the newest first."""
        return begun_cycles(today())

    @property
    def heads(self) -> list[Head]:
        return [self._head(*column) for column in COLUMNS]

    def _head(self, label: str, sort: str, amount: bool) -> Head:
        if not sort or self.sort.removeprefix("-") != sort:
            return Head(label, sort, "", amount)
        first_column, *_ = order_of(self.sort)
        direction = "descending" if first_column.startswith("-") else "ascending"
        reverse_sort = sort if self.sort.startswith("-") else f"-{sort}"
        return Head(label, reverse_sort, direction, amount)

    # --- the picture ---------------------------------------------------------------------------------------------

    @cached_property
    def picture(self) -> Picture:
        """The counts of all teachers in charge in this cycle, or of the school asked for, whatever else is filtered."""
        rows = self.in_charge
        if self.school:
            rows = rows.filter(school=self.school)
        picture = Picture()
        for row in counted_by_verdict(rows):
            picture.add(row)
        return picture

    @cached_property
    def pictures(self) -> list[Picture]:
        """One picture a school: the smallest share of met verdicts first, schools with nobody judged last."""
        schools: dict[int, Picture] = {}
        for row in counted_by_verdict(self.in_charge, "school_id"):
            pk = row["school_id"]
            schools.setdefault(pk, Picture(pk=pk)).add(row)
        names = Organization.objects.filter(kind=Organization.Kind.SCHOOL).values_list("pk", "name")
        for pk, name in names:
            if pk in schools:
                schools[pk].name = name
        return sorted(schools.values(), key=_share_of_met)

    # --- the selection on its page -------------------------------------------------------------------------------

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The filters and the order as (name, value), for the fields of a form or a query."""
        values = [(name, self.data.get(name)) for name in self.form.fields]
        return [(name, str(value)) for name, value in values if value]

    @property
    def address(self) -> str:
        """The address of the roster with these filters and this order."""
        address = reverse("credits:teachers")
        query = urlencode(self.asked)
        return f"{address}?{query}" if query else address

    @property
    def short_address(self) -> str:
        """The same where a job has room for it as the page to lead back to, else the roster without filters."""
        longest = Job._meta.get_field("back").max_length or 0
        return self.address if len(self.address) <= longest else reverse("credits:teachers")

    @property
    def chosen(self) -> QuerySet[StatementSummary]:
        """The rows that were ticked, or with `all` every row found; none where a filter is wrong."""
        if self.data.get("all"):
            return self.rows if self.form.is_valid() else self.rows.none()
        ticked = self.in_charge.filter(teacher__public_id__in=_ticked(self.data))
        return ticked.order_by(*order_of(self.sort))

    @property
    def selection(self) -> str:
        """The filters and what was ticked, as a query from which a job makes the same roster later."""
        ticked = [("teacher", public_id) for public_id in _ticked(self.data)]
        if self.data.get("all"):
            ticked = [("all", "1")]
        return urlencode([*self.asked, *ticked])


def _share_of_met(picture: Picture) -> tuple[float, str]:
    """Returns the sort key of a school's picture: more than any share where nobody is judged."""
    share = picture.met / picture.judged if picture.judged else 2.0
    return share, picture.name


def chosen_teachers(user: User, data: QueryDict) -> QuerySet[Teacher]:
    """Returns the teachers in charge that the roster's form names: by `teacher` (public ids), or with `all`."""
    in_charge = Teacher.objects.managed_by(user)
    if data.get("all"):
        rows = Roster(user, data).chosen.order_by()
        return in_charge.filter(pk__in=rows.values("teacher"))
    return in_charge.filter(public_id__in=_ticked(data))


def selected_teachers(request: HttpRequest) -> QuerySet[Teacher]:
    """Returns the teachers that the posted roster names, all in the charge of the signed-in user."""
    return chosen_teachers(cast("User", request.user), request.POST)


def _named(user: User, text: str) -> QuerySet[Teacher] | list[int]:
    """Returns the teachers with that name or number: their ids where they are few, else a query.

    Given a query, PostgreSQL goes through the roster in its order and looks at each teacher's name until a page is
    full, which for a rare name is all of them. A common family name fills its first page soon.
    """
    named = Teacher.objects.managed_by(user).called(text).order_by()
    ids = list(named.values_list("pk", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else named


def _ticked(data: QueryDict) -> list[str]:
    """Returns the ticked public ids, without any that PostgreSQL would refuse for a NUL."""
    return [public_id for public_id in data.getlist("teacher") if "\x00" not in public_id]
