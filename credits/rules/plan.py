"""The way to close a gap from `as_of` to the cycle's end: what is still available, and what must be earned."""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Decimal

from .types import GROUPED, Activity, CoordinatedTotal, Cycle, Ledger, Plan
from .wording import amount

ZERO = Decimal(0)


def safety_net_room(cycle: Cycle, counted_by_year: Mapping[int, Decimal], year: int) -> tuple[Decimal, Decimal]:
    """Safety-net credits that still fit, into school year `year` and into the cycle (C8).

    Unused room of a year is never carried to another.
    """
    return (
        max(ZERO, cycle.safety_net_cap_per_school_year - counted_by_year.get(year, ZERO)),
        max(ZERO, cycle.safety_net_cap_per_cycle - sum(counted_by_year.values(), ZERO)),
    )


def way_to_close(
    ledger: Ledger,
    coordinated: CoordinatedTotal,
    self_directed_missing: Decimal,
    safety_net_by_year: Mapping[int, Decimal],
    credited_groups: Set[tuple[int, Activity]],
) -> Plan:
    """The plan for a teacher who is short; the school year of `as_of` counts whole.

    `safety_net_by_year` holds the safety-net credits counted per school year, `credited_groups` the pairs
    (school year, activity) that have earned their credit (C9).
    """
    cycle = ledger.cycle
    years = remaining_school_years(ledger)
    missing = coordinated.missing
    safety_net = ZERO
    degree = ZERO
    if years:
        rooms = [safety_net_room(cycle, safety_net_by_year, year) for year in years]
        safety_net = min(rooms[0][1], sum((year_room for year_room, _ in rooms), ZERO))
        degree = cycle.degree_offset_cap - coordinated.by_category["degree"]
    activities = sum((year, activity) not in credited_groups for year in years for activity in GROUPED)
    return Plan(
        coordinated_missing=missing,
        safety_net_available=safety_net,
        degree_available=degree,
        training_or_degree_needed=max(ZERO, missing - safety_net),
        training_needed=max(ZERO, missing - safety_net - degree),
        self_directed_missing=self_directed_missing,
        activity_credits_available=Decimal(activities),
        other_hours_equivalent=self_directed_missing * cycle.hours_per_credit,
    )


def remaining_school_years(ledger: Ledger) -> list[int]:
    """School years of the cycle from that of `as_of` on; all of them before the cycle, none after it."""
    if ledger.as_of > ledger.cycle.ends_on:
        return []
    first = ledger.cycle.school_year(ledger.as_of)
    return [year for year in ledger.cycle.school_years if year >= first]


def in_words(plan: Plan, ledger: Ledger, pending: Decimal) -> tuple[str, ...]:
    """The plan as sentences: what is short, and what can still make it up.

    `pending` self-directed credits wait for a plan's review: they come first, being half done.
    """
    gaps = [
        (f"统筹还差 {amount(plan.coordinated_missing)} 学分", plan.coordinated_missing, _coordinated_ways(plan)),
        (
            f"自主还差 {amount(plan.self_directed_missing)} 学分",
            plan.self_directed_missing,
            _self_directed_ways(plan, pending),
        ),
    ]
    if not remaining_school_years(ledger):
        over = "本周期已经结束，以后的培训、活动和学历都不计入本周期；请向主管部门了解怎么办理。"
        return (over, *(f"{gap}。" for gap, missing, _ in gaps if missing))
    return tuple(f"{gap}：{ways}。" for gap, missing, ways in gaps if missing)


def _coordinated_ways(plan: Plan) -> str:
    safety_net = f"托底最多还能得 {amount(plan.safety_net_available)} 学分"
    degrees_help = plan.degree_available > ZERO
    by = "国培、省培、市县培训或学历冲抵" if degrees_help else "国培、省培、市县培训"
    needed = f"{amount(plan.training_or_degree_needed)} 学分{'要' if degrees_help else '只能'}靠{by}"
    if not plan.training_or_degree_needed:
        return f"{safety_net}，靠托底就能补上；参加国培、省培、市县培训也可以"
    ways = f"{safety_net}，仍有 {needed}" if plan.safety_net_available else f"托底已经不能再计，{needed}"
    if degrees_help:
        ways += f"（学历冲抵最多还能计 {amount(plan.degree_available)} 学分）"
    if degrees_help and plan.training_needed:
        ways += f"，其中至少 {amount(plan.training_needed)} 学分只能靠国培、省培、市县培训"
    return ways


def _self_directed_ways(plan: Plan, pending: Decimal) -> str:
    ways = ""
    if pending:
        left = plan.self_directed_missing - pending
        after = f"通过以后还差 {amount(left)} 学分；按现在差的算，" if left > ZERO else "通过以后就够了；要是没有通过，"
        ways = f"有 {amount(pending)} 学分在等校本研修方案审核，{after}"
    ways += f"可以参加校本培训、校本教研或工作坊；其他校本研修要 {amount(plan.other_hours_equivalent)} 学时"
    if plan.activity_credits_available:
        ways += f"；听课、公开课、讲座最多还能得 {amount(plan.activity_credits_available)} 学分"
    return ways + "；都要列入学校已通过的校本研修方案，并有过程记录"
