"""Rows that the database refuses, however they are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from credits.models import (
    DegreeAward,
    Membership,
    OffsetAward,
    Posting,
    Teacher,
    TrainingResult,
)
from tests.cast import (
    make_activity,
    make_degree,
    make_offset,
    make_organization,
    make_plan,
    make_project,
    make_result,
    make_teacher,
)

pytestmark = pytest.mark.usefixtures("cycles")


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
    "an offset twice": lambda t: [make_offset(t) for _ in range(2)],
    "an offset without a basis": lambda t: make_offset(t, basis=""),
    "a credited offset without credits": lambda t: make_offset(t, credits=0),
    "a credited offset with no credits at all": lambda t: OffsetAward.objects.filter(pk=make_offset(t).pk).update(
        credits=None
    ),
    "an entered offset with credits": lambda t: make_offset(t, credits=None).__class__.objects.update(credits=5),
    "a returned offset without a word": lambda t: make_offset(t, credits=None, status="returned"),
    "an offset in 2200": lambda t: make_offset(t, awarded_on=date(2200, 1, 1)),
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


def test_a_plan_of_another_school_is_refused() -> None:
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
