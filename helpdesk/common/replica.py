"""Reading of public pages from a replica of the database: which requests may, and the switch that queries follow.

`helpdesk.page_cache` decides for each request and notes it in the WSGI environment. A view whose page is the same for
everybody then reads from the replica, and from the primary database where the replica fails. Everything else is read
from the primary, and everything is written to it.
"""

from __future__ import annotations

import enum
import logging
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

logger = logging.getLogger(__name__)

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]

#: Name of the replica in DATABASES, which lacks it where DATABASE_REPLICA_URL is not set.
ALIAS = "replica"
_NOTE = "helpdesk.replica"
_here = threading.local()


class Reading(enum.Enum):
    """Standing of the replica for one request."""

    #: It holds the same content as the primary.
    EQUAL = enum.auto()
    #: The primary is away, and the replica has the latest that can be read.
    ALONE = enum.auto()
    #: It failed for this request.
    FAILED = enum.auto()


def note(environ: MutableMapping[str, Any], reading: Reading) -> None:
    """Notes in the WSGI environment of a request what the replica is to it."""
    environ[_NOTE] = reading


def noted(environ: MutableMapping[str, Any]) -> Reading | None:
    """Returns what is noted for a request; None for one that reads from the primary alone."""
    found: Reading | None = environ.get(_NOTE)
    return found


# --- the switch ------------------------------------------------------------------------------------------------------


@contextmanager
def read_from_replica(reading: Reading) -> Iterator[None]:
    """Lets the queries of this thread read from the replica, until something is written."""
    yield from _switched(reading)


@contextmanager
def read_from_primary() -> Iterator[None]:
    """Lets the queries of this thread read from the primary, unless that is away and the replica stands in for it."""
    yield from _switched(Reading.ALONE if _reading() is Reading.ALONE else None)


def _switched(reading: Reading | None) -> Iterator[None]:
    before = _reading()
    _here.reading = reading
    try:
        yield
    finally:
        _here.reading = before


def _reading() -> Reading | None:
    return getattr(_here, "reading", None)


def is_read() -> bool:
    """Tells whether a query of this thread reads from the replica now. Inside a transaction none does."""
    return _reading() is not None and not connections[DEFAULT_DB_ALIAS].in_atomic_block


def alias_to_read() -> str:
    """Returns the name of the database that a query of this thread reads from now."""
    return ALIAS if is_read() else DEFAULT_DB_ALIAS


class Router:
    """Django's database router: reads follow the switch, writes and migrations go to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return alias_to_read()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Returns the primary, from which everything is read afterwards: the replica does not know of the write yet."""
        _here.reading = None
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True  # rows of both are the same rows

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != ALIAS


# --- views -----------------------------------------------------------------------------------------------------------


def may_read_replica(view: View[Parameters]) -> View[Parameters]:
    """Marks a view whose answer is made of public content alone, which the replica has as well."""

    @wraps(view)
    def reader(request: HttpRequest, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponseBase:
        return answered(request, partial(view, request, *args, **kwargs))

    return reader


def answered(request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Returns what `view` answers from the replica where the request may read it, else from the primary.

    Where the replica fails, for whatever reason, the view is asked a second time and reads from the primary.
    """
    reading = noted(request.META)
    if reading is None:
        return view()
    try:
        with read_from_replica(reading):
            return _made(view(), reading)
    except Error as error:
        reason = str(error).strip().partition("\n")[0]
        logger.warning("the replica failed, a page is made from the primary: %s", reason)
        note(request.META, Reading.FAILED)
    return view()


def _made(response: HttpResponseBase, reading: Reading) -> HttpResponseBase:
    """Returns a response that asks the database no more, or where it is streamed asks the same one."""
    render = getattr(response, "render", None)
    if callable(render):
        render()
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = _parts(iter(response), reading)
    return response


def _parts(parts: Iterator[bytes], reading: Reading) -> Iterator[bytes]:
    while True:
        with read_from_replica(reading):
            part = next(parts, None)
        if part is None:
            return
        yield part
