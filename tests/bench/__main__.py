"""`make bench`: speed of search with the 62 shipped, 1,000 and 10,000 entries, beside plain Whoosh in the same run.

Everything is measured on a database and an index in a temporary folder. Figures are medians (p50) and 99th
percentiles (p99) in milliseconds over all queries of the tuning file, several times.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
QUERIES = ROOT / "tests" / "faq" / "data" / "queries-dev.tsv"
SIZES = (62, 1_000, 10_000)
ROUNDS = 5


class Times(NamedTuple):
    """Durations in milliseconds."""

    p50: float
    p99: float
    slowest: float

    def __str__(self) -> str:
        return f"p50 {self.p50:8.2f}   p99 {self.p99:8.2f}   slowest {self.slowest:8.2f}"


def queries() -> list[str]:
    """Return the queries of the tuning file."""
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    return [line.partition("\t")[0] for line in lines]


def measure(act: Callable[[str], object], asked: Iterable[str], rounds: int = ROUNDS) -> Times:
    """Return how long `act` takes for each query, after each was asked once without being timed."""
    asked = list(asked)
    for query in asked:
        act(query)
    times = [milliseconds(partial(act, query)) for _ in range(rounds) for query in asked]
    times.sort()
    return Times(statistics.median(times), times[int(0.99 * len(times))], times[-1])


def milliseconds(act: Callable[[], object]) -> float:
    """Return how long one call takes."""
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def memory() -> float:
    """Return the memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def own_place(folder: Path) -> None:
    """Set the settings of an installation in `folder` that nothing else uses."""
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "SEARCH_INDEX_DIR": str(folder / "search"),
        "DEBUG": "off",
        "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "localhost",
    }


def start_django() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk.settings"
    import django

    django.setup()


def cold_worker() -> None:
    """Print, for a worker that has just started, the milliseconds to its first answer, and its memory in MB."""
    start_django()
    from faq import search

    before = memory()
    first = milliseconds(lambda: search.search("学分"))
    loaded = memory()
    for query in queries() * 2:
        search.search(query)
    print(json.dumps({"first": first, "before": before, "loaded": loaded, "used": memory()}))


def run_cold_worker() -> dict[str, float]:
    """Return what `cold_worker` prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--cold-worker"], cwd=ROOT, capture_output=True, check=True
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def bench(folder: Path, sizes: Iterable[int]) -> None:
    """Print all figures for each size; `folder` takes the files of plain Whoosh."""
    start_django()
    from django.core.management import call_command

    call_command("bootstrap", verbosity=0, stdout=sys.stderr)
    ours = {size: bench_size(folder / f"plain-{size}", size) for size in sizes}
    if len(ours) > 1:
        first = min(ours)
        last = max(ours)
        growth = ours[last].p50 / ours[first].p50
        print(f"\np50 from {first:,} to {last:,} entries: × {growth:.2f} (target: at most 5)")


def bench_size(folder: Path, size: int) -> Times:
    """Print all figures for one size, and return those of search without the result cache."""
    from tests.bench import corpus, plain

    corpus.grow(size)
    print(f"\n== {size:,} entries", flush=True)
    print(f"building and writing {build(size):27.1f} s")
    began = time.perf_counter()
    whoosh = plain.build(folder)
    print(f"plain Whoosh, building {time.perf_counter() - began:25.1f} s", flush=True)
    print(f"one changed entry, until it is found {measure_change():12.1f} ms")
    ours = bench_queries(whoosh, size)
    bench_cold_worker()
    return ours


def build(size: int) -> float:
    """Build and write the index, check that it has `size` entries, and return the seconds it took."""
    from faq import search

    began = time.perf_counter()
    status = search.sync(progress=progress)
    took = time.perf_counter() - began
    assert status.healthy and status.entries == size, status
    return took


def bench_queries(whoosh: Callable[[str], object], size: int) -> Times:
    """Print how long queries take, and return that of search without the result cache."""
    from faq import search

    asked = queries()
    prefixes = sorted({query[:end] for query in asked for end in range(1, len(query) + 1)})
    index = search.own_replica.current()
    assert index is not None

    def search_anew(query: str) -> object:
        index.answers.clear()
        return search.search(query)

    theirs = measure(whoosh, asked, rounds=ROUNDS if size <= 1000 else 2)
    ours = measure(search_anew, asked)
    print(f"plain Whoosh             {theirs}")
    cached = measure(search.search, asked)
    print(f"search, no result cache  {ours}")
    print(f"search, result cache on  {cached}")
    print(f"suggest, every beginning {measure(search.suggest, prefixes, rounds=1)}", flush=True)
    print(f"p99 against plain Whoosh: as served {cached.p99 / theirs.p99:.3f} (target at 10,000: at most 0.1)")
    print(f"p99 against plain Whoosh: every query new to the process {ours.p99 / theirs.p99:.3f}")
    return ours


def bench_cold_worker() -> None:
    """Print how long the first answer of a new worker takes, and its memory."""
    cold = run_cold_worker()
    searches = 2 * len(queries())
    print(f"a cold worker's first answer {cold['first']:20.0f} ms")
    print(
        f"memory of a worker: {cold['before']:.0f} MB before, {cold['loaded']:.0f} MB with the index, "
        f"{cold['used']:.0f} MB after {searches} searches",
        flush=True,
    )


def measure_change() -> float:
    """Return the milliseconds from saving an entry until a search has found it; the median of five."""
    from faq import search
    from faq.models import Entry, SearchState

    times: list[float] = []
    latest = Entry.objects.filter(not_stated=False).order_by("-id")[:5]
    before = {entry.pk: entry.question for entry in latest}
    for pk in before:
        Entry.objects.filter(pk=pk).update(question="量子打印机怎么用", stamp=SearchState.raise_version())
        began = time.perf_counter()
        found = search.search("量子打印机")
        times.append(1000 * (time.perf_counter() - began))
        assert pk in [hit.entry.pk for hit in found.hits]
    for pk, question in before.items():
        Entry.objects.filter(pk=pk).update(question=question, stamp=SearchState.raise_version())
    search.sync(rebuild=True)
    return statistics.median(times)


def progress(done: int, of: int) -> None:
    """Print every thousandth entry that is read."""
    if done % 1000 == 0:
        print(f"  read {done:,} of {of:,}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--cold-worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cold_worker:
        cold_worker()
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        own_place(folder)
        bench(folder, options.sizes)


if __name__ == "__main__":
    main()
