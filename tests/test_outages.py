"""An outage is told by one line and its end by another; whoever waited too long for it is answered at once."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import InternalError, OperationalError, ProgrammingError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from helpdesk import outages, waits
from helpdesk.outages import OnceAnOutage, OutageMiddleware, outage


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def record(error: Exception | None = None, **extra: object) -> logging.LogRecord:
    """A record as Django logs it about a request."""
    if error is None:
        made = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s", ("/",), None)
    else:
        try:
            raise error
        except Exception:
            made = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s", ("/",), sys.exc_info())
    made.__dict__.update(extra)
    return made


def test_the_first_failure_is_logged_and_the_others_are_counted() -> None:
    passed = [OnceAnOutage().filter(record(OperationalError("away"))) for _ in range(282)]
    assert passed == [True] + [False] * 281
    ended = outage.end()
    assert ended is not None
    assert ended[0] == 282
    assert outage.end() is None


def test_a_failure_long_after_the_last_one_is_logged_again() -> None:
    """The mark of an outage that ended while nobody asked for a page must not swallow the reason of the next."""
    assert outage.note_failure()
    assert not outage.note_failure()
    os.utime(outage.path, (time.time() - outages.FORGOTTEN_SECONDS,) * 2)
    assert outage.note_failure()
    assert not outage.note_failure()
    ended = outage.end()
    assert ended is not None
    assert ended[0] == 4


def test_a_thread_that_logs_the_error_as_an_argument_is_counted_too() -> None:
    assert OnceAnOutage().filter(record(OperationalError("away")))
    beside = logging.LogRecord("faq.search", logging.WARNING, "", 0, "keeper: %s", (OperationalError("away"),), None)
    assert not OnceAnOutage().filter(beside)


@pytest.mark.parametrize("error", [ProgrammingError("no such column"), ValueError("ours"), None])
def test_other_errors_are_logged_every_time(error: Exception | None) -> None:
    assert [OnceAnOutage().filter(record(error)) for _ in range(3)] == [True] * 3
    assert outage.quiet_for() is None


def test_the_second_line_about_the_same_request_is_dropped() -> None:
    assert not OnceAnOutage().filter(record(status_code=503))


def test_a_folder_that_cannot_be_written_hides_nothing(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "missing"
    assert [OnceAnOutage().filter(record(OperationalError("away"))) for _ in range(2)] == [True] * 2


@pytest.mark.parametrize(("code", "away"), [("25P03", True), ("25006", True), ("XX000", False)])
def test_postgresql_says_in_its_code_whether_it_is_away(code: str, away: bool) -> None:
    cause = Exception()
    cause.pgcode = code  # type: ignore[attr-defined]
    error = InternalError("ended")
    error.__cause__ = cause
    assert outages.is_away(error) is away


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL reads rows a part at a time")
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_ends_before_its_rows_are_closed_is_a_database_that_is_away() -> None:
    rows = connection.chunked_cursor()  # as of `QuerySet.iterator`
    rows.execute("SELECT 1")
    ended = connection.copy()
    with ended.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    ended.close()
    try:
        with pytest.raises(Exception, match="connection") as raised:
            rows.close()
    finally:
        connection.close()
    assert outages.is_away(raised.value)


def answered(path: str = "/", waited: float = 0.0) -> int:
    request = RequestFactory().get(path, **{outages.WAITED: waited})  # type: ignore[arg-type]
    return OutageMiddleware(lambda request: HttpResponse())(request).status_code


def test_who_waited_for_a_thread_is_answered_at_once_during_an_outage() -> None:
    assert answered(waited=60.0) == 200
    outage.note_failure()
    assert answered(waited=1.0) == 200
    assert answered(waited=60.0) == 500  # ServiceUnavailableMiddleware makes a kind 503 of it
    assert answered("/healthz", waited=60.0) == 200


def test_the_end_is_logged_once_after_a_while_without_failures(db: None, caplog: pytest.LogCaptureFixture) -> None:
    outage.note_failure()
    assert answered() == 200
    assert outage.quiet_for() is not None
    earlier = time.time() - 2 * outages.QUIET_SECONDS
    os.utime(outage.path, (earlier, earlier))
    answered("/healthz")
    assert outage.quiet_for() is not None
    answered()
    answered()
    assert outage.quiet_for() is None
    assert [made.getMessage()[:29] for made in caplog.records] == ["the database answers again: i"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
@pytest.mark.parametrize(("method", "milliseconds"), [("GET", 2000), ("POST", 20000)])
def test_a_reader_waits_less_for_a_lock_than_a_writer(db: None, method: str, milliseconds: int) -> None:
    found: list[int] = []

    def view(request: Any) -> HttpResponse:
        fresh = connection.copy()
        with fresh.cursor() as cursor:
            found.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])
        fresh.close()
        return HttpResponse()

    waits.PatienceMiddleware(view)(RequestFactory().generic(method, "/"))
    assert found == [milliseconds]
