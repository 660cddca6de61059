"""The thread that writes counts down: at the normal end of a worker too, and on one that was forked after an import."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from urllib.parse import quote

import pytest

from faq.insight.keeper import Keeper
from tests.installation import Installation

QUERY = "食堂几点开饭"


def counted(place: Installation) -> list[tuple[int]]:
    with sqlite3.connect(place.database) as database:
        asked = "SELECT searches FROM faq_searchcount WHERE entry = '' AND query = ?"
        return database.execute(asked, [QUERY]).fetchall()


@pytest.mark.server
def test_a_worker_that_ends_has_written_its_counts(installation: Installation, tmp_path: Path) -> None:
    place = installation.twin(tmp_path)
    with place.serve("--preload", workers=1) as server:
        for _ in range(3):
            assert server.visitor().get(f"/search/?q={quote(QUERY)}").status == 200
        assert server.visitor().get(f"/search/?q={quote(QUERY)}", DNT="1").status == 200
    assert counted(place) == [(3,)]


def test_a_thread_starts_once_and_ends_when_told() -> None:
    keeper = Keeper()
    before = threading.active_count()
    keeper.start()
    keeper.start()
    assert threading.active_count() == before + 1
    keeper.stop()
    assert threading.active_count() == before
