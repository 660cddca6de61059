"""Summaries stay true at once, whatever is changed."""

from __future__ import annotations

import random
import threading
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from credits.models import (
    DegreeAward,
    OffsetAward,
    Posting,
    SchoolPlan,
    SelfDirectedActivity,
    StatementSummary,
    Teacher,
    TrainingCycle,
    TrainingProject,
    TrainingResult,
)
from credits.rules.types import Position, Verdict
from credits.statements.calendar import rules_cycle, today
from credits.statements.from_rows import of_teachers
from credits.statements.summaries import BATCH, refresh, summarize
from tests.cast import (
    make_activity,
    make_degree,
    make_offset,
    make_organization,
    make_project,
    make_result,
    make_teacher,
    make_teachers,
)
from tests.credits.ledger_rows import END, summary_of

pytestmark = pytest.mark.usefixtures("cycles")


def as_shown(summary: StatementSummary) -> tuple[Any, ...]:
    return (
        summary.as_of,
        summary.verdict,
        summary.coordinated_counted,
        summary.coordinated_missing,
        summary.self_directed_counted,
        summary.self_directed_pending,
        summary.self_directed_missing,
    )


def every_summary_is_true() -> None:
    for row in TrainingCycle.objects.filter(starts_on__lte=today()):
        as_of = min(today(), row.ends_on)
        ledgers = of_teachers(Teacher.objects.values_list("pk", flat=True), rules_cycle(row), as_of)
        kept = {summary.teacher_id: as_shown(summary) for summary in StatementSummary.objects.filter(cycle=row)}
        computed = {pk: as_shown(summarize(ledger, teacher_id=pk, cycle_id=row.pk)) for pk, ledger in ledgers.items()}
        assert kept == computed


def test_a_new_teacher_has_summaries_at_once() -> None:
    teacher = make_teacher()
    assert {summary.cycle.code for summary in teacher.summaries.all()} == {"2018", "2023"}
    assert (summary_of(teacher).verdict, summary_of(teacher).coordinated_missing) == ("short", 26)


@pytest.mark.parametrize("seed", range(5))
def test_summaries_stay_true_through_random_changes(seed: int) -> None:
    chance = random.Random(seed)
    schools = [make_organization() for _ in range(2)]
    teachers = [make_teacher(chance.choice(schools)) for _ in range(3)]

    def day() -> date:
        return date(chance.randint(2018, 2024), chance.randint(1, 12), chance.randint(1, 28))

    def one_of(model: Any) -> Any:
        return chance.choice(list(model.objects.all()) or [None])

    def change() -> None:
        teacher = chance.choice(teachers)
        match chance.randrange(12):
            case 0:
                make_result(teacher, make_project(ends_on=day()), credits=chance.choice(["4", "1.25", "26"]))
            case 1:
                if result := one_of(TrainingResult):
                    result.credits, result.category = Decimal("7.5"), "safety_net"
                    result.save()
            case 2:
                TrainingResult.objects.filter(teacher=teacher).delete()
            case 3:
                make_activity(teacher, chance.choice(["workshop", "other", "lecture"]), completed_on=day())
            case 4:
                if plan := one_of(SchoolPlan):
                    plan.status = chance.choice(["approved", "filed"])
                    plan.save()
            case 5:
                if plan := one_of(SchoolPlan):
                    plan.delete()
            case 6:
                if not teacher.degrees.filter(awarded_on=date(2020, 6, 30)).exists():
                    make_degree(teacher, credits=chance.randint(1, 9))
                    make_offset(teacher, credits=chance.randint(1, 9), basis=f"课题 {chance.random()}")
            case 7:
                DegreeAward.objects.filter(teacher=teacher).delete()
                OffsetAward.objects.filter(teacher=teacher).delete()
            case 8:
                teacher.formally_employed_on = chance.choice([None, date(2010, 9, 1), date(2022, 9, 1)])
                teacher.position = chance.choice(list(Position)).value
                teacher.save()
            case 9:
                school = chance.choice(schools)
                school.is_sole_teacher_school = not school.is_sole_teacher_school
                school.save()
            case 10:
                if project := one_of(TrainingProject):
                    project.ends_on = day()
                    project.save()
            case 11:
                if activity := one_of(SelfDirectedActivity):
                    activity.teacher = teacher
                    activity.save()

    for _ in range(25):
        change()
        every_summary_is_true()


def test_a_deleted_teacher_leaves_nothing() -> None:
    teacher = make_teacher()
    make_result(teacher)
    make_activity(teacher)
    make_degree(teacher)
    make_offset(teacher)
    teacher.delete()
    for model in (StatementSummary, TrainingResult, SelfDirectedActivity, DegreeAward, OffsetAward, Posting):
        assert not model.objects.exists()


def test_a_rolled_back_change_leaves_the_summary() -> None:
    teacher = make_teacher()
    with pytest.raises(RuntimeError), transaction.atomic():
        make_result(teacher, credits=26)
        assert summary_of(teacher).coordinated_missing == 0
        raise RuntimeError
    assert summary_of(teacher).coordinated_missing == 26


def test_a_batch_takes_a_fixed_number_of_queries() -> None:
    school = make_organization()
    teachers = make_teachers(school, 60)
    for teacher in teachers[:20]:
        make_result(teacher)
        make_activity(teacher)
    one, all_of_them = Counting(), Counting()
    with connection.execute_wrapper(one):
        refresh([teachers[0].pk])
    with connection.execute_wrapper(all_of_them):
        refresh([teacher.pk for teacher in teachers])
    assert len(teachers) < BATCH
    assert all_of_them.queries - one.queries <= 1  # SQLite takes 999 values in one statement


class Counting:
    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.queries += 1
        return execute(*arguments)


def test_the_command_takes_up_time_and_numbers() -> None:
    teacher = make_teacher()
    make_result(teacher, credits=13)
    TrainingCycle.objects.filter(code="2018").update(coordinated_required=13)
    output = StringIO()
    call_command("refresh_statements", stdout=output)
    assert output.getvalue().splitlines() == ["已计算 1 / 1 人", f"完成：1 人，截止 {today().isoformat()}"]
    assert summary_of(teacher).coordinated_missing == 0
    assert summary_of(teacher).as_of == END
    call_command("refresh_statements", "--as-of", "2019-01-01", stdout=output)
    assert (summary_of(teacher).as_of, summary_of(teacher).coordinated_counted) == (date(2019, 1, 1), 0)
    assert Verdict(summary_of(teacher).verdict) is Verdict.SHORT


@pytest.mark.django_db(transaction=True)
def test_records_entered_at_once_all_count() -> None:
    teacher = make_teacher()
    projects = [make_project(teacher.school) for _ in range(8)]
    failures: list[BaseException] = []

    def enter(part: list[TrainingProject]) -> None:
        try:
            for project in part:
                make_result(teacher, project, credits=1)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=(projects[start::2],)) for start in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert summary_of(teacher).coordinated_counted == 8
