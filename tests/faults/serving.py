"""Faults that a server as in production bears: stalled clients, oversized bodies, locked tables, deploys."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from tests.installation import Installation, Server, wait_until

from . import oversized, postgresql
from .deploys import Readers
from .guessing import GUESSES, guessers
from .stalled import KINDS, Answers, ask, stalled
from .table import Row

#: Seconds within which a page is answered, or says that it cannot be.
SOON = 5.0
TABLES = ("faq_entry", "faq_category", "faq_searchstate", "faq_feedback", "credits_trainingcycle", "django_session")
PAGES = ("/", "/faq/", "/faq/upgrade-01/", "/search/?q=abc", "/credits/check/", "/credits/rules/", "/sitemap.xml")
MONITORS = ("/healthz", "/readyz")


def _row(fault: str, answers: Answers) -> Row:
    measured = f"median {answers.median:.3f} s, slowest {answers.slowest:.3f} s"
    return Row(fault, len(answers.times), len(answers.failed), measured)


def stalled_clients(server: Server, count: int = 50) -> Iterator[Row]:
    """Pages beside `count` clients of each kind, apart and together."""
    yield _row("nobody else", ask(server, 5))
    for kind in KINDS:
        with stalled(server, kind, count):
            yield _row(f"{count} {kind}", ask(server, 5))
    with ExitStack() as stack:
        for kind in KINDS:
            stack.enter_context(stalled(server, kind, count))
        yield _row(f"{count} of each at once", ask(server, 5))
    with stalled(server, "half a head", 1) as (client,):
        began = time.monotonic()
        client.settimeout(60)
        answer = client.recv(1000)
        failed = not answer.startswith(b"HTTP/1.1 408 ")
        yield Row("half a head is cut", 1, int(failed), f"after {time.monotonic() - began:.1f} s")


def guessed_passwords(server: Server, count: int = 8) -> Iterator[Row]:
    """Pages beside clients that guess: while every guess is judged, and when they have to wait."""
    yield _row("nobody else", ask(server, 5))
    for door in GUESSES:
        with guessers(server, door, count) as answers:
            pages = ask(server, 5)
        row = _row(f"{count} guess at {door}", pages)
        row.failed += sum(number for status, number in answers.items() if status not in (200, 429))
        row.measured += f"; guesses {dict(answers)}"
        yield row


def oversized_bodies(place: Installation, server: Server) -> Iterator[Row]:
    """200 MB of each kind: refused, and nothing of it stays."""
    for name, body in oversized.BODIES.items():
        refusal = oversized.send(server, body)
        left = list((place.home / "var" / "uploads").iterdir())
        is_refused = refusal.status in (400, 403, 413)
        measured = f"{refusal.status} after {refusal.sent / oversized.MEGABYTE:.0f} MB, {len(left)} files left"
        yield Row(name, 1, int(not is_refused or bool(left)), measured)


def locked_tables(server: Server, url: str) -> Iterator[Row]:
    """A crowd asks for pages while a table is locked: an answer within SOON, 503 where the table is needed."""
    for table in TABLES:
        with postgresql.locked(url, table):
            yield from _crowd(server, f"{table} locked")
        recovered = wait_until(lambda: _statuses_now(server) == {200}, SOON)
        yield Row("  and freed", 1, int(not recovered))


def silent_database(server: Server, wire: postgresql.Wire) -> Iterator[Row]:
    """The wire to PostgreSQL goes dead and comes back."""
    wire.alive.clear()
    yield from _crowd(server, "nothing comes from PostgreSQL")
    wire.alive.set()
    recovered = wait_until(lambda: _statuses_now(server) == {200}, SOON)
    yield Row("  and comes again", 1, int(not recovered))


def _crowd(server: Server, fault: str, soon: float = SOON) -> Iterator[Row]:
    with ThreadPoolExecutor(40) as crowd:
        pages = list(crowd.map(lambda path: _timed(server, path), (PAGES + MONITORS) * 10))
    for name, paths in (("pages", PAGES), ("monitors", MONITORS)):
        answers = [(status, seconds) for path, status, seconds in pages if path in paths]
        failed = sum(1 for status, seconds in answers if status not in (200, 503) or seconds > soon)
        unavailable = sum(1 for status, _ in answers if status == 503)
        slowest = max(seconds for _, seconds in answers)
        yield Row(f"{fault}: {name}", len(answers), failed, f"{unavailable} × 503, slowest {slowest:.1f} s")


def _timed(server: Server, path: str) -> tuple[str, int, float]:
    began = time.monotonic()
    try:
        status = server.visitor().get(path).status
    except OSError:
        status = 0
    return path, status, time.monotonic() - began


def _statuses_now(server: Server) -> set[int]:
    return {server.visitor().get(path).status for path in (*PAGES, *MONITORS)}


def logged_outages(place: Installation, server: Server, times: int = 3) -> Iterator[Row]:
    """The database file is away for some seconds, several times: two lines each, however many ask."""
    visitor = server.visitor()
    for _ in range(times):
        before = server.log.read_text(encoding="utf-8")
        elsewhere = place.database.rename(place.database.with_suffix(".away"))
        asked = [visitor.get("/").status for _ in range(300)]
        elsewhere.rename(place.database)
        ended = wait_until(lambda: visitor.get("/").status == 200 and not (place.home / "var/outage").exists(), 30)
        log = server.log.read_text(encoding="utf-8").removeprefix(before)
        said = log.count("django.request"), log.count("answers again")
        failed = not ended or said != (1, 1)
        measured = f"{asked.count(503)} × 503, logged {said[0]} time, its end {said[1]} time"
        yield Row("database file away", len(asked), int(failed), measured)


def deploys(place: Installation, times: int = 5) -> Iterator[Row]:
    """Readers read on while the server is told to reload."""
    with place.serve(workers=3) as server:
        for number in range(times):
            with Readers(server) as readers:
                time.sleep(1)
                old = set(server.workers)
                os.kill(server.pid, signal.SIGHUP)
                gone = wait_until(lambda old=old: not old & set(server.workers), 90)
                time.sleep(1)
            failed = readers.answered.total() - readers.answered["200"] + (not gone)
            measured = f"{dict(readers.answered)}, slowest {readers.slowest:.2f} s"
            yield Row(f"reload {number + 1}", readers.answered.total(), failed, measured)
