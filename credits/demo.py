"""A county to try the portal with: a dozen schools and 300 teachers in every state the rules know, all invented."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from .models import (
    DegreeAward,
    Organization,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    Teacher,
    TrainingProject,
    TrainingResult,
)
from .names import sort_key
from .rules.types import AMOUNT_OF_ACTIVITY, LEVELLED, Activity, Category, DegreeLevel, Position
from .rules.wording import CATEGORY
from .summaries import refresh

COUNTY = "示例县（演示数据）"
SCHOOLS = ["第一小学", "第二小学", "实验小学", "第一中学", "第二中学", "东门小学", "西河小学", "南山小学", "北湖小学"]
VILLAGE_SCHOOLS = ["柳溪村小", "石桥村小"]
SOLE_TEACHER_SCHOOL = "云岭教学点"
TEACHERS = 300
#: Names as they also are: long ones, rare characters, and the same name twice.
SPECIAL_NAMES = {7: "买买提·阿不都热合曼", 8: "王䶮", 9: "欧阳静怡", 10: "单于明", 11: "张伟", 12: "张伟"}
YEARS = range(2018, 2026)
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "明芳伟敏静丽强磊洋艳勇军杰娟涛超霞平刚桂英华玉兰雪梅宁佳欣怡晨宇轩"
SUBJECTS = ["语文", "数学", "英语", "科学", "体育", "音乐", "美术", "道德与法治"]
HOURS_OF_CREDIT = 10


@transaction.atomic
def make_demo() -> Organization:
    """Makes the county with everything in it; the same every time. Returns it."""
    chance = random.Random(2018)  # noqa: S311  for variety, not for secrets
    county = Organization.objects.create(name=COUNTY, kind=Organization.Kind.COUNTY)
    schools = _schools(county)
    teachers = _teachers(schools, chance)
    _safety_net_plans(county)
    _results(teachers, _projects(county, chance), chance)
    _activities(teachers, _plans(schools, chance), chance)
    _degrees(teachers, chance)
    refresh(teacher.pk for teacher in teachers)
    return county


def _schools(county: Organization) -> list[Organization]:
    made = [Organization.objects.create(name=name, kind="school", parent=county) for name in SCHOOLS]
    for name in VILLAGE_SCHOOLS:
        made.append(Organization.objects.create(name=name, kind="school", parent=county, is_village_school=True))
    sole = {"is_village_school": True, "is_sole_teacher_school": True}
    return [*made, Organization.objects.create(name=SOLE_TEACHER_SCHOOL, kind="school", parent=county, **sole)]


def _teachers(schools: list[Organization], chance: random.Random) -> list[Teacher]:
    *ordinary, sole = schools
    positions = [Position.TEACHING] * 46 + [Position.ADMINISTRATION] * 2 + [Position.SECONDED] * 2
    rows = []
    for number in range(TEACHERS):
        employed = datetime.date(chance.randint(1995, 2022), 9, 1)
        invented = chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.randint(1, 2)))
        name = SPECIAL_NAMES.get(number, invented)
        rows.append(
            Teacher(
                staff_number=f"DEMO-{number + 1:04d}",
                name=name,
                name_key=sort_key(name),
                school=sole if number == 0 else chance.choice(ordinary),
                position=Position.TEACHING.value if number < 2 else chance.choice(positions).value,
                formally_employed_on=None if chance.random() < 0.12 else employed,
                subject=chance.choice(SUBJECTS),
                status=Teacher.Status.RETIRED if number > 5 and chance.random() < 0.03 else Teacher.Status.ACTIVE,
            )
        )
    return Teacher.objects.bulk_create(rows)


def _safety_net_plans(county: Organization) -> None:
    """One under way for each year that has safety-net training, and this year's, which waits to be put on record."""
    now = timezone.now()
    rows = [
        SafetyNetPlan(
            organization=county,
            school_year=year,
            forecast="演示用的预判：全县约有三成教师本年度无法完成相应的培训学分。",
            content="演示用的方案：由县教师进修学校组织，线上学习 15 学时，合 1.5 学分。",
            status=SafetyNetPlan.Status.UNDER_WAY if year < YEARS.stop else SafetyNetPlan.Status.FILED,
            filed_at=now,
            reviewed_at=now if year < YEARS.stop else None,
        )
        for year in [*YEARS, YEARS.stop]
    ]
    SafetyNetPlan.objects.bulk_create(rows)


def _projects(county: Organization, chance: random.Random) -> list[TrainingProject]:
    rows = []
    for year in YEARS:
        for category in Category:
            ends_on = datetime.date(year + 1, chance.randint(3, 8), chance.randint(1, 28))
            hours = 15 if category is Category.SAFETY_NET else chance.choice([24, 30, 40, 50, 60])
            rows.append(
                TrainingProject(
                    code=f"DEMO-{year}-{category.value}",
                    name=f"{year}—{year + 1} 学年{CATEGORY[category]}",
                    organizer=county,
                    category=category.value,
                    hours=hours,
                    converted=chance.random() < 0.92,
                    ends_on=ends_on,
                    status=TrainingProject.Status.PUBLISHED,
                )
            )
    return TrainingProject.objects.bulk_create(rows)


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
                row.status, row.reviewed_at = TrainingResult.Status.REVIEWED, now
                row.category, row.converted = project.category, project.converted
                row.credits = Decimal(project.hours) / HOURS_OF_CREDIT
            rows.append(row)
    TrainingResult.objects.bulk_create(rows, batch_size=1000)


def _plans(schools: list[Organization], chance: random.Random) -> dict[tuple[int, int], SchoolPlan]:
    now = timezone.now()
    rows = []
    for school in schools:
        for year in YEARS:
            status = chance.choices(["approved", "filed", "returned", "draft"], [85, 8, 4, 3])[0]
            row = SchoolPlan(school=school, school_year=year, status=status, content="演示用的校本研修方案。")
            if status != "draft":
                row.filed_at = now
            if status in ("approved", "returned"):
                row.reviewed_at = now
                row.feedback = "" if status == "approved" else "请写明考核办法。"
            rows.append(row)
    return {(plan.school_id, plan.school_year): plan for plan in SchoolPlan.objects.bulk_create(rows)}


def _activities(teachers: list[Teacher], plans: dict[tuple[int, int], SchoolPlan], chance: random.Random) -> None:
    rows = []
    for teacher in teachers:
        diligence = chance.random()
        for year in YEARS:
            for activity in chance.sample(list(Activity), chance.randint(1, 2 + round(3 * diligence))):
                amounts: dict[str, Any] = {
                    "credits": {"credits": Decimal(chance.choice(["0.5", "1", "1.5", "2"]))},
                    "hours": {"hours": chance.choice([6, 10, 16, 25])},
                    "count": {"count": chance.choice([1, 2, 3]) if activity in LEVELLED else chance.randint(8, 30)},
                }
                rows.append(
                    SelfDirectedActivity(
                        teacher=teacher,
                        plan=plans[teacher.school_id, year],
                        activity=activity.value,
                        level=chance.choice(["school", "school", "county"]) if activity in LEVELLED else "",
                        completed_on=datetime.date(year, chance.randint(9, 12), chance.randint(1, 28)),
                        has_record=chance.random() < 0.94,
                        evidence="听课本、活动照片",
                        **amounts[AMOUNT_OF_ACTIVITY[activity]],
                    )
                )
    SelfDirectedActivity.objects.bulk_create(rows, batch_size=1000)


def _degrees(teachers: list[Teacher], chance: random.Random) -> None:
    rows = []
    now = timezone.now()
    for teacher in teachers:
        if chance.random() < 0.25:
            level = chance.choice([DegreeLevel.BACHELOR, DegreeLevel.MASTER])
            row = DegreeAward(
                teacher=teacher, level=level.value, awarded_on=datetime.date(chance.randint(2017, 2025), 6, 30)
            )
            if chance.random() < 0.85:
                row.status, row.credited_at = DegreeAward.Status.CREDITED, now
                row.credits = Decimal(5 if level is DegreeLevel.BACHELOR else 8)
            elif chance.random() < 0.3:
                row.status, row.feedback = DegreeAward.Status.RETURNED, "请补毕业证书编号。"
            rows.append(row)
    DegreeAward.objects.bulk_create(rows)
