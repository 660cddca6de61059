"""`python -m tests.bench.signed_in`: requests per second of pages for signed-in people, beside a bare view.

One worker of the real server each, in turns, asked by one client over one connection. `--commit COMMIT` measures the
pages of an earlier commit in the same turns; version 1.1.0 is da74c20. Each code fills a database of its own with the
demo county and a school of 100 teachers; `--database` and `--other-database` name empty ones on PostgreSQL. The looks
that a page records are recorded by its first request and stand for those that follow.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.pages import Client, always, bare, per_second
from tests.installation import DEMO_PASSWORD, Installation, Server
from tests.upgrades.released import OfCommit

#: Many short turns: what else the machine does falls on all sides alike.
ROUNDS, SECONDS = 15, 0.4
#: Makes the school of 100 teachers from the county's own, with their records, and lets `school2` work there alone.
#: It prints the public id of the teacher whose account is `teacher`.
FILL = """
import django; django.setup()
from credits.models import Membership, Organization, Teacher
from credits.statements.summaries import refresh
county = Organization.objects.get(kind="county")
school = Organization.objects.create(name="百人学校", kind="school", parent=county)
others = Teacher.objects.filter(user=None, status="active").order_by("pk")
chosen = list(others.values_list("pk", flat=True)[:100])
Teacher.objects.filter(pk__in=chosen).update(school=school)
refresh(chosen)
Membership.objects.filter(user__username="school2").update(organization=school)
print(Teacher.objects.get(user__username="teacher").public_id)
"""
#: Pages: name → demo account, and address. `{teacher}` is a teacher's public id.
PAGES = {
    "roster of a school": ("school2", "/credits/teachers/"),
    "roster of the county": ("county", "/credits/teachers/?sort=name"),
    "a teacher's statement": ("school", "/credits/teachers/{teacher}/"),
    "own statement": ("teacher", "/credits/mine/"),
}


class Place:
    """An installation that is served, with the cookies of the accounts that its pages need."""

    def __init__(self, server: Server, teacher: str) -> None:
        self._server = server
        self._teacher = teacher
        self._cookies = {account: _signed_in(server, account) for account, _ in PAGES.values()}

    def address(self, page: str) -> str:
        return PAGES[page][1].format(teacher=self._teacher)

    def body(self, page: str) -> bytes:
        client = Client(self._server.port, self._cookie(page))
        body = client.ask(self.address(page))
        client.close()
        return body

    def per_second(self, page: str) -> float:
        return per_second(self._server.port, always(self.address(page)), SECONDS, self._cookie(page))

    def _cookie(self, page: str) -> str:
        return self._cookies[PAGES[page][0]]


def _signed_in(server: Server, account: str) -> str:
    """Signs a demo account in at the portal's page, and returns the header with its cookies."""
    visitor = server.visitor()
    token = visitor.token("/sign-in/")
    form = {"csrfmiddlewaretoken": token, "username": account, "password": DEMO_PASSWORD}
    answer = visitor.post("/sign-in/", form)
    assert answer.status == 302, answer.text
    return "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())


@contextmanager
def served(home: Path, database: str, commit: str = "") -> Iterator[Place]:
    """Serves the code of a commit, or this one where none is named, by one worker."""
    environment = {"DATABASE_URL": database} if database else {}
    home.mkdir()
    environment["RATE_LIMITS"] = "off"
    place = OfCommit(home, commit, **environment) if commit else Installation(home, **environment)
    place.set_up()
    filled = place.run("-c", FILL, DJANGO_SETTINGS_MODULE="helpdesk.settings")
    assert filled.returncode == 0, filled.stderr
    with place.serve(workers=1) as server:
        yield Place(server, filled.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default="", help="an earlier commit, measured beside this code")
    parser.add_argument("--database", default="")
    parser.add_argument("--other-database", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ours = stack.enter_context(served(Path(folder, "ours"), chosen.database))
        other = None
        if chosen.commit:
            other = stack.enter_context(served(Path(folder, "other"), chosen.other_database, chosen.commit))
        bodies = {ours.address(page): ours.body(page) for page in PAGES}
        Path(folder, "bare").mkdir()
        port = stack.enter_context(bare(bodies, Path(folder, "bare")))
        _print(ours, other, port)


def _print(ours: Place, other: Place | None, bare_port: int) -> None:
    """Prints a line a page: its bytes, requests per second of each, ours as a multiple of the others."""
    print(f"{'page':24} {'bytes':>7} {'bare/s':>8} {'ours/s':>8} {'of bare':>8} {'other/s':>8} {'of other':>8}")
    for page in PAGES:
        rates: dict[str, list[float]] = {"bare": [], "ours": [], "other": []}
        for _ in range(ROUNDS):
            rates["bare"].append(per_second(bare_port, always(ours.address(page)), SECONDS))
            rates["ours"].append(ours.per_second(page))
            if other:
                rates["other"].append(other.per_second(page))
        bare_rate, our_rate = (statistics.median(rates[name]) for name in ("bare", "ours"))
        size = len(ours.body(page))
        line = f"{page:24} {size:7} {bare_rate:8.0f} {our_rate:8.1f} {our_rate / bare_rate:8.3f}"
        if other:
            other_rate = statistics.median(rates["other"])
            line += f" {other_rate:8.1f} {our_rate / other_rate:8.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
