"""The backend as Django loads it.

A connection that is kept from one request to the next would go on reading and writing in a file that was deleted or
replaced, and nobody would see it. So at the start of each request (`CONN_HEALTH_CHECKS`) it is asked whether the file
at its path is still the one it opened. Opening anew for each request would notice that too, and costs about 1.6 ms.
"""

from __future__ import annotations

import os
from typing import Any

from django.db import connections
from django.db.backends.sqlite3 import base

#: Seconds after which a kept connection is opened anew all the same.
KEPT = 60


def identity(path: str) -> tuple[int, int] | None:
    """Returns device and inode of a file; None where there is none to be seen."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is no longer usable once another file, or none, is in the place of the one it opened."""

    _path = ""
    _file: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        opened = super().get_new_connection(conn_params)
        (self._path,) = opened.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
        self._file = identity(self._path)
        return opened

    def is_usable(self) -> bool:
        in_memory = not self._path
        return in_memory or (self._file is not None and identity(self._path) == self._file)


def keep_connections() -> None:
    """Lets each thread of this process keep its connection; for servers whose threads live on."""
    for database in connections.settings.values():
        if database["ENGINE"] == "helpdesk.sqlite":
            database["CONN_MAX_AGE"] = KEPT
            database["CONN_HEALTH_CHECKS"] = True
