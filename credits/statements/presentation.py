"""A statement and its clauses as the pages show them: labels, bars and links, no arithmetic on credits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cached_property, lru_cache

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from faq.models import Entry
from helpdesk.common.prepared import Prepared

from ..models import SafetyNetPlan, SchoolPlan, SelfDirectedActivity, TrainingCycle, TrainingProject
from ..rules.clauses import CLAUSES, TAG_LABELS, Clause, Tag
from ..rules.types import (
    DEGREE_KEY,
    OFFSET_KEY,
    Alternative,
    Category,
    Coordinated,
    Ledger,
    Line,
    Offset,
    Outcome,
    PlanState,
    Position,
    Reason,
    SelfDirected,
    Statement,
    TrainingForm,
    Verdict,
)
from ..rules.wording import ACTIVITY, CATEGORY, DEGREE, OFFSET, POSITION, VERDICT, amount_text, date_in_words, in_form
from ..upgrade.clauses import UPGRADE_CLAUSES
from .as_typed import AsTyped
from .citations import place_of
from .public import CAVEAT

#: The numbers of a cycle, as the rules page lists them: field → clause.
CLAUSE_OF_NUMBER = {
    "coordinated_required": "C1",
    "self_directed_required": "C2",
    "degree_offset_cap": "C6",
    "other_offset_cap": "C24",
    "safety_net_cap_per_school_year": "C8",
    "safety_net_cap_per_cycle": "C8",
    "lessons_observed_per_credit": "C9",
    "school_open_classes_per_credit": "C9",
    "county_open_classes_per_credit": "C9",
    "school_lectures_per_credit": "C9",
    "county_lectures_per_credit": "C9",
    "hours_per_credit": "C11",
}
#: The posts of which a cycle may say that nothing is required yet: position → clause.
CLAUSE_OF_POSITION = {Position.ADMINISTRATION: "C16", Position.SECONDED: "C17"}
NO_CAP = "没有规定"
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
    """Returns the numbers of the rules, in the order of `CLAUSE_OF_NUMBER`, with their values in these cycles."""
    rows = list(cycles)
    return [
        NumberView(
            label=str(TrainingCycle._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            values=[number_text(getattr(row, name)) for row in rows],
            clause=clause,
        )
        for name, clause in CLAUSE_OF_NUMBER.items()
    ]


def number_text(value: Decimal | int | None) -> str:
    """Returns a number of a cycle as the rules page shows it; a cap that is not set is none."""
    return NO_CAP if value is None else amount_text(Decimal(value))


@dataclass(frozen=True, slots=True)
class PositionView:
    """One post with what each cycle says of it, and the clause that rests on."""

    label: str
    values: list[str]
    clause: str


def position_views(cycles: Iterable[TrainingCycle]) -> list[PositionView]:
    """Returns the posts of which nothing may be required yet (C16, C17), with whether each cycle requires anything."""
    sets = [cycle.positions_without_requirement for cycle in cycles]
    return [
        PositionView(
            label=POSITION[position],
            values=["暂不作要求" if position in without else "按要求" for without in sets],
            clause=clause,
        )
        for position, clause in CLAUSE_OF_POSITION.items()
    ]


@dataclass(frozen=True, slots=True)
class ConversionView:
    """How many hours of a category make one credit, in each cycle, and how sure that is."""

    label: str
    values: list[str]
    tag: str
    tag_label: str


def conversion_views(cycles: Iterable[TrainingCycle]) -> list[ConversionView]:
    """Returns the conversion table: each category, and below it each form that some cycle converts by itself.

    The documents give the county level (credits-10); all others, and every form, are read from it.
    """
    rows = list(cycles)
    by_form = {(rate.category, rate.form) for cycle in rows for rate in cycle.rates.all()}
    views = []
    for category, label in CATEGORY.items():
        tag = Tag.ANSWER if category is Category.COUNTY else Tag.READING
        views.append(_conversion_view(rows, category, "", label, tag))
        for form in TrainingForm:
            if (category, form) in by_form:
                views.append(_conversion_view(rows, category, form, in_form(label, form), Tag.READING))
    return views


def _conversion_view(cycles: list[TrainingCycle], category: str, form: str, label: str, tag: Tag) -> ConversionView:
    values = [str(cycle.hours_per_credit_of(category, form)) for cycle in cycles]
    return ConversionView(label, values, tag.value, TAG_LABELS[tag])


@dataclass(frozen=True, slots=True)
class QuoteView:
    text: str
    entry: str
    tag: str
    tag_label: str


@dataclass(frozen=True)
class ClauseView:
    """A clause as pages show it, the same for everybody; its markup is made once."""

    code: str
    title: str
    tags: list[tuple[str, str]]  # (tag, label)
    quotes: list[QuoteView]
    readings: tuple[str, ...]
    entries: list[tuple[str, str, bool]]  # (ref, what a reader calls it, whether its page can be read)

    @cached_property
    def article(self) -> SafeString:
        """The clause with its quoted words."""
        return render_to_string("credits/_clause.html", {"clause": self})

    @cached_property
    def reference(self) -> SafeString:
        """The link to the clause beside what rests on it."""
        return render_to_string("credits/_clause_ref.html", {"clause": self})


@dataclass(frozen=True, slots=True)
class LineView:
    #: Ids of its records, with spaces between.
    records: str
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


def _readable() -> QuerySet[Entry, str]:
    cited = {ref for clause in (*CLAUSES.values(), *UPGRADE_CLAUSES.values()) for ref in clause.entries}
    visible = Entry.objects.visible_to(AnonymousUser()).filter(ref__in=cited)
    return visible.order_by().values_list("ref", flat=True)


_READABLE = Prepared(_readable)


def readable_refs() -> set[str]:
    """Returns the refs of the cited entries that anybody can read: only to these a citation links."""
    return set(_READABLE.rows())


def clause_views(codes: Iterable[str], readable: set[str] | None = None) -> list[ClauseView]:
    """Returns the clauses of these codes; `readable` are the refs of the entries to link to, if known already."""
    known = readable_refs() if readable is None else readable
    return [_clause_view(CLAUSES.get(code) or UPGRADE_CLAUSES[code], known) for code in codes]


def _clause_view(clause: Clause, readable: set[str]) -> ClauseView:
    return _view_with_links(clause, tuple(ref in readable for ref in clause.entries))


@lru_cache(maxsize=500)
def _view_with_links(clause: Clause, linked: tuple[bool, ...]) -> ClauseView:
    """Returns the view of a clause whose entries are `linked` to or not, in their order."""
    quotes = [QuoteView(quote.text, quote.entry, quote.tag.value, TAG_LABELS[quote.tag]) for quote in clause.quotes]
    return ClauseView(
        code=clause.code,
        title=clause.title,
        tags=[(tag.value, TAG_LABELS[tag]) for tag in clause.tags],
        quotes=quotes,
        readings=clause.readings,
        entries=[(ref, place_of(ref), known) for ref, known in zip(clause.entries, linked, strict=True)],
    )


def names_of_records(ledger: Ledger, projects: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the name of each recorded row of a ledger: the project's, or the kind of activity or degree.

    `projects` are the names of its projects by code, if known already.
    """
    codes = {record.project for record in ledger.records if isinstance(record, Coordinated)}
    if projects is None:
        projects = dict(TrainingProject.objects.filter(code__in=codes).values_list("code", "name"))
    names = {}
    for record in ledger.records:
        if isinstance(record, Coordinated):
            names[record.id] = projects.get(record.project or "", CATEGORY[record.category])
        elif isinstance(record, SelfDirected):
            names[record.id] = ACTIVITY[record.activity]
        elif isinstance(record, Offset):
            names[record.id] = f"{OFFSET}：{record.basis}"
        else:
            names[record.id] = f"{DEGREE[record.level]}学历"
    return names


#: Plans that the rules count as none: where such a plan stands, and what the school can do.
PLANS_IN_QUESTION: dict[str, str] = {
    SchoolPlan.Status.RETURNED.value: "所在的校本研修方案被退回了，现在不计；学校修改后重新上报，通过了再计。",
    SchoolPlan.Status.DRAFT.value: "所在的校本研修方案还没有上报，现在不计；学校上报，通过了再计。",
}


def plans_in_question(ledger: Ledger) -> dict[str, str]:
    """Returns a sentence for each recorded activity that stands in a plan which was returned or not filed, by id."""
    activities = [record for record in ledger.records if isinstance(record, SelfDirected)]
    without_plan = [record.id for record in activities if record.plan is PlanState.NONE]
    ids = [int(record_id[1:]) for record_id in without_plan if not record_id.startswith("+")]
    rows = SelfDirectedActivity.objects.filter(pk__in=ids, plan__status__in=PLANS_IN_QUESTION)
    return {f"s{pk}": PLANS_IN_QUESTION[status] for pk, status in rows.values_list("pk", "plan__status")}


def safety_net_stages(plan: SafetyNetPlan) -> list[tuple[str, bool]]:
    """Returns the four steps of safety-net training, each with whether the plan has taken it (C20, credits-11)."""
    status = SafetyNetPlan.Status(plan.status)
    return [
        ("预判", True),
        ("方案", status is not SafetyNetPlan.Status.FORECAST),
        ("报上级备案", status in SafetyNetPlan.STANDING),
        ("组织实施", status is SafetyNetPlan.Status.UNDER_WAY),
    ]


class StatementPage:
    """Everything the statement's template needs; `name_of` turns a record's id into its name on the page.

    `said_of` has a sentence, by id, for records whose plan the rules count as none; `as_typed` the words of the form.
    `readable` are the refs of the entries to link to, if known already.
    """

    def __init__(
        self,
        statement: Statement,
        name_of: Callable[[str], str],
        said_of: Mapping[str, str] | None = None,
        as_typed: AsTyped | None = None,
        *,
        readable: set[str] | None = None,
    ) -> None:
        self.as_typed = as_typed or AsTyped()
        self.statement = statement
        self.said_of = said_of or {}
        self.caveat = CAVEAT
        self._clauses = self._cited_clauses(readable)
        self.clauses = sorted(self._clauses.values(), key=lambda view: int(view.code[1:]))
        self.verdict_label = VERDICT[statement.verdict]
        self.tone = VERDICT_TONES.get(statement.verdict, "open")
        self.left_a_year = ""
        if statement.verdict is Verdict.SHORT and statement.as_of <= statement.cycle.ends_on:
            # There is still time: what is left and by when, not a verdict in red.
            self.verdict_label = what_is_left(statement)
            self.left_a_year = what_is_left_a_year(statement)
            self.tone = "open"
        self.verdict_clauses = self._views_of(statement.verdict_clauses)
        lines = [self._line(line, name_of) for line in statement.lines]
        whole = Outcome.COUNTED.value
        self.lines_counted = [line for line in lines if line.outcome == whole]
        self.lines_not_counted = [line for line in lines if line.outcome != whole]
        self.bars = [self._coordinated_bar(), self._self_directed_bar()]
        self.advice = [(item.text, self._views_of(item.clauses)) for item in statement.advice]
        self.alternatives = [self._alternative(alternative) for alternative in statement.alternatives]

    def _cited_clauses(self, readable: set[str] | None) -> dict[str, ClauseView]:
        """Returns every clause that the statement cites, once, by its code."""
        codes = list(self.statement.verdict_clauses)
        for line in self.statement.lines:
            codes += line.clauses
        for advice in self.statement.advice:
            codes += advice.clauses
        return {view.code: view for view in clause_views(dict.fromkeys(codes), readable)}

    def _views_of(self, codes: Iterable[str]) -> list[ClauseView]:
        return [self._clauses[code] for code in codes]

    def _line(self, line: Line, name_of: Callable[[str], str]) -> LineView:
        below = line.outcome is Outcome.CAPPED and not line.counted
        because = self.as_typed.because(line)
        said = self.said_of.get(line.records[0]) if line.reason is Reason.NO_PLAN else None
        if said:
            fact, _, _ = because.partition("：")
            because = f"{fact}：{said}"
        return LineView(
            records=" ".join(line.records),
            names="、".join(name_of(record) for record in line.records),
            because=because,
            outcome=line.outcome.value,
            outcome_label="没有计入" if below else OUTCOME_LABELS[line.outcome],
            claimed=amount_text(line.claimed),
            counted=amount_text(line.counted),
            clauses=self._views_of(line.clauses),
        )

    def _alternative(self, alternative: Alternative) -> str:
        return (
            f"如果{READING_LABELS[alternative.reading]}，统筹计 {amount_text(alternative.coordinated_counted)} 学分，"
            f"结论会变成“{VERDICT[alternative.verdict]}”。"
        )

    def _coordinated_bar(self) -> Bar:
        total = self.statement.coordinated
        labels: dict[str, str] = dict(CATEGORY.items()) | {DEGREE_KEY: "学历冲抵", OFFSET_KEY: OFFSET}
        parts = [(labels[key], amount_text(value)) for key, value in total.by_category.items() if value]
        return bar_view("统筹培训", total.required, total.counted, Decimal(0), total.missing, Decimal(0), parts)

    def _self_directed_bar(self) -> Bar:
        total = self.statement.self_directed
        counted = total.by_activity.items()
        parts = [(ACTIVITY[key], amount_text(value)) for key, value in counted if value]  # type: ignore[index]
        return bar_view("自主培训", total.required, total.counted, total.pending, total.missing, total.surplus, parts)


def _missing(statement: Statement) -> dict[str, Decimal]:
    """Returns what is short in each bucket that is, in credits, by the bucket's short name."""
    missing = {"统筹": statement.coordinated.missing, "自主": statement.self_directed.missing}
    return {name: credits for name, credits in missing.items() if credits}


def what_is_left(statement: Statement) -> str:
    """Returns what a teacher who is short has still to earn, and by when."""
    gaps = [f"{name} {amount_text(credits)} 学分" for name, credits in _missing(statement).items()]
    return f"还差{'、'.join(gaps)}，{date_in_words(statement.cycle.ends_on)}前补齐即可"


def what_is_left_a_year(statement: Statement) -> str:
    """Returns how much that is in each school year left, rounded up to a tenth; only arithmetic, no requirement."""
    cycle = statement.cycle
    years = [year for year in cycle.school_years if year >= cycle.school_year(statement.as_of)]
    if len(years) == 1:
        return "这是本周期最后一个学年。"
    parts = []
    for name, credits in _missing(statement).items():
        share = (credits / len(years)).quantize(Decimal("0.1"), ROUND_CEILING)
        parts.append(f"{name}约 {amount_text(share)}")
    return f"连本学年还有 {len(years)} 个学年，平均每学年{'、'.join(parts)} 学分（只是平均，资料没有写明每年要多少）。"


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
        required=amount_text(required),
        counted=amount_text(counted),
        pending=amount_text(pending) if pending else "",
        missing=amount_text(missing) if missing else "",
        surplus=amount_text(surplus) if surplus else "",
        counted_width=width(counted),
        pending_width=width(pending),
        required_at=width(required),
        parts=parts,
    )
