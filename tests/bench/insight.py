"""`python -m tests.bench.insight`: 大家在找什么 with a million queries counted, beside a bare list of fifty entries,
and a search that is counted beside one that is not; on SQLite or (`--database postgres://…`) on PostgreSQL."""

from __future__ import annotations

import argparse
import datetime
import random
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from tests.bench.__main__ import queries
from tests.bench.editing import BARE, TARGET, sentence
from tests.bench.roster import database_of_its_own, measure

ROWS, DIFFERENT, DAYS = 1_000_000, 200_000, 180
DEARER = 1.1
SEARCHES = 40


def rows_of(number: int, different: int) -> Iterator[Any]:
    """Rows of 180 days: a few queries on every day, most of them on few."""
    from django.utils import timezone

    from faq.models import SearchCount

    chance = random.Random(1)
    asked = [f"{sentence(chance, 8)}{at}" for at in range(different)]
    today = timezone.localdate()
    for _ in range(number):
        often = min(int(chance.paretovariate(0.3)) - 1, different - 1)
        at = often if chance.random() < 0.5 else chance.randrange(different)
        day = today - datetime.timedelta(days=chance.randrange(DAYS))
        sure = chance.random() < 0.7
        yield SearchCount(query=asked[at], day=day, searches=1 + at % 3, answered=sure, opened=0)


def fill(number: int, different: int) -> None:
    """Saves so many rows, the sums of every query, and opinions on every entry."""
    from django.db import connection
    from django.utils import timezone

    from faq import insight
    from faq.models import Entry, Feedback, SearchCount, SoughtQuery

    made = rows_of(number, different)
    while batch := list(islice(made, 5000)):
        SearchCount.objects.bulk_create(batch, ignore_conflicts=True)
    refs = list(Entry.objects.values_list("ref", flat=True))
    chance = random.Random(2)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    asked = SearchCount.objects.order_by().values_list("query", flat=True).distinct()
    SoughtQuery.objects.bulk_create(
        (
            SoughtQuery(
                query=query,
                state=chance.choice(["missed", "found"]),
                nearest=" ".join(chance.sample(refs, 3)),
                summed_on=yesterday,
            )
            for query in asked.iterator()
        ),
        batch_size=5000,
    )
    began = time.perf_counter()
    while insight.bring_up():
        pass
    print(f"summing every query anew {time.perf_counter() - began:.0f} s, by the worker of long work, once a day")
    for entry in Entry.objects.all():
        Feedback.objects.bulk_create(Feedback(entry=entry, voter=str(at), helpful=at % 2 == 0) for at in range(100))
    if connection.vendor == "postgresql":  # as the autovacuum does where the portal runs
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def page(client: Any, address: str) -> Callable[[], object]:
    def ask() -> object:
        answer = client.get(address, headers={"host": "localhost"})
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    return ask


def bench_pages(client: Any) -> float:
    """Prints how long each page takes; returns the largest ratio to the bare list."""
    bare = measure(page(client, "/bare-list/"))
    print(f"{'a bare list of 50':45} {bare:7.1f} ms\n")
    worst = 0.0
    for query in ("", "?days=90", "?list=missed", "?list=unopened&days=90", "?list=most", "?list=unhelpful"):
        took = measure(page(client, f"/admin/faq/entry/sought/{query}"))
        worst = max(worst, took / bare)
        print(f"{f'sought/{query}':45} {took:7.1f} ms   × {took / bare:5.2f}")
    print(f"\nat most × {worst:.2f} (target: {TARGET:.0f})")
    return worst


def bench_searches(client: Any) -> float:
    """Prints how long a search takes counted and not counted, each pair at once; returns the ratio."""
    from faq import insight

    counted: list[float] = []
    uncounted: list[float] = []
    ways: list[tuple[list[float], dict[str, str]]] = [(counted, {}), (uncounted, {"DNT": "1"})]
    for query in queries()[:SEARCHES] * 10:
        ways.reverse()  # the second of two equal searches finds more in the processor's caches
        for times, headers in ways:
            began = time.perf_counter()
            client.get("/search/", {"q": query}, headers={"host": "localhost", **headers})
            times.append(1000 * (time.perf_counter() - began))
    began = time.perf_counter()
    insight.flush()
    wrote = 1000 * (time.perf_counter() - began)
    with_count, without = statistics.median(counted[SEARCHES:]), statistics.median(uncounted[SEARCHES:])
    print(f"\na search, not counted {without:.2f} ms, counted {with_count:.2f} ms, × {with_count / without:.3f}")
    print(f"(target: {DEARER}); {SEARCHES} queries written down in {wrote:.0f} ms, by a thread")
    return with_count / without


def bench(number: int, different: int) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.template import Context, Template
    from django.test import Client
    from django.urls import path

    from faq.models import Entry, SearchCount, SoughtQuery
    from helpdesk import urls

    def bare(request: HttpRequest) -> HttpResponse:
        rows = Entry.objects.select_related("category").order_by("-pk")[:50]
        return HttpResponse(Template(BARE).render(Context({"rows": rows})))

    urls.urlpatterns[:0] = [path("bare-list/", bare)]
    call_command("bootstrap", verbosity=0)
    fill(number, different)
    print(f"\n== {connection.vendor}: {SearchCount.objects.count():,} rows of {SoughtQuery.objects.count():,} queries")
    editor = Client()
    editor.force_login(User.objects.create_superuser("root"))
    bench_pages(editor)
    bench_searches(Client())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--different", type=int, default=DIFFERENT)
    parser.add_argument("--database", help="a PostgreSQL server's address; a database of its own is made there")
    options = parser.parse_args()
    with database_of_its_own(options.database):
        bench(options.rows, options.different)


if __name__ == "__main__":
    main()
