"""Teachers come, change schools, retire and are forgotten; what they did stays theirs until then."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction

from ..models import Event, Organization, SignInCode, Teacher
from ..rights import demand, manages
from .history import Refusal, event, record


def _demand_in_charge(teacher: Teacher, by: User) -> None:
    demand(Teacher.objects.managed_by(by).filter(pk=teacher.pk).exists())


@transaction.atomic
def save_teacher(teacher: Teacher, by: User, *, changed: Collection[str] = ()) -> None:
    """Adds a teacher to a school that `by` works for, or changes what is known of one; `changed` names the fields."""
    added = teacher.pk is None
    demand(manages(by, teacher.school))
    if not added:
        _demand_in_charge(teacher, by)
    teacher.full_clean()
    teacher.save()
    record(teacher, "新增教师" if added else "修改资料", by, "、".join(changed))


@transaction.atomic
def transfer(teacher: Teacher, school: Organization, on: datetime.date, by: User) -> None:
    """Moves a teacher between two schools that `by` is responsible for; the history stays."""
    _demand_in_charge(teacher, by)
    demand(manages(by, school))
    if teacher.status != Teacher.Status.ACTIVE:
        raise Refusal("只有在职教师可以调动。")
    before = teacher.school
    teacher.transfer(school, on)
    record(teacher, "调动", by, f"{on} 由{before}调到{school}。")


@transaction.atomic
def end(teacher: Teacher, status: str, on: datetime.date, by: User) -> None:
    """在职 → 已退休 or 已离开: off the roster, records and statement stay."""
    _demand_in_charge(teacher, by)
    row = Teacher.objects.select_for_update(of=("self",)).get(pk=teacher.pk)
    if row.status != Teacher.Status.ACTIVE:
        raise Refusal("这位教师已经不在职了。")
    row.status, row.ended_on = status, on
    row.full_clean()
    row.save()
    record(row, row.get_status_display(), by, f"{on} 起。")


@transaction.atomic
def return_to_work(teacher: Teacher, by: User) -> None:
    """已退休 or 已离开 → 在职, as where it was entered by mistake."""
    _demand_in_charge(teacher, by)
    row = Teacher.objects.select_for_update(of=("self",)).get(pk=teacher.pk)
    if row.status == Teacher.Status.ACTIVE:
        raise Refusal("这位教师本来就在职。")
    row.status, row.ended_on = Teacher.Status.ACTIVE, None
    row.save()
    record(row, "恢复在职", by)


@transaction.atomic
def issue_codes(teachers: Collection[Teacher], by: User) -> list[tuple[Teacher, str]]:
    """A new code for each teacher, to be printed now: afterwards nobody can read it. Earlier ones are void.

    Raises PermissionDenied where one of them is not in `by`'s charge.
    """
    demand(Teacher.objects.managed_by(by).filter(pk__in=[one.pk for one in teachers]).count() == len(teachers))
    codes, rows = [], []
    for teacher in teachers:
        if teacher.status != Teacher.Status.ACTIVE:
            raise Refusal(f"{teacher.name}不在职，不能发登录码。")
        row, code = SignInCode.issue(teacher, by)
        rows.append(row)
        codes.append((teacher, code))
    SignInCode.objects.filter(teacher__in=teachers).delete()
    SignInCode.objects.bulk_create(rows)
    Event.objects.bulk_create(event(teacher, "发放登录码", by) for teacher in teachers)
    return codes
