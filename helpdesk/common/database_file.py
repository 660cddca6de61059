"""The file in which SQLite keeps the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import connection

#: Codes with which SQLite says that a file is damaged, or is no database at all.
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def database_file() -> Path:
    """Returns the path of the database that the default connection uses, which must be SQLite's."""
    name = str(connection.settings_dict["NAME"])
    return Path(unquote(urlsplit(name).path) if name.startswith("file:") else name)


def is_damaged(error: BaseException) -> bool:
    """True where an error of the database says that SQLite's file is damaged."""
    code = getattr(error.__cause__, "sqlite_errorcode", 0)
    return code & 0xFF in DAMAGED  # its lowest byte is the kind, the rest a detail
