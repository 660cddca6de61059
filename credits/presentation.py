"""A statement and its clauses as the pages show them: labels, bars and links, no arithmetic on credits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser

from faq.models import Entry

from .citations import place_of
from .models import SchoolPlan, SelfDirectedActivity, TrainingCycle, TrainingProject
from .rules.clauses import CLAUSES, TAG_LABELS, Clause, Tag
from .rules.types import (
    Alternative,
    Category,
    Coordinated,
    Ledger,
    Line,
    Outcome,
    PlanState,
    Reason,
    SelfDirected,
    Statement,
    Verdict,
)
from .rules.wording import ACTIVITY, CATEGORY, DEGREE, VERDICT, amount
from .statement import CAVEAT

#: The numbers of a cycle, as the rules page lists them: field → clause.
CLAUSE_OF_NUMBER = {
    "coordinated_required": "C1",
    "self_directed_required": "C2",
    "degree_offset_cap": "C6",
    "safety_net_cap_per_school_year": "C8",
    "safety_net_cap_per_cycle": "C8",
    "lessons_observed_per_credit": "C9",
    "school_open_classes_per_credit": "C9",
    "county_open_classes_per_credit": "C9",
    "school_lectures_per_credit": "C9",
    "county_lectures_per_credit": "C9",
    "hours_per_credit": "C11",
}
OUTCOME_LABELS = {
    Outcome.COUNTED: "计入",
    Outcome.CAPPED: "部分计入",
    Outcome.PENDING: "待审核",
    Outcome.REJECTED: "不计",
    Outcome.UNDETERMINED: "待核实",
}
READING_LABELS = {"all_staff_capped": "把“互联网+全员培训”也算进托底的上限（学分问答第 11 条说两者是同一个概念）"}
VERDICT_TONES = {Verdict.MET: "good", Verdict.SHORT: "short"}  # any other: "open"


@dataclass(frozen=True, slots=True)
class NumberView:
    """One number of the rules with its value in each cycle and the clause it rests on."""

    label: str
    values: list[str]
    clause: str


def number_views(cycles: Iterable[TrainingCycle]) -> list[NumberView]:
    rows = list(cycles)
    return [
        NumberView(
            label=str(TrainingCycle._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            values=[amount(Decimal(getattr(row, name))) for row in rows],
            clause=clause,
        )
        for name, clause in CLAUSE_OF_NUMBER.items()
    ]


@dataclass(frozen=True, slots=True)
class ConversionView:
    """How many hours of a category make one credit, in each cycle, and how sure that is."""

    label: str
    values: list[str]
    tag: str
    tag_label: str


def conversion_views(cycles: Iterable[TrainingCycle]) -> list[ConversionView]:
    """The conversion table. The documents give the county level (credits-10); all others are read from it."""
    rows = list(cycles)
    own = [{rate.category: rate.hours_per_credit for rate in row.rates.all()} for row in rows]
    views = []
    for category, label in CATEGORY.items():
        values = [str(rates.get(category, row.hours_per_credit)) for row, rates in zip(rows, own, strict=True)]
        tag = Tag.ANSWER if category is Category.COUNTY else Tag.READING
        views.append(ConversionView(label, values, tag.value, TAG_LABELS[tag]))
    return views


@dataclass(frozen=True, slots=True)
class QuoteView:
    text: str
    entry: str
    tag: str
    tag_label: str


@dataclass(frozen=True, slots=True)
class ClauseView:
    code: str
    title: str
    tags: list[tuple[str, str]]  # (tag, label)
    quotes: list[QuoteView]
    readings: tuple[str, ...]
    entries: list[tuple[str, str, bool]]  # (ref, what a reader calls it, whether its page can be read)


@dataclass(frozen=True, slots=True)
class LineView:
    names: str
    because: str
    outcome: str
    outcome_label: str
    claimed: str
    counted: str
    clauses: list[ClauseView]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bucket as a bar of 100 units' width, its figures, and its parts as rows of a table."""

    title: str
    required: str
    counted: str
    pending: str
    missing: str
    surplus: str
    counted_width: str
    pending_width: str
    required_at: str
    parts: list[tuple[str, str]]


def readable_refs() -> set[str]:
    """Refs whose pages anyone can read, so that a citation links only to what is there."""
    return set(Entry.objects.visible_to(AnonymousUser()).values_list("ref", flat=True))


def clause_views(codes: Iterable[str], readable: set[str] | None = None) -> list[ClauseView]:
    known = readable_refs() if readable is None else readable
    return [_clause_view(CLAUSES[code], known) for code in codes]


def _clause_view(clause: Clause, readable: set[str]) -> ClauseView:
    return ClauseView(
        code=clause.code,
        title=clause.title,
        tags=[(tag.value, TAG_LABELS[tag]) for tag in clause.tags],
        quotes=[QuoteView(quote.text, quote.entry, quote.tag.value, TAG_LABELS[quote.tag]) for quote in clause.quotes],
        readings=clause.readings,
        entries=[(ref, place_of(ref), ref in readable) for ref in clause.entries],
    )


def names_of_records(ledger: Ledger) -> dict[str, str]:
    """What a page calls each of a ledger's recorded rows: the project's name, or the kind of activity or degree."""
    projects = {record.project for record in ledger.records if isinstance(record, Coordinated)}
    named: dict[str | None, str] = dict(TrainingProject.objects.filter(code__in=projects).values_list("code", "name"))
    names = {}
    for record in ledger.records:
        if isinstance(record, Coordinated):
            names[record.id] = named.get(record.project, CATEGORY[record.category])
        elif isinstance(record, SelfDirected):
            names[record.id] = ACTIVITY[record.activity]
        else:
            names[record.id] = f"{DEGREE[record.level]}学历"
    return names


#: What the rules take for no plan at all, where there is one: how it stands, and what is to be done.
PLANS_IN_QUESTION: dict[str, str] = {
    SchoolPlan.Status.RETURNED.value: "所在的校本研修方案被退回了，现在不计；学校修改后重新上报，通过了再计。",
    SchoolPlan.Status.DRAFT.value: "所在的校本研修方案还没有上报，现在不计；学校上报，通过了再计。",
}


def plans_in_question(ledger: Ledger) -> dict[str, str]:
    """Of each recorded activity that stands in a plan which was returned or not filed, what to say of it."""
    ids = [
        int(record.id[1:])
        for record in ledger.records
        if isinstance(record, SelfDirected) and record.plan is PlanState.NONE and not record.id.startswith("+")
    ]
    rows = SelfDirectedActivity.objects.filter(pk__in=ids, plan__status__in=PLANS_IN_QUESTION)
    return {f"s{pk}": PLANS_IN_QUESTION[status] for pk, status in rows.values_list("pk", "plan__status")}


class StatementPage:
    """Everything the statement's template needs; `name_of` turns a record's id into what the page calls it.

    `said_of` has, by id, what is to be said of records that the rules take for being in no plan.
    """

    def __init__(
        self, statement: Statement, name_of: Callable[[str], str], said_of: Mapping[str, str] | None = None
    ) -> None:
        self.statement = statement
        self.said_of = said_of or {}
        self.caveat = CAVEAT
        readable = readable_refs()
        codes = [
            *statement.verdict_clauses,
            *(code for line in statement.lines for code in line.clauses),
            *(code for advice in statement.advice for code in advice.clauses),
        ]
        self._clauses = {view.code: view for view in clause_views(dict.fromkeys(codes), readable)}
        self.clauses = sorted(self._clauses.values(), key=lambda view: int(view.code[1:]))
        self.verdict_label = VERDICT[statement.verdict]
        self.tone = VERDICT_TONES.get(statement.verdict, "open")
        self.verdict_clauses = [self._clauses[code] for code in statement.verdict_clauses]
        lines = [self._line(line, name_of) for line in statement.lines]
        whole = Outcome.COUNTED.value
        self.lines_counted = [line for line in lines if line.outcome == whole]
        self.lines_not_counted = [line for line in lines if line.outcome != whole]
        self.bars = [self._coordinated_bar(), self._self_directed_bar()]
        self.advice = [(item.text, [self._clauses[code] for code in item.clauses]) for item in statement.advice]
        self.alternatives = [self._alternative(alternative) for alternative in statement.alternatives]

    def _line(self, line: Line, name_of: Callable[[str], str]) -> LineView:
        below = line.outcome is Outcome.CAPPED and not line.counted
        because = line.because
        if line.reason is Reason.NO_PLAN and (said := self.said_of.get(line.records[0])):
            because = f"{because.partition('：')[0]}：{said}"
        return LineView(
            names="、".join(name_of(record) for record in line.records),
            because=because,
            outcome=line.outcome.value,
            outcome_label="没有计入" if below else OUTCOME_LABELS[line.outcome],
            claimed=amount(line.claimed),
            counted=amount(line.counted),
            clauses=[self._clauses[code] for code in line.clauses],
        )

    def _alternative(self, alternative: Alternative) -> str:
        return (
            f"如果{READING_LABELS[alternative.reading]}，统筹计 {amount(alternative.coordinated_counted)} 学分，"
            f"结论会变成“{VERDICT[alternative.verdict]}”。"
        )

    def _coordinated_bar(self) -> Bar:
        total = self.statement.coordinated
        labels: dict[str, str] = dict(CATEGORY.items()) | {"degree": "学历冲抵"}
        parts = [(labels[key], amount(value)) for key, value in total.by_category.items() if value]
        return bar_view("统筹培训", total.required, total.counted, Decimal(0), total.missing, Decimal(0), parts)

    def _self_directed_bar(self) -> Bar:
        total = self.statement.self_directed
        parts = [(ACTIVITY[key], amount(value)) for key, value in total.by_activity.items() if value]  # type: ignore[index]
        return bar_view("自主培训", total.required, total.counted, total.pending, total.missing, total.surplus, parts)


def bar_view(
    title: str,
    required: Decimal,
    counted: Decimal,
    pending: Decimal,
    missing: Decimal,
    surplus: Decimal,
    parts: list[tuple[str, str]],
) -> Bar:
    """A bucket's amounts, in credits, as a bar."""
    whole = max(required, counted + pending) or Decimal(1)

    def width(value: Decimal) -> str:
        return f"{value * 100 / whole:.2f}"

    return Bar(
        title=title,
        required=amount(required),
        counted=amount(counted),
        pending=amount(pending) if pending else "",
        missing=amount(missing) if missing else "",
        surplus=amount(surplus) if surplus else "",
        counted_width=width(counted),
        pending_width=width(pending),
        required_at=width(required),
        parts=parts,
    )
