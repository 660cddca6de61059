"""The roster: which teachers a user may see, narrowed and ordered as asked, and how they stand as a whole.

It reads the summaries alone, by the indexes that `StatementSummary` has for it; names are fetched for one page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Sum
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from .ledger import today
from .models import Organization, StatementSummary, Teacher, TrainingCycle
from .rules.types import Verdict
from .rules.wording import VERDICT

PER_PAGE = 50
#: So many teachers found by name are few; a commoner family name fills its first page soon anyhow.
FEW = 20_000
MISSING = {
    "coordinated": "统筹还差",
    "self_directed": "自主还差",
    "coordinated_only": "只差统筹",
    "self_directed_only": "只差自主",
    "both": "两项都差",
    "pending": "有方案待审核",
}
LACKS_COORDINATED, LACKS_OWN = Q(coordinated_missing__gt=0), Q(self_directed_missing__gt=0)
NARROWED = {
    "coordinated": LACKS_COORDINATED,
    "self_directed": LACKS_OWN,
    "coordinated_only": LACKS_COORDINATED & Q(self_directed_missing=0),
    "self_directed_only": LACKS_OWN & Q(coordinated_missing=0),
    "both": LACKS_COORDINATED & LACKS_OWN,
    "pending": Q(self_directed_pending__gt=0),
}
#: What is lacking, by whether coordinated and self-directed credits are.
LACKS = {(True, False): "coordinated_only", (False, True): "self_directed_only", (True, True): "both"}
#: The verdicts as the picture has them, from left to right, and their tones.
DRAWN = {
    Verdict.MET: "good",
    Verdict.SHORT: "short",
    Verdict.CANNOT_DECIDE: "open",
    Verdict.UNDECIDED: "waiting",
    Verdict.PENDING_POLICY: "other",
}
ORDERS = {
    "name": ("name_key", "teacher_id"),
    "school": ("school__name", "school_id", "name_key", "teacher_id"),
    "coordinated": ("-coordinated_missing", "name_key", "teacher_id"),
    "self_directed": ("-self_directed_missing", "name_key", "teacher_id"),
}
#: A minus turns the order round, as the second click on a column's head does.
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
#: The columns: head, what it sorts by, whether it holds an amount.
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


def order_of(sort: str) -> tuple[str, ...]:
    first, *rest = ORDERS[sort.removeprefix("-")]
    if sort.startswith("-"):
        first = first.removeprefix("-") if first.startswith("-") else f"-{first}"
    return (first, *rest)


class RosterForm(forms.Form):
    """What narrows the roster; a value that cannot be is told at its field, and narrows nothing."""

    q = forms.CharField(label="姓名或编号", required=False, max_length=40)
    school = forms.ModelChoiceField(Organization.objects.none(), label="学校", required=False, empty_label="所有学校")
    cycle = forms.ModelChoiceField(
        TrainingCycle.objects.all(), label="培训周期", required=False, empty_label=None, to_field_name="code"
    )
    verdict = forms.ChoiceField(
        label="结论", required=False, choices=[("", "全部"), *((one.value, label) for one, label in VERDICT.items())]
    )
    missing = forms.ChoiceField(label="缺什么", required=False, choices=[("", "不限"), *MISSING.items()])
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "在职"), ("ended", "已退休、已离开")])
    sort = forms.ChoiceField(label="排序", required=False, choices=SORTS.items(), initial="name")

    #: What is asked for now and then stands folded below the rest.
    SELDOM = ("cycle", "status", "sort")

    def __init__(self, *args: Any, schools: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
        field.queryset = schools
        for one in self.fields.values():
            one.error_messages |= {"invalid_choice": "没有这个选项。"}
            chosen = isinstance(one, forms.ChoiceField)
            one.widget.attrs["class"] = "form-select" if chosen else "form-control"

    def often(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.SELDOM]

    def seldom(self) -> list[forms.BoundField]:
        return [self[name] for name in self.SELDOM]


@dataclass(frozen=True)
class Head:
    """A column's head; `sort` is what its link asks for, `direction` how the rows stand by it now."""

    label: str
    sort: str
    direction: str
    amount: bool


@dataclass(frozen=True)
class Part:
    """How many teachers are in one state; a piece of a bar from `start` to `start + width`, in percent."""

    label: str
    tone: str
    count: int
    start: str
    width: str


@dataclass
class Picture:
    """How some teachers stand: how many have which verdict, and what those who are short lack."""

    name: str = ""
    pk: int | None = None
    verdicts: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    #: What those who are short lack together.
    coordinated_missing: Decimal = Decimal(0)
    self_directed_missing: Decimal = Decimal(0)

    @property
    def teachers(self) -> int:
        return self.verdicts.total()

    @property
    def met(self) -> int:
        return self.verdicts[Verdict.MET.value]

    @property
    def short(self) -> int:
        return self.verdicts[Verdict.SHORT.value]

    @property
    def coordinated(self) -> int:
        return self.lacking["coordinated_only"]

    @property
    def self_directed(self) -> int:
        return self.lacking["self_directed_only"]

    @property
    def both(self) -> int:
        return self.lacking["both"]

    @property
    def others(self) -> int:
        """Those of whom nothing is asked, or nothing can be said yet."""
        return self.teachers - self.met - self.short

    @property
    def judged(self) -> int:
        """Those of whom it can be said whether they have met the requirement."""
        return self.met + self.short

    @property
    def by_verdict(self) -> list[Part]:
        return _parts((VERDICT[one], tone, self.verdicts[one.value]) for one, tone in DRAWN.items())

    @property
    def by_lack(self) -> list[Part]:
        return _parts(self._lacks())

    @property
    def by_state(self) -> list[Part]:
        return _parts([("已达到要求", "good", self.met), *self._lacks(), ("其他", "other", self.others)])

    def _lacks(self) -> list[tuple[str, str, int]]:
        return [(MISSING[lack], lack, self.lacking[lack]) for lack in LACKS.values()]

    def add(self, row: dict[str, Any]) -> None:
        """Counts in teachers of one verdict who lack the same."""
        self.verdicts[row["verdict"]] += row["teachers"]
        if row["verdict"] == Verdict.SHORT.value:
            lack = LACKS[row["coordinated"], row["own"]]
            self.lacking[lack] += row["teachers"]
            self.coordinated_missing += row["coordinated_sum"]
            self.self_directed_missing += row["own_sum"]


def _parts(counted: Iterable[tuple[str, str, int]]) -> list[Part]:
    known = [(label, tone, count) for label, tone, count in counted if count]
    whole, start, parts = sum(count for *_, count in known), 0.0, []
    for label, tone, count in known:
        width = 100 * count / whole
        parts.append(Part(label, tone, count, f"{start:.2f}", f"{width:.2f}"))
        start += width
    return parts


class Roster:
    """The summaries of the teachers that `user` is responsible for, as `data` (a query or a form) narrows them."""

    def __init__(self, user: User, data: QueryDict) -> None:
        self.user = user
        self.data = data
        self.schools = Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL)
        held = TrainingCycle.objects.holding(today())
        filled = data.copy()
        if held and not filled.get("cycle"):
            filled["cycle"] = held.code  # the form shows what the roster shows
        #: Whether one of what is seldom asked for is asked for now.
        self.unfolded = any(data.get(name) for name in RosterForm.SELDOM)
        self.form = RosterForm(filled, schools=self.schools.order_by("name", "pk"))
        self.form.is_valid()
        asked = self.form.cleaned_data
        self.cycle: TrainingCycle | None = asked.get("cycle") or held
        self.school: Organization | None = asked.get("school")
        self.sort: str = asked.get("sort") or "name"
        in_charge = StatementSummary.objects.filter(cycle=self.cycle)
        self.ended = asked.get("status") == "ended"
        if self.ended:
            in_charge = in_charge.filter(listed=False).exclude(teacher__status=Teacher.Status.ACTIVE)
        else:
            in_charge = in_charge.filter(listed=True)
        #: A superuser's are all, and so need no comparing.
        everyone = user.is_active and user.is_superuser
        self.in_charge = in_charge if everyone else in_charge.filter(school__in=self.schools)
        #: As of when the rows of the page hold that is shown.
        self.judged_from: date | None = None
        self.judged_to: date | None = None
        self.rows = self._narrowed(asked).order_by(*order_of(self.sort))

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

    def page(self, number: Any) -> Page[StatementSummary]:
        """A page of rows with their teachers: which they are is told by an index, so the last costs little more."""
        page = Paginator(self.rows.values_list("pk", flat=True), PER_PAGE).get_page(number)
        pks = list(page.object_list)
        rows = StatementSummary.objects.select_related("teacher", "school").in_bulk(pks)
        found = cast("Page[StatementSummary]", page)
        found.object_list = [rows[pk] for pk in pks if pk in rows]
        days = [row.as_of for row in found.object_list]
        self.judged_from, self.judged_to = min(days, default=None), max(days, default=None)
        return found

    @property
    def compares(self) -> bool:
        """Whether there is more than one school in charge."""
        return len(self.schools.values("pk")[:2]) > 1

    @property
    def cycles(self) -> QuerySet[TrainingCycle]:
        """Those that have begun, the newest first."""
        return TrainingCycle.objects.filter(starts_on__lte=today()).order_by("-starts_on")

    @property
    def heads(self) -> list[Head]:
        return [self._head(*column) for column in COLUMNS]

    def _head(self, label: str, sort: str, amount: bool) -> Head:
        if not sort or self.sort.removeprefix("-") != sort:
            return Head(label, sort, "", amount)
        falls = order_of(self.sort)[0].startswith("-")
        turned = sort if self.sort.startswith("-") else f"-{sort}"
        return Head(label, turned, "descending" if falls else "ascending", amount)

    # --- the picture ---------------------------------------------------------------------------------------------

    @cached_property
    def picture(self) -> Picture:
        """How all in charge stand in this cycle, or all of the school that is asked for, whatever else is narrowed."""
        picture = Picture()
        for row in _counted(self.in_charge.filter(school=self.school) if self.school else self.in_charge):
            picture.add(row)
        return picture

    @cached_property
    def pictures(self) -> list[Picture]:
        """School by school, those where the fewest have met the requirement first; those without anyone judged last."""
        schools: dict[int, Picture] = {}
        for row in _counted(self.in_charge, "school_id"):
            schools.setdefault(row["school_id"], Picture(pk=row["school_id"])).add(row)
        for pk, name in Organization.objects.filter(kind=Organization.Kind.SCHOOL).values_list("pk", "name"):
            if pk in schools:
                schools[pk].name = name
        return sorted(schools.values(), key=lambda one: (one.met / one.judged if one.judged else 2, one.name))

    # --- what is chosen on its page ------------------------------------------------------------------------------

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What narrows and orders it, as fields of a form or a query."""
        return [(name, str(value)) for name in self.form.fields if (value := self.data.get(name))]

    @property
    def address(self) -> str:
        query = urlencode(self.asked)
        return f"{reverse('credits:teachers')}{f'?{query}' if query else ''}"

    @property
    def chosen(self) -> QuerySet[StatementSummary]:
        """The rows of the teachers that were ticked, or `all` that are found; none where that cannot be told."""
        if self.data.get("all"):
            return self.rows if self.form.is_valid() else self.rows.none()
        return self.in_charge.filter(teacher__public_id__in=_ticked(self.data)).order_by(*order_of(self.sort))

    @property
    def selection(self) -> str:
        """What was chosen, to be found again by work that goes on later: a query."""
        ticked = [("all", "1")] if self.data.get("all") else [("teacher", one) for one in _ticked(self.data)]
        return urlencode([*self.asked, *ticked])


def chosen_teachers(user: User, data: QueryDict) -> QuerySet[Teacher]:
    """The teachers that the roster's form names, by `teacher` (their addresses) or `all`, among those in charge."""
    in_charge = Teacher.objects.managed_by(user)
    if data.get("all"):
        return in_charge.filter(pk__in=Roster(user, data).chosen.order_by().values("teacher"))
    return in_charge.filter(public_id__in=_ticked(data))


def selected_teachers(request: HttpRequest) -> QuerySet[Teacher]:
    """The teachers that were ticked on the roster, or all that its filter finds; never another's."""
    return chosen_teachers(cast("User", request.user), request.POST)


def _named(user: User, text: str) -> QuerySet[Teacher] | list[int]:
    """The teachers of that name or number; where they are few, their ids.

    Told only a condition, PostgreSQL goes through the roster in its order and looks at each teacher's name until a
    page is full, which for a rare name is all of them.
    """
    named = Teacher.objects.managed_by(user).filter(Q(name__icontains=text) | Q(staff_number__iexact=text)).order_by()
    few = list(named.values_list("pk", flat=True)[: FEW + 1])
    return few if len(few) <= FEW else named


def _ticked(data: QueryDict) -> list[str]:
    return [one for one in data.getlist("teacher") if "\x00" not in one]


def _counted(rows: QuerySet[StatementSummary], *by: str) -> Iterator[dict[str, Any]]:
    """How many teachers have the same verdict and lack the same, and how much together, in hundredths of a credit.

    SQLite adds up in floating point: 1062.7 comes out as 1062.699999999999.
    """
    counted = (
        rows.order_by()
        .annotate(
            coordinated=ExpressionWrapper(LACKS_COORDINATED, BooleanField()),
            own=ExpressionWrapper(LACKS_OWN, BooleanField()),
        )
        .values(*by, "verdict", "coordinated", "own")
        .annotate(
            teachers=Count("pk"), coordinated_sum=Sum("coordinated_missing"), own_sum=Sum("self_directed_missing")
        )
        .iterator()
    )
    for row in counted:
        yield row | {name: row[name].quantize(Decimal("0.01")) for name in ("coordinated_sum", "own_sum")}
