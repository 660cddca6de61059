"""Rows to test with: organisations, teachers and their records, each right unless a test says otherwise."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

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

numbers = itertools.count(1)
AMOUNTS: dict[str, dict[str, Any]] = {
    "other": {"hours": 25},
    "lesson_observation": {"count": 20},
    "open_class": {"count": 2, "level": "school"},
    "lecture": {"count": 2, "level": "school"},
}


def make_organization(kind: str = "school", parent: Organization | None = None, **fields: Any) -> Organization:
    return Organization.objects.create(**{"name": f"机构 {next(numbers)}", "kind": kind, "parent": parent} | fields)


def make_teacher(school: Organization | None = None, **fields: Any) -> Teacher:
    number = next(numbers)
    defaults = {
        "staff_number": f"T{number}",
        "name": f"教师 {number}",
        "school": school or make_organization(),
        "formally_employed_on": date(2010, 9, 1),
    }
    return Teacher.objects.create(**defaults | fields)


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
    if credits is not None:
        defaults |= {"status": "credited", "credits": Decimal(credits), "credited_at": timezone.now()}
    return DegreeAward.objects.create(**defaults | fields)
