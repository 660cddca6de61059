"""`python -m tests.bench.costs`: the processor time that one request takes, by kind, on PostgreSQL.

A portal as in production with the demo county and one worker is asked for each kind again and again. Printed are the
milliseconds of processor time of the worker and of its connections to PostgreSQL, the bytes that travel, and how many
connections the worker has in a crowd. On a busy machine processor time is up to twice as long.

`docs/容量测算.md` reckons with these figures.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import os
import re
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg2

from tests.faults import postgresql
from tests.installation import DEMO_PASSWORD, Answer, Installation, ProxiedVisitor, Server

TICKS = os.sysconf("SC_CLK_TCK")
COUNTY = {"kind": "coordinated", "category": "county", "credits": 1}
LEDGER = {
    "cycle": "2018",
    "as_of": "2023-08-31",
    "teacher": {"position": "teaching", "formally_employed_on": "2010-09-01", "sole_teacher_school": False},
    "records": [COUNTY | {"id": f"R{at}", "completed_on": f"{2018 + at % 5}-11-05"} for at in range(30)],
}
PARTS = ("coordinated", "self_directed", "degrees")
BLANK = {f"{part}-{count}_FORMS": "0" for part in PARTS for count in ("TOTAL", "INITIAL")}
CHECKED = BLANK | {
    "cycle": "2018",
    "as_of": "2023-08-31",
    "position": "teaching",
    "formally_employed_on": "2010-09-01",
    "coordinated-TOTAL_FORMS": "1",
    "coordinated-0-category": "county",
    "coordinated-0-credits": "4",
    "coordinated-0-completed_on": "2019-07-10",
    "coordinated-0-project": "县培",
}

Ask = Callable[[], Answer]


def kinds(server: Server) -> dict[str, tuple[Ask, int]]:
    """Kind → what asks for it once, and how often that is to be done."""
    anybody, teacher, school = (server.visitor() for _ in range(3))
    for visitor, name in ((teacher, "teacher"), (school, "school")):
        sign_in(visitor, name)
    found = re.search(r'href="(/credits/teachers/[^/?"]{10,}/)', school.get("/credits/teachers/").text)
    assert found, "nobody on the roster"
    numbers = itertools.count()
    token = anybody.token("/credits/check/")

    def get(visitor: ProxiedVisitor, path: str) -> Ask:
        return lambda: visitor.get(path, Accept_Encoding="gzip")

    return {
        "entry": (get(anybody, "/faq/credits-05/"), 2000),
        "home": (get(anybody, "/"), 2000),
        "search asked before": (get(anybody, f"/search/?q={quote('学历冲抵')}"), 2000),
        "search never asked before": (
            lambda: anybody.get(f"/search/?q={quote('我的学历冲抵学分少了')}{next(numbers)}", Accept_Encoding="gzip"),
            100,
        ),
        "credit form, blank": (get(anybody, "/credits/check/"), 1000),
        "credit form, sent": (
            lambda: anybody.post("/credits/check/", CHECKED | {"csrfmiddlewaretoken": token}, Accept_Encoding="gzip"),
            60,
        ),
        "statement as JSON, 30 records": (lambda: anybody.post_json("/api/v1/credits/statement", LEDGER), 100),
        "question asked": (
            lambda: anybody.post_json(
                "/api/v1/questions", {"question": f"第 {next(numbers)} 号班车在哪里等？", "send": True}
            ),
            60,
        ),
        "signing in": (lambda: sign_in(server.visitor(), "teacher"), 10),
        "own statement": (get(teacher, "/credits/mine/"), 100),
        "a school's roster": (get(school, "/credits/teachers/"), 100),
        "a teacher's statement": (get(school, found[1]), 100),
        "an activity entered": (lambda: enter(school, f"{found[1]}activities/new/", next(numbers)), 50),
    }


def sign_in(visitor: ProxiedVisitor, name: str) -> Answer:
    """Opens the page for signing in and sends it."""
    form = {"csrfmiddlewaretoken": visitor.token("/sign-in/"), "username": name, "password": DEMO_PASSWORD}
    answer = visitor.post("/sign-in/", form)
    assert answer.status == 302, answer.text
    return answer


def enter(visitor: ProxiedVisitor, path: str, number: int) -> Answer:
    """Opens the page for entering an activity and sends it, another day each time."""
    on = datetime.date(2019, 9, 1) + datetime.timedelta(days=number % 300)
    form = {
        "csrfmiddlewaretoken": visitor.token(path),
        "activity": "school_training",
        "amount": "1",
        "has_record": "on",
    }
    answer = visitor.post(path, form | {"completed_on": on.isoformat()})
    assert answer.status == 302, answer.text
    return answer


def processor(pids: list[int]) -> dict[int, float]:
    """Return the seconds of processor time that each of these processes has taken so far; ended ones are left out."""
    seconds = {}
    for pid in pids:
        with suppress(FileNotFoundError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            seconds[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def since(before: dict[int, float], now: dict[int, float]) -> float:
    """Return the seconds that were taken since, by processes that began since then too."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in now.items())


def backends(url: str) -> list[int]:
    """Return the processes of PostgreSQL that serve this database, where they run on this machine."""
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        pids = [pid for (pid,) in cursor.fetchall()]
    connection.close()
    return pids


def measure(server: Server, url: str) -> None:
    """Print the table."""
    workers = server.workers
    print(f"{'kind':32} {'worker, ms':>10} {'PostgreSQL, ms':>14} {'bytes':>8}   asked")
    for name, (ask, times) in kinds(server).items():
        for _ in range(3):
            answer = ask()
        assert answer.status in (200, 201, 302), (name, answer.status, answer.text[:500])
        before = processor(workers), processor(backends(url))
        for _ in range(times):
            answer = ask()
        took = since(before[0], processor(workers)), since(before[1], processor(backends(url)))
        ours, theirs = (1000 * seconds / times for seconds in took)
        print(f"{name:32} {ours:10.2f} {theirs:14.2f} {len(answer.body):8}   × {times}", flush=True)


def crowd(server: Server, url: str, number: int = 60) -> None:
    """Print how many connections to PostgreSQL a worker has while a crowd reads and sends what is never kept."""
    anybody = server.visitor()
    form = CHECKED | {"csrfmiddlewaretoken": anybody.token("/credits/check/")}

    def ask(at: int) -> int:
        if at % 2:
            return anybody.post("/credits/check/", form).status
        return anybody.get(f"/search/?q={quote('学时在哪里看')}{at}").status

    with ThreadPoolExecutor(number) as people:
        answers = [people.submit(ask, at) for at in range(number * 5)]
        most = 0
        while not all(answer.done() for answer in answers):
            most = max(most, len(backends(url)))
            time.sleep(0.05)
    assert {answer.result() for answer in answers} == {200}
    print(f"\nconnections of a worker to PostgreSQL while {number} ask at once: {most}")


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, postgresql.database() as url:
        place = Installation(Path(folder), DATABASE_URL=url, RATE_LIMITS="off")
        for arguments, environment in (
            (["bootstrap", "--demo"], {"DEBUG": "on", "DEMO_PASSWORD": DEMO_PASSWORD}),
            (["collectstatic", "--noinput", "-v0"], {}),
        ):
            done = place.manage(*arguments, **environment)
            assert done.returncode == 0, done.stderr
        with place.serve(workers=1) as server:
            measure(server, url)
            crowd(server, url)


if __name__ == "__main__":
    main()
