"""之江汇经验值: the table of upgrade-14, row by row, and the order of the reasons."""

from __future__ import annotations

import datetime

import pytest

from credits.upgrade.kinds import Kind
from credits.upgrade.points import Deed, Reason
from tests.credits.upgrade.deeds import AS_OF, count, days_in_row, make_deed, outcome

ONE_A_DAY = {
    "space": 1,
    "province_app": 1,
    "spread": 1,
    "share": 1,
    "download": 1,
    "teach": 5,
    "guide": 5,
    "interact": 5,
    "login": 1,
}


@pytest.mark.parametrize(("kind", "points"), ONE_A_DAY.items())
def test_the_first_of_a_day_counts(kind: str, points: int) -> None:
    deeds = [make_deed(kind), make_deed(kind), make_deed(kind, "2021-03-02")]
    assert outcome(deeds) == [(points, None), (0, "daily_cap"), (points, None)]


def test_kinds_of_one_day_do_not_hinder_each_other() -> None:
    assert count([make_deed(kind) for kind in ONE_A_DAY]).total == sum(ONE_A_DAY.values())


# --- logins ------------------------------------------------------------------------------------------------------


def test_the_seventh_day_in_a_row_gives_two() -> None:
    assert [points for points, _ in outcome(days_in_row("login", "2021-03-01", 9))] == [1] * 6 + [2] * 3


def test_a_missed_day_begins_a_new_row() -> None:
    deeds = days_in_row("login", "2021-03-01", 6) + days_in_row("login", "2021-03-08", 6)
    assert count(deeds).total == 12


def test_a_row_may_begin_before_new_year() -> None:
    deeds = days_in_row("login", "2020-12-26", 8)
    assert outcome(deeds) == [(0, "out_of_year")] * 6 + [(2, None), (2, None)]


def test_two_logins_of_a_long_row_count_once() -> None:
    deeds = [*days_in_row("login", "2021-03-01", 7), make_deed("login", "2021-03-07")]
    assert outcome(deeds)[-2:] == [(2, None), (0, "daily_cap")]


# --- once ever ---------------------------------------------------------------------------------------------------


def test_the_profile_counts_once_ever() -> None:
    assert outcome([make_deed("profile", "2021-05-01"), make_deed("profile", "2021-03-01")]) == [(0, "once"), (5, None)]
    assert outcome([make_deed("profile"), make_deed("profile")]) == [(5, None), (0, "once")]


@pytest.mark.parametrize("earlier", ["2020-12-31", "1950-01-01"])
def test_a_profile_of_an_earlier_year_uses_it_up(earlier: str) -> None:
    assert outcome([make_deed("profile"), make_deed("profile", earlier)]) == [(0, "once"), (0, "out_of_year")]


# --- submissions -------------------------------------------------------------------------------------------------


def test_submissions_go_by_their_highest_level() -> None:
    deeds = [make_deed("submission", level=level) for level in ("county", "city", "province")]
    assert outcome(deeds) == [(3, None), (10, None), (20, None)]


def test_a_deleted_submission_takes_no_room() -> None:
    deeds = [make_deed("submission", level="province", deleted=True), *[make_deed("submission", level="province")] * 5]
    assert outcome(deeds) == [(0, "deleted")] + [(20, None)] * 5


def test_the_yearly_cap_cuts_the_last_in_part() -> None:
    levels = ["province"] * 4 + ["city", "province", "county"]
    deeds = [make_deed("submission", level=level) for level in levels]
    assert outcome(deeds)[4:] == [(10, None), (10, "yearly_cap"), (0, "yearly_cap")]


# --- other yearly caps -------------------------------------------------------------------------------------------


def test_downloads_stop_at_a_hundred() -> None:
    found = outcome(days_in_row("download", "2021-01-01", 103))
    assert found[99:] == [(1, None)] + [(0, "yearly_cap")] * 3


def test_spreading_and_sharing_share_a_hundred() -> None:
    points = count([*days_in_row("spread", "2021-01-01", 60), *days_in_row("share", "2021-02-15", 60)])
    assert (points.by_kind[Kind.SPREAD], points.by_kind[Kind.SHARE]) == (60, 40)


def test_a_deed_worth_nothing_still_uses_up_its_day() -> None:
    deeds = [*days_in_row("download", "2021-01-01", 101), make_deed("download", "2021-04-11")]
    assert outcome(deeds)[-2:] == [(0, "yearly_cap"), (0, "daily_cap")]


def test_other_kinds_have_no_yearly_cap() -> None:
    assert count(days_in_row("teach", "2021-01-01", 300)).total == 1500


# --- the year ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        ("2020-12-31", "out_of_year"),
        ("2021-01-01", None),
        ("2021-11-30", None),
        ("2021-12-01", "after_as_of"),
        ("2022-01-01", "out_of_year"),
    ],
)
def test_the_year_runs_to_the_day_asked(on: str, reason: str | None) -> None:
    assert outcome([make_deed("teach", on)]) == [(0 if reason else 5, reason)]


@pytest.mark.parametrize(("as_of", "total"), [("2020-06-30", 0), ("2021-01-01", 5), ("2100-12-31", 10)])
def test_as_of_may_lie_in_another_year(as_of: str, total: int) -> None:
    deeds = [make_deed("teach", "2021-01-01"), make_deed("teach", "2021-12-31")]
    assert count(deeds, as_of=datetime.date.fromisoformat(as_of)).total == total


@pytest.mark.parametrize(
    ("deeds", "reasons"),
    [
        ([make_deed("profile", "2021-12-02"), make_deed("profile", "2021-12-03")], ["after_as_of"] * 2),
        ([make_deed("submission", "2022-01-01", "city", deleted=True)], ["out_of_year"]),
        ([make_deed("submission", "2021-12-01", "city", deleted=True)], ["after_as_of"]),
        ([make_deed("login", "2021-12-01"), make_deed("login", "2021-12-01")], ["after_as_of"] * 2),
    ],
)
def test_the_first_reason_that_applies_is_given(deeds: list[Deed], reasons: list[str]) -> None:
    assert [reason for _, reason in outcome(deeds)] == reasons


# --- the answer --------------------------------------------------------------------------------------------------


def test_lines_stand_by_day_and_place() -> None:
    deeds = [make_deed("teach", "2021-03-02"), make_deed("guide"), make_deed("login")]
    assert [line.place for line in count(deeds).lines] == [1, 2, 0]


def test_every_kind_has_its_points_zero_too() -> None:
    points = count([make_deed("guide")])
    assert set(points.by_kind) == set(Kind)
    assert {kind: given for kind, given in points.by_kind.items() if given} == {Kind.GUIDE: 5}


def test_the_sample_of_upgrade_13_by_the_table() -> None:
    """The platform's own list gives 6: three of 1 for one application in a day, and 1 for an interaction."""
    sample = [
        make_deed("space", "2021-03-26"),
        make_deed("space", "2021-03-25"),
        make_deed("interact", "2021-03-24"),
        *[make_deed("province_app", "2021-03-24")] * 3,
    ]
    points = count(sample, as_of=AS_OF)
    assert points.total == 8
    assert [line.reason for line in points.lines].count(Reason.DAILY_CAP) == 2
