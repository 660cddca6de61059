"""Fields left open: a month in place of a day, 不清楚 in place of yes or no.

Such a field is an answer where the statement is the same whatever it stands for. To find out, the statement is computed
for every day on which something could change, at most `MOST_LEDGERS` times; the rules know nothing of it.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from ..rules.evaluate import evaluate
from ..rules.types import Cycle, Ledger, Outcome, Statement
from ..rules.wording import amount_text, date_in_words
from .spans import ONE_DAY, Span

MOST_LEDGERS = 64
TOO_MANY = "写得不确定的地方太多，算不过来。请先把这里写清楚。"

Row = dict[str, Any]
#: A day on which something may change, and why.
Turn = tuple[datetime.date, str]
#: For each open field, which of its values it stands for.
Places = tuple[int, ...]


@dataclass
class OpenField:
    """A field left open: the row it stands in, what it may stand for, and why the next of these may differ."""

    place: str  # name of the field in the page
    row: Row
    key: str
    values: Sequence[Any]
    reasons: Sequence[str]
    record: str = ""  # id of the record whose yes or no it is

    def why(self, number: int, this: Statement, following: Statement) -> str:
        """Returns why the answer with value `number` differs from that with the one that follows."""
        return self.reasons[number]

    def problem(self, found: Iterable[str]) -> str:
        """Returns what is said at the field, `found` being the reasons that make a difference."""
        unit = self.row[self.key].unit
        return f"只写到{unit}还算不准：{'；'.join(dict.fromkeys(found))}。请写到哪一天。"


class OpenChoice(OpenField):
    """A box of which it is not known whether it is to be ticked."""

    def why(self, number: int, this: Statement, following: Statement) -> str:
        if self.key == "converted":
            without, with_it = this.coordinated.counted, following.coordinated.counted
            return (
                f"有没有勾选折算，结果不一样：勾选了，统筹 {amount_text(with_it)} 学分；没有勾选，统筹 "
                f"{amount_text(without)} 学分。请问举办培训的机构。"
            )
        without, with_it = this.self_directed.counted, following.self_directed.counted
        return (
            f"有没有过程记录，结果不一样：有，自主 {amount_text(with_it)} 学分；没有，自主 "
            f"{amount_text(without)} 学分。请问学校。"
        )

    def problem(self, found: Iterable[str]) -> str:
        return next(iter(found))


@dataclass(frozen=True)
class Settled:
    """A ledger in which every open field stands for one value, or what is to be said at which field."""

    ledger: Ledger | None
    problems: dict[str, str]


# --- what an open field may stand for ------------------------------------------------------------------------


def choice(place: str, row: Row, key: str, record: str) -> OpenChoice:
    """Returns the open field of a box: it stands for no, then for yes."""
    return OpenChoice(place, row, key, (False, True), ("",), record)


def span(place: str, row: Row, key: str, cycle: Cycle, turns: Iterable[Turn]) -> OpenField:
    """Returns the open field of a span: it stands for its first day, and for each day within on which things turn."""
    first, last = row[key].days(cycle)
    reasons: dict[datetime.date, str] = {}
    for day, why in turns:
        if first < day <= last:
            reasons.setdefault(day, why)
    days = sorted(reasons)
    return OpenField(place, row, key, [first, *days], [reasons[day] for day in days])


def days_of(value: Any, cycle: Cycle) -> tuple[datetime.date, datetime.date]:
    """Returns the first and the last day that a typed date may mean."""
    return value.days(cycle) if isinstance(value, Span) else (value, value)


def turns_of_cycle(cycle: Cycle) -> Iterator[Turn]:
    """Yields the days on which a record begins to count in another way: the cycle's bounds, each school year."""
    yield cycle.starts_on, f"{date_in_words(cycle.starts_on)}以前的不在本周期，不计"
    yield cycle.ends_on + ONE_DAY, f"{date_in_words(cycle.ends_on)}以后的不在本周期，不计"
    for year in cycle.school_years:
        day = cycle.starts_on.replace(year=year)
        yield day, f"{date_in_words(day)}前后是两个学年，这一项按学年算"


def turns_around(value: Any, cycle: Cycle, why: str) -> Iterator[Turn]:
    """Yields the days on which a record passes another date that was typed."""
    for day in days_of(value, cycle):
        yield day, why
        yield day + ONE_DAY, why


# --- whether it makes a difference ---------------------------------------------------------------------------


def settle(fields: Sequence[OpenField], make: Callable[[], Ledger], complete: Callable[[Ledger], Ledger]) -> Settled:
    """Returns the ledger where the answer is the same whatever the open fields stand for, else the problems.

    `make` makes the ledger from the rows, `complete` adds what is recorded. Afterwards the rows are as they were typed.
    """
    if prod(len(field.values) for field in fields) > MOST_LEDGERS:
        return Settled(None, {field.place: TOO_MANY for field in fields if len(field.values) > 1})
    ledgers = _ledgers(fields, make)
    if len(ledgers) == 1:
        return Settled(next(iter(ledgers.values())), {})
    statements = {places: evaluate(complete(ledger)) for places, ledger in ledgers.items()}
    problems = _problems(fields, statements)
    return Settled(None if problems else next(iter(ledgers.values())), problems)


def _ledgers(fields: Sequence[OpenField], make: Callable[[], Ledger]) -> dict[Places, Ledger]:
    """Returns a ledger for all that the open fields may stand for together."""
    typed = [field.row[field.key] for field in fields]
    made = {}
    for places in itertools.product(*(range(len(field.values)) for field in fields)):
        _fill(fields, [field.values[place] for field, place in zip(fields, places, strict=True)])
        made[places] = make()
    _fill(fields, typed)
    return made


def _fill(fields: Iterable[OpenField], values: Iterable[Any]) -> None:
    for field, value in zip(fields, values, strict=True):
        field.row[field.key] = value


def _problems(fields: Sequence[OpenField], statements: Mapping[Places, Statement]) -> dict[str, str]:
    """Returns what is said at each field on which the answer depends."""
    unknown = {field.record for field in fields}
    answers = {places: _answer(statement, unknown) for places, statement in statements.items()}
    problems = {}
    for index, field in enumerate(fields):
        found = []
        for this, following in _neighbours(answers, index):
            if answers[this] != answers[following]:
                found.append(field.why(this[index], statements[this], statements[following]))
        if found:
            problems[field.place] = field.problem(found)
    return problems


def _neighbours(answers: Iterable[Places], index: int) -> Iterator[tuple[Places, Places]]:
    """Yields what differs in one field alone, which stands for the next of its values in the second."""
    known = set(answers)
    for places in known:
        following = (*places[:index], places[index] + 1, *places[index + 1 :])
        if following in known:
            yield places, following


def _answer(statement: Statement, unknown: set[str]) -> tuple[Any, ...]:
    """Returns what a statement says, without the days in it: verdict, sums, what is refused and why, what to do.

    Of a record whose yes or no is unknown the reason alone is left out: the sums tell whether it matters.
    """
    refused = {
        record: line.reason
        for line in statement.lines
        if line.outcome not in (Outcome.COUNTED, Outcome.CAPPED)
        for record in line.records
        if record.lstrip("+") not in unknown
    }
    advice = [(advice.code, advice.detail) for advice in statement.advice]
    sums = (statement.verdict, statement.coordinated, statement.self_directed, statement.alternatives)
    return (*sums, statement.plan, advice, refused)
