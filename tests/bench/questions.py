"""`python -m tests.bench.questions`: the queue of 100,000 questions, beside a bare list of fifty of them.

On SQLite or (`--database postgres://…`) on PostgreSQL; as superuser, as a county that sees half of them, and as one
school of a thousand.
"""

from __future__ import annotations

import argparse
import datetime
import random
from collections.abc import Callable
from typing import Any

from tests.bench.editing import sentence
from tests.bench.roster import database_of_its_own, measure

QUESTIONS, SCHOOLS = 100_000, 1_000
TARGET = 5.0
#: A bare list: fifty rows with a link, a school and a date each, and nothing around them.
BARE = """<table>{% for row in rows %}<tr><td><a href="/questions/{{ row.public_id }}/">{{ row }}</a></td>
<td>{{ row.school }}</td><td>{{ row.assignee }}</td>
<td>{{ row.asked_at|date:"Y 年 n 月 j 日 H:i" }}</td></tr>{% endfor %}</table>"""
#: State → percent of the questions.
STATES = {"received": 2, "working": 2, "answered": 6, "closed": 90}


def fill(questions: int, schools: int) -> list[Any]:
    """Saves questions of three years; returns a superuser, and one who works for a county and for a school of it."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.utils import timezone

    from credits.models import Membership, Organization
    from faq.models import Question

    chance, now = random.Random(1), timezone.now()
    county, neighbour = (Organization.objects.create(name=name, kind="county") for name in ("某县", "邻县"))
    own = [Organization.objects.create(name=f"学校 {at}", kind="school", parent=county) for at in range(schools // 2)]
    others = [
        Organization.objects.create(name=f"邻校 {at}", kind="school", parent=neighbour) for at in range(schools // 2)
    ]
    users = [
        User.objects.create_superuser("root"),
        User.objects.create_user("county"),
        User.objects.create_user("school"),
    ]
    for user, organization in zip(users[1:], (county, own[0]), strict=True):
        Membership.objects.create(user=user, organization=organization, role=Membership.Role.REVIEWER)
    offices = [school.path for school in own + others]
    rows = []
    for number in range(questions):
        asked = now - datetime.timedelta(minutes=(questions - number) * 15)
        state = chance.choices(list(STATES), list(STATES.values()))[0]
        took = datetime.timedelta(hours=chance.randint(1, 90)) if state in ("answered", "closed") else None
        rows.append(
            Question(
                text=sentence(chance, chance.randint(10, 200)),
                school="学校",
                office=chance.choice(offices),
                state=state,
                asked_at=asked,
                waiting_since=asked,
                first_answered_at=asked + took if took else None,
                assignee=chance.choice(users) if state != "received" else None,
            )
        )
    Question.objects.bulk_create(rows, batch_size=2000)
    if connection.vendor == "postgresql":  # as the autovacuum does where the portal runs
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return users


def bench(questions: int, schools: int) -> float:
    """Prints the table; returns the largest ratio."""
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.template import Context, Template
    from django.test import Client
    from django.urls import path

    from faq.models import Question
    from helpdesk import urls

    def bare(request: HttpRequest) -> HttpResponse:
        rows = Question.objects.select_related("assignee").order_by("-pk")[:50]
        return HttpResponse(Template(BARE).render(Context({"rows": rows})))

    urls.urlpatterns[:0] = [path("bare-list/", bare)]
    users = fill(questions, schools)
    print(f"\n== {connection.vendor}: {Question.objects.count():,} questions", flush=True)

    def page(client: Client, address: str) -> Callable[[], object]:
        def ask() -> object:
            answer = client.get(address, headers={"host": "localhost"})
            assert answer.status_code == 200, (address, answer.status_code)
            return answer

        return ask

    pages = {
        "waiting": "/questions/",
        "all": "/questions/?state=all",
        "closed": "/questions/?state=closed",
        "found": "/questions/?q=冲抵",
        "numbers": "/questions/numbers/",
    }
    worst = 0.0
    for user in users:
        client = Client()
        client.force_login(user)
        bare_took = measure(page(client, "/bare-list/"))
        print(f"{user}: {'a bare list of 50':30} {bare_took:7.1f} ms")
        for name, address in pages.items():
            took = measure(page(client, address))
            worst = max(worst, took / bare_took)
            print(f"{user}: {name:30} {took:7.1f} ms   × {took / bare_took:5.2f}", flush=True)
    print(f"\nat most × {worst:.2f} (target: {TARGET:.0f})")
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--schools", type=int, default=SCHOOLS)
    parser.add_argument("--database", help="a PostgreSQL server's address; a database of its own is made there")
    options = parser.parse_args()
    with database_of_its_own(options.database):
        bench(options.questions, options.schools)


if __name__ == "__main__":
    main()
