"""`python -m tests.bench.editing`: the admin's pages of entries and versions, beside a bare list of fifty entries.

10,000 entries with 100,000 versions, on SQLite or (`--database postgres://…`) on PostgreSQL.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from typing import Any

from tests.bench.roster import database_of_its_own, measure

ENTRIES, VERSIONS, OF_ONE = 10_000, 100_000, 200
TARGET = 5.0
#: A bare list: fifty rows with a link, a category and a date each, and nothing around them.
BARE = """<table>{% for row in rows %}<tr><td><a href="{{ row.get_absolute_url }}">{{ row.title }}</a></td>
<td>{{ row.category.name }}</td><td>{{ row.updated_at|date:"Y 年 n 月 j 日 H:i" }}</td></tr>{% endfor %}</table>"""
WORDS = "学分培训学时登录平台教师学校冲抵折算审核方案成绩报名考核密码账号周期统筹自主"


def sentence(chance: random.Random, length: int) -> str:
    return "".join(chance.choice(WORDS) for _ in range(length))


def fill(entries: int, versions: int) -> Any:
    """Saves entries with versions and their history; the first entry has 200. Returns the entry."""
    from django.contrib.auth.models import User

    from faq.models import Category, Entry, EntryEvent, Revision

    chance = random.Random(1)
    categories = [Category.objects.create(slug=f"c{number}", name=f"分类 {number}") for number in range(10)]
    author = User.objects.create_user("author")
    made = Entry.objects.bulk_create(
        [
            Entry(
                ref=f"e-{number}",
                question=f"{sentence(chance, 20)}？",
                answer=f"<p>{sentence(chance, 300)}</p>",
                category=chance.choice(categories),
                status=Entry.Status.PUBLISHED,
            )
            for number in range(entries)
        ],
        batch_size=1000,
    )
    each = max(1, (versions - OF_ONE) // entries)
    rows = []
    for place, entry in enumerate(made):
        for number in range(1, (OF_ONE if place == 0 else each) + 1):
            content = {
                "question": entry.question,
                "answer": f"<p>{sentence(chance, 300)}</p>",
                "category": entry.category.slug,
                "phrasings": [sentence(chance, 10) for _ in range(20)],
            }
            state = Revision.State.PUBLISHED if number == 1 else Revision.State.REPLACED
            rows.append(Revision(entry=entry, number=number, state=state, content=content, author=author))
    saved = Revision.objects.bulk_create(rows, batch_size=1000)
    EntryEvent.objects.bulk_create(
        (
            EntryEvent(entry=row.entry, revision=row, title="标题", kind="written", actor=author, actor_name="author")
            for row in saved
        ),
        batch_size=2000,
    )
    return made[0]


def bench(entries: int, versions: int) -> float:
    """Prints the table; returns the largest ratio."""
    from django.contrib import admin
    from django.contrib.auth.models import User
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.template import Context, Template
    from django.test import Client
    from django.urls import path

    from faq.models import Entry, Revision
    from helpdesk import urls

    def bare(request: HttpRequest) -> HttpResponse:
        rows = Entry.objects.select_related("category").order_by("-pk")[:50]
        return HttpResponse(Template(BARE).render(Context({"rows": rows})))

    stock = admin.AdminSite("stock")
    template = "admin/change_list.html"
    fields = {"list_per_page": 50, "ordering": ["-pk"], "change_list_template": template}
    stock.register(Entry, type("Stock", (admin.ModelAdmin,), fields))
    urls.urlpatterns[:0] = [path("bare-list/", bare), path("stock/", stock.urls)]
    first = fill(entries, versions)
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    print(f"\n== {connection.vendor}: {Entry.objects.count():,} entries, {Revision.objects.count():,} versions")

    def page(address: str) -> Callable[[], object]:
        def ask() -> object:
            answer = client.get(address, headers={"host": "localhost"})
            assert answer.status_code == 200, (address, answer.status_code)
            return answer

        return ask

    below = f"/admin/faq/entry/{first.pk}"
    pages = {
        "the list of entries": "/admin/faq/entry/",
        "the list, last page": "/admin/faq/entry/?p=200",
        "versions that wait": "/admin/faq/entry/?version=waiting",
        "the form of an entry of 200 versions": f"{below}/change/",
        "its history": f"{below}/history/",
        "its history, last page": f"{below}/history/?page=4",
        "one version, beside the published one": f"{below}/versions/200/",
        "two versions compared": f"{below}/compare/?a=100&b=200",
        "who changed what, of all": "/admin/faq/entry/changes/",
        "who changed what, last page": "/admin/faq/entry/changes/?page=999999",
        "first page of the admin": "/admin/",
    }
    bare_took = measure(page("/bare-list/"))
    stock_took = measure(page("/stock/faq/entry/"))
    print(f"{'a bare list of 50':45} {bare_took:7.1f} ms")
    print(f"{'the same in a stock admin, one column':45} {stock_took:7.1f} ms   × {stock_took / bare_took:5.2f}\n")
    worst = 0.0
    for name, address in pages.items():
        took = measure(page(address))
        worst = max(worst, took / bare_took)
        print(f"{name:45} {took:7.1f} ms   × {took / bare_took:5.2f}")
    print(f"\nat most × {worst:.2f} (target: {TARGET:.0f})")
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--versions", type=int, default=VERSIONS)
    parser.add_argument("--database", help="a PostgreSQL server's address; a database of its own is made there")
    options = parser.parse_args()
    with database_of_its_own(options.database):
        bench(options.entries, options.versions)


if __name__ == "__main__":
    main()
