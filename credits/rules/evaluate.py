"""A ledger becomes a statement: which records count, what they add up to, and the verdict.

Pure: the same ledger gives the same statement, whatever the order of its records. README.md beside this
file tells the algorithm in prose; the clause behind each decision is named where it is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext

from .clauses import entries_of
from .plan import in_words, safety_net_room, way_to_close
from .types import (
    GROUPED,
    Activity,
    Advice,
    AdviceCode,
    Alternative,
    Bucket,
    Category,
    Coordinated,
    CoordinatedTotal,
    Cycle,
    Degree,
    Ledger,
    Level,
    Line,
    Outcome,
    PlanState,
    Position,
    Reason,
    Record,
    SelfDirected,
    SelfDirectedTotal,
    Statement,
    Sums,
    Verdict,
)
from .wording import ACTIVITY, CATEGORY, DEGREE, LEVEL, UNIT, amount, date_in_words, school_year

ZERO = Decimal(0)
ONE = Decimal(1)
#: Nothing is ever rounded: an inexact result is an error, not an approximation.
EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])

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
CLAUSES_OF_ACTIVITY = {
    Activity.SCHOOL_TRAINING: ("C2", "C10", "C13"),
    Activity.SCHOOL_RESEARCH: ("C2", "C10", "C13"),
    Activity.WORKSHOP: ("C2", "C12", "C13"),
    Activity.OTHER: ("C2", "C11", "C13"),
    Activity.LESSON_OBSERVATION: ("C2", "C9", "C10"),
    Activity.OPEN_CLASS: ("C2", "C9", "C10"),
    Activity.LECTURE: ("C2", "C9", "C10"),
}
#: The three types of coordinated training of C4, as this system reads them.
TYPES_OF_TRAINING = {
    "national_provincial": ("国家/省级培训", (Category.NATIONAL, Category.PROVINCIAL)),
    "municipal_county": ("市/县级培训", (Category.MUNICIPAL, Category.COUNTY)),
    "all_staff": ("全员培训", (Category.ALL_STAFF, Category.SAFETY_NET)),
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """What to suppose when a ledger is assessed again, to see what it would change."""

    plans_approved: bool = False  # every submitted plan is approved
    degrees_eligible: bool = False  # every undetermined degree was awarded after formal employment
    all_staff_capped: bool = False  # all-staff training draws on the safety net's room too


@dataclass(slots=True)
class Tally:
    """One pass over a ledger: its lines and what counts, by category and by activity."""

    lines: list[Line] = field(default_factory=list)
    by_category: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys([*Category, "degree"], ZERO))
    by_activity: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(Activity, ZERO))
    safety_net_by_year: dict[int, Decimal] = field(default_factory=dict)
    credited_groups: set[tuple[int, Activity]] = field(default_factory=set)

    @property
    def coordinated(self) -> Decimal:
        return sum(self.by_category.values(), ZERO)

    @property
    def self_directed(self) -> Decimal:
        return sum(self.by_activity.values(), ZERO)

    def missing(self, cycle: Cycle) -> tuple[Decimal, Decimal]:
        """Credits short of the requirement: coordinated, self-directed. Neither helps the other (C3)."""
        return (
            max(ZERO, cycle.coordinated_required - self.coordinated),
            max(ZERO, cycle.self_directed_required - self.self_directed),
        )


def evaluate(ledger: Ledger) -> Statement:
    """The statement on `ledger`; amounts in credits, exact. Source: the clauses each line names."""
    with localcontext(EXACT):
        cycle = ledger.cycle
        tally = assess(ledger)
        coordinated_missing, self_directed_missing = tally.missing(cycle)
        pending = would_gain(ledger, tally)
        verdict = decide(ledger, Assumption(), tally)
        coordinated = CoordinatedTotal(
            required=cycle.coordinated_required,
            counted=tally.coordinated,
            missing=coordinated_missing,
            by_category=tally.by_category,
        )
        self_directed = SelfDirectedTotal(
            required=cycle.self_directed_required,
            counted=tally.self_directed,
            pending=pending,
            missing=self_directed_missing,
            surplus=max(ZERO, tally.self_directed - cycle.self_directed_required),
            by_activity=tally.by_activity,
        )
        plan = None
        if verdict not in (Verdict.MET, Verdict.PENDING_POLICY):
            plan = way_to_close(
                ledger, coordinated, self_directed_missing, tally.safety_net_by_year, tally.credited_groups
            )
        because, clauses = explain_verdict(ledger, verdict, coordinated, self_directed)
        return Statement(
            cycle=cycle,
            as_of=ledger.as_of,
            verdict=verdict,
            because=because,
            verdict_clauses=clauses,
            coordinated=coordinated,
            self_directed=self_directed,
            lines=tuple(tally.lines),
            alternatives=other_readings(ledger, verdict),
            advice=tuple(advise(cycle, coordinated, self_directed, tally.lines)),
            plan=plan,
            plan_text=in_words(plan, ledger, pending) if plan else (),
        )


def sums(ledger: Ledger) -> Sums:
    """What `evaluate` says in numbers, for many ledgers at once: without lines, readings, advice and plan."""
    with localcontext(EXACT):
        tally = assess(ledger)
        coordinated_missing, self_directed_missing = tally.missing(ledger.cycle)
        return Sums(
            verdict=decide(ledger, Assumption(), tally),
            coordinated_counted=tally.coordinated,
            coordinated_missing=coordinated_missing,
            self_directed_counted=tally.self_directed,
            self_directed_pending=would_gain(ledger, tally),
            self_directed_missing=self_directed_missing,
        )


def would_gain(ledger: Ledger, tally: Tally) -> Decimal:
    """What self-directed credits would gain if every submitted plan were approved (C13)."""
    if all(line.reason is not Reason.PLAN_NOT_APPROVED for line in tally.lines):
        return ZERO
    return assess(ledger, Assumption(plans_approved=True)).self_directed - tally.self_directed


# --- which records count ---------------------------------------------------------------------------


def assess(ledger: Ledger, assumption: Assumption = Assumption()) -> Tally:
    """Takes the records in the order (date, id) and puts each into exactly one line."""
    tally = Tally()
    accepted: set[tuple[str, date]] = set()
    groups: dict[tuple[int, Activity], list[SelfDirected]] = {}
    places: dict[tuple[int, Activity], int] = {}
    for record in sorted(ledger.records, key=lambda record: (record.done_on, record.id)):
        reason = refuse(record, ledger, accepted, assumption)
        if reason is not None:
            tally.lines.append(refused_line(record, reason, ledger))
        elif isinstance(record, Coordinated):
            if record.project is not None:
                accepted.add((record.project, record.done_on))
            tally.lines.append(count_coordinated(record, ledger.cycle, tally, assumption))
        elif isinstance(record, Degree):
            tally.lines.append(count_degree(record, ledger.cycle, tally))
        elif record.activity in GROUPED:
            group = (ledger.cycle.school_year(record.done_on), record.activity)
            if group not in groups:
                places[group] = len(tally.lines)
                tally.lines.append(PLACEHOLDER)  # the group's line stands where its first record does
            groups.setdefault(group, []).append(record)
        else:
            tally.lines.append(count_self_directed(record, ledger.cycle, tally))
    for group, members in groups.items():
        tally.lines[places[group]] = count_group(group, members, ledger, tally)
    return tally


def refuse(record: Record, ledger: Ledger, accepted: set[tuple[str, date]], assumption: Assumption) -> Reason | None:
    """The first reason that keeps `record` from counting, in the contract's order; None where it counts."""
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
    if record.plan is PlanState.NONE:  # C10, C13
        return Reason.NO_PLAN
    if not record.has_record:  # C10
        return Reason.NO_RECORD
    if record.plan is PlanState.SUBMITTED and not assumption.plans_approved:  # C13
        return Reason.PLAN_NOT_APPROVED
    return None


def claimed_credits(record: Record, cycle: Cycle) -> Decimal:
    """What a record asks for, in credits: 1 for an activity counted by threshold (C9), hours divided (C11)."""
    if not isinstance(record, SelfDirected):
        return record.credits
    if record.activity in GROUPED:
        return ONE
    if record.activity is Activity.OTHER:
        return record.amount / cycle.hours_per_credit
    return record.amount


def describe(record: Record) -> str:
    """A record in words: “2019 年 7 月 10 日国培 4 学分”, “2019 年 10 月 12 日校级公开课 2 节”."""
    if isinstance(record, Coordinated):
        what = f"{CATEGORY[record.category]} {amount(record.credits)} 学分"
    elif isinstance(record, Degree):
        what = f"{DEGREE[record.level]}学历 {amount(record.credits)} 学分"
    else:
        level = LEVEL[record.level] if record.level else ""
        what = f"{level}{ACTIVITY[record.activity]} {amount(record.amount)} {UNIT[record.activity]}"
    return f"{date_in_words(record.done_on)}{what}"


def refused_line(record: Record, reason: Reason, ledger: Ledger) -> Line:
    cycle, employed = ledger.cycle, ledger.teacher.formally_employed_on
    since = f"（{date_in_words(employed)}）" if employed else ""
    within = f"{date_in_words(cycle.starts_on)}至 {date_in_words(cycle.ends_on)}"
    sentences = {
        Reason.OUT_OF_CYCLE: f"日期不在本周期（{within}）内，不计。",
        Reason.AFTER_AS_OF: f"日期晚于核对日期（{date_in_words(ledger.as_of)}），到时再计。",
        Reason.DUPLICATE: "同一项目、同一天已经登记过，不重复计。",
        Reason.NOT_CONVERTED: "项目还没有勾选折算，暂不计。请举办培训的机构：① 打开项目属性；② 重新选择学分折算类型；"
        "③ 勾选折算；④ 到成绩登记中先取消审核，再审核一次。",
        Reason.PROBATION: f"取得日期早于正式任教日期{since}，试用期内取得的学历不能冲抵。",
        Reason.EMPLOYMENT_UNKNOWN: "不知道正式任教日期，无法判断这个学历能否冲抵；请先核实正式任教日期。",
        Reason.NO_PLAN: "没有列入学校上报的校本研修方案，不计。请学校先在学分管理平台上报方案。",
        Reason.NO_RECORD: "没有过程记录，不计；请补上过程记录。"
        if not (isinstance(record, SelfDirected) and record.activity is Activity.WORKSHOP)
        else "没有工作坊（工作室）自己的考核结论，不计；请向工作坊（工作室）要考核结论。",
        Reason.PLAN_NOT_APPROVED: "所在方案已上报，还没有审核通过；通过后再计。",
    }
    clauses = CLAUSES_OF_REASON[reason]
    return Line(
        records=(record.id,),
        bucket=Bucket.SELF_DIRECTED if isinstance(record, SelfDirected) else Bucket.COORDINATED,
        outcome=OUTCOME_OF_REASON[reason],
        claimed=claimed_credits(record, cycle),
        counted=ZERO,
        because=f"{describe(record)}：{sentences[reason]}",
        reason=reason,
        clauses=clauses,
        entries=entries_of(clauses),
    )


def counted_line(
    record: Record, bucket: Bucket, claimed: Decimal, counted: Decimal, because: str, clauses: tuple[str, ...]
) -> Line:
    """A line that counts in full, or is capped where `counted` stays below `claimed`."""
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
    """In full (C1, C14), but for the safety net: into the room of its school year, then of its cycle (C8)."""
    capped_categories = {Category.SAFETY_NET} | ({Category.ALL_STAFF} if assumption.all_staff_capped else set())
    if record.category not in capped_categories:
        tally.by_category[record.category] += record.credits
        because = f"{describe(record)}，全部计入统筹。"
        return counted_line(record, Bucket.COORDINATED, record.credits, record.credits, because, ("C1", "C14"))
    year = cycle.school_year(record.done_on)
    year_room, cycle_room = safety_net_room(cycle, tally.safety_net_by_year, year)
    counted = min(record.credits, year_room, cycle_room)
    tally.safety_net_by_year[year] = tally.safety_net_by_year.get(year, ZERO) + counted
    tally.by_category[record.category] += counted
    because = (
        f"{describe(record)}：{school_year(year)}托底还可计 {amount(year_room)} 学分，"
        f"本周期还可计 {amount(cycle_room)} 学分，所以计 {amount(counted)} 学分。"
    )
    return counted_line(record, Bucket.COORDINATED, record.credits, counted, because, ("C8", "C20"))


def count_degree(record: Degree, cycle: Cycle, tally: Tally) -> Line:
    """Into the room left of the one cap for all degrees of the cycle (C6)."""
    used = tally.by_category["degree"]
    counted = min(record.credits, cycle.degree_offset_cap - used)
    tally.by_category["degree"] += counted
    because = (
        f"{describe(record)}：学历冲抵上限 {amount(cycle.degree_offset_cap)} 学分，前面已用 {amount(used)} 学分，"
        f"所以计 {amount(counted)} 学分，计入统筹。"
    )
    return counted_line(record, Bucket.COORDINATED, record.credits, counted, because, ("C5", "C6", "C7"))


def count_self_directed(record: SelfDirected, cycle: Cycle, tally: Tally) -> Line:
    """Credits as they are; hours divided by the cycle's hours per credit, never rounded (C11)."""
    credits = claimed_credits(record, cycle)
    tally.by_activity[record.activity] += credits
    if record.activity is Activity.OTHER:
        because = f"{describe(record)} ÷ {cycle.hours_per_credit} 学时/学分 = {amount(credits)} 学分，全部计入自主。"
    else:
        because = f"{describe(record)}，全部计入自主。"
    clauses = CLAUSES_OF_ACTIVITY[record.activity]
    return counted_line(record, Bucket.SELF_DIRECTED, credits, credits, because, clauses)


def thresholds(activity: Activity, cycle: Cycle) -> dict[Level | None, int]:
    """How many make one credit in a school year, by level (C9); lesson observation knows no level."""
    if activity is Activity.LESSON_OBSERVATION:
        return {None: cycle.lessons_observed_per_credit}
    if activity is Activity.OPEN_CLASS:
        return {
            Level.COUNTY: cycle.county_open_classes_per_credit,
            Level.SCHOOL: cycle.school_open_classes_per_credit,
        }
    return {Level.COUNTY: cycle.county_lectures_per_credit, Level.SCHOOL: cycle.school_lectures_per_credit}


def is_over(year: int, ledger: Ledger) -> bool:
    """Whether the last day of a school year is among what is looked at."""
    as_of, cycle = ledger.as_of, ledger.cycle
    return as_of >= cycle.ends_on or cycle.school_year(as_of + timedelta(days=1)) > year


def count_group(group: tuple[int, Activity], members: list[SelfDirected], ledger: Ledger, tally: Tally) -> Line:
    """All qualifying records of one activity in one school year: 1 credit if a threshold is met, else 0 (C9)."""
    year, activity = group
    unit = UNIT[activity]
    sums: list[str] = []
    met = False
    for level, needed in thresholds(activity, ledger.cycle).items():
        total = sum((record.amount for record in members if record.level == level), ZERO)
        met = met or total >= needed
        if level is None or total:
            name = LEVEL[level] if level else ""
            sums.append(f"{name}共 {amount(total)} {unit}（满 {needed} {unit}计）")
    counted = ONE if met else ZERO
    if met:
        tally.by_activity[activity] += ONE
        tally.credited_groups.add(group)
    short = "没有满，计 0 学分。" if is_over(year, ledger) else "还没有满，计 0 学分。"
    ending = "计 1 学分；同一项一学年只认一次。" if met else short
    clauses = CLAUSES_OF_ACTIVITY[activity]
    return Line(
        records=tuple(record.id for record in members),
        bucket=Bucket.SELF_DIRECTED,
        outcome=Outcome.COUNTED if met else Outcome.CAPPED,
        claimed=ONE,
        counted=counted,
        because=f"{school_year(year)}{ACTIVITY[activity]}：{'，'.join(sums)}，{ending}",
        reason=None if met else Reason.BELOW_THRESHOLD,
        clauses=clauses,
        entries=entries_of(clauses),
    )


PLACEHOLDER = Line((), Bucket.SELF_DIRECTED, Outcome.CAPPED, ZERO, ZERO, "", None, (), ())


# --- the verdict ---------------------------------------------------------------------------------------


def decide(ledger: Ledger, reading: Assumption, tally: Tally) -> Verdict:
    """The first of the five rules that applies, under `reading`, of which `tally` is."""
    if ledger.teacher.position is not Position.TEACHING:  # C16, C17
        return Verdict.PENDING_POLICY
    if not any(tally.missing(ledger.cycle)):  # C1, C2: there is no third test
        return Verdict.MET
    if any(line.outcome is Outcome.UNDETERMINED for line in tally.lines):  # C7
        supposing = Assumption(degrees_eligible=True, all_staff_capped=reading.all_staff_capped)
        if not any(assess(ledger, supposing).missing(ledger.cycle)):
            return Verdict.CANNOT_DECIDE
    return Verdict.UNDECIDED if ledger.teacher.sole_teacher_school else Verdict.SHORT  # C18


def other_readings(ledger: Ledger, verdict: Verdict) -> tuple[Alternative, ...]:
    """credits-11 calls both all-staff trainings one concept; listed where capping both changes the verdict."""
    reading = Assumption(all_staff_capped=True)
    tally = assess(ledger, reading)
    other = decide(ledger, reading, tally)
    if other is verdict:
        return ()
    return (Alternative("all_staff_capped", other, tally.coordinated),)


def explain_verdict(
    ledger: Ledger, verdict: Verdict, coordinated: CoordinatedTotal, self_directed: SelfDirectedTotal
) -> tuple[str, tuple[str, ...]]:
    """The verdict in one sentence with its sums, and the clauses it rests on."""
    sums = (
        f"统筹 {amount(coordinated.counted)}（要求 {amount(coordinated.required)}），"
        f"自主 {amount(self_directed.counted)}（要求 {amount(self_directed.required)}）"
    )
    gaps = [
        f"{name}还差 {amount(missing)} 学分"
        for name, missing in (("统筹", coordinated.missing), ("自主", self_directed.missing))
        if missing
    ]
    gap = "，".join(gaps)
    if verdict is Verdict.PENDING_POLICY:
        who, clause = (
            ("教育行政部门持证在岗人员", "C16")
            if ledger.teacher.position is Position.ADMINISTRATION
            else ("借调到教育主管部门的人员", "C17")
        )
        return f"{who}暂不作要求，等后续规定；目前{sums}，供参考。", (clause,)
    if verdict is Verdict.MET:
        return f"{sums}，两项都达到要求。", ("C1", "C2", "C3")
    if verdict is Verdict.CANNOT_DECIDE:
        return f"{sums}，{gap}；如果学历可以冲抵就够了，但正式任教日期还不清楚，请先核实。", ("C1", "C2", "C7")
    if verdict is Verdict.UNDECIDED:
        return f"{sums}，{gap}；一人一校的情况，资料答复“等省厅领导的意见”，不作减免，也不下结论。", ("C1", "C2", "C18")
    return f"{sums}，{gap}。", ("C1", "C2", "C3")


# --- what to do -------------------------------------------------------------------------------------------


def advise(
    cycle: Cycle, coordinated: CoordinatedTotal, self_directed: SelfDirectedTotal, lines: Iterable[Line]
) -> Iterable[Advice]:
    """Advice in the contract's order; none of it changes the verdict."""

    def item(code: AdviceCode, text: str, clauses: tuple[str, ...], detail: str | None = None) -> Advice:
        return Advice(code, detail, text, clauses, entries_of(clauses))

    for detail, (name, categories) in TYPES_OF_TRAINING.items():
        if not any(coordinated.by_category[category] for category in categories):
            text = f"统筹培训里还没有{name}的学分；资料建议三种类型的培训都有机会参加，这不影响是否达到要求。"
            yield item(AdviceCode.TYPE_MISSING, text, ("C4",), detail)
    if coordinated.missing and self_directed.surplus:
        text = f"自主多出的 {amount(self_directed.surplus)} 学分不能补到统筹，统筹缺的要另外补。"
        yield item(AdviceCode.SURPLUS_NOT_TRANSFERABLE, text, ("C3",))
    levels = (Category.NATIONAL, Category.PROVINCIAL, Category.MUNICIPAL, Category.COUNTY)
    by_level = sum((coordinated.by_category[category] for category in levels), ZERO)
    if by_level >= coordinated.required:
        text = (
            f"国培、省培、市县培训已累计 {amount(by_level)} 学分，可以不参加全员培训；"
            f"自主培训的 {amount(self_directed.required)} 学分仍然要完成。"
        )
        yield item(AdviceCode.MAY_SKIP_ALL_STAFF, text, ("C15",))
    if self_directed.pending:
        text = f"有 {amount(self_directed.pending)} 学分要等校本研修方案审核通过才能计入自主，请留意审核结果。"
        yield item(AdviceCode.PLAN_PENDING, text, ("C13",))
    if not cycle.confirmed:
        text = "本周期的要求沿用上一周期的数值，主管部门还没有确认；确认后结果可能变化。"
        yield item(AdviceCode.CARRIED_FORWARD, text, ("C5",))
    if any(line.reason is Reason.NOT_CONVERTED for line in lines):
        text = (
            "有培训项目还没有折算学分。请举办培训的机构依次办理："
            "项目属性 → 重新选择学分折算类型 → 勾选折算 → 成绩登记中先取消审核，再审核。"
        )
        yield item(AdviceCode.FIX_CONVERSION, text, ("C19",))
