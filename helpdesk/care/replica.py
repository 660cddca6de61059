"""State of the replica that DATABASE_REPLICA_URL names: does it answer, and is it as far as the primary?"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connections

from helpdesk import waits
from helpdesk.common.replica import ALIAS

logger = logging.getLogger(__name__)

#: Seconds of silence after which a database does not answer.
PATIENCE = 1.0
#: Bytes of changes that a replica may lack, as after a large import, before somebody should look.
MOST_BEHIND = 16 * 1024**2

_OF_PRIMARY = "SELECT pg_current_wal_lsn()::text"
_OF_REPLICA = """
SELECT pg_is_in_recovery(),
       EXISTS (SELECT 1 FROM pg_stat_wal_receiver),
       CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END,
       pg_wal_lsn_diff(%s, pg_last_wal_replay_lsn())
"""


@dataclass(frozen=True, slots=True)
class Replica:
    """State of the replica: bytes of changes that it lacks, None where that cannot be said, and what is wrong."""

    answers: bool
    behind: int | None = None
    warning: str = ""


def look(*, compared: bool = True) -> Replica | None:
    """Returns how the replica stands, `compared` with a primary that answers; None where the settings name none.

    Never raises an error of a database.
    """
    if ALIAS not in settings.DATABASES:
        return None
    try:
        with waits.at_most(PATIENCE):
            return _asked(_reached_by_primary() if compared else None)
    except DatabaseError as error:
        logger.info("the replica does not answer: %s", str(error).strip())
        return Replica(answers=False, warning="只读副本连不上，页面都由主数据库提供，照常能用。")


def _asked(reached: str | None) -> Replica:
    """Asks the replica about itself; `reached` says how far the primary is in its log of changes, if that is known."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_OF_REPLICA, [reached])
        in_recovery, receives, paused, behind = cursor.fetchone()
    warning = ""
    if not in_recovery:
        warning = "DATABASE_REPLICA_URL 指的数据库不是只读副本，或者已经被提升成主数据库。"
    elif paused:
        warning = "只读副本暂停了同步，页面都由主数据库提供，照常能用。"
    elif not receives:
        warning = "只读副本没有在从主数据库同步，有改动以后页面都由主数据库提供。"
    elif behind and behind > MOST_BEHIND:
        warning = f"只读副本落后主数据库 {behind // 1024**2} MB，追上以前页面都由主数据库提供。"
    return Replica(answers=True, behind=None if behind is None else max(0, int(behind)), warning=warning)


def _reached_by_primary() -> str | None:
    """Returns how far the primary is in its log of changes; None while it is away."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(_OF_PRIMARY)
            (reached,) = cursor.fetchone()
    except DatabaseError:
        return None
    return str(reached)
