"""Reading from a replica: which queries do, and what happens where it fails. `tests/test_hosts.py` has a real one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connections, router, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory

from faq.models import Entry, SearchState
from helpdesk.care.doctor.database import look_at_replica
from helpdesk.common.replica import (
    ALIAS,
    Reading,
    alias_to_read,
    answered,
    may_read_replica,
    note,
    noted,
    read_from_primary,
    read_from_replica,
)
from helpdesk.common.shared_pages import at_each_showing, page_of, same_for_everybody
from helpdesk.page_cache import PageCache
from helpdesk.page_cache.versions import Version
from tests.installation import Installation


@pytest.fixture
def routed(settings: Any) -> None:
    settings.DATABASE_ROUTERS = ["helpdesk.common.replica.Router"]


def request_reading(reading: Reading | None) -> HttpRequest:
    request = RequestFactory().get("/")
    if reading:
        note(request.META, reading)
    return request


def words_of(reading: Reading | None, view: Callable[[], HttpResponse]) -> str:
    """Returns the words that the view answers to a request that may read so."""
    response = answered(request_reading(reading), view)
    assert isinstance(response, HttpResponse)
    return response.content.decode()


# --- the switch ------------------------------------------------------------------------------------------------------


def test_queries_follow_the_switch(routed: None) -> None:
    assert Entry.objects.all().db == "default"
    with read_from_replica(Reading.EQUAL):
        assert Entry.objects.all().db == "replica"
        with read_from_primary():
            assert Entry.objects.all().db == "default"
        assert SearchState.objects.all().db == "replica"
    assert Entry.objects.all().db == "default"


def test_a_replica_that_stands_in_is_read_even_where_the_primary_is_preferred(routed: None) -> None:
    with read_from_replica(Reading.ALONE), read_from_primary():
        assert Entry.objects.all().db == "replica"


@pytest.mark.django_db
def test_what_is_read_after_a_write_is_read_from_the_primary(routed: None) -> None:
    with read_from_replica(Reading.EQUAL):
        assert Entry.objects.filter(pk=1).delete() == (0, {})
        assert Entry.objects.all().db == "default"


def test_a_row_from_the_replica_is_saved_to_the_primary(routed: None) -> None:
    row = Entry(pk=1)
    row._state.db = "replica"
    with read_from_replica(Reading.EQUAL):
        assert router.db_for_read(Entry, instance=row) == "replica"
        assert router.db_for_write(Entry, instance=row) == "default"
    assert not router.allow_migrate("replica", "faq")
    assert router.allow_migrate("default", "faq")


@pytest.mark.django_db(transaction=True)
def test_a_transaction_reads_from_the_primary(routed: None) -> None:
    with read_from_replica(Reading.EQUAL), transaction.atomic():
        assert Entry.objects.all().db == "default"


class FakeVersions:
    """Versions as a database would tell them."""

    def __init__(self, version: Version | None, is_away: bool = False) -> None:
        self.version = version
        self.is_away = is_away

    def now(self, *, needed: bool = False) -> Version | None:
        return self.version

    def forget(self) -> None: ...


def test_a_replica_that_was_behind_for_long_does_not_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else entries that were withdrawn days ago would show again while the primary is away."""
    notes: list[Reading | None] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        notes.append(noted(environ))
        start_response("503 Service Unavailable", [])
        return []

    old, new = Version((1, 1), (1, 1)), Version((2, 1), (1, 1))
    primary, behind = FakeVersions(new), FakeVersions(old)
    cache = PageCache(application, primary)  # type: ignore[arg-type]
    monkeypatch.setattr(cache, "_of_replica", behind)

    def ask() -> Reading | None:
        cache(RequestFactory().get("/faq/").environ, lambda *told: None)
        return notes[-1]

    assert ask() is None  # made from the primary
    primary.version, primary.is_away = None, True
    assert ask() is Reading.ALONE  # behind for a moment only
    monkeypatch.setattr("helpdesk.page_cache.MOST_BEHIND", -1.0)
    assert ask() is None
    behind.version = new  # it has caught up, though nobody asked the primary since
    assert ask() is Reading.ALONE
    behind.version = None
    assert ask() is None
    primary.version, primary.is_away, behind.version = new, False, new
    assert ask() is Reading.EQUAL
    primary.version, primary.is_away = None, True
    assert ask() is Reading.ALONE


# --- views -----------------------------------------------------------------------------------------------------------


def test_a_request_without_a_note_reads_from_the_primary() -> None:
    assert words_of(None, lambda: HttpResponse(alias_to_read())) == "default"


def test_a_noted_request_reads_from_the_replica_until_it_is_answered() -> None:
    assert words_of(Reading.EQUAL, lambda: HttpResponse(alias_to_read())) == "replica"
    assert alias_to_read() == "default"


@pytest.mark.parametrize("error", [OperationalError("gone"), ProgrammingError("no such column")])
def test_a_view_that_fails_at_the_replica_is_answered_from_the_primary(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    request, read = request_reading(Reading.EQUAL), []

    def view() -> HttpResponse:
        read.append(alias_to_read())
        if read[-1] == "replica":
            raise error
        return HttpResponse()

    with caplog.at_level(logging.WARNING):
        assert answered(request, view).status_code == 200
    assert read == ["replica", "default"]
    assert noted(request.META) is Reading.FAILED
    assert str(error) in caplog.text


def test_an_error_of_the_primary_is_not_hidden() -> None:
    def view() -> HttpResponse:
        raise OperationalError("both are away")

    with pytest.raises(OperationalError):
        answered(request_reading(Reading.ALONE), view)


def test_a_page_that_is_made_a_second_time_is_counted_once() -> None:
    shown: list[str] = []

    @same_for_everybody()
    def view(request: HttpRequest) -> HttpResponse:
        at_each_showing(request, lambda environ: shown.append(alias_to_read()))
        if alias_to_read() == "replica":
            raise OperationalError("gone")
        return HttpResponse()

    request = request_reading(Reading.EQUAL)
    view(request)
    page = page_of(request.META)
    assert page is not None
    assert len(page.actions) == 1


def test_a_template_is_filled_from_the_replica() -> None:
    @may_read_replica
    def view(request: HttpRequest) -> TemplateResponse:
        template = engines["django"].from_string("{{ alias }}")
        return TemplateResponse(request, template, {"alias": alias_to_read})  # called when the template is filled

    response = view(request_reading(Reading.EQUAL))
    assert isinstance(response, TemplateResponse)
    assert response.content == b"replica"


def test_a_stream_is_read_from_the_replica_and_leaves_the_switch_alone() -> None:
    def parts() -> Iterator[str]:
        for _ in range(2):
            yield alias_to_read()

    response = answered(request_reading(Reading.EQUAL), lambda: StreamingHttpResponse(parts()))
    stream = iter(response)
    assert next(stream) == b"replica"
    assert alias_to_read() == "default"
    assert next(stream) == b"replica"
    assert list(stream) == []


# --- what is told of it ----------------------------------------------------------------------------------------------


@pytest.fixture
def missing_replica(
    django_db_setup: None, django_db_blocker: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """The settings name a replica that does not answer. pytest-django, which knows of no second one, is passed by."""
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": f"file:{tmp_path}/missing?mode=rw", "OPTIONS": {}}
    named = connections.settings["default"] | engine
    monkeypatch.setitem(connections.settings, ALIAS, named)
    monkeypatch.setitem(settings.DATABASES, ALIAS, named)
    with django_db_blocker.unblock():
        yield
    connections.close_all()
    del connections[ALIAS]


def test_where_the_settings_name_none_nothing_is_told(db: None) -> None:
    assert "replica" not in Client().get("/readyz").json()
    assert list(look_at_replica()) == []


def test_a_replica_that_does_not_answer_is_a_warning(missing_replica: None) -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    told = answer.json()["replica"]
    assert (told["answers"], told["lag_bytes"]) == (False, None)
    assert told["warning"].startswith("只读副本连不上")


def test_the_doctor_finds_it(missing_replica: None) -> None:
    (finding,) = look_at_replica()
    assert finding.wrong.startswith("只读副本连不上")
    assert not finding.urgent


# --- settings --------------------------------------------------------------------------------------------------------


def test_a_replica_of_sqlite_is_refused(tmp_path: Any) -> None:
    place = Installation(tmp_path, DATABASE_REPLICA_URL="postgres://portal@127.0.0.1:5432/portal")
    done = place.manage("check")
    assert done.returncode != 0
    assert "设置 DATABASE_REPLICA_URL 不对：要用 PostgreSQL" in done.stderr
