"""Which records of a ledger count, and for how much: every record stands in exactly one line.

The clause behind each decision is named where the decision is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .clauses import entries_of
from .closing import safety_net_room
from .types import (
    DEGREE_KEY,
    GROUPED,
    OFFSET_KEY,
    Activity,
    Bucket,
    Category,
    Coordinated,
    Cycle,
    Degree,
    Group,
    Ledger,
    Level,
    Line,
    Offset,
    Outcome,
    PlanState,
    Reason,
    Record,
    SelfDirected,
)
from .wording import (
    ACTIVITY,
    CATEGORY,
    DEGREE,
    LEVEL,
    OFFSET,
    UNIT,
    amount_text,
    date_in_words,
    school_year_in_words,
)

ZERO = Decimal(0)
ONE = Decimal(1)

OUTCOME_OF_REASON = {
    Reason.OUT_OF_CYCLE: Outcome.REJECTED,
    Reason.AFTER_AS_OF: Outcome.REJECTED,
    Reason.DUPLICATE: Outcome.REJECTED,
    Reason.NOT_CONVERTED: Outcome.REJECTED,
    Reason.PROBATION: Outcome.REJECTED,
    Reason.EMPLOYMENT_UNKNOWN: Outcome.UNDETERMINED,
    Reason.NO_PLAN: Outcome.REJECTED,
    Reason.NO_RECORD: Outcome.REJECTED,
    Reason.PLAN_NOT_APPROVED: Outcome.PENDING,
}
CLAUSES_OF_REASON = {
    Reason.OUT_OF_CYCLE: ("C5",),
    Reason.AFTER_AS_OF: ("C5",),
    Reason.DUPLICATE: ("C14",),
    Reason.NOT_CONVERTED: ("C19",),
    Reason.PROBATION: ("C7",),
    Reason.EMPLOYMENT_UNKNOWN: ("C7",),
    Reason.NO_PLAN: ("C10", "C13"),
    Reason.NO_RECORD: ("C10",),
    Reason.PLAN_NOT_APPROVED: ("C13",),
}
#: The sentence for each reason that names no date; `refusal_in_words` writes the others.
SENTENCE_OF_REASON = {
    Reason.DUPLICATE: "同一项目、同一天已经登记过，不重复计。",
    Reason.NOT_CONVERTED: "项目还没有勾选折算，暂不计。请举办培训的机构：① 打开项目属性；② 重新选择学分折算类型；"
    "③ 勾选折算；④ 到成绩登记中先取消审核，再审核一次。",
    Reason.EMPLOYMENT_UNKNOWN: "不知道正式任教日期，无法判断这个学历能否冲抵；请先核实正式任教日期。",
    Reason.NO_PLAN: "没有列入学校上报的校本研修方案，不计。请学校先在学分管理平台上报方案。",
    Reason.NO_RECORD: "没有过程记录，不计；请补上过程记录。",
    Reason.PLAN_NOT_APPROVED: "所在方案已上报，还没有审核通过；通过后再计。",
}
#: A workshop has no process record of the school's: its own assessment stands for one (C12).
NO_ASSESSMENT = "没有工作坊（工作室）自己的考核结论，不计；请向工作坊（工作室）要考核结论。"

CLAUSES_OF_ACTIVITY = {
    Activity.SCHOOL_TRAINING: ("C2", "C10", "C13"),
    Activity.SCHOOL_RESEARCH: ("C2", "C10", "C13"),
    Activity.WORKSHOP: ("C2", "C12", "C13"),
    Activity.OTHER: ("C2", "C11", "C13"),
    Activity.LESSON_OBSERVATION: ("C2", "C9", "C10"),
    Activity.OPEN_CLASS: ("C2", "C9", "C10"),
    Activity.LECTURE: ("C2", "C9", "C10"),
}
#: The keys of `Tally.by_category`.
SUMMED = (*Category, DEGREE_KEY, OFFSET_KEY)
#: Stands in a tally at the place of a group's line until all members of the group are known.
PLACEHOLDER = Line((), Bucket.SELF_DIRECTED, Outcome.CAPPED, ZERO, ZERO, "", None, (), ())


@dataclass(frozen=True, slots=True)
class Assumption:
    """A supposition under which a ledger is counted again, to see what it would change."""

    plans_approved: bool = False  # every submitted plan is approved
    degrees_eligible: bool = False  # every undetermined degree was awarded after formal employment
    all_staff_capped: bool = False  # all-staff training draws on the safety net's room too


AS_IT_STANDS = Assumption()


@dataclass(slots=True)
class Tally:
    """The result of counting a ledger: its lines, and the credits counted by category and by activity."""

    lines: list[Line] = field(default_factory=list)
    by_category: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(SUMMED, ZERO))
    by_activity: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(Activity, ZERO))
    safety_net_by_year: dict[int, Decimal] = field(default_factory=dict)
    credited_groups: set[Group] = field(default_factory=set)

    @property
    def coordinated(self) -> Decimal:
        return sum(self.by_category.values(), ZERO)

    @property
    def self_directed(self) -> Decimal:
        return sum(self.by_activity.values(), ZERO)

    def missing(self, cycle: Cycle) -> tuple[Decimal, Decimal]:
        """Returns the credits short of the requirement: coordinated, self-directed. Neither helps the other (C3)."""
        return (
            max(ZERO, cycle.coordinated_required - self.coordinated),
            max(ZERO, cycle.self_directed_required - self.self_directed),
        )


def count_records(ledger: Ledger, assumption: Assumption = AS_IT_STANDS) -> Tally:
    """Takes the records in the order (date, id) and puts each into exactly one line of the tally."""
    cycle = ledger.cycle
    tally = Tally()
    accepted: set[tuple[str, date]] = set()
    groups: dict[Group, list[SelfDirected]] = {}
    places: dict[Group, int] = {}
    for record in sorted(ledger.records, key=lambda record: (record.done_on, record.id)):
        reason = refuse(record, ledger, accepted, assumption)
        if reason is not None:
            tally.lines.append(refused_line(record, reason, ledger))
        elif isinstance(record, Coordinated):
            if record.project is not None:
                accepted.add((record.project, record.done_on))
            tally.lines.append(count_coordinated(record, cycle, tally, assumption))
        elif isinstance(record, Degree):
            tally.lines.append(count_degree(record, cycle, tally))
        elif isinstance(record, Offset):
            tally.lines.append(count_offset(record, cycle, tally))
        elif record.activity in GROUPED:
            group = (cycle.school_year(record.done_on), record.activity)
            if group not in groups:
                places[group] = len(tally.lines)
                tally.lines.append(PLACEHOLDER)  # the group's line stands where its first record does
            groups.setdefault(group, []).append(record)
        else:
            tally.lines.append(count_self_directed(record, cycle, tally))
    for group, members in groups.items():
        tally.lines[places[group]] = count_group(group, members, ledger, tally)
    return tally


# --- records that do not count -------------------------------------------------------------------------------------


def refuse(record: Record, ledger: Ledger, accepted: set[tuple[str, date]], assumption: Assumption) -> Reason | None:
    """Returns the first reason that keeps `record` from counting, in the contract's order; None where it counts.

    `accepted` holds the (project, day) pairs of the coordinated records before it that none of the rules refused.
    """
    if not ledger.cycle.starts_on <= record.done_on <= ledger.cycle.ends_on:  # C5
        return Reason.OUT_OF_CYCLE
    if record.done_on > ledger.as_of:
        return Reason.AFTER_AS_OF
    if isinstance(record, Coordinated):
        if record.project is not None and (record.project, record.done_on) in accepted:  # C14
            return Reason.DUPLICATE
        return None if record.converted else Reason.NOT_CONVERTED  # C19
    if isinstance(record, Degree):  # C7
        employed_on = ledger.teacher.formally_employed_on
        if employed_on is None:
            return None if assumption.degrees_eligible else Reason.EMPLOYMENT_UNKNOWN
        return Reason.PROBATION if record.done_on < employed_on else None
    if isinstance(record, Offset):  # C24: of the degree's conditions only the dates apply
        return None
    if record.plan is PlanState.NONE:  # C10, C13
        return Reason.NO_PLAN
    if not record.has_record:  # C10
        return Reason.NO_RECORD
    if record.plan is PlanState.SUBMITTED and not assumption.plans_approved:  # C13
        return Reason.PLAN_NOT_APPROVED
    return None


def refused_line(record: Record, reason: Reason, ledger: Ledger) -> Line:
    """Returns the line of a record that does not count: claimed in credits, nothing counted."""
    clauses = clauses_of_refusal(record, reason)
    return Line(
        records=(record.id,),
        bucket=Bucket.SELF_DIRECTED if isinstance(record, SelfDirected) else Bucket.COORDINATED,
        outcome=OUTCOME_OF_REASON[reason],
        claimed=claimed_credits(record, ledger.cycle),
        counted=ZERO,
        because=f"{describe(record)}：{refusal_in_words(record, reason, ledger)}",
        reason=reason,
        clauses=clauses,
        entries=entries_of(clauses),
    )


def clauses_of_refusal(record: Record, reason: Reason) -> tuple[str, ...]:
    """Returns the codes of the clauses that a refusal rests on; an offset names its own clause first (C24)."""
    if not isinstance(record, Offset):
        return CLAUSES_OF_REASON[reason]
    return ("C24", "C5") if reason is Reason.OUT_OF_CYCLE else ("C24",)


def refusal_in_words(record: Record, reason: Reason, ledger: Ledger) -> str:
    """Returns the sentence that tells why `record` does not count and, where somebody can mend it, how."""
    if reason is Reason.OUT_OF_CYCLE:
        first = date_in_words(ledger.cycle.starts_on)
        last = date_in_words(ledger.cycle.ends_on)
        return f"日期不在所选周期（{first}至 {last}）内，未计入。"
    if reason is Reason.AFTER_AS_OF:
        return f"日期晚于截止日期（{date_in_words(ledger.as_of)}），到时再计。"
    if reason is Reason.PROBATION:
        employed_on = ledger.teacher.formally_employed_on
        since = f"（{date_in_words(employed_on)}）" if employed_on else ""
        return f"取得日期早于正式任教日期{since}，试用期内取得的学历不能冲抵。"
    if reason is Reason.NO_RECORD and isinstance(record, SelfDirected) and record.activity is Activity.WORKSHOP:
        return NO_ASSESSMENT
    return SENTENCE_OF_REASON[reason]


def claimed_credits(record: Record, cycle: Cycle) -> Decimal:
    """Returns the credits a record asks for: 1 for an activity counted by threshold (C9), hours divided (C11)."""
    if not isinstance(record, SelfDirected):
        return record.credits
    if record.activity in GROUPED:
        return ONE
    if record.activity is Activity.OTHER:
        return record.amount / cycle.hours_per_credit
    return record.amount


def describe(record: Record) -> str:
    """Returns a record in words: “2019 年 7 月 10 日国培 4 学分”, “2019 年 10 月 12 日校级公开课 2 节”."""
    if isinstance(record, Coordinated):
        what = f"{CATEGORY[record.category]} {amount_text(record.credits)} 学分"
    elif isinstance(record, Degree):
        what = f"{DEGREE[record.level]}学历 {amount_text(record.credits)} 学分"
    elif isinstance(record, Offset):
        what = f"{OFFSET}（{record.basis}）{amount_text(record.credits)} 学分"
    else:
        level = LEVEL[record.level] if record.level else ""
        what = f"{level}{ACTIVITY[record.activity]} {amount_text(record.amount)} {UNIT[record.activity]}"
    return f"{date_in_words(record.done_on)}{what}"


# --- records that count, in full or up to a cap --------------------------------------------------------------------


def counted_line(
    record: Record, bucket: Bucket, claimed: Decimal, counted: Decimal, because: str, clauses: tuple[str, ...]
) -> Line:
    """Returns a line that counts in full, or is capped where `counted` stays below `claimed`; both in credits."""
    capped = counted < claimed
    return Line(
        records=(record.id,),
        bucket=bucket,
        outcome=Outcome.CAPPED if capped else Outcome.COUNTED,
        claimed=claimed,
        counted=counted,
        because=because,
        reason=Reason.OVER_CAP if capped else None,
        clauses=clauses,
        entries=entries_of(clauses),
    )


def count_coordinated(record: Coordinated, cycle: Cycle, tally: Tally, assumption: Assumption) -> Line:
    """Counts coordinated training in full (C1, C14); only the safety net has caps (C8)."""
    also_capped = record.category is Category.ALL_STAFF and assumption.all_staff_capped
    if record.category is Category.SAFETY_NET or also_capped:
        return count_safety_net(record, cycle, tally)
    tally.by_category[record.category] += record.credits
    because = f"{describe(record)}，全部计入统筹。"
    return counted_line(record, Bucket.COORDINATED, record.credits, record.credits, because, ("C1", "C14"))


def count_safety_net(record: Coordinated, cycle: Cycle, tally: Tally) -> Line:
    """Counts what fits into the room left of the school year and of the cycle (C8, C20)."""
    year = cycle.school_year(record.done_on)
    year_room, cycle_room = safety_net_room(cycle, tally.safety_net_by_year, year)
    counted = min(record.credits, year_room, cycle_room)
    tally.safety_net_by_year[year] = tally.safety_net_by_year.get(year, ZERO) + counted
    tally.by_category[record.category] += counted
    because = (
        f"{describe(record)}：{school_year_in_words(year)}托底还可计 {amount_text(year_room)} 学分，"
        f"本周期还可计 {amount_text(cycle_room)} 学分，本次计 {amount_text(counted)} 学分。"
    )
    return counted_line(record, Bucket.COORDINATED, record.credits, counted, because, ("C8", "C20"))


def count_degree(record: Degree, cycle: Cycle, tally: Tally) -> Line:
    """Counts what fits into the room left of the one cap for all degrees of the cycle (C6)."""
    used = tally.by_category[DEGREE_KEY]
    counted = min(record.credits, cycle.degree_offset_cap - used)
    tally.by_category[DEGREE_KEY] += counted
    because = f"{describe(record)}：学历冲抵{room_in_words(cycle.degree_offset_cap, used, counted)}"
    return counted_line(record, Bucket.COORDINATED, record.credits, counted, because, ("C5", "C6", "C7"))


def count_offset(record: Offset, cycle: Cycle, tally: Tally) -> Line:
    """Counts what fits into the room left of the one cap for all other offsets of the cycle, if it has one (C24)."""
    used = tally.by_category[OFFSET_KEY]
    cap = cycle.other_offset_cap
    counted = record.credits if cap is None else min(record.credits, cap - used)
    tally.by_category[OFFSET_KEY] += counted
    because = f"{describe(record)}，全部计入统筹。"
    if cap is not None:
        because = f"{describe(record)}：{OFFSET}{room_in_words(cap, used, counted)}"
    return counted_line(record, Bucket.COORDINATED, record.credits, counted, because, ("C24",))


def room_in_words(cap: Decimal, used: Decimal, counted: Decimal) -> str:
    """Returns how an offset fits under its cap, in credits: “上限 8 学分，此前未使用，本次计 5 学分，计入统筹。”."""
    before = f"此前已用 {amount_text(used)} 学分" if used else "此前未使用"
    return f"上限 {amount_text(cap)} 学分，{before}，本次计 {amount_text(counted)} 学分，计入统筹。"


def count_self_directed(record: SelfDirected, cycle: Cycle, tally: Tally) -> Line:
    """Counts credits as they are, and hours divided by the cycle's hours per credit, never rounded (C11)."""
    credits = claimed_credits(record, cycle)
    tally.by_activity[record.activity] += credits
    division = ""
    if record.activity is Activity.OTHER:
        division = f" ÷ {cycle.hours_per_credit} 学时/学分 = {amount_text(credits)} 学分"
    because = f"{describe(record)}{division}，全部计入自主。"
    clauses = CLAUSES_OF_ACTIVITY[record.activity]
    return counted_line(record, Bucket.SELF_DIRECTED, credits, credits, because, clauses)


# --- activities that a school year's records are counted together for (C9) -----------------------------------------


def thresholds(activity: Activity, cycle: Cycle) -> dict[Level | None, int]:
    """Returns how many make one credit in a school year, by level (C9); lesson observation has no level."""
    if activity is Activity.LESSON_OBSERVATION:
        return {None: cycle.lessons_observed_per_credit}
    if activity is Activity.OPEN_CLASS:
        return {
            Level.COUNTY: cycle.county_open_classes_per_credit,
            Level.SCHOOL: cycle.school_open_classes_per_credit,
        }
    return {Level.COUNTY: cycle.county_lectures_per_credit, Level.SCHOOL: cycle.school_lectures_per_credit}


def is_over(year: int, ledger: Ledger) -> bool:
    """Returns whether the last day of school year `year` is not after `as_of`, or the cycle has ended by then."""
    if ledger.as_of >= ledger.cycle.ends_on:
        return True
    next_day = ledger.as_of + timedelta(days=1)
    return ledger.cycle.school_year(next_day) > year


def count_group(group: Group, members: list[SelfDirected], ledger: Ledger, tally: Tally) -> Line:
    """Counts all qualifying records of one activity in one school year: 1 credit if a threshold is met, else 0 (C9)."""
    year, activity = group
    unit = UNIT[activity]
    totals: list[str] = []
    short: list[str] = []
    met = False
    for level, needed in thresholds(activity, ledger.cycle).items():
        total = sum((record.amount for record in members if record.level == level), ZERO)
        met = met or total >= needed
        if level is None or total:
            name = LEVEL[level] if level else ""
            totals.append(f"{name}共 {amount_text(total)} {unit}（满 {needed} {unit}计）")
            short.append(f"{name}{ACTIVITY[activity]} {amount_text(total)} {unit}，未满 {needed} {unit}")
    in_year = school_year_in_words(year)
    if met:
        tally.by_activity[activity] += ONE
        tally.credited_groups.add(group)
        because = f"{in_year}{ACTIVITY[activity]}：{'，'.join(totals)}，计 1 学分；同一项一学年只认一次。"
    else:
        counts = "计 0 学分" if is_over(year, ledger) else "暂计 0 学分"
        because = f"{in_year}：{'；'.join(short)}，{counts}。"
    clauses = CLAUSES_OF_ACTIVITY[activity]
    return Line(
        records=tuple(record.id for record in members),
        bucket=Bucket.SELF_DIRECTED,
        outcome=Outcome.COUNTED if met else Outcome.CAPPED,
        claimed=ONE,
        counted=ONE if met else ZERO,
        because=because,
        reason=None if met else Reason.BELOW_THRESHOLD,
        clauses=clauses,
        entries=entries_of(clauses),
    )
