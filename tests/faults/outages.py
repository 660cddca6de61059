"""The SQLite database locked, moved away, or gone: what is answered meanwhile, and how soon everything is back."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from tests.installation import DEMO_PASSWORD, Answer, Installation, ProxiedVisitor, Server, wait_until

from .table import Row

#: Seconds within which everything works again, without a restart.
RECOVERED = 5.0
#: A credit form as typed, with something in it that must be escaped.
TYPED = {
    "cycle": "2018",
    "as_of": "2021-06-30",
    "position": "teaching",
    "formally_employed_on": '2016-09-01"><script>alert(1)</script>',
    "coordinated-TOTAL_FORMS": "1",
    "coordinated-INITIAL_FORMS": "0",
    "coordinated-0-category": "county",
    "coordinated-0-credits": "４",
    "coordinated-0-completed_on": "2019年7月10日",
    "coordinated-0-project": "县培 & 语文 <07>",
    "self_directed-TOTAL_FORMS": "0",
    "self_directed-INITIAL_FORMS": "0",
    "degrees-TOTAL_FORMS": "0",
    "degrees-INITIAL_FORMS": "0",
}
#: Pages that need the database.
PAGES = ["/", "/faq/", "/faq/upgrade-01/", "/faq/category/upgrade-login/", "/search/?q=abc", "/credits/rules/"]
PAGES += ["/credits/check/", "/sitemap.xml"]
JSON = ["/api/v1/search?q=abc", "/api/v1/suggest?q=abc", "/api/v1/entries/", "/api/v1/entries/upgrade-01/"]
NEW_ENTRY = "/admin/faq/entry/add/"


@contextmanager
def without_database(installation: Installation) -> Iterator[None]:
    """The database file is elsewhere; afterwards it is back, and nothing was put in its place."""
    elsewhere = installation.database.with_suffix(".away")
    installation.database.rename(elsewhere)
    try:
        yield
        assert not installation.database.exists()
    finally:
        elsewhere.rename(installation.database)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process holds the database for writing."""
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def kept(answer: Answer) -> dict[str, str]:
    """The hidden fields of a page that offers to send everything again."""
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
    return {unescape(name): unescape(value) for name, value in fields}


def draft(editor: ProxiedVisitor, ref: str) -> dict[str, Any]:
    """The form of a new entry, filled in."""
    token = editor.token(NEW_ENTRY)
    typed = {"question": "问", "answer": "答", "category": "1", "_draft": "1", "ref": ref}
    return {"csrfmiddlewaretoken": token} | typed


def is_put_off(answer: Answer) -> bool:
    """Tells whether an answer says kindly that it cannot be given now, and when to ask again."""
    says = "系统正忙，请稍后再试" in answer.text or '"unavailable"' in answer.text
    return answer.status == 503 and int(answer.headers["Retry-After"]) > 0 and says


# --- forms that are sent while it lasts --------------------------------------------------------------------------


class Forms:
    """The form of a new entry and the credit form, filled in before something goes wrong."""

    def __init__(self, server: Server, ref: str) -> None:
        self._editor, self._visitor = server.visitor(), server.visitor()
        assert self._editor.sign_in("editor", DEMO_PASSWORD).status == 302
        self._draft = draft(self._editor, ref)
        self._typed = TYPED | {"csrfmiddlewaretoken": self._visitor.token("/credits/check/")}

    def send(self) -> list[str]:
        """Sends both at once; returns what was wrong about their refusal, nothing where both were given back."""
        with ThreadPoolExecutor(2) as both:
            entry = both.submit(self._editor.post, NEW_ENTRY, self._draft)
            check = both.submit(self._visitor.post, "/credits/check/", self._typed)
        answers = {"entry": (entry.result(), self._draft), "check": (check.result(), self._typed)}
        return [
            f"{name}: {answer.status}"
            for name, (answer, typed) in answers.items()
            if not is_put_off(answer) or kept(answer) != typed
        ]

    def send_again(self) -> list[str]:
        """Sends both once more; returns which was not taken."""
        statuses = {
            "entry": (self._editor.post(NEW_ENTRY, self._draft).status, 302),
            "check": (self._visitor.post("/credits/check/", self._typed).status, 200),
        }
        return [f"{name}: {status}" for name, (status, expected) in statuses.items() if status != expected]


def _measured(wrong: list[str], seconds: float) -> str:
    return f"{seconds:.1f} s {'、'.join(wrong)}"


def _ended(holds: Callable[[], bool]) -> tuple[bool, float]:
    """Returns whether it holds within RECOVERED seconds, and after how many it did."""
    began = time.monotonic()
    return wait_until(holds, RECOVERED), time.monotonic() - began


def _statuses(server: Server) -> list[int]:
    return [server.visitor().get(path).status for path in [*PAGES, *JSON, "/readyz"]]


def _all_well(server: Server) -> bool:
    return set(_statuses(server)) == {200}


# --- faults ------------------------------------------------------------------------------------------------------


def locked_file(place: Installation, server: Server, ref: str) -> Iterator[Row]:
    """Somebody writes for longer than a save waits; readers read on, what was typed is given back."""
    forms = Forms(server, ref)
    with locked(place.database):
        statuses = [server.visitor().get(path).status for path in [*PAGES, *JSON]]
        wrong = sum(status != 200 for status in statuses)
        yield Row("SQLite locked: pages read on", len(statuses), wrong)
        began = time.monotonic()
        refused = forms.send()
        measured = _measured(refused, time.monotonic() - began)
        yield Row("  503, Retry-After, what was typed is kept", 2, len(refused), f"after {measured}")
    well, seconds = _ended(lambda: _all_well(server))
    lost = forms.send_again()
    yield Row("  freed: sent again and taken", 3, len(lost) + (not well), f"after {_measured(lost, seconds)}")


def file_away(place: Installation, server: Server, times: int) -> Iterator[Row]:
    """The file is moved away and comes back, several times."""
    for number in range(times):
        forms = Forms(server, f"away-{number}")
        with without_database(place):
            answers = [server.visitor().get(path) for path in [*PAGES, *JSON]]
            refused = forms.send()
        wrong = sum(not is_put_off(answer) for answer in answers)
        yield Row("SQLite file away: 503 and Retry-After", len(answers), wrong)
        yield Row("  what was typed is kept", 2, len(refused), "、".join(refused))
        well, seconds = _ended(lambda: _all_well(server))
        lost = forms.send_again()
        yield Row("  back: sent again and taken", 3, len(lost) + (not well), f"after {_measured(lost, seconds)}")


def file_gone(place: Installation, server: Server) -> Iterator[Row]:
    """The file is deleted, and its log with it; neither old nor new workers put an empty one in its place."""
    files = [place.database.with_name(place.database.name + end) for end in ("", "-wal", "-shm")]
    saved = place.database.with_suffix(".saved")
    forms = Forms(server, "gone")
    with sqlite3.connect(place.database) as source, sqlite3.connect(saved) as target:
        source.backup(target)
    for file in files:
        file.unlink(missing_ok=True)
    yield from _asked_without_file(place, server, forms, "SQLite file deleted")
    workers = server.workers
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    assert wait_until(lambda: len(server.workers) == len(workers) and server.is_up(), 60)
    yield from _asked_without_file(place, server, forms, "  and new workers")
    shutil.move(saved, place.database)
    well, seconds = _ended(lambda: _all_well(server))
    lost = forms.send_again()
    yield Row("  restored: sent again and taken", 3, len(lost) + (not well), f"after {_measured(lost, seconds)}")


def _asked_without_file(place: Installation, server: Server, forms: Forms, name: str) -> Iterator[Row]:
    answers = [server.visitor().get(path) for path in [*PAGES, *JSON]]
    wrong = sum(not is_put_off(answer) for answer in answers)
    refused = forms.send()
    is_made = place.database.exists()
    measured = "an empty database was made" if is_made else "、".join(refused)
    yield Row(f"{name}: 503", len(answers) + 2, wrong + len(refused) + is_made, measured)
