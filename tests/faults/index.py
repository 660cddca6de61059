"""Search while workers are killed, the files of its index are damaged and its disk is full."""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.installation import ROOT, Installation, Server, wait_until

from .deploys import Readers
from .searching import (
    DAMAGES,
    REPAIRED,
    SEARCHES,
    Editor,
    all_indexed,
    compare_index,
    fill,
    found,
    healthy,
    index_folder,
    search_for,
    small_disk,
    warning,
    whole,
)
from .table import Row

#: A question whose answers no rewritten entry changes.
KNOWN = "密码不对"
GROW = "import django, sys; django.setup(); from tests.bench.corpus import grow; grow(int(sys.argv[1]))"


# --- killed ------------------------------------------------------------------------------------------------------


class Rewriters:
    """Two editors who withdraw an entry and publish it again, on and on; `leaks` names what was found withdrawn."""

    def __init__(self, server: Server) -> None:
        self.leaks: list[str] = []
        self.looks = 0
        self.saves = 0
        self.known = found(server, KNOWN)
        self.asked = self.differing = 0
        self._server = server
        self._over = threading.Event()
        # Signed in before the first kill: a try that is cut off counts as a wrong one, and the next has to wait.
        self._editors = {f"edited-{number}": Editor(server, f"edited-{number}") for number in range(2)}
        self._threads = [threading.Thread(target=self._edit, args=(ref,)) for ref in self._editors]

    @property
    def refs(self) -> list[str]:
        return list(self._editors)

    def _edit(self, ref: str) -> None:
        editor, turn = self._editors[ref], 0
        while not self._over.is_set():
            turn += 1
            editor.withdraw()
            for _ in range(3):
                self._look_for(ref, turn)
            self._ask_what_is_known()
            editor.save(f"量子打印机 {ref}，第 {turn} 版")
            self.saves += 1

    def _look_for(self, ref: str, turn: int) -> None:
        try:
            refs = found(self._server, "量子打印机")
        except (OSError, http.client.HTTPException):
            return
        self.looks += 1
        if ref in refs:
            self.leaks.append(f"{ref} in turn {turn}")

    def _ask_what_is_known(self) -> None:
        try:
            refs = found(self._server, KNOWN)
        except (OSError, http.client.HTTPException):
            return
        self.asked += 1
        self.differing += refs != self.known

    def __enter__(self) -> Rewriters:
        for ref, editor in self._editors.items():
            editor.add(f"量子打印机 {ref}")
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


def killed_workers(place: Installation, kills: int, *options: str, pause: float) -> Iterator[Row]:
    """Workers are killed one after the other, `pause` seconds apart on average; `options` are for gunicorn."""
    chance = random.Random(7)
    with place.serve(*options, workers=3) as server:
        with Readers(server, 3, SEARCHES) as readers, Rewriters(server) as rewriters:
            killed = 0
            while killed < kills:
                time.sleep(chance.uniform(0.3, 1.7) * pause)
                if workers := server.workers:
                    os.kill(chance.choice(workers), signal.SIGKILL)
                    killed += 1
        left = sorted(found(server, "量子打印机"))
    measured = f"{killed} killed, {rewriters.saves} saves, {readers.cut} connections cut"
    yield Row("workers killed: searches answered", readers.answered.total() - readers.cut, readers.wrong, measured)
    measured = "".join(f"\n    {leak}" for leak in rewriters.leaks)
    yield Row(
        "  withdrawn entries not found", rewriters.looks, len(rewriters.leaks) or int(not rewriters.looks), measured
    )
    differing = rewriters.differing or int(not (rewriters.asked and rewriters.known))
    yield Row("  a known question answered as before", rewriters.asked, differing)
    yield Row("  saved entries found", len(rewriters.refs), int(left != rewriters.refs), "、".join(left))
    began = time.monotonic()
    repaired = place.manage("search_index").returncode == 0
    took = time.monotonic() - began
    wrong = compare_index(place)
    failed = not repaired or not whole(index_folder(place)) or bool(wrong)
    yield Row("  next sync leaves the index as the database", 1, int(failed), f"{took:.1f} s{wrong}")


# --- damaged -----------------------------------------------------------------------------------------------------


def damaged(place: Installation, server: Server, kinds: list[str], times: int = 1) -> Iterator[Row]:
    """The files of the index are damaged while some search; they are mended within REPAIRED seconds."""
    folder = index_folder(place)
    for kind in kinds:
        seconds, searches, failures = [], 0, Counter[str]()
        for _ in range(times):
            assert wait_until(lambda: whole(folder) and healthy(server), 2 * REPAIRED)
            workers, answer = server.workers, search_for(server, "密码不对").body
            with Readers(server, 3, SEARCHES) as readers:
                DAMAGES[kind](folder)
                is_damaged = not whole(folder)
                began = time.monotonic()
                mended = wait_until(lambda: whole(folder) and healthy(server), REPAIRED)
                seconds.append(time.monotonic() - began)
            searches += readers.answered.total()
            failures.update({outcome: number for outcome, number in readers.answered.items() if outcome != "200"})
            failures["not damaged"] += not is_damaged
            failures["not mended"] += not mended
            failures["worker gone"] += server.workers != workers
            failures["another answer"] += search_for(server, "密码不对").body != answer
        measured = f"whole again after {'、'.join(f'{took:.1f}' for took in seconds)} s"
        if failures.total():
            measured += f"; {dict(+failures)}"
        yield Row(f"index {kind} × {times}: searches", searches, failures.total(), measured)


def grow(place: Installation, size: int) -> None:
    """Adds made-up entries until there are `size`."""
    done = place.run("-c", GROW, str(size), DJANGO_SETTINGS_MODULE="helpdesk.settings", PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stderr


def damaged_at_each_size(place: Installation, sizes: dict[int, int]) -> Iterator[Row]:
    """All kinds of damage with so many entries, so many times; `sizes` are numbers of entries and of times."""
    for size, times in sizes.items():
        grow(place, size)
        with place.serve(workers=3) as server:
            assert wait_until(lambda: healthy(server) and all_indexed(server), 120)
            for row in damaged(place, server, list(DAMAGES), times):
                row.fault += f", {size:,} entries"
                yield row


# --- a full disk -------------------------------------------------------------------------------------------------


@contextmanager
def on_small_disk(installation: Installation, folder: Path) -> Iterator[tuple[Installation, Server]]:
    """A copy of the installation whose index is on a disk of its own; raises PermissionError where none can be."""
    with small_disk(folder / "disk") as disk:
        home = folder / "home"
        home.mkdir()
        place = installation.twin(home, SEARCH_INDEX_DIR=str(disk / "search"), RATE_LIMITS="off")
        with place.serve() as server:
            assert wait_until(lambda: healthy(server), REPAIRED), server.log.read_text()
            yield place, server


def full_disk(installation: Installation, folder: Path) -> Iterator[Row]:
    """The disk of the index fills up and is freed again; raises PermissionError where no disk may be mounted."""
    with on_small_disk(installation, folder) as (place, server):
        index = index_folder(place)
        filler = fill(index.parent)
        with Readers(server, 3, SEARCHES) as readers:
            editor = Editor(server, "on-a-full-disk")
            saved = editor.add("量子打印机怎么用") == 302
            is_found = found(server, "量子打印机") == ["on-a-full-disk"]
            yield Row("index disk full: saved and found", 2, (not saved) + (not is_found))
            in_readyz = wait_until(lambda: "磁盘已满" in warning(server), REPAIRED)
            in_admin = wait_until(lambda: "磁盘已满" in editor.page("/admin/"), REPAIRED)
            yield Row("  warned of in /readyz and in the admin", 2, (not in_readyz) + (not in_admin))
            filler.unlink()
            began = time.monotonic()
            mended = wait_until(lambda: healthy(server) and whole(index), REPAIRED)
            took = time.monotonic() - began
            # Asked six times, so that both workers most likely answer.
            quiet = wait_until(lambda: not any("磁盘已满" in editor.page("/admin/") for _ in range(6)), REPAIRED)
            yield Row("  freed: written, and no warning left", 2, (not mended) + (not quiet), f"after {took:.1f} s")
        yield Row("  searches meanwhile", readers.answered.total(), readers.wrong + readers.cut)
