"""`python -m tests.faults.races`: every step as a form that several processes send at the same moment.

For each step it counts deeds that were done twice, deeds that were lost, and answers of 500. `--database` names a
PostgreSQL server where a database of its own is made; else SQLite.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.__main__ import own_place, start_django

from .table import Row, show

if TYPE_CHECKING:
    from tests.cast import Place
    from tests.races import Outcome, Race

ROUNDS = 3
PROCESSES = 4
SECONDS = 60

#: Children share what was set up before they were begun.
forked = multiprocessing.get_context("fork")


def rows_of(rounds: int, processes: int) -> Iterator[Row]:
    """Runs every race so often on the database of the settings, and tells of each step."""
    from tests.cast import Place
    from tests.long_work import make_cycles
    from tests.races import RACES, browser

    make_cycles()
    place = Place()
    browser(place, "staff").get("/credits/work/")  # loads what every page needs, before there are children
    for race in RACES:
        outcomes = [run(race, place, processes) for _ in range(rounds)]
        yield _row(race, outcomes, processes)


def _row(race: Race, outcomes: list[Outcome], processes: int) -> Row:
    doubled = sum(one.doubled for one in outcomes)
    lost = sum(one.lost for one in outcomes)
    errors = sum(one.errors for one in outcomes)
    measured = f"{doubled} doubled, {lost} lost, {errors} × 500"
    return Row(f"{race.name} × {processes}", len(outcomes), doubled + lost + errors, measured)


def run(race: Race, place: Place, processes: int) -> Outcome:
    """Sends the form from so many processes at once."""
    from django.db import connections

    from tests.races import browser, last_event, outcome

    who, path, data = race.prepare(place)
    browsers = [browser(place, who) for _ in range(processes)]
    for one in browsers:
        one.handler.load_middleware()  # else each child would, and they would not begin together
    since = last_event()
    connections.close_all()  # a connection must not be shared with a child
    together, answers = forked.Barrier(processes), forked.Queue()
    senders = [forked.Process(target=_send, args=(one, path, data, together, answers)) for one in browsers]
    for sender in senders:
        sender.start()
    statuses = [answers.get(timeout=SECONDS) for _ in senders]
    for sender in senders:
        sender.join()
    return outcome(race, since, statuses)


def _send(browser: Any, path: str, data: dict[str, Any], together: Any, answers: Any) -> None:
    together.wait(SECONDS)
    answers.put(browser.post(path, data).status_code)


COMMAND = [sys.executable, "-m", "tests.faults.races"]


def on_sqlite() -> int:
    """Does it in a process of its own; 1 where something failed."""
    return int(subprocess.run(COMMAND, check=False).returncode != 0)


def on_postgresql(url: str) -> int:
    """The same in that PostgreSQL database."""
    return int(subprocess.run([*COMMAND, "--database", url], check=False).returncode != 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--database", help="a PostgreSQL server's address; a database of its own is made there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        own_place(Path(name))
        os.environ |= {"HTTPS": "off", "RATE_LIMITS": "off", "ALLOWED_HOSTS": "localhost,testserver"}
        if options.database:
            os.environ["DATABASE_URL"] = options.database
        start_django()
        logging.getLogger("django.request").setLevel(logging.ERROR)  # who comes too late may read a 404
        warnings.filterwarnings("ignore", message="No directory at")
        from django.conf import settings
        from django.db import connection

        # Static files are not collected here; their addresses are no part of what is looked at.
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        title = f"equal forms at once, {connection.vendor}"
        try:
            failed = show(title, rows_of(options.rounds, options.processes))
        finally:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    raise SystemExit(min(failed, 1))


if __name__ == "__main__":
    main()
