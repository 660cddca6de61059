"""Version of everything that kept pages show, asked before each answer on a connection of its own.

It is the primary's, so that a change is seen at the next request on every host; that of a replica, asked in the same
way, tells whether the replica is as far.

PostgreSQL needs a tenth of a millisecond to answer, most of it until its process wakes up. The server sends the
question as soon as a request has come whole and reads the request meanwhile (`Versions.ask_ahead`), so the connection
to PostgreSQL is one of psycopg2's asynchronous ones.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db import Error, connections

from helpdesk import waits
from helpdesk.common import replica
from helpdesk.outages import is_away, outage

T = TypeVar("T")
logger = logging.getLogger(__name__)

#: One statement: search's version, those of the other parts, the latest opinion of a reader.
_SQL = """
SELECT search.stamp, cycles.stamp, places.stamp, latest.id, latest.updated_at
FROM (SELECT 1) AS one
LEFT JOIN faq_searchstate AS search ON search.id = 1
LEFT JOIN common_contentversion AS cycles ON cycles.part = 'cycles'
LEFT JOIN common_contentversion AS places ON places.part = 'places'
LEFT JOIN (SELECT id, updated_at FROM faq_feedback ORDER BY updated_at DESC, id DESC LIMIT 1) AS latest ON 1 = 1
"""
#: Seconds that a request waits for another that is asking, for a lock of the database, and for its answer.
_LONGEST_WAIT = 0.1
_LONGEST_SILENCE = 0.5
_PATIENCE = "-c lock_timeout=100ms -c statement_timeout=300ms"
#: Code of the error where a pooler gives each statement another connection, which knows no statement prepared before.
_NOT_PREPARED = "26000"
#: Codes of the errors where the database is there, and only too busy to say its version soon.
_BUSY = ("55P03", "57014")
#: Seconds for which nothing is asked after a failure: of the primary, and of a replica, which can be done without.
_PAUSE, _PAUSE_OF_REPLICA = 1.0, 5.0
#: A connection that fails within so many seconds was ended by the server, which may take a new one at once.
_AT_ONCE = 0.1


class Version(NamedTuple):
    """State of the content that pages show, of readers' opinions, and of which entries are published in which order.

    Of opinions it knows the latest: one that is deleted before it, or comes from a host whose clock is behind, counts
    on the home page when its time is over.
    """

    content: tuple[int | None, int | None]
    votes: tuple[Any, Any]
    places: int | None = None


class Versions:
    """The connection of this process for asking, shared by its threads.

    `is_away` tells whether the database was found to be unreachable when it was last asked.
    """

    def __init__(self, using: str = "default") -> None:
        self._using = using
        self._has_replica = using != replica.ALIAS and replica.ALIAS in settings.DATABASES
        self._lock = threading.Lock()
        self._here = threading.local()  # `has_asked`: this thread sent the question ahead, and holds the lock
        self._database = connections[using].copy()  # for its settings and names of errors; connected where it is SQLite
        self._connection: Any = None
        self._cursor: Any = None
        self._is_sent = False
        self._path = ""
        self._statement = _SQL
        self._prepares = True
        self._file: tuple[int, int] | None = None
        self._paused_until = 0.0
        self._failed = False
        self.is_away = False

    def now(self, *, needed: bool = False) -> Version | None:
        """Returns the version as committed; None where it cannot be asked, so that Django has to answer.

        One that is `needed`, since there is nothing else, is also asked for soon after a failure.
        """
        return self._patiently(self._ask, needed=needed)

    def stamps(self, entries: Collection[int]) -> dict[int, int] | None:
        """Returns the stamps of entries by their ids, as committed; None where they cannot be asked."""
        return self._patiently(lambda: self._ask_stamps(entries))

    def ask_ahead(self) -> None:
        """Sends the question of `now` to PostgreSQL; that, or `forget`, must follow soon in the same thread.

        Where there is no connection yet, or another thread is asking, nothing is sent: `now` does all then.
        """
        if self._connection is None or not self._answers_later or not self._take_turn(0):
            return
        try:
            if self._connection is not None and not self._failed:
                with self._database.wrap_database_errors:
                    self._cursor.execute(self._statement)
                self._is_sent = self._here.has_asked = True
        except Error as error:
            self._forget_connection(error)  # `now` takes a new one, or finds that there is none
        finally:
            if not self._has_asked:
                self._lock.release()

    def forget(self) -> None:
        """Takes the answer to what was sent ahead, where nobody wants it any more."""
        if self._has_asked:
            self.now()

    @property
    def _has_asked(self) -> bool:
        return getattr(self._here, "has_asked", False)

    @property
    def _answers_later(self) -> bool:
        return self._database.vendor == "postgresql"

    def _patiently(self, ask: Callable[[], T | None], *, needed: bool = False) -> T | None:
        if not self._has_asked and not self._take_turn(self._longest_wait(needed), needed=needed):
            return None
        began = time.monotonic()
        try:
            with waits.at_most(_LONGEST_SILENCE):
                return self._again_where_ended(ask)
        except (Error, OSError) as error:
            self._give_up(error, time.monotonic() - began)
            return None
        finally:
            self._here.has_asked = False
            self._lock.release()

    def _take_turn(self, longest: float, *, needed: bool = False) -> bool:
        """Takes the lock; false where nothing may be asked now, or another thread asks for over `longest` seconds."""
        if self._is_paused(needed) or not self._lock.acquire(timeout=longest):
            return False
        if self._is_paused(needed):  # another thread has just found out
            self._lock.release()
            return False
        return True

    def _is_paused(self, needed: bool) -> bool:
        return time.monotonic() < self._paused_until and not needed

    def _longest_wait(self, needed: bool) -> float:
        """Returns how long a request waits for another that is asking: until that one knows, where much hangs on it."""
        if needed:
            return _LONGEST_WAIT + _LONGEST_SILENCE
        if self.is_away:
            return 0
        return _LONGEST_WAIT + _LONGEST_SILENCE if self._has_replica else _LONGEST_WAIT

    def leave_alone(self) -> None:
        """Asks nothing for some seconds, as after a failure."""
        self._paused_until = time.monotonic() + (_PAUSE_OF_REPLICA if self._using == replica.ALIAS else _PAUSE)

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self._close()

    def _again_where_ended(self, ask: Callable[[], T | None]) -> T | None:
        """Asks, a second time on a new connection where the server has ended the one before, as at its restart."""
        had_connection, began = self._connection is not None, time.monotonic()
        try:
            return ask()
        except Error as error:
            was_soon = time.monotonic() - began < _AT_ONCE
            if self._path or not had_connection or not was_soon or not self._has_ended(error):
                raise
            self._forget_connection(error)
            return ask()

    def _ask(self) -> Version | None:
        if not self._is_usable():
            return None
        [(search, cycles, places, *votes)] = self._rows(self._statement)
        self._failed = self.is_away = False
        return Version((search, cycles), (votes[0], votes[1]), places)

    def _ask_stamps(self, entries: Collection[int]) -> dict[int, int] | None:
        if not self._is_usable():
            return None
        ids = ",".join(str(int(entry)) for entry in entries)
        return dict(self._rows(f"SELECT id, stamp FROM faq_entry WHERE id IN ({ids})"))  # noqa: S608  numbers

    def _rows(self, statement: str) -> list[Any]:
        with self._database.wrap_database_errors:  # what is raised here is the driver's own otherwise
            self._execute(statement)
            return list(self._cursor.fetchall())

    def _execute(self, statement: str) -> None:
        """Has a statement done; only awaits the one that was sent ahead, which is the statement then."""
        is_sent, self._is_sent = self._is_sent, False
        if not is_sent:
            self._cursor.execute(statement)
        if self._answers_later:
            waits.wait_for_answer(self._connection)

    def _is_usable(self) -> bool:
        """Tells whether there is a connection, after opening one if need be; false where Django has to answer."""
        if self._failed and self._using != replica.ALIAS and not self._has_replica and outage.quiet_for() is not None:
            return False  # Django notices the end of an outage, so it must see the requests until then
        if self._connection is None or self._file != _identity(self._path):
            self._open()
        return True

    def _open(self) -> None:
        self._close()
        self._database = connections[self._using].copy()
        with self._database.wrap_database_errors:
            if self._answers_later:
                self._open_to_postgresql()
            else:
                self._open_file()
        self._file = _identity(self._path)

    def _open_to_postgresql(self) -> None:
        options = self._database.settings_dict["OPTIONS"]
        options["options"] = f"{options.get('options', '')} {_PATIENCE}"
        self._connection = self._database.Database.connect(  # type: ignore[attr-defined]
            **self._database.get_connection_params(), async_=True
        )
        waits.wait_for_answer(self._connection)
        self._cursor = self._connection.cursor()
        if self._prepares:  # planning would take longer than the answer
            self._execute(f"PREPARE page_version AS {_SQL}")
            self._statement = "EXECUTE page_version"

    def _open_file(self) -> None:
        """Opens the SQLite file, and learns where it is: a connection reads on in one that was deleted or replaced."""
        self._database.settings_dict["OPTIONS"]["timeout"] = _LONGEST_WAIT
        self._database.inc_thread_sharing()
        self._database.connect()
        self._connection = self._database.connection
        self._cursor = self._connection.cursor()
        self._cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
        self._path = str(self._cursor.fetchone()[0])

    def _close(self) -> None:
        connection, self._connection, self._cursor, self._is_sent = self._connection, None, None, False
        if connection is not None:
            connection.close()

    def _give_up(self, error: Exception, seconds: float) -> None:
        """Notes a failure, and asks nothing for a while.

        A primary for which a replica stands in is asked at each request if it refuses quickly: what is changed in the
        first second after its return must be seen.
        """
        if not self._failed:
            # As text: an error logged as such begins an outage (`helpdesk.outages`), and Django may still be answered.
            logger.info("the version of %s cannot be asked: %s", self._using, str(error).strip())
        self._failed = True
        self.is_away = self._has_ended(error)
        if seconds > _AT_ONCE or not self._has_replica:
            self.leave_alone()
        self._forget_connection(error)

    @staticmethod
    def _has_ended(error: Exception) -> bool:
        return is_away(error) and getattr(error.__cause__, "pgcode", None) not in _BUSY

    def _forget_connection(self, error: Exception) -> None:
        if getattr(error.__cause__, "pgcode", None) == _NOT_PREPARED:
            self._prepares, self._statement = False, _SQL
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
