"""Version of everything that kept pages show, asked before each answer on a connection of its own.

It is read from the database that the pages are read from, so that a host whose copy is behind shows its own state.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any, NamedTuple

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from helpdesk import waits
from helpdesk.outages import outage

logger = logging.getLogger(__name__)

#: One statement: search's version, those of the other parts, the latest opinion of a reader.
_SQL = """
SELECT search.stamp, cycles.stamp, latest.id, latest.updated_at
FROM (SELECT 1) AS one
LEFT JOIN faq_searchstate AS search ON search.id = 1
LEFT JOIN common_contentversion AS cycles ON cycles.part = 'cycles'
LEFT JOIN (SELECT id, updated_at FROM faq_feedback ORDER BY updated_at DESC, id DESC LIMIT 1) AS latest ON 1 = 1
"""
#: Seconds that a request waits for another that is asking, for a lock of the database, and for its answer.
_LONGEST_WAIT = 0.1
_LONGEST_SILENCE = 0.5
_PATIENCE = "-c lock_timeout=100ms -c statement_timeout=300ms"
#: Code of the error where a pooler gives each statement another connection, which knows no statement prepared before.
_NOT_PREPARED = "26000"
#: Seconds for which nothing is asked after a failure.
_PAUSE = 1.0


class Version(NamedTuple):
    """State of the content that pages show, and of readers' opinions."""

    content: tuple[int | None, int | None]
    votes: tuple[Any, Any]


class Versions:
    """The connection of this process for asking, shared by its threads."""

    def __init__(self, using: str = "default") -> None:
        self._using = using
        self._lock = threading.Lock()
        self._connection: BaseDatabaseWrapper | None = None
        self._cursor: Any = None
        self._path = ""
        self._statement = _SQL
        self._prepares = True
        self._file: tuple[int, int] | None = None
        self._paused_until = 0.0
        self._failed = False

    def now(self) -> Version | None:
        """Returns the version as committed; None where it cannot be asked, so that Django has to answer."""
        if time.monotonic() < self._paused_until or not self._lock.acquire(timeout=_LONGEST_WAIT):
            return None
        try:
            with waits.at_most(_LONGEST_SILENCE):
                return self._ask()
        except (Error, OSError) as error:
            self._give_up(error)
            return None
        finally:
            self._lock.release()

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self._close()

    def _ask(self) -> Version | None:
        if self._failed and outage.quiet_for() is not None:
            return None  # Django notices the end of an outage, so it must see the requests until then
        self._failed = False
        connection = self._connection
        if connection is None or self._file != _identity(self._path):
            connection = self._open()
        with connection.wrap_database_errors:
            self._cursor.execute(self._statement)
            search, cycles, *votes = self._cursor.fetchone()
        return Version((search, cycles), (votes[0], votes[1]))

    def _open(self) -> BaseDatabaseWrapper:
        self._close()
        connection = connections[self._using].copy()
        connection.inc_thread_sharing()
        options = connection.settings_dict["OPTIONS"]
        if connection.vendor == "postgresql":
            options["options"] = f"{options.get('options', '')} {_PATIENCE}"
        else:
            options["timeout"] = _LONGEST_WAIT
        with connection.wrap_database_errors:  # what `connect` and the bare cursor raise is the driver's own otherwise
            connection.connect()
            self._connection, self._cursor = connection, connection.connection.cursor()
            if connection.vendor == "sqlite":
                self._path = self._path_of_file()
            elif self._prepares:  # planning would take longer than the answer
                self._cursor.execute(f"PREPARE page_version AS {_SQL}")
                self._statement = "EXECUTE page_version"
        self._file = _identity(self._path)
        return connection

    def _path_of_file(self) -> str:
        """Returns where the SQLite file is. A kept connection reads on in one that was deleted or replaced."""
        self._cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
        return str(self._cursor.fetchone()[0])

    def _close(self) -> None:
        connection, self._connection, self._cursor = self._connection, None, None
        if connection is not None:
            connection.close()

    def _give_up(self, error: Exception) -> None:
        if not self._failed:
            # As text: an error logged as such begins an outage (`helpdesk.outages`), and Django may still be answered.
            logger.info("kept pages are not shown: %s", str(error).strip())
        if getattr(error.__cause__, "pgcode", None) == _NOT_PREPARED:
            self._prepares, self._statement = False, _SQL
        self._failed = True
        self._paused_until = time.monotonic() + _PAUSE
        try:
            self._close()
        except Error:
            self._connection = self._cursor = None


def _identity(path: str) -> tuple[int, int] | None:
    """Returns device and inode of the SQLite file, None on PostgreSQL; raises OSError where the file is gone."""
    if not path:
        return None
    status = os.stat(path)
    return status.st_dev, status.st_ino
