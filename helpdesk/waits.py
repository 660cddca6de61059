"""How long a page waits for the database. Commands and long work, which nobody waits for, may wait longer.

settings.py bounds every process: twenty seconds for a lock. A process that serves pages calls `bound_for_pages` too;
what an installation writes into the options of its DATABASE_URL wins over both.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection as default_connection
from django.db import connections
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

from helpdesk.common import replica

#: Seconds for a lock that another holds, and for one statement with its locks.
LOCK_SECONDS = 2
STATEMENT_SECONDS = 4
#: Seconds until a database that says nothing at all is given up: while connecting, and after a statement was sent.
CONNECT_SECONDS = 2
SILENCE_SECONDS = 4.2
#: The same for a replica, after which the page is made from the primary.
REPLICA_SECONDS = 1.5
#: Seconds for a new connection in a request whose old one was given up: it must be answered within five in all.
CONNECT_AGAIN_SECONDS = 0.3
#: Seconds after which a transaction that does nothing is ended, so that its locks are free.
IDLE_SECONDS = 15
SAFE = ("GET", "HEAD", "OPTIONS")

_here = threading.local()


def bound_for_pages() -> None:
    """Bounds what this process waits for on PostgreSQL, on every connection it opens from now on."""
    databases = [one for one in connections.settings.values() if one["ENGINE"] == "django.db.backends.postgresql"]
    if not databases:
        return
    from psycopg2 import extensions

    for database in databases:
        _bound(database["OPTIONS"])
    extensions.set_wait_callback(wait_for_answer)


def _bound(options: dict[str, Any]) -> None:
    bounds = {
        "lock_timeout": LOCK_SECONDS,
        "statement_timeout": STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    ours = " ".join(f"-c {name}={seconds}s" for name, seconds in bounds.items())
    options["options"] = options["options"].replace(settings.PATIENT_OPTIONS, ours, 1)
    options["connect_timeout"] = CONNECT_SECONDS
    options["tcp_user_timeout"] = CONNECT_SECONDS * 1000


def wait_for_answer(connection: Any) -> None:
    """Waits for PostgreSQL in psycopg2's place; raises OperationalError where it stays silent.

    The server's own time-outs say nothing where its host is gone or its process stands still.
    """
    from psycopg2 import OperationalError, extensions

    seconds = _seconds_to_connect() if connection.status == extensions.STATUS_SETUP else SILENCE_SECONDS
    if replica.is_read():
        seconds = REPLICA_SECONDS
    deadline = time.monotonic() + min(seconds, getattr(_here, "at_most", seconds))
    events = {extensions.POLL_READ: select.POLLIN, extensions.POLL_WRITE: select.POLLOUT}
    while (state := connection.poll()) != extensions.POLL_OK:
        waiting = select.poll()
        waiting.register(connection.fileno(), events[state])
        if not waiting.poll(1000 * max(0.0, deadline - time.monotonic())):
            _here.gave_up = True
            raise OperationalError("the database does not say anything")


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Gives PostgreSQL up sooner, for what a page can do without."""
    _here.at_most = seconds
    try:
        yield
    finally:
        del _here.at_most


def _seconds_to_connect() -> float:
    return CONNECT_AGAIN_SECONDS if getattr(_here, "gave_up", False) else CONNECT_SECONDS


class PatienceMiddleware:
    """Notes what a request waits for: one that only reads waits less for a lock on SQLite than an editor who saves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _here.reads = request.method in SAFE
        _here.gave_up = False
        try:
            return self.get_response(request)
        finally:
            _here.reads = False
            _here.gave_up = False


@receiver(connection_created, dispatch_uid="helpdesk.patience")
def be_less_patient(sender: object, connection: Any, **kwargs: Any) -> None:
    """Shortens the wait of a connection to SQLite that was opened for a request which only reads."""
    if connection.vendor != "sqlite" or not getattr(_here, "reads", False):
        return
    usual = connection.settings_dict["OPTIONS"].get("timeout", LOCK_SECONDS)
    milliseconds = int(1000 * min(usual, LOCK_SECONDS))
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")


@contextmanager
def without_waiting() -> Iterator[None]:
    """Lets statements fail at once where another holds the lock of SQLite, for notes that may be made later."""
    if default_connection.vendor != "sqlite":
        yield
        return
    with default_connection.cursor() as cursor:
        [usual] = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        with default_connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
