"""`python -m tests.bench.jobs`: the export of a county with 95,116 teachers, and what readers feel of it.

Prints the worker's peak of memory, and how fast an entry's page is without and with the export beside it. On SQLite,
or (`--database postgres://…`) in a database of its own on PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.__main__ import start_django
from tests.bench.roster import SCHOOLS, TEACHERS, fill
from tests.installation import Installation, Server

#: Seconds for which an entry's page is asked for, one time after the other.
ASKING = 15.0
DATABASE = "bench_jobs"


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The address of an empty database on a PostgreSQL server; it is dropped afterwards."""
    import psycopg2

    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        try:
            yield f"{server.rpartition('/')[0]}/{DATABASE}"
        finally:
            cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    connection.close()


def ask(server: Server, goes_on: Callable[[], bool]) -> list[float]:
    """Milliseconds that an entry's page took, each time, as long as `goes_on`."""
    visitor = server.visitor()
    times = []
    while goes_on():
        began = time.perf_counter()
        assert visitor.get("/faq/upgrade-01/").status == 200
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)


def show(name: str, times: list[float]) -> None:
    p95 = times[int(0.95 * len(times))]
    print(f"{name:34} p50 {statistics.median(times):6.1f} ms   p95 {p95:6.1f} ms   {len(times):5} pages", flush=True)


def peak(pid: int) -> int:
    """The peak of memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0


def bench(installation: Installation, teachers: int, schools: int) -> None:
    os.environ |= installation.environment
    start_django()
    from django.db import connection

    from helpdesk.common import jobs
    from helpdesk.common.models import Job

    user = fill(teachers, schools)
    with installation.serve() as server:
        end = time.monotonic() + ASKING
        ask(server, lambda: time.monotonic() < end - 0.8 * ASKING)  # warms up
        print(f"\n== {connection.vendor}: an export of {teachers:,} teachers in a process of its own", flush=True)
        show("an entry, nothing beside it", ask(server, lambda: time.monotonic() < end))
        worker = installation.start("manage.py", "jobs")
        try:
            time.sleep(3)
            before = peak(worker.pid)
            chosen = "all=1&cycle=2018"
            job = jobs.start("export", "导出", user, key="bench", back="/", total=teachers, selection=chosen)
            began = time.monotonic()
            times = ask(server, lambda: not Job.objects.get(pk=job.pk).is_over)
            took = time.monotonic() - began
            show("an entry beside the export", times)
            job.refresh_from_db()
            assert job.state == "done", job.message
            size = job.file_size / 1e6
            print(f"{job.total:,} teachers in {took:.0f} s, a file of {size:.1f} MB")
            print(f"the worker's peak of memory: {peak(worker.pid)} MB, {before} MB of them before it began")
        finally:
            worker.terminate()
            worker.communicate()
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teachers", type=int, default=TEACHERS)
    parser.add_argument("--schools", type=int, default=SCHOOLS)
    parser.add_argument("--database", help="a PostgreSQL database's address; another one is made beside it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        if options.database:
            with own_database(options.database) as url:
                _bench(Path(name), url, options)
        else:
            _bench(Path(name), f"sqlite:///{name}/var/db.sqlite3", options)


def _bench(home: Path, url: str, options: argparse.Namespace) -> None:
    installation = Installation(home, DATABASE_URL=url, RATE_LIMITS="off")
    for arguments in (["bootstrap"], ["collectstatic", "--noinput", "-v0"]):
        done = installation.manage(*arguments)
        assert done.returncode == 0, done.stderr
    bench(installation, options.teachers, options.schools)


if __name__ == "__main__":
    main()
