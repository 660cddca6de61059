"""For every ledger: the plan, carried out, keeps what it promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from credits.rules.evaluate import evaluate
from credits.rules.types import (
    GROUPED,
    LEVELLED,
    Activity,
    Category,
    Coordinated,
    Degree,
    DegreeLevel,
    Ledger,
    Level,
    PlanState,
    Position,
    Record,
    SelfDirected,
    Statement,
    TeacherFacts,
    Verdict,
)
from tests.credits.rules.strategies import every_ledger, ledgers


def short_of_something(ledger: Ledger) -> Ledger:
    """`ledger` with a teacher whose degrees are judged, and without what comes after `as_of`."""
    ledger = replace(
        ledger,
        teacher=TeacherFacts(Position.TEACHING, ledger.teacher.formally_employed_on or date(2010, 9, 1), False),
        records=tuple(record for record in ledger.records if record.done_on <= ledger.as_of),
    )
    assume(ledger.as_of <= ledger.cycle.ends_on and evaluate(ledger).plan is not None)
    return ledger


def years_to_go(ledger: Ledger) -> list[date]:
    """The last day of each school year from that of `as_of` on."""
    first = max(ledger.as_of, ledger.cycle.starts_on)
    years = [date(year + 1, 8, 31) for year in ledger.cycle.school_years]
    return [day for day in years if day >= first]


def earned(amount: Decimal, category: Category, day: date, id: str) -> list[Record]:
    return [Coordinated(id, category, amount, day)] if amount else []


def at_the_end(ledger: Ledger, *more: Record) -> Statement:
    return evaluate(replace(ledger, as_of=ledger.cycle.ends_on, records=(*ledger.records, *more)))


def safety_net_of_every_year(ledger: Ledger) -> list[Record]:
    cap = ledger.cycle.safety_net_cap_per_school_year
    return [row for day in years_to_go(ledger) for row in earned(cap, Category.SAFETY_NET, day, f"net {day}")]


@every_ledger
@given(ledgers)
def test_plan_carried_out_meets_the_requirements(ledger: Ledger) -> None:
    """Training, the whole safety net, the degree and the hours the plan names: exactly enough, and no less is."""
    ledger = short_of_something(ledger)
    plan = evaluate(ledger).plan
    assert plan is not None
    end = ledger.cycle.ends_on
    rest: list[Record] = safety_net_of_every_year(ledger)
    if plan.degree_available:
        rest.append(Degree("degree", DegreeLevel.MASTER, plan.degree_available, end))
    if plan.other_hours_equivalent:
        rest.append(SelfDirected("hours", Activity.OTHER, plan.other_hours_equivalent, end, PlanState.APPROVED, True))
    done = at_the_end(ledger, *rest, *earned(plan.training_needed, Category.COUNTY, end, "training"))
    assert done.verdict is Verdict.MET
    assert done.self_directed.surplus == 0 or not plan.self_directed_missing
    if plan.training_needed:
        less = at_the_end(ledger, *rest, *earned(plan.training_needed - Decimal("0.01"), Category.COUNTY, end, "less"))
        assert (less.verdict, less.coordinated.missing) == (Verdict.SHORT, Decimal("0.01"))


@every_ledger
@given(ledgers)
def test_plan_without_a_degree_needs_what_it_says(ledger: Ledger) -> None:
    ledger = short_of_something(ledger)
    plan = evaluate(ledger).plan
    assert plan is not None
    training = earned(plan.training_or_degree_needed, Category.COUNTY, ledger.cycle.ends_on, "training")
    done = at_the_end(ledger, *safety_net_of_every_year(ledger), *training)
    assert done.coordinated.missing == 0
    if plan.training_or_degree_needed:
        assert done.coordinated.counted == ledger.cycle.coordinated_required


@every_ledger
@given(ledgers)
def test_plan_counts_exactly_what_is_still_available(ledger: Ledger) -> None:
    ledger = short_of_something(ledger)
    statement = evaluate(ledger)
    plan = statement.plan
    assert plan is not None
    degree = Degree("degree", DegreeLevel.MASTER, Decimal(100), ledger.cycle.ends_on)
    done = at_the_end(ledger, *safety_net_of_every_year(ledger), degree)
    gained = done.coordinated.counted - statement.coordinated.counted
    assert gained == plan.safety_net_available + plan.degree_available
    activities = [
        SelfDirected(
            f"{activity} {day}",
            activity,
            Decimal(ledger.cycle.lessons_observed_per_credit),
            day,
            PlanState.APPROVED,
            True,
            Level.COUNTY if activity in LEVELLED else None,
        )
        for day in years_to_go(ledger)
        for activity in GROUPED
    ]
    gained = at_the_end(ledger, *activities).self_directed.counted - statement.self_directed.counted
    assert gained == plan.activity_credits_available


@every_ledger
@given(ledgers, st.dates(date(2023, 9, 1), date(2100, 12, 31)))
def test_nothing_is_available_after_the_cycle(ledger: Ledger, as_of: date) -> None:
    plan = evaluate(replace(ledger, as_of=as_of)).plan
    assume(plan is not None)
    assert plan is not None
    assert (plan.safety_net_available, plan.degree_available, plan.activity_credits_available) == (0, 0, 0)
    assert plan.training_needed == plan.training_or_degree_needed == plan.coordinated_missing
