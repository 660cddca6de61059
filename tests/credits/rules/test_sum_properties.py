"""For every ledger: its lines, its sums, and that neither bucket moves the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import localcontext
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from credits.rules.evaluate import evaluate, sums
from credits.rules.serialize import statement_data
from credits.rules.types import (
    GROUPED,
    Activity,
    Bucket,
    Category,
    Coordinated,
    Degree,
    Ledger,
    Offset,
    Outcome,
    PlanState,
    Record,
    SelfDirected,
)
from tests.credits.rules.strategies import any_record, buckets, by_id, counted_by, every_ledger, ledgers

# --- lines -------------------------------------------------------------------------------------------------------


@every_ledger
@given(ledgers)
def test_every_record_stands_in_exactly_one_line(ledger: Ledger) -> None:
    standing = Counter(record for line in evaluate(ledger).lines for record in line.records)
    assert standing == Counter(record.id for record in ledger.records)


@every_ledger
@given(ledgers, st.randoms(use_true_random=False))
def test_order_of_the_input_never_matters(ledger: Ledger, random: Any) -> None:
    records = list(ledger.records)
    random.shuffle(records)
    assert evaluate(replace(ledger, records=tuple(records))) == evaluate(ledger)


@every_ledger
@given(ledgers)
def test_lines_follow_their_first_record(ledger: Ledger) -> None:
    records = by_id(ledger)
    lines = [[(records[id].done_on, id) for id in line.records] for line in evaluate(ledger).lines]
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)
    assert all(line == sorted(line) for line in lines)


@every_ledger
@given(ledgers)
def test_outcome_counted_and_reason_agree(ledger: Ledger) -> None:
    for line in evaluate(ledger).lines:
        assert 0 <= line.counted <= line.claimed
        assert (line.outcome is Outcome.COUNTED) == (line.counted == line.claimed) == (line.reason is None)
        assert line.counted == 0 or line.outcome in (Outcome.COUNTED, Outcome.CAPPED)
        assert line.because
        assert line.clauses
        assert line.entries


@every_ledger
@given(ledgers)
def test_nothing_outside_cycle_and_date_counts(ledger: Ledger) -> None:
    for line in evaluate(ledger).lines:
        for id in line.records:
            inside = ledger.cycle.starts_on <= by_id(ledger)[id].done_on <= min(ledger.cycle.ends_on, ledger.as_of)
            assert inside or line.counted == 0


# --- sums --------------------------------------------------------------------------------------------------------


@every_ledger
@given(ledgers)
def test_totals_are_the_sums_of_the_lines(ledger: Ledger) -> None:
    statement = evaluate(ledger)
    sums = {bucket: sum(line.counted for line in statement.lines if line.bucket is bucket) for bucket in Bucket}
    assert statement.coordinated.counted == sums[Bucket.COORDINATED]
    assert statement.self_directed.counted == sums[Bucket.SELF_DIRECTED]
    assert sum(statement.coordinated.by_category.values()) == sums[Bucket.COORDINATED]
    assert sum(statement.self_directed.by_activity.values()) == sums[Bucket.SELF_DIRECTED]


@every_ledger
@given(ledgers)
def test_missing_and_surplus_follow_from_what_counts(ledger: Ledger) -> None:
    statement = evaluate(ledger)
    coordinated, own = statement.coordinated, statement.self_directed
    assert coordinated.required == ledger.cycle.coordinated_required
    assert own.required == ledger.cycle.self_directed_required
    assert coordinated.missing == max(0, coordinated.required - coordinated.counted)
    assert own.missing - own.surplus == own.required - own.counted
    assert min(own.missing, own.surplus) == 0


@every_ledger
@given(ledgers)
def test_caps_are_never_exceeded(ledger: Ledger) -> None:
    cycle = ledger.cycle
    safety_net = counted_by(ledger, lambda record: cycle.school_year(record.done_on), Coordinated, Category.SAFETY_NET)
    assert all(credits <= cycle.safety_net_cap_per_school_year for credits in safety_net.values())
    assert sum(safety_net.values()) <= cycle.safety_net_cap_per_cycle
    assert sum(counted_by(ledger, lambda record: 0, Degree).values()) <= cycle.degree_offset_cap
    others = sum(counted_by(ledger, lambda record: 0, Offset).values())
    assert cycle.other_offset_cap is None or others <= cycle.other_offset_cap


@every_ledger
@given(ledgers)
def test_without_a_cap_other_offsets_count_in_full(ledger: Ledger) -> None:
    free = replace(ledger, cycle=replace(ledger.cycle, other_offset_cap=None))
    last = min(ledger.cycle.ends_on, ledger.as_of)
    own = [row for row in ledger.records if isinstance(row, Offset)]
    inside = [row.credits for row in own if ledger.cycle.starts_on <= row.done_on <= last]
    assert evaluate(free).coordinated.by_category["other_offset"] == sum(inside)


@every_ledger
@given(ledgers)
def test_other_offsets_and_degrees_take_no_room_of_each_other(ledger: Ledger) -> None:
    without = replace(ledger, records=tuple(row for row in ledger.records if not isinstance(row, Offset)))
    sums_of = evaluate(ledger).coordinated.by_category
    assert evaluate(without).coordinated.by_category == {**sums_of, "other_offset": 0}


@every_ledger
@given(ledgers)
def test_the_numbers_alone_are_those_of_the_statement(ledger: Ledger) -> None:
    statement, alone = evaluate(ledger), sums(ledger)
    assert alone.verdict is statement.verdict
    assert alone.coordinated_counted == statement.coordinated.counted
    assert alone.coordinated_missing == statement.coordinated.missing
    assert alone.self_directed_counted == statement.self_directed.counted
    assert alone.self_directed_pending == statement.self_directed.pending
    assert alone.self_directed_missing == statement.self_directed.missing


@every_ledger
@given(ledgers)
def test_an_activity_earns_one_credit_yearly_at_most(ledger: Ledger) -> None:
    earned = counted_by(
        ledger, lambda record: (record.activity, ledger.cycle.school_year(record.done_on)), SelfDirected
    )
    assert all(credits <= 1 for (activity, _), credits in earned.items() if activity in GROUPED)


@every_ledger
@given(ledgers)
def test_nothing_is_rounded(ledger: Ledger) -> None:
    statement = evaluate(ledger)
    for line in statement.lines:
        record = by_id(ledger)[line.records[0]]
        if isinstance(record, SelfDirected):
            hours = record.activity is Activity.OTHER
            claimed = Fraction(record.amount) / (ledger.cycle.hours_per_credit if hours else 1)
            assert Fraction(line.claimed) == (1 if record.activity in GROUPED else claimed)
        else:
            assert line.claimed == record.credits
    for bucket, counted in zip(Bucket, buckets(statement), strict=True):
        exact = sum((Fraction(line.counted) for line in statement.lines if line.bucket is bucket), Fraction(0))
        assert Fraction(counted) == exact


@every_ledger
@given(ledgers)
def test_the_decimal_context_of_the_caller_never_matters(ledger: Ledger) -> None:
    expected = statement_data(evaluate(ledger))
    with localcontext(prec=2):
        assert statement_data(evaluate(ledger)) == expected


# --- one bucket and the other ------------------------------------------------------------------------------------


@every_ledger
@given(ledgers)
def test_self_directed_credits_never_move_the_coordinated_side(ledger: Ledger) -> None:
    without = replace(ledger, records=tuple(row for row in ledger.records if not isinstance(row, SelfDirected)))
    assert evaluate(ledger).coordinated == evaluate(without).coordinated


@every_ledger
@given(ledgers)
def test_coordinated_credits_never_move_the_self_directed_side(ledger: Ledger) -> None:
    without = replace(ledger, records=tuple(row for row in ledger.records if isinstance(row, SelfDirected)))
    assert evaluate(ledger).self_directed == evaluate(without).self_directed


@every_ledger
@given(ledgers, any_record, st.sampled_from(["", "z"]))
def test_one_more_eligible_record_never_lowers_a_bucket(ledger: Ledger, record: Record, prefix: str) -> None:
    """Eligible: of a project no other record bears; it may come before or after all others of its day."""
    added = replace(record, id=f"{prefix}!")
    if isinstance(added, Coordinated):
        added = replace(added, project="another project" if added.project else None, converted=True)
    elif isinstance(added, SelfDirected):
        added = replace(added, plan=PlanState.APPROVED, has_record=True)
    before, after = buckets(evaluate(ledger)), buckets(evaluate(replace(ledger, records=(*ledger.records, added))))
    assert before[0] <= after[0]
    assert before[1] <= after[1]
