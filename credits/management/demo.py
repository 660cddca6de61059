"""A county to try the portal with: a dozen schools and 300 teachers in every state the rules know, all invented.

Written by hand with one random generator, and no factory library: a fixed seed makes the same county every time.
"""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from helpdesk.common.names import sort_key

from ..models import (
    DegreeAward,
    OffsetAward,
    Organization,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    Teacher,
    TrainingProject,
    TrainingResult,
)
from ..rules.types import AMOUNT_OF_ACTIVITY, LEVELLED, Activity, Category, DegreeLevel, Position
from ..rules.wording import CATEGORY, school_year_in_words
from ..statements.summaries import refresh

COUNTY = "示例县（演示数据）"
SCHOOLS = ["第一小学", "第二小学", "实验小学", "第一中学", "第二中学", "东门小学", "西河小学", "南山小学", "北湖小学"]
VILLAGE_SCHOOLS = ["柳溪村小", "石桥村小"]
SOLE_TEACHER_SCHOOL = "云岭教学点"
TEACHERS = 300
#: Names that pages have to bear, by the teacher's number: long ones, rare characters, the same name twice.
SPECIAL_NAMES = {7: "买买提·阿不都热合曼", 8: "王䶮", 9: "欧阳静怡", 10: "单于明", 11: "张伟", 12: "张伟"}
YEARS = range(2018, 2026)
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "明芳伟敏静丽强磊洋艳勇军杰娟涛超霞平刚桂英华玉兰雪梅宁佳欣怡晨宇轩"
SUBJECTS = ["语文", "数学", "英语", "科学", "体育", "音乐", "美术", "道德与法治"]
POSITIONS = [Position.TEACHING] * 46 + [Position.ADMINISTRATION] * 2 + [Position.SECONDED] * 2
HOURS_OF_CREDIT = 10
#: How many of a hundred plans are in which state.
WEIGHT_OF_PLAN_STATUS = {
    SchoolPlan.Status.APPROVED: 85,
    SchoolPlan.Status.FILED: 8,
    SchoolPlan.Status.RETURNED: 4,
    SchoolPlan.Status.DRAFT: 3,
}


@transaction.atomic
def make_demo() -> Organization:
    """Makes the county with everything in it, the same every time, and returns it."""
    chance = random.Random(2018)  # noqa: S311  for variety, not for secrets
    county = Organization.objects.create(name=COUNTY, kind=Organization.Kind.COUNTY)
    schools = _schools(county)
    teachers = _teachers(schools, chance)
    _safety_net_plans(county)
    _results(teachers, _projects(county, chance), chance)
    _activities(teachers, _plans(schools, chance), chance)
    _degrees(teachers, chance)
    _offsets(teachers)
    refresh(teacher.pk for teacher in teachers)
    return county


def _schools(county: Organization) -> list[Organization]:
    """Makes the schools; the last one has a single teacher."""
    schools = [_school(county, name) for name in SCHOOLS]
    schools += [_school(county, name, is_village_school=True) for name in VILLAGE_SCHOOLS]
    sole = _school(county, SOLE_TEACHER_SCHOOL, is_village_school=True, is_sole_teacher_school=True)
    return [*schools, sole]


def _school(county: Organization, name: str, **flags: bool) -> Organization:
    return Organization.objects.create(name=name, kind=Organization.Kind.SCHOOL, parent=county, **flags)


def _teachers(schools: list[Organization], chance: random.Random) -> list[Teacher]:
    rows = [_teacher(number, schools, chance) for number in range(TEACHERS)]
    return Teacher.objects.bulk_create(rows)


def _teacher(number: int, schools: list[Organization], chance: random.Random) -> Teacher:
    """Returns an unsaved teacher: number 0 is alone at a school, 0 and 1 teach, and 0 to 5 are in work."""
    *ordinary, sole = schools
    employed_on = datetime.date(chance.randint(1995, 2022), 9, 1)
    invented = chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.randint(1, 2)))
    name = SPECIAL_NAMES.get(number, invented)
    school = sole if number == 0 else chance.choice(ordinary)
    position = Position.TEACHING if number < 2 else chance.choice(POSITIONS)
    employment_is_known = chance.random() >= 0.12
    subject = chance.choice(SUBJECTS)
    retired = number > 5 and chance.random() < 0.03
    return Teacher(
        staff_number=f"DEMO-{number + 1:04d}",
        name=name,
        name_key=sort_key(name),
        school=school,
        position=position.value,
        formally_employed_on=employed_on if employment_is_known else None,
        subject=subject,
        status=Teacher.Status.RETIRED if retired else Teacher.Status.ACTIVE,
    )


def _safety_net_plans(county: Organization) -> None:
    """Makes a plan under way for each year that has safety-net training, and one that waits for this year."""
    rows = [_safety_net_plan(county, year, SafetyNetPlan.Status.UNDER_WAY) for year in YEARS]
    rows.append(_safety_net_plan(county, YEARS.stop, SafetyNetPlan.Status.FILED))
    SafetyNetPlan.objects.bulk_create(rows)


def _safety_net_plan(county: Organization, year: int, status: SafetyNetPlan.Status) -> SafetyNetPlan:
    now = timezone.now()
    return SafetyNetPlan(
        organization=county,
        school_year=year,
        forecast="演示用的预判：全县约有三成教师本年度无法完成相应的培训学分。",
        content="演示用的方案：由县教师进修学校组织，线上学习 15 学时，合 1.5 学分。",
        status=status,
        filed_at=now,
        reviewed_at=None if status == SafetyNetPlan.Status.FILED else now,
    )


def _projects(county: Organization, chance: random.Random) -> list[TrainingProject]:
    """Makes a published project of each category in each year."""
    rows = [_project(county, year, category, chance) for year in YEARS for category in Category]
    return TrainingProject.objects.bulk_create(rows)


def _project(county: Organization, year: int, category: Category, chance: random.Random) -> TrainingProject:
    ends_on = datetime.date(year + 1, chance.randint(3, 8), chance.randint(1, 28))
    hours = 15 if category is Category.SAFETY_NET else chance.choice([24, 30, 40, 50, 60])
    return TrainingProject(
        code=f"DEMO-{year}-{category.value}",
        name=f"{school_year_in_words(year)}{CATEGORY[category]}",
        organizer=county,
        category=category.value,
        hours=hours,
        converted=chance.random() < 0.92,
        ends_on=ends_on,
        status=TrainingProject.Status.PUBLISHED,
    )


def _results(teachers: list[Teacher], projects: list[TrainingProject], chance: random.Random) -> None:
    rows = []
    now = timezone.now()
    for teacher in teachers:
        diligence = chance.random()
        for project in projects:
            if chance.random() > 0.3 + 0.5 * diligence:
                continue
            row = TrainingResult(teacher=teacher, project=project, hours=project.hours)
            if chance.random() < 0.95:
                row.status = TrainingResult.Status.REVIEWED
                row.reviewed_at = now
                row.category = project.category
                row.converted = project.converted
                row.credits = Decimal(project.hours) / HOURS_OF_CREDIT
            rows.append(row)
    TrainingResult.objects.bulk_create(rows, batch_size=1000)


def _plans(schools: list[Organization], chance: random.Random) -> dict[tuple[int, int], SchoolPlan]:
    """Makes a plan of each school for each year; returns them by (school, year)."""
    rows = [_plan(school, year, chance) for school in schools for year in YEARS]
    plans = SchoolPlan.objects.bulk_create(rows)
    return {(plan.school_id, plan.school_year): plan for plan in plans}


def _plan(school: Organization, year: int, chance: random.Random) -> SchoolPlan:
    now = timezone.now()
    (status,) = chance.choices(list(WEIGHT_OF_PLAN_STATUS), list(WEIGHT_OF_PLAN_STATUS.values()))
    decided = status in (SchoolPlan.Status.APPROVED, SchoolPlan.Status.RETURNED)
    return SchoolPlan(
        school=school,
        school_year=year,
        status=status,
        content="演示用的校本研修方案。",
        filed_at=None if status == SchoolPlan.Status.DRAFT else now,
        reviewed_at=now if decided else None,
        feedback="请写明考核办法。" if status == SchoolPlan.Status.RETURNED else "",
    )


def _activities(teachers: list[Teacher], plans: dict[tuple[int, int], SchoolPlan], chance: random.Random) -> None:
    rows = []
    for teacher in teachers:
        diligence = chance.random()
        for year in YEARS:
            plan = plans[teacher.school_id, year]
            number = chance.randint(1, 2 + round(3 * diligence))
            kinds = chance.sample(list(Activity), number)
            rows += [_activity(teacher, plan, kind, chance) for kind in kinds]
    SelfDirectedActivity.objects.bulk_create(rows, batch_size=1000)


def _activity(teacher: Teacher, plan: SchoolPlan, kind: Activity, chance: random.Random) -> SelfDirectedActivity:
    levelled = kind in LEVELLED
    amounts: dict[str, Any] = {
        "credits": Decimal(chance.choice(["0.5", "1", "1.5", "2"])),
        "hours": chance.choice([6, 10, 16, 25]),
        "count": chance.choice([1, 2, 3]) if levelled else chance.randint(8, 30),
    }
    unit = AMOUNT_OF_ACTIVITY[kind]
    return SelfDirectedActivity(
        teacher=teacher,
        plan=plan,
        activity=kind.value,
        level=chance.choice(["school", "school", "county"]) if levelled else "",
        completed_on=datetime.date(plan.school_year, chance.randint(9, 12), chance.randint(1, 28)),
        has_record=chance.random() < 0.94,
        evidence="听课本、活动照片",
        **{unit: amounts[unit]},
    )


def _degrees(teachers: list[Teacher], chance: random.Random) -> None:
    rows = [_degree(teacher, chance) for teacher in teachers if chance.random() < 0.25]
    DegreeAward.objects.bulk_create(rows)


def _degree(teacher: Teacher, chance: random.Random) -> DegreeAward:
    level = chance.choice([DegreeLevel.BACHELOR, DegreeLevel.MASTER])
    awarded_on = datetime.date(chance.randint(2017, 2025), 6, 30)
    row = DegreeAward(teacher=teacher, level=level.value, awarded_on=awarded_on)
    if chance.random() < 0.85:
        row.status = DegreeAward.Status.CREDITED
        row.credited_at = timezone.now()
        row.credits = Decimal(5 if level is DegreeLevel.BACHELOR else 8)
    elif chance.random() < 0.3:
        row.status = DegreeAward.Status.RETURNED
        row.feedback = "请补毕业证书编号。"
    return row


def _offsets(teachers: list[Teacher]) -> None:
    """Makes an offset by another way for every fortieth teacher, credited but for each third of them."""
    rows = [_offset(teacher, number) for number, teacher in enumerate(teachers[::40])]
    OffsetAward.objects.bulk_create(rows)


def _offset(teacher: Teacher, number: int) -> OffsetAward:
    row = OffsetAward(teacher=teacher, basis="经认定的自学课程", awarded_on=datetime.date(2022, 3, 18))
    if number % 3:
        row.status = OffsetAward.Status.CREDITED
        row.credited_at = timezone.now()
        row.credits = Decimal(1)
    return row
