"""Everything is killed at once in the middle of credit data being saved, as when the power is lost.

Killing loses no memory of the system, so it cannot show that what was written has reached the disk: that is what
`synchronous=FULL` is asked for, in a process that serves. Every file of the index is cut in half besides, as it would
be without that.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import threading
import time
from collections.abc import Iterator

from tests.installation import DEMO_PASSWORD, Installation, Server, wait_until

from .searching import DAMAGES, REPAIRED, compare_index, found, healthy, index_folder, whole
from .table import Row

NEW_TEACHER = "/credits/teachers/new/"
#: The portal, and an address beside it that says how the connection of a request is set. 2 is FULL.
TELLING = """
from django.db import connection
from helpdesk.wsgi import application as portal

def application(environ, start_response):
    if environ["PATH_INFO"] != "/synchronous":
        return portal(environ, start_response)
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]
    connection.close()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{found[0]} {found[1]}".encode()]
"""
#: Prints which of the staff numbers on standard input there are.
KNOWN = """
import django, json, sys; django.setup()
from credits.models import Teacher
asked = json.loads(sys.argv[1])
print(json.dumps(list(Teacher.objects.filter(staff_number__in=asked).values_list("staff_number", flat=True))))
"""


class Writers:
    """School administrators who add teachers as fast as they can until everything is dead."""

    def __init__(self, server: Server, prefix: str, number: int = 4) -> None:
        self.acknowledged: list[str] = []
        self._prefix = prefix
        self._school = server.visitor()
        form = {"csrfmiddlewaretoken": self._school.token("/sign-in/"), "username": "school"}
        assert self._school.post("/sign-in/", form | {"password": DEMO_PASSWORD}).status == 302
        school = re.search(r'<option value="(\d+)"', self._school.get(NEW_TEACHER).text)
        assert school
        self._typed = {"name": "新老师", "position": "teaching", "school": school[1]}
        self._typed["csrfmiddlewaretoken"] = self._school.token(NEW_TEACHER)
        self._threads = [threading.Thread(target=self._write, args=(writer,)) for writer in range(number)]
        for thread in self._threads:
            thread.start()

    def _write(self, writer: int) -> None:
        turn = 0
        while True:
            turn += 1
            number = f"{self._prefix}-{writer}-{turn}"
            try:
                status = self._school.post(NEW_TEACHER, self._typed | {"staff_number": number}).status
            except (OSError, http.client.HTTPException):
                return
            assert status == 302, status
            self.acknowledged.append(number)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)


def power_lost(place: Installation, times: int) -> Iterator[Row]:
    """Kills master, workers and long work in the middle of writing, so many times, and starts again."""
    (place.home / "telling.py").write_text(TELLING)
    chance = random.Random(5)
    acknowledged: list[str] = []
    lost: list[str] = []
    for number in range(times):
        with place.serve("telling:application") as server:
            settings = server.visitor().get("/synchronous").text
            writers = Writers(server, f"POWER-{number}")
            assert wait_until(lambda writers=writers: len(writers.acknowledged) > 10, 60)
            time.sleep(chance.uniform(0, 1))
            family = server.processes
            for pid in family:
                os.kill(pid, signal.SIGKILL)
            writers.join()
        DAMAGES["truncated"](index_folder(place))
        known = _known(place, writers.acknowledged)
        lost += sorted(set(writers.acknowledged) - known)
        acknowledged += writers.acknowledged
    measured = f"{times} × {len(family)} processes killed, {len(lost)} lost {'、'.join(lost[:5])}"
    yield Row("power lost: acknowledged rows are there", len(acknowledged), len(lost), measured)
    yield Row("  synchronous and journal of a worker", 1, int(settings != "2 wal"), settings)
    yield from _index_is_rebuilt(place)


def _known(place: Installation, numbers: list[str]) -> set[str]:
    done = place.run("-c", KNOWN, json.dumps(numbers), DJANGO_SETTINGS_MODULE="helpdesk.settings")
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def _index_is_rebuilt(place: Installation) -> Iterator[Row]:
    folder = index_folder(place)
    began = time.monotonic()
    with place.serve(workers=3) as server:
        rebuilt = wait_until(lambda: whole(folder) and healthy(server), REPAIRED)
        took = time.monotonic() - began
        is_found = found(server, "密码不对")[:1] == ["upgrade-03"]
        wrong = compare_index(place)
    measured = f"after {took:.1f} s, the start included{wrong}"
    yield Row("  the index is rebuilt from the database", 1, int(not rebuilt or not is_found or bool(wrong)), measured)
