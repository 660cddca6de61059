"""Clients that guess at passwords and codes, as many at once as there is no limit to in a browser."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.installation import Server

#: Door → what a guess at it sends; `{}` is another account each time.
GUESSES = {
    "/sign-in/": {"username": "{}", "password": "a-wrong-one-12"},
    "/admin/login/": {"username": "{}", "password": "a-wrong-one-12"},
    "/sign-in/first/": {
        "staff_number": "{}",
        "code": "AAAAA-AAAAA",
        "password1": "mulberry-lane-7",
        "password2": "mulberry-lane-7",
    },
}


@contextmanager
def guessers(server: Server, door: str, count: int) -> Iterator[Counter[int]]:
    """`count` clients behind one address, each of which guesses on and on; yields their answers by status."""
    over = threading.Event()
    answers: Counter[int] = Counter()

    def guess(number: int) -> None:
        visitor = server.visitor()
        token = {"csrfmiddlewaretoken": visitor.token(door)}
        tries = 0
        while not over.is_set():
            tries += 1
            form = {name: value.format(f"teacher-{number}-{tries}") for name, value in GUESSES[door].items()}
            try:
                answers[visitor.post(door, form | token, X_Forwarded_For="203.0.113.7").status] += 1
            except (OSError, http.client.HTTPException):
                answers[0] += 1

    threads = [threading.Thread(target=guess, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
