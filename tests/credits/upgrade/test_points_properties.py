"""Properties over any deeds: order, caps, and what one more deed does."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from credits.upgrade.kinds import RULES, SUBMISSION_POINTS, Kind, Level
from credits.upgrade.points import Deed, Points, Reason
from tests.credits.upgrade.deeds import YEAR, count

TRIES = settings(max_examples=60, deadline=None, derandomize=True)
SPREADING = (Kind.SPREAD, Kind.SHARE)

#: Few days, so that deeds meet on one; some before the year, after it and after the day asked.
days = st.one_of(
    st.dates(datetime.date(2020, 12, 22), datetime.date(2021, 1, 12)),
    st.dates(datetime.date(2021, 11, 28), datetime.date(2022, 1, 2)),
)
plain_kinds = st.sampled_from([kind for kind in Kind if kind is not Kind.SUBMISSION])
plain = st.tuples(plain_kinds, days).map(lambda pair: Deed(*pair))
submissions = st.tuples(st.just(Kind.SUBMISSION), days, st.sampled_from(Level), st.booleans()).map(
    lambda parts: Deed(*parts)
)
one_deed = st.one_of(plain, plain, submissions)
#: As long runs of days as it takes to reach the yearly caps.
runs = st.builds(
    lambda kind, first, length: [Deed(kind, first + datetime.timedelta(days=day)) for day in range(length)],
    st.sampled_from([Kind.SPREAD, Kind.SHARE, Kind.DOWNLOAD, Kind.LOGIN]),
    st.dates(datetime.date(2020, 12, 20), datetime.date(2021, 3, 1)),
    st.integers(0, 120),
)
some_deeds = st.builds(
    lambda few, long: few + [deed for run in long for deed in run],
    st.lists(one_deed, max_size=25),
    st.lists(runs, max_size=3),
)


def by_group(points: Points) -> dict[str, int]:
    """Points by kind, with spreading and sharing, which share a room, taken together."""
    found: Counter[str] = Counter()
    for kind, worth in points.by_kind.items():
        found["spreading" if kind in SPREADING else kind.value] += worth
    return dict(found)


def reasons_by_day(points: Points) -> Counter[tuple[Kind, datetime.date, int, Reason | None]]:
    alone = [line for line in points.lines if line.kind not in (*SPREADING, Kind.SUBMISSION)]
    return Counter((line.kind, line.on, line.points, line.reason) for line in alone)


@TRIES
@given(some_deeds, st.randoms(use_true_random=False))
def test_the_order_of_deeds_does_not_matter(deeds: list[Deed], chance: object) -> None:
    """Within a day it decides which of two that share a yearly room is cut, and nothing else."""
    mixed = list(deeds)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = count(deeds), count(mixed)
    assert one.total == other.total
    assert by_group(one) == by_group(other)
    assert reasons_by_day(one) == reasons_by_day(other)


@TRIES
@given(some_deeds)
def test_no_cap_is_ever_exceeded(deeds: list[Deed]) -> None:
    points = count(deeds)
    by_day: Counter[tuple[Kind, datetime.date]] = Counter()
    for line in points.lines:
        by_day[line.kind, line.on] += line.points
    for (kind, _), given_that_day in by_day.items():
        most = 2 if kind is Kind.LOGIN else RULES[kind].points
        assert kind is Kind.SUBMISSION or given_that_day <= most
    yearly = by_group(points)
    assert max(yearly["spreading"], yearly["download"], yearly["submission"]) <= 100
    assert yearly["profile"] in (0, 5)


@TRIES
@given(some_deeds)
def test_sums_and_lines_agree(deeds: list[Deed]) -> None:
    points = count(deeds)
    assert sorted(line.place for line in points.lines) == list(range(len(deeds)))
    assert points.total == sum(points.by_kind.values()) == sum(line.points for line in points.lines)
    for line in points.lines:
        assert (line.kind, line.on) == deeds[line.place][:2]
        assert line.points == 0 or line.reason in (None, Reason.YEARLY_CAP)
        assert line.points > 0 or line.reason is not None


def uses_up_the_profile(more: Deed) -> bool:
    """True for the one kind of deed that may lower a total: 数据完善 is once ever, and that was in an earlier year."""
    return more.kind is Kind.PROFILE and more.on.year < YEAR


@TRIES
@given(some_deeds, one_deed)
def test_one_more_deed_never_lowers_the_points(deeds: list[Deed], more: Deed) -> None:
    before, after = count(deeds).total, count([*deeds, more]).total
    lowest = before - 5 if uses_up_the_profile(more) else before
    assert after >= lowest


def test_an_earlier_profile_is_what_lowers_them() -> None:
    ours = Deed(Kind.PROFILE, datetime.date(2021, 3, 1))
    theirs = Deed(Kind.PROFILE, datetime.date(2020, 3, 1))
    assert (count([ours]).total, count([ours, theirs]).total) == (5, 0)


def slow_total(deeds: Sequence[Deed]) -> int:
    """The points counted anew from the sentences of the table, kind by kind."""
    counted = [deed for deed in deeds if deed.on.year == YEAR and deed.on <= datetime.date(2021, 11, 30)]
    on_days = {kind: {deed.on for deed in counted if deed.kind is kind} for kind in Kind}
    logins = {deed.on for deed in deeds if deed.kind is Kind.LOGIN}
    week = [datetime.timedelta(days=back) for back in range(7)]
    total = sum(2 if all(day - back in logins for back in week) else 1 for day in on_days[Kind.LOGIN])
    profiles = [deed.on for deed in deeds if deed.kind is Kind.PROFILE]
    total += 5 if profiles and min(profiles) in on_days[Kind.PROFILE] else 0
    total += sum(5 * len(on_days[kind]) for kind in (Kind.TEACH, Kind.GUIDE, Kind.INTERACT))
    total += len(on_days[Kind.SPACE]) + len(on_days[Kind.PROVINCE_APP])
    total += min(100, len(on_days[Kind.SPREAD]) + len(on_days[Kind.SHARE])) + min(100, len(on_days[Kind.DOWNLOAD]))
    submitted = [SUBMISSION_POINTS[deed.level] for deed in counted if deed.level and not deed.deleted]
    return total + min(100, sum(submitted))


@TRIES
@given(some_deeds)
def test_the_total_is_that_of_the_sentences(deeds: list[Deed]) -> None:
    assert count(deeds).total == slow_total(deeds)
