"""The plan to close a gap until the cycle's end: what is still available, and what must be earned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from decimal import Decimal

from .types import DEGREE_KEY, GROUPED, OFFSET_KEY, ClosingPlan, CoordinatedTotal, Cycle, Group, Ledger
from .wording import OFFSET, amount_text

ZERO = Decimal(0)
CYCLE_IS_OVER = "本周期已经结束，以后的培训、活动和学历都不计入本周期；请向主管部门了解怎么办理。"


def safety_net_room(cycle: Cycle, counted_by_year: Mapping[int, Decimal], year: int) -> tuple[Decimal, Decimal]:
    """Returns the safety-net credits that still fit, into school year `year` and into the cycle (C8).

    Unused room of a year is never carried to another.
    """
    used_in_year = counted_by_year.get(year, ZERO)
    used_in_cycle = sum(counted_by_year.values(), ZERO)
    return (
        max(ZERO, cycle.safety_net_cap_per_school_year - used_in_year),
        max(ZERO, cycle.safety_net_cap_per_cycle - used_in_cycle),
    )


def closing_plan(
    ledger: Ledger,
    coordinated: CoordinatedTotal,
    self_directed_missing: Decimal,
    safety_net_by_year: Mapping[int, Decimal],
    credited_groups: Set[Group],
) -> ClosingPlan:
    """Returns the plan for a teacher who is short; the school year of `as_of` counts whole.

    `safety_net_by_year` holds the safety-net credits counted per school year, `credited_groups` the pairs
    (school year, activity) that have earned their credit (C9).
    """
    cycle = ledger.cycle
    years = remaining_school_years(ledger)
    missing = coordinated.missing
    safety_net = ZERO
    degree = ZERO
    if years:
        safety_net = _safety_net_available(cycle, safety_net_by_year, years)
        degree = cycle.degree_offset_cap - coordinated.by_category[DEGREE_KEY]
    open_groups = [(year, activity) for year in years for activity in GROUPED]
    activities = sum(group not in credited_groups for group in open_groups)
    return ClosingPlan(
        coordinated_missing=missing,
        safety_net_available=safety_net,
        degree_available=degree,
        training_or_degree_needed=max(ZERO, missing - safety_net),
        training_needed=max(ZERO, missing - safety_net - degree),
        self_directed_missing=self_directed_missing,
        activity_credits_available=Decimal(activities),
        other_hours_equivalent=self_directed_missing * cycle.hours_per_credit,
    )


def _safety_net_available(cycle: Cycle, counted_by_year: Mapping[int, Decimal], years: Iterable[int]) -> Decimal:
    """Returns the safety-net credits that still fit into these school years, all caps kept (C8)."""
    rooms = [safety_net_room(cycle, counted_by_year, year) for year in years]
    _, cycle_room = rooms[0]
    room_of_years = sum((year_room for year_room, _ in rooms), ZERO)
    return min(cycle_room, room_of_years)


def remaining_school_years(ledger: Ledger) -> list[int]:
    """Returns the school years of the cycle from that of `as_of` on; before the cycle all of them, after it none."""
    if ledger.as_of > ledger.cycle.ends_on:
        return []
    first = ledger.cycle.school_year(ledger.as_of)
    return [year for year in ledger.cycle.school_years if year >= first]


def may_offset_otherwise(cycle: Cycle, coordinated: CoordinatedTotal) -> bool:
    """Returns whether the cap of other offsets, where the cycle has one, leaves any room (C24)."""
    cap = cycle.other_offset_cap
    return cap is None or coordinated.by_category[OFFSET_KEY] < cap


def closing_plan_text(
    plan: ClosingPlan, ledger: Ledger, coordinated: CoordinatedTotal, pending: Decimal
) -> tuple[str, ...]:
    """Returns the plan as Chinese sentences: what is short, and what can still make it up.

    `pending` self-directed credits wait for the review of a school's plan; they are named first. Ways other than a
    degree are named, but in no figure: how many credits they give is not known beforehand (C24).
    """
    others = [OFFSET] if may_offset_otherwise(ledger.cycle, coordinated) else []
    ways: dict[str, str] = {}
    if plan.coordinated_missing:
        ways[f"统筹还差 {amount_text(plan.coordinated_missing)} 学分"] = _coordinated_ways(plan, others)
    if plan.self_directed_missing:
        ways[f"自主还差 {amount_text(plan.self_directed_missing)} 学分"] = _self_directed_ways(plan, pending)
    if not remaining_school_years(ledger):
        return (CYCLE_IS_OVER, *(f"{gap}。" for gap in ways))
    return tuple(f"{gap}：{how}。" for gap, how in ways.items())


def _coordinated_ways(plan: ClosingPlan, others: list[str]) -> str:
    if not plan.training_or_degree_needed:
        most = f"托底最多还能得 {amount_text(plan.safety_net_available)} 学分"
        return f"{most}，可以补足；参加国培、省培、市县培训也可以"
    if plan.training_needed or not plan.degree_available:
        return "，".join(_parts_of_coordinated(plan, others))
    ways = _one_of(["国培", "省培", "市县培训", "学历冲抵", *others])
    needed = f"{amount_text(plan.training_or_degree_needed)} 学分可靠{ways}"
    most = f"（学历冲抵最多再计 {amount_text(plan.degree_available)} 学分）"
    if not plan.safety_net_available:
        return f"托底已达上限，其余 {needed}{most}"
    return f"托底最多还能得 {amount_text(plan.safety_net_available)} 学分，仍有 {needed}{most}"


def _one_of(ways: list[str]) -> str:
    """Returns two or more ways as a choice: 国培、省培或市县培训."""
    *first, last = ways
    return f"{'、'.join(first)}或{last}"


def _parts_of_coordinated(plan: ClosingPlan, others: list[str]) -> Iterable[str]:
    """Yields what the safety net and degrees can still give, and what only training and `others` can."""
    safety_net = f"托底最多再计 {amount_text(plan.safety_net_available)} 学分"
    yield safety_net if plan.safety_net_available else "托底已达上限"
    if plan.degree_available:
        yield f"学历冲抵最多再计 {amount_text(plan.degree_available)} 学分"
    least = "至少 " if plan.degree_available else " "
    ways = _one_of(["国培", "省培", "市县培训", *others])
    yield f"其余{least}{amount_text(plan.training_needed)} 学分须通过{ways}取得"


def _self_directed_ways(plan: ClosingPlan, pending: Decimal) -> str:
    ways = _waiting_for_review(plan, pending) if pending else ""
    ways += f"可以参加校本培训、校本教研或工作坊；其他校本研修要 {amount_text(plan.other_hours_equivalent)} 学时"
    if plan.activity_credits_available:
        ways += f"；听课、公开课、讲座最多还能得 {amount_text(plan.activity_credits_available)} 学分"
    return ways + "；都要列入学校已通过的校本研修方案，并有过程记录"


def _waiting_for_review(plan: ClosingPlan, pending: Decimal) -> str:
    left = plan.self_directed_missing - pending
    after = "通过后即可满足；如果没有通过，"
    if left > ZERO:
        after = f"通过后还差 {amount_text(left)} 学分；按现在差的算，"
    return f"有 {amount_text(pending)} 学分在等校本研修方案审核，{after}"
