"""Ledgers for Hypothesis, however odd, and looks into their statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import settings
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
    Offset,
    PlanState,
    Position,
    Record,
    SelfDirected,
    Statement,
    TeacherFacts,
)
from tests.credits.ledgers import make_cycle

every_ledger = settings(max_examples=100, deadline=None, derandomize=True)

CYCLES = [
    make_cycle(),
    make_cycle("2023", starts_on=date(2018, 9, 1), ends_on=date(2023, 8, 31)),
    make_cycle(safety_net_cap_per_cycle=Decimal("2.75"), degree_offset_cap=Decimal("0.5"), hours_per_credit=64),
    make_cycle(coordinated_required=Decimal(3), self_directed_required=Decimal("1.25")),
    make_cycle(other_offset_cap=Decimal("2.5"), positions_without_requirement=frozenset({Position.SECONDED})),
]
#: Edges of the cycle and of its school years, and days on which records meet.
EDGES = ["2018-08-31", "2018-09-01", "2019-08-31", "2019-09-01", "2020-03-05", "2022-09-01", "2023-08-31", "2023-09-01"]
DAYS = [date.fromisoformat(day) for day in EDGES] + [date(2018, 7, 1) + timedelta(days=67 * step) for step in range(30)]
AMOUNTS = [
    Decimal(text) for text in ("0.01", "0.25", "0.5", "1", "1.5", "1.51", "2.75", "4", "7.77", "8", "10", "25.99")
]
COUNTS = [Decimal(count) for count in (1, 2, 5, 15, 19, 20, 40)]


def shapes_of_coordinated() -> Iterator[Coordinated]:
    for category, amount, converted in product(Category, AMOUNTS, (True, True, True, False)):
        for project in (None, None, "P", "Q"):
            yield Coordinated("", category, amount, DAYS[0], converted, project)


def shapes_of_self_directed() -> Iterator[SelfDirected]:
    plans = (PlanState.APPROVED, PlanState.APPROVED, PlanState.SUBMITTED, PlanState.NONE)
    for activity, plan, has_record in product(Activity, plans, (True, True, True, False)):
        amounts = COUNTS if activity in GROUPED else AMOUNTS
        for amount, level in product(amounts, Level if activity in LEVELLED else [None]):
            yield SelfDirected("", activity, amount, DAYS[0], plan, has_record, level)


def shapes_of_degrees() -> Iterator[Degree]:
    for level, amount in product(DegreeLevel, AMOUNTS):
        yield Degree("", level, amount, DAYS[0])


def shapes_of_offsets() -> Iterator[Offset]:
    for basis, amount in product(("自学考试", "课题"), AMOUNTS):
        yield Offset("", basis, amount, DAYS[0])


def on_some_day(*shapes: Iterator[Record]) -> st.SearchStrategy[Any]:
    """A record of any of the `shapes`. Two choices instead of seven make a ledger quick to draw."""
    one = st.one_of(*(st.sampled_from(list(kind)) for kind in shapes))
    return st.builds(lambda record, day: replace(record, done_on=day), one, days)


days = st.sampled_from(DAYS)
any_record = on_some_day(shapes_of_coordinated(), shapes_of_self_directed(), shapes_of_degrees(), shapes_of_offsets())


def numbered(records: list[Record]) -> tuple[Record, ...]:
    """Ids in an order of their own, neither that of the input nor that of the days."""
    return tuple(replace(record, id=f"r{7 * place % 16:x}-{place}") for place, record in enumerate(records))


ledgers = st.builds(
    Ledger,
    cycle=st.sampled_from(CYCLES),
    as_of=st.one_of(st.just(date(2023, 8, 31)), days),
    teacher=st.builds(
        TeacherFacts,
        position=st.sampled_from([Position.TEACHING, Position.TEACHING, Position.TEACHING, *Position]),
        formally_employed_on=st.sampled_from([None, date(2010, 9, 1), date(2020, 3, 5)]),
        sole_teacher_school=st.booleans(),
    ),
    records=st.lists(any_record, max_size=12).map(numbered),
)


def by_id(ledger: Ledger) -> dict[str, Record]:
    return {record.id: record for record in ledger.records}


def counted_by(ledger: Ledger, key: Any, kind: type[Record], category: Category | None = None) -> dict[Any, Decimal]:
    """Counted credits of the lines of one kind (and category), summed by `key` of their first record."""
    records = by_id(ledger)
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for line in evaluate(ledger).lines:
        record = records[line.records[0]]
        if isinstance(record, kind) and (category is None or getattr(record, "category", None) is category):
            sums[key(record)] += line.counted
    return sums


def buckets(statement: Statement) -> tuple[Decimal, Decimal]:
    return statement.coordinated.counted, statement.self_directed.counted
