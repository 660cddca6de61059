"""`make faults`: does each fault to real processes and prints how often it was borne; exit 1 where it was not.

`--only NAME` does one section alone, and may be given several times.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import psycopg2

from tests.installation import Installation

from . import index, jobs, load, outages, postgresql, power, races, replicas, saving, serving, spreadsheets
from .own_postgresql import NoServer
from .table import show

#: Number of entries → how often the index is damaged in each way.
DAMAGED = {62: 5, 1_000: 1}
KILLS = 100
POWER_CUTS = 5


class Ground:
    """Temporary folders for the sections, and one installation with demo accounts that they copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder(self, name: str) -> Path:
        """A new folder."""
        made = self._folder / name
        made.mkdir()
        return made

    @cached_property
    def _installed(self) -> Installation:
        place = Installation(self.folder("installation"))
        place.set_up()
        return place

    def place(self, name: str, **environment: str) -> Installation:
        """A copy of the installation, on SQLite."""
        return self._installed.twin(self.folder(name), **environment)


def _serving(ground: Ground) -> int:
    place = ground.place("serving", RATE_LIMITS="off")
    with place.serve() as server:
        failed = show("stalled clients", serving.stalled_clients(server))
        failed += show("guessed passwords", serving.guessed_passwords(server))
        failed += show("oversized bodies", serving.oversized_bodies(place, server))
        failed += show("outages in the log", serving.logged_outages(place, server))
    return failed + show("deploys under load", serving.deploys(place))


def _kills(ground: Ground) -> int:
    place = ground.place("kills", RATE_LIMITS="off")
    return show("workers killed", index.killed_workers(place, KILLS, pause=1.0))


def _damage(ground: Ground) -> int:
    place = ground.place("damage", RATE_LIMITS="off")
    return show("index damaged", index.damaged_at_each_size(place, DAMAGED))


def _disk(ground: Ground) -> int:
    folder = ground.folder("disk")
    try:
        return show("index disk full", index.full_disk(ground.place("beside-disk"), folder))
    except PermissionError as error:
        print(f"\nleft out: {error}")
        return 0


def _saves(ground: Ground) -> int:
    place = ground.place("saves", RATE_LIMITS="off")
    return _saved_at_once(place) + _on_postgresql(lambda url: _saved_at_once(_demo(ground, "saves-postgresql", url)))


def _saved_at_once(place: Installation) -> int:
    title = "saves at once, " + ("PostgreSQL" if "DATABASE_URL" in place.environment else "SQLite")
    failed = show(title, saving.two_processes(place, 200))
    with place.serve(workers=2) as server:
        return failed + show(title, saving.editors(place, server, 100))


def _outages(ground: Ground) -> int:
    place = ground.place("outages")
    with place.serve() as server:
        failed = show("SQLite locked", outages.locked_file(place, server, "locked"))
        failed += show("SQLite file away", outages.file_away(place, server, 5))
        return failed + show("SQLite file gone", outages.file_gone(place, server))


def _postgresql(ground: Ground) -> int:
    return _on_postgresql(lambda url: _waits_on_postgresql(ground, url))


def _waits_on_postgresql(ground: Ground, url: str) -> int:
    wire = postgresql.Wire(url)
    with postgresql.installed(ground.folder("postgresql"), wire.url).serve() as server:
        failed = show("PostgreSQL", serving.locked_tables(server, url))
        return failed + show("PostgreSQL", serving.silent_database(server, wire))


def _power(ground: Ground) -> int:
    place = ground.place("power", JOBS="on", RATE_LIMITS="off")
    return show("power lost", power.power_lost(place, POWER_CUTS))


def _load(ground: Ground) -> int:
    return load.show_all("", load.SECONDS) + _on_postgresql(lambda url: load.show_all(url, load.SECONDS))


def _demo(ground: Ground, name: str, url: str) -> Installation:
    """An installation with demo accounts in that PostgreSQL database."""
    place = Installation(ground.folder(name), DATABASE_URL=url, RATE_LIMITS="off")
    place.set_up()
    return place


def _on_postgresql(section: Callable[[str], int]) -> int:
    """Does a section on a database of its own; says so where there is no PostgreSQL."""
    try:
        with postgresql.database() as url:
            return section(url)
    except psycopg2.OperationalError as error:
        print(f"\nno PostgreSQL here, left out: {error}")
        return 0


def _replica(ground: Ground) -> int:
    try:
        with replicas.scene(ground.folder("replica")) as scene:
            return show("replica", replicas.rows(scene))
    except NoServer as reason:
        print(f"\nno replica here, left out: {reason}")
        return 0


#: Name → what does the section and returns how much failed.
SECTIONS: dict[str, Callable[[Ground], int]] = {
    "spreadsheets": lambda ground: show("spreadsheets", spreadsheets.workbooks(ground.folder("spreadsheets"))),
    "serving": _serving,
    "kills": _kills,
    "damage": _damage,
    "disk": _disk,
    "saves": _saves,
    "outages": _outages,
    "postgresql": _postgresql,
    "replica": _replica,
    "power": _power,
    "load": _load,
    "long-work": lambda ground: jobs.on_sqlite() + _on_postgresql(jobs.on_postgresql),
    "races": lambda ground: races.on_sqlite() + _on_postgresql(races.on_postgresql),
}


def _done(name: str, ground: Ground) -> int:
    """Does a section; one that cannot go on counts as one failure, and the others are done all the same."""
    try:
        return SECTIONS[name](ground)
    except Exception:
        print(f"\n{name} broke off: {traceback.format_exc()}")
        return 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=SECTIONS, metavar="NAME", help="、".join(SECTIONS))
    chosen = parser.parse_args().only or list(SECTIONS)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        ground = Ground(Path(folder))
        for name in chosen:
            began = time.monotonic()
            failed += _done(name, ground)
            print(f"({name}: {time.monotonic() - began:.0f} s)", flush=True)
    print(f"\n{failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
