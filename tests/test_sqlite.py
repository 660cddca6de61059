"""A connection to SQLite that is kept notices that its file is gone, or another one, before it reads or writes."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from helpdesk.sqlite.base import DatabaseWrapper
from tests.installation import Installation


def write(path: Path, word: str) -> None:
    """Makes a database of one row in the place of `path`, as a file of its own."""
    new = path.with_suffix(".new")
    with closing(sqlite3.connect(new)) as database:
        database.executescript(f"CREATE TABLE told (word TEXT); INSERT INTO told VALUES ('{word}')")
    os.replace(new, path)


@pytest.fixture
def kept(db: None, tmp_path: Path) -> Iterator[DatabaseWrapper]:
    """A connection as a worker keeps it, open and used once."""
    path = tmp_path / "kept.sqlite3"
    write(path, "first")
    defaults = {name: value for name, value in connections.settings["default"].items() if name != "OPTIONS"}
    own = {"NAME": f"{path.as_uri()}?mode=rw", "OPTIONS": {}, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    connection = DatabaseWrapper(defaults | own, "kept")
    assert read(connection) == "first"
    yield connection
    connection.close()


def read(connection: DatabaseWrapper) -> str:
    """Reads as the first query of a request does."""
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM told")
        return str(cursor.fetchone()[0])


def test_an_unchanged_file_keeps_its_connection(kept: DatabaseWrapper) -> None:
    before = kept.connection
    assert read(kept) == "first"
    assert kept.connection is before


def test_another_file_in_its_place_is_read(kept: DatabaseWrapper, tmp_path: Path) -> None:
    write(tmp_path / "kept.sqlite3", "second")
    assert read(kept) == "second"


def test_a_deleted_file_is_an_error_and_its_return_is_noticed(kept: DatabaseWrapper, tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite3"
    path.rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(OperationalError):
            read(kept)
        assert not path.exists()
    (tmp_path / "away").rename(path)
    assert read(kept) == "first"


@pytest.mark.server
def test_a_worker_keeps_its_connections_and_reads_another_file(installation: Installation, tmp_path: Path) -> None:
    place = installation.twin(tmp_path)
    with place.serve(workers=1) as server:
        visitor = server.visitor()
        for number in range(20):
            assert visitor.get(f"/search/?q=a{number}").status == 200
        (worker,) = server.workers
        # One is for asking whether kept pages still hold; the search keeper's and others' come and go.
        assert least_open(worker, f"{place.database}-wal") > 1
        changed = tmp_path / "changed"
        with closing(sqlite3.connect(place.database)) as source, closing(sqlite3.connect(changed)) as target:
            source.backup(target)
            target.execute("UPDATE faq_entry SET question = '换过的数据库' WHERE ref = 'upgrade-01'")
            target.commit()
        os.replace(changed, place.database)
        assert "换过的数据库" in visitor.get("/api/v1/entries/upgrade-01/").json()["question"]


def least_open(pid: int, path: str) -> int:
    """Returns how often a process has this file open when it does least, of twenty looks within two seconds."""
    looks = []
    for _ in range(20):
        links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
        looks.append(links.count(path))
        time.sleep(0.1)
    return min(looks)
