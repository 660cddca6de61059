"""`python -m tests.bench.roster`: the roster of a county with 100,000 teachers, page by page, beside counting the same
rows, on SQLite or (`--database postgres://…`) on PostgreSQL."""

from __future__ import annotations

import argparse
import datetime
import os
import random
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.bench.__main__ import own_place, start_django

TEACHERS, SCHOOLS, ROUNDS = 100_000, 1_000, 5
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "明芳伟敏静丽强磊洋艳勇军杰娟涛超霞平刚桂英华玉兰雪梅宁佳欣怡晨宇轩"


def fill(teachers: int, schools: int) -> Any:
    """A county, a neighbour half its size, and the summaries of all in both cycles. Returns the county's reviewer."""
    from django.contrib.auth.models import User
    from django.db import connection

    from credits.models import Membership, Organization, StatementSummary, Teacher, TrainingCycle
    from helpdesk.common.names import sort_key
    from helpdesk.management.commands.bootstrap import load_once

    load_once("cycles")
    chance = random.Random(1)
    county, neighbour = (Organization.objects.create(name=name, kind="county") for name in ("某县", "邻县"))
    own = [Organization.objects.create(name=f"学校 {at}", kind="school", parent=county) for at in range(schools)]
    others = [Organization.objects.create(name=f"邻校 {at}", kind="school", parent=neighbour) for at in range(9)]
    rows = []
    for number in range(teachers + teachers // 2):
        name = chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.randint(1, 2)))
        school = chance.choice(own if number < teachers else others)
        rows.append(Teacher(staff_number=f"T{number}", name=name, name_key=sort_key(name), school=school))
    Teacher.objects.bulk_create(rows, batch_size=5000)
    facts = Teacher.objects.values_list("pk", "school_id", "name_key")
    day = datetime.date(2026, 11, 24)
    StatementSummary.objects.bulk_create(
        (
            StatementSummary(
                teacher_id=pk,
                school_id=school_id,
                name_key=name_key,
                cycle=cycle,
                listed=chance.random() > 0.05,
                as_of=min(day, cycle.ends_on),
                **_sums(chance),
            )
            for cycle in TrainingCycle.objects.all()
            for pk, school_id, name_key in facts
        ),
        batch_size=5000,
    )
    if connection.vendor == "postgresql":  # as the autovacuum does where the portal runs
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    user = User.objects.create_user("county")
    Membership.objects.create(user=user, organization=county, role=Membership.Role.REVIEWER)
    return user


def _sums(chance: random.Random) -> dict[str, Any]:
    """A third have enough of both, one in fifty has no verdict yet."""
    coordinated, own = (Decimal(chance.randint(0, 4 * most)) / 4 for most in (60, 23))
    missing, own_missing = max(Decimal(0), 26 - coordinated), max(Decimal(0), 10 - own)
    verdict = "short" if missing or own_missing else "met"
    return {
        "coordinated_counted": coordinated,
        "coordinated_missing": missing,
        "self_directed_counted": own,
        "self_directed_missing": own_missing,
        "self_directed_pending": Decimal(chance.choice([0, 0, 0, 0, 2])),
        "verdict": "cannot_decide" if chance.random() < 0.02 else verdict,
    }


#: Pages that are measured: the name of a page, and its query.
PAGES = [
    ("first page", ""),
    ("last page", "&page=999999"),
    ("page in the middle", "&page=950"),
    ("most coordinated missing first", "&sort=coordinated"),
    ("the same, last page", "&sort=coordinated&page=999999"),
    ("least coordinated missing first, last page", "&sort=-coordinated&page=999999"),
    ("most self-directed missing first", "&sort=self_directed"),
    ("by school", "&sort=school"),
    ("by school, last page", "&sort=school&page=999999"),
    ("one school", "&school={school}"),
    ("by name, 8 % found", "&q=张"),
    ("by name, few found", "&q=张明芳"),
    ("by name, none found", "&q=甲乙丙"),
    ("by staff number", "&q=t4711"),
    ("verdict=met", "&verdict=met"),
    ("verdict=met, last page", "&verdict=met&page=999999"),
    ("both missing, last page", "&missing=both&page=999999"),
    ("waiting for review", "&missing=pending"),
]


def bench(teachers: int, schools: int) -> None:
    from django.db import connection
    from django.http import QueryDict
    from django.test import Client

    from credits.models import Organization, StatementSummary
    from credits.statements.roster import Roster

    user = fill(teachers, schools)
    client = Client()
    client.force_login(user)
    rows = StatementSummary.objects.filter(cycle__code="2018", listed=True, school__parent__name="某县")
    school = Organization.objects.filter(name="学校 5").get().pk
    print(f"\n== {connection.vendor}: {rows.count():,} of {teachers:,} teachers of {schools:,} schools on the roster")
    counting = measure(lambda: rows.count())
    reading = measure(lambda: list(rows.values_list()))
    print(f"{'counting the rows':45} {counting:7.1f} ms")
    print(f"{'reading the rows':45} {reading:7.1f} ms\n")

    def show(name: str, took: float) -> None:
        print(f"{name:45} {took:7.1f} ms   × {took / counting:6.1f} counting   × {took / reading:5.2f} reading")

    def page(path: str) -> Callable[[], object]:
        def ask() -> object:
            answer = client.get(path, headers={"host": "localhost"})
            assert answer.status_code == 200, answer.status_code
            return answer

        return ask

    slowest = 0.0
    for name, query in PAGES:
        took = measure(page(f"/credits/teachers/?cycle=2018{query.format(school=school)}"))
        slowest = max(slowest, took)
        show(name, took)
    took = measure(page("/credits/teachers/picture/?cycle=2018"))
    show(f"the picture, {schools:,} schools", took)
    picture = measure(lambda: Roster(user, QueryDict("cycle=2018")).picture)
    show("of each page, the county's figures", picture)
    print(f"\nslowest {max(slowest, took):.0f} ms (target: at most 500)")


def measure(act: Callable[[], object]) -> float:
    """Milliseconds; the median of a few rounds after one that warms up."""
    act()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


@contextmanager
def database_of_its_own(address: str | None) -> Iterator[None]:
    """Starts Django with an empty database: a new SQLite file, or one on the PostgreSQL server at `address`."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        own_place(Path(name))
        os.environ["HTTPS"] = "off"
        if address:
            os.environ["DATABASE_URL"] = address
        start_django()
        from django.conf import settings
        from django.db import connection

        # Static files are not collected here; their addresses are no part of what is measured.
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        warnings.filterwarnings("ignore", message="No directory at")
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teachers", type=int, default=TEACHERS)
    parser.add_argument("--schools", type=int, default=SCHOOLS)
    parser.add_argument("--database", help="a PostgreSQL server's address; a database of its own is made there")
    options = parser.parse_args()
    with database_of_its_own(options.database):
        bench(options.teachers, options.schools)


if __name__ == "__main__":
    main()
