"""Log lines as JSON objects, one a line, without personal data: for whoever collects the logs of several hosts.

Of a request a line says method, route (the name of its view), status and milliseconds, never the path, the query, the
address or the account. Of an error it says kind and place, and not its words, because the database quotes rows in them.
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import traceback
from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest

from .outages import is_away

#: An address in a message, such as the page that sent a form which was refused: its host may stay.
_ADDRESS = re.compile(r"(https?://[^/\s?#]+)[^\s]*")
#: Facts of a request that `log_requests` gives with its record.
_OF_REQUEST = ("method", "route", "status", "milliseconds")
#: Lines of a traceback that are told, the last ones.
_MOST_PLACES = 30


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _ADDRESS.sub(r"\1/…", _message(record)),
        }
        told |= _of_request(record)
        if record.exc_info and record.exc_info[1]:
            told |= _of_error(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    """Returns the message without paths of requests and without what the database says of rows."""
    if not isinstance(record.args, tuple) or not record.args:
        return record.getMessage()
    request = _request_of(record)
    return str(record.msg) % tuple(_harmless(argument, request) for argument in record.args)


def _harmless(argument: object, request: HttpRequest | None) -> object:
    """Returns an argument of a message, or what stands in its place: the route for a path, its kind for an error."""
    if isinstance(argument, DatabaseError) and not is_away(argument):
        return type(argument).__name__
    if request is not None and isinstance(argument, str) and argument.startswith("/"):
        return route_of(request) or "-"
    return argument


def _request_of(record: logging.LogRecord) -> HttpRequest | None:
    request = getattr(record, "request", None)
    return request if isinstance(request, HttpRequest) else None


def route_of(request: HttpRequest) -> str | None:
    """Returns the name of the view that a request reached; None where there is none."""
    return request.resolver_match.view_name if request.resolver_match else None


def _of_request(record: logging.LogRecord) -> dict[str, Any]:
    request = _request_of(record)
    if request is not None:
        status = getattr(record, "status_code", None)
        return {"method": request.method, "route": route_of(request), "status": status}
    return {name: getattr(record, name) for name in _OF_REQUEST if hasattr(record, name)}


def _of_error(error: BaseException) -> dict[str, Any]:
    """Returns kind and place of an error, and its first line where it is about the connection to the database."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_PLACES:]
    told: dict[str, Any] = {
        "error": type(error).__name__,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or error.__context__
    if cause is not None:
        told["cause"] = type(cause).__name__
    if is_away(error):
        told["reason"] = str(error).strip().partition("\n")[0]
    return told
