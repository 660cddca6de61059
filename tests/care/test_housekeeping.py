"""Housekeeping: every duty once, one that fails stops no other, and never two at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone

from credits.models import StatementSummary
from helpdesk.common import audit, timers
from helpdesk.common.audit_rows import AuditRow
from helpdesk.common.models import RateCounter, SignInTries
from helpdesk.common.only_one import only_one
from tests.cast import Place

# The index is brought up outside of transactions only.
pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = datetime.timedelta(days=400)


def kept_house() -> tuple[int, str, str]:
    """Runs the command; returns its exit code, output and standard error."""
    out, errors = StringIO(), StringIO()
    try:
        call_command("housekeeping", stdout=out, stderr=errors)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), errors.getvalue()
    return 0, out.getvalue(), errors.getvalue()


@pytest.fixture
def one_more() -> Iterator[list[str]]:
    """Duties of this test only: one that fails, and behind it one that notes that it was done."""
    done: list[str] = []

    def fail() -> None:
        raise RuntimeError("a secret of the log")

    timers.register("fail", fail, every=timers.BY_HOUSEKEEPING, title="坏的")
    timers.register("note", lambda: done.append("done"), every=timers.BY_HOUSEKEEPING, title="好的")
    yield done
    for name in ("fail", "note"):
        del timers._TIMERS[name]


def make_old_rows() -> None:
    """Makes a row of each kind that is over."""
    then = timezone.now() - LONG_AGO
    Session.objects.create(session_key="k", session_data="", expire_date=then)
    RateCounter.objects.create(key="k", expires_at=1)
    SignInTries.objects.create(key="k", kind="pair", forget_at=then)
    AuditRow.objects.create(kind="sign_in", at=then)


def test_everything_that_is_over_goes(place: Place) -> None:
    make_old_rows()
    code, said, wrong = kept_house()
    assert (code, wrong) == (0, "")
    assert not Session.objects.filter(session_key="k").exists()
    assert not RateCounter.objects.exists()
    assert not SignInTries.objects.exists()
    assert [row.kind for row in AuditRow.objects.all()] == ["checkpoint"]
    assert len(said.splitlines()) == len(timers._TIMERS)


def test_summaries_are_as_of_today(cycles: None, place: Place) -> None:
    StatementSummary.objects.all().delete()
    _, said, _ = kept_house()
    assert StatementSummary.objects.filter(teacher=place.teacher).exists()
    assert "重新计算每位教师的学分：2 项" in said


def test_a_second_time_finds_nothing_more_to_do() -> None:
    make_old_rows()
    kept_house()
    code, said, _ = kept_house()
    assert code == 0
    assert "清理过期的登录等待：没有要办的" in said


def test_one_that_fails_stops_no_other(one_more: list[str]) -> None:
    code, said, wrong = kept_house()
    assert (code, one_more) == (1, ["done"])
    assert wrong == "坏的：没有做成，原因写在运行日志里。\n"
    assert "好的" in said


def test_a_broken_audit_log_is_said_and_nothing_of_it_deleted() -> None:
    make_old_rows()
    audit.seal()
    models.QuerySet.update(AuditRow.objects.all(), kind="sign_out")
    code, _, wrong = kept_house()
    assert code == 1
    assert "第 1 号记录" in wrong
    assert AuditRow.objects.count() == 1


def test_of_two_at_once_the_second_does_nothing() -> None:
    def beside() -> Any:
        try:
            return kept_house()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, only_one("housekeeping") as is_ours:
        code, said, _ = other.submit(beside).result()
    assert is_ours
    assert (code, said) == (0, "已有一个在做，这次什么也没有做。\n")
