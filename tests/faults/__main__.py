"""`make faults`: does each fault to real processes and prints how often it was borne; exit 1 where it was not."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import psycopg2

from tests.installation import Installation

from . import jobs, postgresql, races, replicas, serving, spreadsheets
from .own_postgresql import NoServer
from .table import show


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        failed = show("spreadsheets", spreadsheets.workbooks(Path(folder)))
        failed += _on_sqlite(Path(folder)) + _on_postgresql(Path(folder)) + _with_replica(Path(folder))
    failed += _long_work() + _races()
    print(f"\n{failed} failed")
    return int(failed > 0)


def _on_sqlite(folder: Path) -> int:
    home = folder / "sqlite"
    home.mkdir()
    place = Installation(home, RATE_LIMITS="off")
    place.set_up()
    with place.serve() as server:
        failed = show("stalled clients", serving.stalled_clients(server))
        failed += show("guessed passwords", serving.guessed_passwords(server))
        failed += show("oversized bodies", serving.oversized_bodies(place, server))
        failed += show("outages in the log", serving.logged_outages(place, server))
    return failed + show("deploys under load", serving.deploys(place))


def _on_postgresql(folder: Path) -> int:
    home = folder / "postgresql"
    home.mkdir()
    try:
        with postgresql.database() as url:
            wire = postgresql.Wire(url)
            with postgresql.installed(home, wire.url).serve() as server:
                failed = show("PostgreSQL", serving.locked_tables(server, url))
                return failed + show("PostgreSQL", serving.silent_database(server, wire))
    except psycopg2.OperationalError as error:
        print(f"\nno PostgreSQL here, left out: {error}")
        return 0


def _with_replica(folder: Path) -> int:
    home = folder / "replica"
    home.mkdir()
    try:
        with replicas.scene(home) as scene:
            return show("replica", replicas.rows(scene))
    except NoServer as reason:
        print(f"\nno replica here, left out: {reason}")
        return 0


def _long_work() -> int:
    failed = jobs.on_sqlite()
    try:
        return failed + jobs.on_postgresql()
    except psycopg2.OperationalError as error:
        print(f"\nno PostgreSQL here, left out: {error}")
        return failed


def _races() -> int:
    failed = races.on_sqlite()
    try:
        return failed + races.on_postgresql()
    except psycopg2.OperationalError as error:
        print(f"\nno PostgreSQL here, left out: {error}")
        return failed


if __name__ == "__main__":
    sys.exit(main())
