"""A database that is away: logged once with its end, and answered at once while everybody waits for it.

All processes of a host share one small file: when the outage began, and a dot for each failure. Nothing that was
typed stands in it.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import Error, InterfaceError, InternalError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from helpdesk.common import replica

logger = logging.getLogger(__name__)

#: Key under which the server says for how many seconds a request waited for a thread.
WAITED = "helpdesk.waited"
#: A request that waited longer is answered at once while the database is away: it would wait as long again.
LATE_SECONDS = 2.0
#: Seconds without a failure after which an outage may be over.
QUIET_SECONDS = 5.0
#: A failure so many seconds after the last one is logged too: an outage may have ended with nobody asking for a page.
FORGOTTEN_SECONDS = 60.0
#: Classes of PostgreSQL's error codes that Django calls internal: a transaction ended for us, or one that may only
#: read since the database moved to another host.
AWAY_CODES = ("25P03", "25006")


def is_away(error: BaseException | None) -> bool:
    """True where an error says that the database is locked, gone or unreachable, not that we asked for nonsense."""
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "pgcode", None) in AWAY_CODES
    # Django lets the driver's own error pass when a cursor of the server's cannot be closed any more.
    driver = connection.Database  # type: ignore[attr-defined]
    return isinstance(error, (OperationalError, InterfaceError, driver.OperationalError, driver.InterfaceError))


class Outage:
    """The outage that goes on, as the shared file tells it."""

    @property
    def path(self) -> Path:
        return Path(settings.VAR_DIR) / "outage"

    def note_failure(self) -> bool:
        """Counts a failure; True for the first one, in whichever process, and the first after a long silence."""
        quiet = self.quiet_for()
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            is_first = True
        except FileExistsError:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
            is_first = False
        os.write(file, f"{time.time():.0f}\n.".encode() if is_first else b".")
        os.close(file)
        return is_first or (quiet is not None and quiet >= FORGOTTEN_SECONDS)

    def quiet_for(self) -> float | None:
        """Seconds since the last failure; None where there is no outage."""
        try:
            return time.time() - self.path.stat().st_mtime
        except FileNotFoundError:
            return None

    def end(self) -> tuple[int, float] | None:
        """Ends the outage; returns its failures and seconds to the process that ended it, to others None."""
        try:
            began, _, dots = self.path.read_text().partition("\n")
            lasted = self.path.stat().st_mtime - int(began)
            self.path.unlink()
        except (FileNotFoundError, ValueError):
            return None
        return len(dots), max(0.0, lasted)


outage = Outage()


class OnceAnOutage(logging.Filter):
    """Lets the first record about a database that is away pass and counts the others."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == 503 and not record.exc_info:
            return False  # Django says again, without its reason, what was said when it happened
        if not is_away(_error_of(record)):
            return True
        try:
            return outage.note_failure()
        except OSError:
            return True


def _error_of(record: logging.LogRecord) -> BaseException | None:
    """The error that a record is about: logged with it, or among its arguments."""
    if record.exc_info:
        return record.exc_info[1]
    arguments = record.args if isinstance(record.args, tuple) else ()
    return next((argument for argument in arguments if isinstance(argument, Error)), None)


class OutageMiddleware:
    """Answers who has waited long enough at once while the database is away, and notices when it is back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz" or replica.noted(request.META) is replica.Reading.ALONE:
            return self.get_response(request)  # the database that is away is not asked
        quiet = outage.quiet_for()
        if quiet is None:
            return self.get_response(request)
        if quiet < QUIET_SECONDS and request.META.get(WAITED, 0.0) > LATE_SECONDS:
            # ServiceUnavailableMiddleware says so in words.
            request.database_away = True  # type: ignore[attr-defined]
            return HttpResponse(status=500)
        response = self.get_response(request)
        if response.status_code < 500 and quiet >= QUIET_SECONDS:
            end_outage()
        return response


def end_outage() -> None:
    """Logs that the database is back, once, where it really answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return
    if ended := outage.end():
        logger.warning("the database answers again: it failed %d times within %.0f s", *ended)
