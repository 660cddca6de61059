"""`python -m tests.bench.statements`: computing the summaries of 10,000 teachers with 30 records each, beside reading
the very same rows."""

from __future__ import annotations

import argparse
import datetime
import os
import random
import tempfile
import time
from pathlib import Path

from tests.bench.__main__ import own_place, start_django

TEACHERS = 10_000


def fill(teachers: int) -> list[int]:
    """Teachers of twenty schools with ten results, nineteen activities and a degree each; returns their ids."""
    from django.utils import timezone

    from credits.models import (
        DegreeAward,
        Organization,
        SchoolPlan,
        SelfDirectedActivity,
        Teacher,
        TrainingProject,
        TrainingResult,
    )

    chance, now = random.Random(1), timezone.now()
    county = Organization.objects.create(name="某县", kind="county")
    schools = [Organization.objects.create(name=f"学校 {number}", kind="school", parent=county) for number in range(20)]
    employed = datetime.date(2010, 9, 1)
    Teacher.objects.bulk_create(
        Teacher(staff_number=f"T{number}", name="教师", school=chance.choice(schools), formally_employed_on=employed)
        for number in range(teachers)
    )
    ids = list(Teacher.objects.values_list("pk", flat=True))
    projects = TrainingProject.objects.bulk_create(
        TrainingProject(
            code=f"P{number}",
            name="项目",
            organizer=county,
            category=chance.choice(["national", "county", "all_staff", "safety_net"]),
            hours=40,
            converted=True,
            ends_on=datetime.date(chance.randint(2019, 2022), chance.randint(1, 8), 5),
        )
        for number in range(60)
    )
    plans = SchoolPlan.objects.bulk_create(
        SchoolPlan(school=school, school_year=year, status="approved", filed_at=now, reviewed_at=now)
        for school in schools
        for year in range(2018, 2023)
    )
    TrainingResult.objects.bulk_create(
        (
            TrainingResult(
                project=project,
                teacher_id=pk,
                hours=40,
                status="reviewed",
                category=project.category,
                converted=True,
                credits=1,
                reviewed_at=now,
            )
            for pk in ids
            for project in chance.sample(projects, 10)
        ),
        batch_size=5000,
    )
    SelfDirectedActivity.objects.bulk_create(
        (
            SelfDirectedActivity(
                teacher_id=pk,
                plan=chance.choice(plans),
                activity="lesson_observation",
                count=12,
                completed_on=datetime.date(chance.randint(2019, 2022), chance.randint(1, 12), 3),
                has_record=True,
            )
            for pk in ids
            for _ in range(19)
        ),
        batch_size=5000,
    )
    degrees = (
        DegreeAward(
            teacher_id=pk,
            level="master",
            awarded_on=datetime.date(2020, 1, 1),
            credits=5,
            status="credited",
            credited_at=now,
        )
        for pk in ids
    )
    DegreeAward.objects.bulk_create(degrees, batch_size=5000)
    return ids


def read(ids: list[int]) -> None:
    """The rows that statements rest on, a thousand teachers at once, and nothing made of them."""
    from credits.models import DegreeAward, SelfDirectedActivity, Teacher, TrainingResult

    for at in range(0, len(ids), 1000):
        part = ids[at : at + 1000]
        result = ("teacher_id", "pk", "category", "credits", "project__ends_on", "converted", "project__code")
        activity = ("teacher_id", "pk", "activity", "level", "completed_on", "has_record", "plan__status")
        amounts = ("credits", "hours", "count")
        list(TrainingResult.objects.filter(teacher_id__in=part).values_list(*result))
        list(SelfDirectedActivity.objects.filter(teacher_id__in=part).values_list(*activity, *amounts))
        list(
            DegreeAward.objects.filter(teacher_id__in=part).values_list(
                "teacher_id", "pk", "level", "credits", "awarded_on"
            )
        )
        list(Teacher.objects.filter(pk__in=part).values_list("pk", "position", "formally_employed_on"))


def bench(teachers: int) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    call_command("bootstrap", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
    from credits.statements.summaries import refresh

    ids = fill(teachers)
    with CaptureQueriesContext(connection) as captured:
        refresh(ids[:1000])
    reading = min(_seconds(lambda: read(ids)) for _ in range(2))
    computing = min(_seconds(lambda: refresh(ids)) for _ in range(2))
    print(f"\n== summaries of {teachers:,} teachers × 30 records")
    print(f"reading the rows {reading:34.2f} s")
    ratio = f"× {computing / reading:.2f} (target: at most 5)"
    print(f"reading, computing and writing the summaries {computing:6.2f} s, {ratio}")
    print(f"queries for a thousand teachers {len(captured):17d}")


def _seconds(act: object) -> float:
    assert callable(act)
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teachers", type=int, default=TEACHERS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        own_place(Path(name))
        start_django()
        bench(options.teachers)


if __name__ == "__main__":
    main()
