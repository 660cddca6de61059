"""With LOG_FORMAT=json each log line is an object that says what happened, and nothing of whom it happened to."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from helpdesk.log_json import JsonLines
from helpdesk.log_requests import RequestLogMiddleware
from tests.installation import Installation

NAME = "张三"


def told(record: logging.LogRecord) -> dict[str, Any]:
    """The object of a record, which takes one line."""
    line = JsonLines().format(record)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
    made.__dict__.update(extra)
    return made


def failed(error: Exception) -> logging.LogRecord:
    made = record("it failed")
    try:
        raise error
    except Exception:
        made.exc_info = sys.exc_info()
    return made


def request_to(path: str) -> HttpRequest:
    request = RequestFactory().get(path, {"q": NAME})
    with suppress(Http404):
        request.resolver_match = resolve(request.path)
    return request


def answering(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """A view that answers with `response`."""
    return response


def test_a_line_says_when_how_grave_who_and_what() -> None:
    found = told(record("kept: %s\n%s", 3, "二"))
    assert (found["level"], found["logger"], found["message"]) == ("WARNING", "django.request", "kept: 3\n二")
    assert found["time"].endswith("+00:00")
    assert set(found) == {"time", "level", "logger", "message"}


@pytest.mark.parametrize(
    ("path", "route"), [("/faq/upgrade-01/", "faq:entry"), ("/ask/QzXbCT0Q2Y5GQY4kmvcXyg/", "faq:ask-follow")]
)
def test_a_refusal_names_the_route_and_not_the_path(path: str, route: str) -> None:
    request = request_to(path)
    made = record("%s: %s", "Not Found", request.path, request=request, status_code=404)
    found = told(made)
    assert found["message"] == f"Not Found: {route}"
    assert (found["method"], found["route"], found["status"]) == ("GET", route, 404)
    assert path.split("/")[2] not in json.dumps(found)


def test_an_unknown_path_is_not_told() -> None:
    found = told(record("%s: %s", "Not Found", f"/{NAME}/", request=request_to(f"/{NAME}/"), status_code=404))
    assert (found["message"], found["route"]) == ("Not Found: -", None)


def test_the_page_that_sent_a_refused_form_is_not_told() -> None:
    reason = f"Referer checking failed - https://other.example/who?name={NAME} does not match any trusted origins."
    found = told(record("Forbidden (%s): %s", reason, "/sign-in/", request=request_to("/sign-in/"), status_code=403))
    assert NAME not in found["message"]
    assert "https://other.example/… does not match" in found["message"]


def test_an_error_is_told_by_kind_and_place_without_its_words() -> None:
    found = told(failed(IntegrityError(f"Key (name)=({NAME}) already exists")))
    assert found["error"] == "IntegrityError"
    assert found["trace"][-1].split("/")[-1].startswith("test_log_json.py:")
    assert NAME not in json.dumps(found, ensure_ascii=False)


def test_an_error_of_the_database_that_is_told_in_passing_keeps_its_words_too() -> None:
    assert told(record("not saved: %s", IntegrityError(f"name {NAME}")))["message"] == "not saved: IntegrityError"
    assert told(record("not saved: %s", OperationalError("refused")))["message"] == "not saved: refused"


def test_why_the_database_is_away_is_told() -> None:
    assert told(failed(OperationalError("connection refused\nIs it up?")))["reason"] == "connection refused"


def test_a_request_leaves_one_line(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.LOG_FORMAT = "json"
    caplog.set_level(logging.INFO, "helpdesk.log_requests")
    RequestLogMiddleware(lambda request: HttpResponse(status=404))(request_to("/search/"))
    (made,) = caplog.records
    found = told(made)
    assert (found["method"], found["route"], found["status"]) == ("GET", "faq:search", 404)
    assert found["milliseconds"] >= 0
    assert NAME not in json.dumps(found, ensure_ascii=False)


def test_healthy_monitors_leave_none(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.LOG_FORMAT = "json"
    caplog.set_level(logging.INFO, "helpdesk.log_requests")
    for response in (HttpResponse(), HttpResponse(status=503)):
        RequestLogMiddleware(partial(answering, response))(request_to("/readyz"))
    assert [made.status for made in caplog.records] == [503]  # type: ignore[attr-defined]


def test_by_default_nothing_is_told_of_requests(settings: Any) -> None:
    assert settings.LOGGING["handlers"]["stderr"]["formatter"] == "line"
    with pytest.raises(MiddlewareNotUsed):
        RequestLogMiddleware(lambda request: HttpResponse())


ASK = f"""
import django
django.setup()
from django.test import Client
for path in ("/healthz", "/api/v1/{NAME}/", "/api/v1/entries/?q={NAME}"):
    Client(raise_request_exception=False, HTTP_HOST="portal.example.invalid").get(path, secure=True)
"""


def test_the_whole_log_is_json_where_a_setting_says_so(tmp_path: Path) -> None:
    """In a process of its own, because logging is set up once for each; there is no database, so one address fails."""
    (tmp_path / "var" / "static").mkdir(parents=True)
    done = Installation(tmp_path).run("-c", ASK, LOG_FORMAT="json", DJANGO_SETTINGS_MODULE="helpdesk.settings")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    answered = [(line["route"], line["status"]) for line in lines if line["logger"] == "helpdesk.log_requests"]
    assert answered == [(None, 404), ("api:entries", 503)]
    assert "OperationalError" in [line.get("error") for line in lines]
    assert NAME not in json.dumps(lines, ensure_ascii=False)


def test_another_format_refuses_to_start(tmp_path: Path) -> None:
    done = Installation(tmp_path).run("-c", "import helpdesk.settings", LOG_FORMAT="xml")
    assert "设置 LOG_FORMAT 不对：要写 line 或者 json" in done.stderr
