"""`make scale`: search with 100,000 entries, in two workers beside each other.

Prints how long building takes, beside Tantivy that is fed the same prepared text, the memory of each worker, and how
long the first reader in each waits after an entry is saved. It takes many minutes, most of them to make the entries
and to prepare their text, so `make bench` leaves it out. With `--folder` the entries and the index stay there for
another run.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.__main__ import ROOT, memory, own_place, queries, start_django

WORKERS = 2
CHANGES = 5
TERMS = ("asked", "answered", "characters", "sound")
TANTIVY = ROOT / "var" / "tools" / "tantivy" / "bin" / "python"


class Worker:
    """A process that searches, as a web worker does, and tells how that went."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.bench.scale", "--worker"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, query: str) -> dict[str, Any]:
        """Return the milliseconds that a search took, the refs it found, and the worker's memory in MB."""
        assert self._process.stdin and self._process.stdout
        print(query, file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def end(self) -> None:
        self._process.communicate()


def work() -> None:
    """Search for each line of the standard input."""
    start_django()
    from faq import search

    for line in sys.stdin:
        began = time.perf_counter()
        hits = search.search(line.strip()).hits
        took = 1000 * (time.perf_counter() - began)
        refs = [hit.entry.ref for hit in hits]
        print(json.dumps({"took": took, "refs": refs, "memory": memory(), "own": own_memory()}), flush=True)


def own_memory() -> float:
    """Return the memory in MB that this process would give back if it ended alone."""
    rollup = Path("/proc/self/smaps_rollup").read_text()
    kilobytes = re.findall(r"^Private_(?:Clean|Dirty): +(\d+) kB", rollup, re.MULTILINE)
    return sum(map(int, kilobytes)) / 1000


class Watch:
    """Seconds of the clock and of the processor, stopped and started again."""

    def __init__(self) -> None:
        self.clock = self.processor = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        began, at_first = time.perf_counter(), time.process_time()
        yield
        self.clock += time.perf_counter() - began
        self.processor += time.process_time() - at_first


def build(size: int, folder: Path) -> None:
    """Print how long it takes to build and write the index, how much of it is preparation, and the peak of memory.

    Tantivy is fed the same prepared text; the preparation is counted for both.
    """
    from faq import search
    from faq.search import document, index

    whole, preparing, noting = Watch(), Watch(), Watch()
    fields_of = index.fields_of
    prepared = folder / "prepared.jsonl"

    with prepared.open("w", encoding="utf-8") as lines:

        def noted(row: Any) -> dict[str, Any]:
            with preparing.running():
                fields = fields_of(row)
            with noting.running():
                stored = json.dumps(document.stored_of(fields), ensure_ascii=False)
                line = {"id": row.id, "stored": stored} | {name: fields[name] for name in TERMS}
                print(json.dumps(line, ensure_ascii=False), file=lines)
            return fields

        index.fields_of = noted
        with whole.running():
            status = search.sync(rebuild=True)
        index.fields_of = fields_of
    assert status.healthy and status.entries == size, status
    clock, processor = whole.clock - noting.clock, whole.processor - noting.processor
    print(
        f"building and writing {clock:.0f} s; of the processor {processor:.0f} s, {preparing.processor:.0f} s of them"
    )
    print("  to prepare the text")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"memory of the builder at most {peak:.0f} MB")
    print(f"files {sum(path.stat().st_size for path in Path(status.generation).iterdir()) / 1e6:.0f} MB", flush=True)
    if TANTIVY.exists():
        command = [TANTIVY, ROOT / "tests/bench/tantivy_build.py", prepared, folder / "tantivy"]
        theirs = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        with_preparation = preparing.processor + theirs["processor"]
        print(
            f"Tantivy, from the same text: of the processor {theirs['processor']:.0f} s, {theirs['bytes'] / 1e6:.0f} MB"
        )
        print(f"with the preparation: × {processor / with_preparation:.2f} of Tantivy (target: at most 4)", flush=True)
        shutil.rmtree(folder / "tantivy")
    prepared.unlink()


def change(number: int, workers: list[Worker]) -> list[float]:
    """Save an entry, and return the milliseconds that the first reader of each worker waits until it is found."""
    from faq.models import Entry

    entry = Entry.objects.order_by("-id")[number]
    entry.question = f"第 {number} 号量子打印机怎么用"
    entry.save()
    answers = [worker.ask(entry.question) for worker in workers]
    assert all(entry.ref in answer["refs"] for answer in answers)
    return [float(answer["took"]) for answer in answers]


def bench(size: int, folder: Path, *, there: bool) -> None:
    """Print all figures; `there` tells that a run before has made the database."""
    start_django()
    from django.core.management import call_command

    from tests.bench import corpus

    if there:
        call_command("migrate", verbosity=0)
    else:
        call_command("bootstrap", verbosity=0, stdout=sys.stderr)
    corpus.grow(size)
    print(f"== {size:,} entries", flush=True)
    build(size, folder)
    workers = [Worker() for _ in range(WORKERS)]
    first = [worker.ask("学分")["took"] for worker in workers]
    print(f"first answer of each worker {', '.join(f'{took:.0f} ms' for took in first)}")
    waits = [wait for number in range(CHANGES) for wait in change(number, workers)]
    print(f"first reader after a change: median {statistics.median(waits):.0f} ms, longest {max(waits):.0f} ms")
    for query in queries() * 2:
        after = [worker.ask(query) for worker in workers]
    for answer in after:
        print(f"memory of a worker {answer['memory']:.0f} MB, {answer['own']:.0f} MB of it shared with nobody")
    for worker in workers:
        worker.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work()
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = options.folder or Path(name)
        folder.mkdir(exist_ok=True)
        own_place(folder)
        bench(options.size, folder, there=(folder / "db.sqlite3").exists())


if __name__ == "__main__":
    main()
