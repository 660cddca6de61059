"""What is recorded of teachers: what the database refuses, what a ledger is made of, and summaries that stay true."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from credits.ledger import of_teachers, rules_cycle, today
from credits.models import (
    DegreeAward,
    Membership,
    Organization,
    Posting,
    SchoolPlan,
    SelfDirectedActivity,
    StatementSummary,
    Teacher,
    TrainingCycle,
    TrainingProject,
    TrainingResult,
)
from credits.rules.evaluate import evaluate
from credits.rules.types import Ledger, PlanState, Position, Verdict
from credits.summaries import BATCH, refresh, summarize

from .rows import (
    make_activity,
    make_degree,
    make_organization,
    make_plan,
    make_project,
    make_result,
    make_teacher,
)

pytestmark = pytest.mark.usefixtures("cycles")
END = date(2023, 8, 31)


def cycle_row(code: str = "2018") -> TrainingCycle:
    return TrainingCycle.objects.get(code=code)


def ledger_of(teacher: Teacher, as_of: date = END) -> Ledger:
    return of_teachers([teacher.pk], rules_cycle(cycle_row()), as_of)[teacher.pk]


def summary_of(teacher: Teacher) -> StatementSummary:
    return StatementSummary.objects.get(teacher=teacher, cycle=cycle_row())


# --- what the database refuses -----------------------------------------------------------------------------------

REFUSED: dict[str, Callable[[Teacher], object]] = {
    "two organisations of one name below one": lambda t: (
        [make_organization(name="同名", parent=t.school.parent)] * 2
        and make_organization(name="同名", parent=t.school.parent)
    ),
    "a county that is a village school": lambda t: make_organization("county", is_village_school=True),
    "an organisation of no kind": lambda t: make_organization("ministry"),
    "two teachers of one number": lambda t: make_teacher(staff_number=t.staff_number),
    "a teacher without a number": lambda t: make_teacher(staff_number=""),
    "a teacher of no position": lambda t: make_teacher(position="retired"),
    "a teacher employed in 1800": lambda t: make_teacher(formally_employed_on=date(1800, 1, 1)),
    "two present postings": lambda t: [Posting.objects.create(teacher=t, school=t.school) for _ in range(2)],
    "a posting that ends before it starts": lambda t: Posting.objects.create(
        teacher=t, school=t.school, started_on=date(2020, 1, 2), ended_on=date(2020, 1, 1)
    ),
    "two projects of one code": lambda t: [make_project(code="P-1") for _ in range(2)],
    "a project of no category": lambda t: make_project(category="private"),
    "a project without hours": lambda t: make_project(hours=0),
    "a project that ends before it starts": lambda t: make_project(starts_on=date(2019, 7, 11)),
    "two results of one teacher in one project": lambda t: [
        make_result(t, project) for project in [make_project()] * 2
    ],
    "a reviewed result without credits": lambda t: make_result(t, credits=0),
    "a reviewed result with no credits at all": lambda t: TrainingResult.objects.filter(pk=make_result(t).pk).update(
        credits=None
    ),
    "a credited degree with no credits at all": lambda t: DegreeAward.objects.filter(pk=make_degree(t).pk).update(
        credits=None
    ),
    "a reviewed result without conversion": lambda t: make_result(t, converted=None),
    "a result entered with credits": lambda t: make_result(t, status="entered", credits=0, category="county"),
    "a result with more than 100 credits": lambda t: make_result(t, credits="100.01"),
    "two plans of one year": lambda t: [make_plan(t.school) for _ in range(2)],
    "a plan filed at no time": lambda t: make_plan(t.school, status="filed", filed_at=None),
    "a plan approved at no time": lambda t: make_plan(t.school, reviewed_at=None),
    "a plan returned without a word": lambda t: make_plan(t.school, status="returned", feedback=""),
    "an activity with two amounts": lambda t: make_activity(t, hours=10),
    "an activity with the wrong amount": lambda t: make_activity(t, "lecture", count=None, hours=10),
    "an activity without an amount": lambda t: make_activity(t, "other", hours=None),
    "an open class without a level": lambda t: make_activity(t, "open_class", level=""),
    "a workshop with a level": lambda t: make_activity(t, "workshop", level="school"),
    "an activity of no kind": lambda t: make_activity(t, "sport", credits=1),
    "an activity in 2200": lambda t: make_activity(t, completed_on=date(2200, 1, 1)),
    "a degree twice": lambda t: [make_degree(t) for _ in range(2)],
    "a credited degree without credits": lambda t: make_degree(t, credits=0),
    "an entered degree with credits": lambda t: make_degree(t, credits=None).__class__.objects.update(credits=5),
    "a degree of no level": lambda t: make_degree(t, level="school"),
    "a membership twice": lambda t: [
        Membership.objects.create(user=user, organization=t.school, role="staff")
        for user in [User.objects.create_user("u")] * 2
    ],
    "a membership of no role": lambda t: Membership.objects.create(
        user=User.objects.create_user("u"), organization=t.school, role="boss"
    ),
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
def test_the_database_refuses(wrong: Callable[[Teacher], object]) -> None:
    teacher = make_teacher(make_organization(parent=make_organization("county")))
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong(teacher)


def test_the_right_rows_are_taken() -> None:
    """Else the table above would show nothing."""
    teacher = make_teacher(make_organization(parent=make_organization("county"), is_village_school=True))
    make_result(teacher)
    make_result(teacher, status="entered")
    for activity in ("school_training", "school_research", "workshop", "other", "open_class", "lecture"):
        make_activity(teacher, activity).full_clean()
    make_degree(teacher).full_clean()
    make_degree(teacher, credits=None, level="bachelor").full_clean()
    for status in ("draft", "filed", "returned", "approved"):
        make_plan(make_organization(), status=status).full_clean()
    make_project().full_clean()


@pytest.mark.parametrize(
    ("activity", "amounts", "fields"),
    [
        ("lecture", {"count": None, "hours": 10}, {"count", "hours"}),
        ("other", {"hours": None}, {"hours"}),
        ("workshop", {"count": 3}, {"count"}),
    ],
)
def test_a_wrong_amount_is_told_at_its_field(activity: str, amounts: dict[str, Any], fields: set[str]) -> None:
    made = make_activity(make_teacher(), activity)
    for name, value in amounts.items():
        setattr(made, name, value)
    with pytest.raises(ValidationError) as raised:
        made.clean()
    assert set(raised.value.message_dict) == fields
    assert all("只填" in message for [message] in raised.value.message_dict.values())


def test_a_plan_of_a_school_where_the_teacher_never_was_is_refused() -> None:
    activity = make_activity(make_teacher())
    activity.plan = make_plan(make_organization())
    with pytest.raises(ValidationError, match="不是这位教师所在"):
        activity.clean()


def test_what_others_need_cannot_be_deleted() -> None:
    teacher = make_teacher(make_organization(parent=make_organization("county")))
    result = make_result(teacher)
    for needed in (teacher.school, teacher.school.parent, result.project):
        assert needed is not None
        with pytest.raises(ProtectedError):
            needed.delete()


# --- who is below whom -------------------------------------------------------------------------------------------


@pytest.fixture
def county() -> Organization:
    return make_organization("county", make_organization("city", make_organization("province")))


def test_an_organization_moves_with_all_below_it(county: Organization) -> None:
    school = make_organization(parent=county)
    elsewhere = make_organization("city")
    county.parent = elsewhere
    county.save()
    school.refresh_from_db()
    assert school.path == f"{elsewhere.path}{county.pk}.{school.pk}."
    assert set(Organization.objects.within([elsewhere])) == {elsewhere, county, school}


def test_ids_that_begin_alike_are_not_below_each_other() -> None:
    one = make_organization("county")
    other = Organization.objects.create(pk=one.pk * 10 + 1, name="别的县", kind="county")
    assert set(Organization.objects.within([one])) == {one}
    assert other.path == f"{other.pk}."


@pytest.mark.parametrize("kind", ["county", "school"])
def test_only_something_higher_can_be_above(county: Organization, kind: str) -> None:
    school = make_organization(parent=county)
    with pytest.raises(ValidationError, match="上级不能是"):
        Organization(name="错", kind=kind, parent=school).clean()
    city = county.parent
    assert city is not None
    city.parent, city.kind = county, "school"
    with pytest.raises(ValidationError, match="上级不能是"):
        city.clean()


def test_staff_see_their_organization_and_all_below_it_and_nothing_else(county: Organization) -> None:
    here, there = make_organization(parent=county), make_organization(parent=county)
    outside = make_organization()
    teachers = {school: make_teacher(school) for school in (here, there, outside)}
    staff, reviewer = User.objects.create_user("staff"), User.objects.create_user("reviewer")
    Membership.objects.create(user=staff, organization=here, role="staff")
    Membership.objects.create(user=reviewer, organization=county, role="reviewer")
    nobody, root = User.objects.create_user("nobody"), User.objects.create_superuser("root")
    assert set(Teacher.objects.managed_by(staff)) == {teachers[here]}
    assert set(Teacher.objects.managed_by(reviewer)) == {teachers[here], teachers[there]}
    assert set(Teacher.objects.managed_by(root)) == set(teachers.values())
    assert set(Organization.objects.visible_to(reviewer)) == {county, here, there}
    for user in (nobody, AnonymousUser()):
        assert not Teacher.objects.managed_by(user).exists()
        assert not Organization.objects.visible_to(user).exists()
    staff.is_active = False
    assert not Teacher.objects.managed_by(staff).exists()


def test_a_transfer_keeps_where_the_teacher_was(county: Organization) -> None:
    old, new, third = (make_organization(parent=county) for _ in range(3))
    teacher = make_teacher(old)
    teacher.transfer(new, date(2020, 9, 1))
    teacher.transfer(third, date(2021, 9, 1))
    stays = [(stay.school, stay.started_on, stay.ended_on) for stay in teacher.postings.all()]
    assert stays == [
        (old, None, date(2020, 9, 1)),
        (new, date(2020, 9, 1), date(2021, 9, 1)),
        (third, date(2021, 9, 1), None),
    ]
    assert Teacher.objects.get(pk=teacher.pk).school == third


def test_a_transfer_that_cannot_be_is_refused_and_changes_nothing(county: Organization) -> None:
    teacher = make_teacher(make_organization(parent=county))
    new = make_organization(parent=county)
    teacher.transfer(new, date(2020, 9, 1))
    for school, day in ((county, date(2021, 9, 1)), (new, date(2021, 9, 1)), (make_organization(), date(2020, 9, 1))):
        with pytest.raises(ValidationError):
            teacher.transfer(school, day)
    assert teacher.postings.count() == 2


# --- what a ledger is made of ------------------------------------------------------------------------------------


def test_a_ledger_holds_what_somebody_is_responsible_for() -> None:
    teacher = make_teacher(make_organization(is_sole_teacher_school=True), position="seconded")
    make_result(teacher, make_project(code="P-17", category="municipal"), credits="4.5")
    make_result(teacher, status="entered")
    make_degree(teacher)
    make_degree(teacher, credits=None, level="bachelor")
    ledger = ledger_of(teacher)
    assert (ledger.teacher.position, ledger.teacher.sole_teacher_school) == (Position.SECONDED, True)
    assert [(record.id[0], record.done_on) for record in ledger.records] == [
        ("r", date(2019, 7, 10)),
        ("d", date(2020, 6, 30)),
    ]
    result = ledger.records[0]
    assert (result.project, result.category, result.credits) == ("P-17", "municipal", Decimal("4.5"))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "state"),
    [("approved", "approved"), ("filed", "submitted"), ("draft", "none"), ("returned", "none"), (None, "none")],
)
def test_an_activity_stands_as_its_plan_does(status: str | None, state: str) -> None:
    teacher = make_teacher()
    make_activity(teacher, plan=make_plan(teacher.school, status=status) if status else None)
    [record] = ledger_of(teacher).records
    assert record.plan is PlanState(state)  # type: ignore[union-attr]


def test_changing_a_projects_conversion_does_not_touch_reviewed_results() -> None:
    """credits-01: it takes 取消审核, then 审核 again."""
    teacher = make_teacher()
    project = make_project(converted=False)
    make_result(teacher, project)
    project.converted, project.category = True, "national"
    project.save()
    [record] = ledger_of(teacher).records
    assert (record.converted, record.category) == (False, "county")  # type: ignore[union-attr]
    assert evaluate(ledger_of(teacher)).coordinated.counted == 0


def test_records_of_another_cycle_belong_to_its_statement() -> None:
    teacher = make_teacher()
    make_result(teacher, make_project(ends_on=date(2023, 9, 1)))
    make_degree(teacher, awarded_on=date(2018, 8, 31))
    make_activity(teacher, completed_on=date(2024, 1, 1), plan=None)
    assert ledger_of(teacher).records == ()


# --- summaries that stay true ------------------------------------------------------------------------------------


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


def test_a_new_teacher_has_a_summary_in_every_cycle_that_has_begun() -> None:
    teacher = make_teacher()
    assert {summary.cycle.code for summary in teacher.summaries.all()} == {"2018", "2023"}
    assert (summary_of(teacher).verdict, summary_of(teacher).coordinated_missing) == ("short", 26)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_changed_the_summaries_are_true_at_once(seed: int) -> None:
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
            case 7:
                DegreeAward.objects.filter(teacher=teacher).delete()
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
    teacher.delete()
    for model in (StatementSummary, TrainingResult, SelfDirectedActivity, DegreeAward, Posting):
        assert not model.objects.exists()


def test_a_change_that_is_rolled_back_leaves_the_summary_as_it_was() -> None:
    teacher = make_teacher()
    with pytest.raises(RuntimeError), transaction.atomic():
        make_result(teacher, credits=26)
        assert summary_of(teacher).coordinated_missing == 0
        raise RuntimeError
    assert summary_of(teacher).coordinated_missing == 26


def test_a_batch_takes_about_as_many_queries_however_many_teachers() -> None:
    school = make_organization()
    teachers = [make_teacher(school) for _ in range(60)]
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


def test_the_command_brings_up_what_only_time_or_numbers_changed() -> None:
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
