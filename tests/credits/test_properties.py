"""What holds for every ledger, however odd."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import credits.rules
from credits.rules.clauses import CLAUSES
from credits.rules.evaluate import evaluate, sums
from credits.rules.serialize import statement_data
from credits.rules.types import (
    GROUPED,
    LEVELLED,
    Activity,
    Bucket,
    Category,
    Coordinated,
    Cycle,
    Degree,
    DegreeLevel,
    Ledger,
    Level,
    Outcome,
    PlanState,
    Position,
    Record,
    SelfDirected,
    Statement,
    Teacher,
    Verdict,
)

from .make import make_cycle

every_ledger = settings(max_examples=100, deadline=None, derandomize=True)

CYCLES = [
    make_cycle(),
    make_cycle("2023", starts_on=date(2018, 9, 1), ends_on=date(2023, 8, 31)),
    make_cycle(safety_net_cap_per_cycle=Decimal("2.75"), degree_offset_cap=Decimal("0.5"), hours_per_credit=64),
    make_cycle(coordinated_required=Decimal(3), self_directed_required=Decimal("1.25")),
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


def on_some_day(*shapes: Iterator[Record]) -> st.SearchStrategy[Any]:
    """A record of any of the `shapes`. Two choices instead of seven make a ledger quick to draw."""
    one = st.one_of(*(st.sampled_from(list(kind)) for kind in shapes))
    return st.builds(lambda record, day: replace(record, done_on=day), one, days)


days = st.sampled_from(DAYS)
any_record = on_some_day(shapes_of_coordinated(), shapes_of_self_directed(), shapes_of_degrees())


def numbered(records: list[Record]) -> tuple[Record, ...]:
    """Ids in an order of their own, neither that of the input nor that of the days."""
    return tuple(replace(record, id=f"r{7 * place % 16:x}-{place}") for place, record in enumerate(records))


ledgers = st.builds(
    Ledger,
    cycle=st.sampled_from(CYCLES),
    as_of=st.one_of(st.just(date(2023, 8, 31)), days),
    teacher=st.builds(
        Teacher,
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


# --- lines ----------------------------------------------------------------------------------------------------


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
def test_lines_stand_in_the_order_of_their_first_record(ledger: Ledger) -> None:
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
def test_nothing_outside_the_cycle_or_after_as_of_counts(ledger: Ledger) -> None:
    for line in evaluate(ledger).lines:
        for id in line.records:
            inside = ledger.cycle.starts_on <= by_id(ledger)[id].done_on <= min(ledger.cycle.ends_on, ledger.as_of)
            assert inside or line.counted == 0


# --- sums -----------------------------------------------------------------------------------------------------


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
def test_each_activity_earns_at_most_one_credit_a_school_year(ledger: Ledger) -> None:
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


# --- one bucket and the other -------------------------------------------------------------------------------------


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


# --- pending, verdict, advice ---------------------------------------------------------------------------------------


def approved(record: Record) -> Record:
    if isinstance(record, SelfDirected) and record.plan is PlanState.SUBMITTED:
        return replace(record, plan=PlanState.APPROVED)
    return record


@every_ledger
@given(ledgers)
def test_pending_is_what_approving_every_submitted_plan_adds(ledger: Ledger) -> None:
    total = evaluate(ledger).self_directed
    then = evaluate(replace(ledger, records=tuple(map(approved, ledger.records)))).self_directed
    assert total.pending == then.counted - total.counted
    assert then.pending == 0


@every_ledger
@given(ledgers)
def test_verdict_is_met_where_nothing_is_missing_and_only_there(ledger: Ledger) -> None:
    statement = evaluate(ledger)
    if ledger.teacher.position is not Position.TEACHING:
        assert statement.verdict is Verdict.PENDING_POLICY
    else:
        missing = statement.coordinated.missing or statement.self_directed.missing
        assert (statement.verdict is Verdict.MET) == (not missing)
    assert (statement.plan is None) == (statement.verdict in (Verdict.MET, Verdict.PENDING_POLICY))


@every_ledger
@given(ledgers)
def test_cannot_decide_is_met_once_the_date_of_employment_is_known_and_early(ledger: Ledger) -> None:
    unknown = replace(ledger, teacher=Teacher(Position.TEACHING, None, ledger.teacher.sole_teacher_school))
    known = replace(unknown, teacher=replace(unknown.teacher, formally_employed_on=date(2000, 1, 1)))
    undetermined = any(line.outcome is Outcome.UNDETERMINED for line in evaluate(unknown).lines)
    verdicts = evaluate(unknown).verdict, evaluate(known).verdict
    assert (verdicts[0] is Verdict.CANNOT_DECIDE) == (
        undetermined and verdicts[0] is not Verdict.MET and verdicts[1] is Verdict.MET
    )


@every_ledger
@given(ledgers)
def test_alternative_is_the_statement_of_a_ledger_with_all_staff_training_as_safety_net(ledger: Ledger) -> None:
    capped = replace(
        ledger,
        records=tuple(
            replace(record, category=Category.SAFETY_NET)
            if isinstance(record, Coordinated) and record.category is Category.ALL_STAFF
            else record
            for record in ledger.records
        ),
    )
    other = evaluate(capped)
    expected = [] if other.verdict is evaluate(ledger).verdict else [(other.verdict, other.coordinated.counted)]
    assert [(item.verdict, item.coordinated_counted) for item in evaluate(ledger).alternatives] == expected


# --- the plan, tried out ---------------------------------------------------------------------------------------------


def short_of_something(ledger: Ledger) -> Ledger:
    """`ledger` with a teacher whose degrees are judged, and without what comes after `as_of`."""
    ledger = replace(
        ledger,
        teacher=Teacher(Position.TEACHING, ledger.teacher.formally_employed_on or date(2010, 9, 1), False),
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


# --- what leaves ---------------------------------------------------------------------------------------------------


def strings_of(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [text for value in data.values() for text in strings_of(value)]
    if isinstance(data, list):
        return [text for value in data for text in strings_of(value)]
    return [data] if isinstance(data, str) else []


@every_ledger
@given(ledgers)
def test_statement_leaves_as_plain_json(ledger: Ledger) -> None:
    data = statement_data(evaluate(ledger))
    assert json.loads(json.dumps(data)) == data
    numbers = [text for text in strings_of(data) if re.fullmatch(r"-?[0-9.]+(E[-+]?[0-9]+)?", text)]
    assert all(re.fullmatch(r"0|[1-9][0-9]*|[0-9]+\.[0-9]*[1-9]", number) for number in numbers)


@every_ledger
@given(ledgers)
def test_every_clause_that_is_named_is_explained(ledger: Ledger) -> None:
    statement = evaluate(ledger)
    data = statement_data(statement)
    named = {*data["verdict_clauses"], *(code for line in data["lines"] for code in line["clauses"])}
    named |= {code for item in statement.advice for code in item.clauses}
    assert set(data["clauses"]) == named
    for code, clause in data["clauses"].items():
        assert clause["title"] == CLAUSES[code].title
        assert clause["tags"]
        assert clause["quotes"]


@pytest.mark.parametrize("day", [date(2018, 9, 1) + timedelta(days=step) for step in (0, 121, 364, 365, 1825)])
def test_school_year_begins_with_the_cycle(day: date) -> None:
    cycle: Cycle = make_cycle()
    year = cycle.school_year(day)
    assert date(year, 9, 1) <= day <= date(year + 1, 8, 31)
    assert year in cycle.school_years


# --- no number of the scheme stands in code ------------------------------------------------------------------------

RULES = Path(str(credits.rules.__file__)).parent
SCHEME_NUMBERS = {26, 10, 8, 1.5, 7.5, 20}
IN_TEXT = re.compile(r"(?<![0-9A-Za-z.-])(26|10|8|1\.5|7\.5|20)(?![0-9A-Za-z.])")


def constants_in(tree: ast.Module) -> list[ast.Constant]:
    """Every constant of a module but its docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = [node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and node.body]
    docstrings = {node.value for node in bodies if isinstance(node, ast.Expr)}
    return [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in docstrings]


def is_of_the_scheme(value: object) -> bool:
    if isinstance(value, str):
        return bool(IN_TEXT.search(value))
    return isinstance(value, int | float) and value in SCHEME_NUMBERS


@pytest.mark.parametrize("name", ["evaluate.py", "plan.py", "wording.py", "serialize.py"])
def test_no_number_of_the_scheme_stands_in_code(name: str) -> None:
    constants = constants_in(ast.parse((RULES / name).read_text(encoding="utf-8")))
    assert [(node.lineno, node.value) for node in constants if is_of_the_scheme(node.value)] == []
