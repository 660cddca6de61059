"""The cast of every test: the county of 桃源 and its people, and `make_*` for rows of any kind.

What a function makes is right and complete unless a test says otherwise. Of the people it is written here, and nowhere
else, who they are and what they may do. Ledgers without a database are made in `tests.credits.ledgers`.
"""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from credits.models import (
    DegreeAward,
    Membership,
    OffsetAward,
    Organization,
    SchoolPlan,
    SelfDirectedActivity,
    Teacher,
    TrainingProject,
    TrainingResult,
)
from credits.statements.summaries import refresh
from faq.models import Category, Entry
from helpdesk.common.names import sort_key
from helpdesk.management.commands.bootstrap import auditors, editors

PASSWORD = "a-long-enough-1"
numbers = itertools.count(1)
#: The amount that each activity takes; the others take credits.
AMOUNTS: dict[str, dict[str, Any]] = {
    "other": {"hours": 25},
    "lesson_observation": {"count": 20},
    "open_class": {"count": 2, "level": "school"},
    "lecture": {"count": 2, "level": "school"},
}


def make_organization(kind: str = "school", parent: Organization | None = None, **fields: Any) -> Organization:
    return Organization.objects.create(**{"name": f"机构 {next(numbers)}", "kind": kind, "parent": parent} | fields)


def make_teacher(school: Organization | None = None, **fields: Any) -> Teacher:
    teacher = _teacher(school or make_organization(), fields)
    teacher.save()
    return teacher


def make_teachers(school: Organization, count: int, **fields: Any) -> list[Teacher]:
    """So many teachers of one school with their summaries, in few queries."""
    teachers = [_teacher(school, fields) for _ in range(count)]
    for teacher in teachers:
        teacher.name_key = sort_key(teacher.name)
    made = Teacher.objects.bulk_create(teachers)
    refresh(teacher.pk for teacher in made)
    return made


def _teacher(school: Organization, fields: dict[str, Any]) -> Teacher:
    number = next(numbers)
    defaults: dict[str, Any] = {"staff_number": f"T{number}", "name": f"教师 {number}", "school": school}
    return Teacher(**defaults | {"formally_employed_on": date(2010, 9, 1)} | fields)


def make_project(organizer: Organization | None = None, **fields: Any) -> TrainingProject:
    defaults = {
        "name": f"项目 {next(numbers)}",
        "organizer": organizer or make_organization("county"),
        "category": "county",
        "hours": 40,
        "converted": True,
        "ends_on": date(2019, 7, 10),
        "status": "published",
    }
    return TrainingProject.objects.create(**defaults | fields)


def make_result(
    teacher: Teacher, project: TrainingProject | None = None, credits: Any = 4, **fields: Any
) -> TrainingResult:
    """Reviewed, unless `status` says otherwise."""
    project = project or make_project(teacher.school)
    defaults: dict[str, Any] = {"teacher": teacher, "project": project, "hours": project.hours}
    if fields.get("status", "reviewed") == "reviewed":
        defaults |= {"status": "reviewed", "category": project.category, "converted": project.converted}
        defaults |= {"credits": Decimal(credits), "reviewed_at": timezone.now()}
    return TrainingResult.objects.create(**defaults | fields)


def make_plan(school: Organization, year: int = 2019, status: str = "approved", **fields: Any) -> SchoolPlan:
    defaults: dict[str, Any] = {"school": school, "school_year": year, "status": status}
    if status != "draft":
        defaults["filed_at"] = timezone.now()
    if status in ("approved", "returned"):
        defaults |= {"reviewed_at": timezone.now(), "feedback": "请补充考核办法。"}
    return SchoolPlan.objects.create(**defaults | fields)


def make_activity(teacher: Teacher, activity: str = "school_training", **fields: Any) -> SelfDirectedActivity:
    """Under an approved plan and with a record."""
    defaults: dict[str, Any] = {
        "teacher": teacher,
        "activity": activity,
        "completed_on": date(2019, 10, 12),
        "has_record": True,
    }
    if "plan" not in fields:
        plan = SchoolPlan.objects.filter(school=teacher.school, school_year=2019).first()
        defaults["plan"] = plan or make_plan(teacher.school)
    return SelfDirectedActivity.objects.create(**defaults | AMOUNTS.get(activity, {"credits": 2}) | fields)


def make_degree(teacher: Teacher, credits: Any = 5, **fields: Any) -> DegreeAward:
    """Credited, unless `credits` is None."""
    defaults: dict[str, Any] = {"teacher": teacher, "level": "master", "awarded_on": date(2020, 6, 30)}
    return DegreeAward.objects.create(**defaults | _credited(credits) | fields)


def make_offset(teacher: Teacher, credits: Any = 2, **fields: Any) -> OffsetAward:
    """Credited, unless `credits` is None."""
    defaults: dict[str, Any] = {"teacher": teacher, "basis": "自学课程", "awarded_on": date(2020, 5, 1)}
    return OffsetAward.objects.create(**defaults | _credited(credits) | fields)


def _credited(credits: Any) -> dict[str, Any]:
    """The fields of an award with these credits; none where they are None."""
    if credits is None:
        return {}
    return {"status": "credited", "credits": Decimal(credits), "credited_at": timezone.now()}


def make_entry(**fields: Any) -> Entry:
    """A published entry without a document; in 学习问题 unless `category` says otherwise."""
    given = {"question": "新问题", "answer": "<p>新答案</p>", "status": "published"} | fields
    given.setdefault("category", Category.objects.get(slug="upgrade-study"))
    return Entry.objects.create(**given)


def make_editor(name: str = "editor") -> User:
    """An account with the rights of the editors' group and no others; its password is `PASSWORD`."""
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.add(editors())
    return user


def make_auditor(name: str = "auditor") -> User:
    """An account that may read the audit log in the admin, and nothing else."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(auditors())
    return user


def make_member(name: str, organization: Organization, role: str = "staff") -> User:
    """An account that works for an organisation: enters and files as its `staff`, or decides as its `reviewer`."""
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, organization=organization, role=role)
    return user


def signed_in(user: User) -> Client:
    """A browser in which that person is signed in."""
    client = Client()
    client.force_login(user)
    return client


class Place:
    """The county of 桃源: two schools with a teacher each, and everybody who has to do with them.

    The fixture `place` gives one to a test, which then acts as one of its people: `place.client("staff")`.
    """

    works = staticmethod(make_member)  # kept until `test_processes` calls `make_member`

    def __init__(self) -> None:
        self.city = make_organization("city", name="桃源市")
        self.county = make_organization("county", parent=self.city, name="桃源县")
        self.school = make_organization(parent=self.county, name="桃源一小")
        self.other = make_organization(parent=self.county, name="桃源二小")
        # 张三 teaches at the first school and has an account. It shows her own statement, trials and looks.
        self.herself = User.objects.create_user("teacher")
        self.teacher = make_teacher(self.school, name="张三", staff_number="A-1", user=self.herself)
        # 王五 teaches at the other school, has no account, and does not exist for the staff of the first.
        self.stranger = make_teacher(self.other, name="王五", staff_number="B-1")
        # Enters records and files plans for the first school. Sees its teachers only; reviews nothing.
        self.staff = make_member("staff", self.school)
        # Does the same for the other school.
        self.other_staff = make_member("other_staff", self.other)
        # Has the reviewer's role in the school itself, which reviews nothing that the county organises.
        self.school_reviewer = make_member("school_reviewer", self.school, "reviewer")
        # Reviews for the county, transfers between its schools, and may do whatever their staff may do.
        self.reviewer = make_member("reviewer", self.county, "reviewer")
        # Reviews for the city: puts on record what the county files, and may do whatever the county may do.
        self.above = make_member("above", self.city, "reviewer")
        # Edits questions and answers in the admin. Sees nothing of anybody's credits.
        self.editor = make_editor()
        # Reads the audit log in the admin. Sees nothing of anybody's credits.
        self.auditor = make_auditor()
        # Is signed in, teaches nowhere and works for nobody.
        self.nobody = User.objects.create_user("nobody")
        # May do everything.
        self.superuser = User.objects.create_superuser("superuser")

    def client(self, who: str) -> Client:
        """A browser in which that person is signed in; `anonymous` is signed in nowhere."""
        return Client() if who == "anonymous" else signed_in(getattr(self, who))


class Crowd(Place):
    """The same with two teachers more, for tests of who sees whom."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere = make_organization(name="外县小学")
        # 李四 teaches beside 张三; 赵六 in another county, and nobody of this one sees him.
        self.colleague = make_teacher(self.school, name="李四", staff_number="A-2")
        self.outsider = make_teacher(self.elsewhere, name="赵六", staff_number="C-1")

    @property
    def teachers(self) -> list[Teacher]:
        """All four, those of this county first."""
        return [self.teacher, self.colleague, self.stranger, self.outsider]
