"""The file in which SQLite keeps the database."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import connection


def database_file() -> Path:
    """Returns the path of the database that the default connection uses, which must be SQLite's."""
    name = str(connection.settings_dict["NAME"])
    return Path(unquote(urlsplit(name).path) if name.startswith("file:") else name)
