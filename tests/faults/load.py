"""`python -m tests.faults.load`: 200 readers while five editors save once a second, and a bare view beside it.

The server runs as in production, long work included. Readers ask for public pages and searches, some of them far more
often than others, each over a connection of its own: once with a second of thinking between two pages, once without.
Editors save through the admin's form. In turns the same readers read the same bytes from a bare Django view, while the
editors go on. `--database` names an empty PostgreSQL database; else SQLite.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.bench.__main__ import queries
from tests.bench.pages import Client, bare
from tests.installation import Installation, Server, wait_until

from .crowd import Outcome, Task, run
from .searching import REPAIRED, Editor, healthy
from .table import Row, show

EDITORS = 5
#: Seconds for which readers who think read ours.
SECONDS = 60.0
#: As in gunicorn.conf.py, where WEB_CONCURRENCY says nothing.
WORKERS = 3
#: Turns of ours and of the bare view; a turn of the bare view is a third as long.
TURNS = 2
SEARCHES = 20
ENTRY = re.compile(r"/faq/[a-z]+-[0-9]+/")
#: A worker that grew by more than this share between the middle and the end is said to leak.
GROWTH = 0.1
#: Descriptors that come and go with a request or a look at the files.
FEW = 8
MB = 1024 * 1024


@dataclass(frozen=True)
class Held:
    """Memory in bytes and open descriptors of all workers together; shared memory is divided in `pss`."""

    rss: int
    pss: int
    descriptors: int
    #: Seconds of a processor that they have needed since they were started.
    processor: float

    def __str__(self) -> str:
        return f"{self.rss // MB}/{self.pss // MB} MB, {self.descriptors} descriptors"


def held(server: Server) -> Held:
    """Returns what the workers hold now."""
    rss = pss = descriptors = ticks = 0
    for pid in server.workers:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        sizes = dict(re.findall(r"^(Rss|Pss): +(\d+) kB", rollup, re.MULTILINE))
        rss += 1024 * int(sizes["Rss"])
        pss += 1024 * int(sizes["Pss"])
        descriptors += len(list(Path(f"/proc/{pid}/fd").iterdir()))
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])
    return Held(rss, pss, descriptors, ticks / os.sysconf("SC_CLK_TCK"))


def popularity(server: Server) -> dict[str, float]:
    """Address → how often it is asked for, for every public page and some searches: few of each kind are asked most."""
    named = [page for sitemap in _named_in(server, "/sitemap.xml") for page in _named_in(server, sitemap)]
    asked = queries()
    searches = [f"/search/?q={quote(query)}" for query in asked[:: len(asked) // SEARCHES][:SEARCHES]]
    entries = [page for page in named if ENTRY.fullmatch(page)]
    others = [page for page in named if page != "/" and page not in entries]
    kinds = {("/",): 0.2, tuple(entries): 0.4, tuple(searches): 0.2, ("/credits/check/", *others): 0.2}
    return {page: share / rank for pages, share in kinds.items() for page, rank in _ranked(pages)}


def _ranked(pages: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yields each page with what its share is divided by: the second is asked for half as often as the first."""
    whole = sum(1 / place for place in range(1, len(pages) + 1))
    for place, page in enumerate(pages, start=1):
        yield page, place * whole


def _named_in(server: Server, sitemap: str) -> list[str]:
    return re.findall(r"<loc>https://[^/]+(/[^<]*)</loc>", server.visitor().get(sitemap).text)


class Editors:
    """Saves an entry once a second for each of several editors until the block ends.

    `saves` tells of each the status of the answer, or what went wrong, and the seconds that it took.
    """

    def __init__(self, server: Server) -> None:
        self.saves: list[tuple[str, float]] = []
        self._over = threading.Event()
        self._editors = [Editor(server, f"busy-{number}", tries=1) for number in range(EDITORS)]
        self._threads = [threading.Thread(target=self._edit, args=(number,)) for number in range(EDITORS)]

    def _edit(self, number: int) -> None:
        editor, turn = self._editors[number], 0
        next_at = time.monotonic() + number / EDITORS
        while not self._over.wait(max(0.0, next_at - time.monotonic())):
            next_at += 1
            turn += 1
            began = time.monotonic()
            try:
                status = str(editor.save(f"量子打印机第 {number} 号，第 {turn} 版"))
            except AssertionError as error:
                status = str(error)
            self.saves.append((status, time.monotonic() - began))

    def __enter__(self) -> Editors:
        for number, editor in enumerate(self._editors):
            assert editor.add(f"量子打印机第 {number} 号") == 302
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


@dataclass
class Round:
    """Answers that the same readers got from our server and from the bare view, and what our workers held meanwhile."""

    ours: Outcome
    bare: Outcome
    held: list[Held]

    @property
    def is_flat(self) -> bool:
        _, middle, end = self.held
        return end.pss <= (1 + GROWTH) * middle.pss and end.descriptors <= middle.descriptors + FEW


def read_in_turns(server: Server, bare_port: int, pages: dict[str, float], seconds: float, think: float) -> Round:
    """Lets the readers read ours for `seconds` altogether, and the bare view between."""
    each = seconds / TURNS
    ours, theirs = Outcome(), Outcome()
    run(Task(server.port, pages, 5, think))  # what is kept and loaded once is there before anything is measured
    holds = [held(server)]
    for _ in range(TURNS):
        theirs.add(run(Task(bare_port, pages, each / 3, think)))
        ours.add(run(Task(server.port, pages, each, think)))
        holds.append(held(server))
    return Round(ours, theirs, holds)


def rows_of(place: Installation, folder: Path, seconds: float) -> Iterator[Row]:
    """Both kinds of readers, one after the other, beside the same editors."""
    with place.serve(workers=WORKERS) as server:
        assert wait_until(lambda: healthy(server), REPAIRED)
        pages = popularity(server)
        client = Client(server.port)
        bodies = {address: client.ask(address) for address in pages}
        client.close()
        with bare(bodies, folder, workers=WORKERS) as bare_port, Editors(server) as editors:
            for name, think, share in (("thinking a second", 1.0, 1.0), ("not thinking", 0.0, 1 / 3)):
                before = len(editors.saves)
                done = read_in_turns(server, bare_port, pages, share * seconds, think)
                yield from _rows(f"200 readers, {name}", done)
                yield _row_of_saves(editors.saves[before:])


def _row_of_saves(saves: list[tuple[str, float]]) -> Row:
    answers = Counter(status for status, _ in saves)
    times = sorted(seconds for _, seconds in saves)
    measured = f"{dict(answers)}, median {statistics.median(times):.2f} s, slowest {times[-1]:.2f} s"
    return Row(f"  saves of {EDITORS} editors, once a second each", len(saves), len(saves) - answers["302"], measured)


def _rows(name: str, done: Round) -> Iterator[Row]:
    for whose, outcome in (("", done.ours), (", a bare view", done.bare)):
        failed = outcome.failures.total()
        p50, p95, p99 = (outcome.percentile(percent) for percent in (50, 95, 99))
        measured = f"p50 {p50:.3f} s, p95 {p95:.3f} s, p99 {p99:.3f} s"
        measured += f", failures {dict(outcome.failures)}" if failed else ""
        yield Row(f"{name}{whose}", len(outcome.times) + failed, failed, measured)
    needed = (done.held[-1].processor - done.held[0].processor) / len(done.ours.times)
    yield Row("  processor of the workers, saves included", 1, 0, f"{1000 * needed:.1f} ms a page")
    measured = "; ".join(f"{when} {held}" for when, held in zip(("start", "middle", "end"), done.held, strict=True))
    yield Row("  memory (RSS/PSS) and descriptors flat", 1, int(not done.is_flat), measured)


def show_all(url: str, seconds: float) -> int:
    """Does it all in a temporary folder, and prints it; an empty `url` means SQLite. Returns how much failed."""
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        home, folder = Path(name, "ours"), Path(name, "bare")
        home.mkdir()
        folder.mkdir()
        environment = {"DATABASE_URL": url} if url else {}
        place = Installation(home, JOBS="on", **environment)
        place.set_up()
        return show(f"load, {'PostgreSQL' if url else 'SQLite'}", rows_of(place, folder, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="the address of an empty PostgreSQL database")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for how long readers read ours with thinking")
    options = parser.parse_args()
    raise SystemExit(min(show_all(options.database, options.seconds), 1))


if __name__ == "__main__":
    main()
