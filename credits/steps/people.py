"""Teachers come, change schools and retire."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.contrib.auth.models import User

from helpdesk.common.decisions import Refusal, demand_seen, locked, refusing_doubles, step

from ..decisions.findings import Finding
from ..decisions.oneself import own_finding
from ..decisions.teachers import NUMBER_TAKEN, UNKNOWN, TeacherFacts, facts_findings, sole_teacher_finding
from ..models import Organization, SignInCode, Teacher
from ..rules import wording
from ..statements.calendar import today
from .deciding import demand_no_problem
from .history import record
from .rights import demand, manages, reviews

#: The fields of a teacher that the form has.
FACTS = ("name", "staff_number", "position", "formally_employed_on", "subject", "stage")


def demand_in_charge(teacher: Teacher, by: User) -> None:
    """Raises PermissionDenied where `by` does not work for the teacher's school or above it."""
    demand(Teacher.objects.managed_by(by).filter(pk=teacher.pk).exists())


def demand_of_others(teacher: Teacher, by: User, deed: str, others: str = "管理员") -> None:
    """Raises Refusal where the teacher is `by`: nobody enters or decides anything of their own, superusers neither."""
    demand_no_problem([own_finding(teacher.user_id, by.pk, deed, others)])


def lock_in_charge(teacher: Teacher, by: User, deed: str) -> Teacher:
    """The teacher as the row now is, kept from others until this is done, for the `deed` of somebody in charge.

    Raises PermissionDenied where `by` is not, Refusal where the teacher is `by`.
    """
    row = locked(Teacher.objects.select_related("school__parent"), teacher.pk)
    demand_in_charge(row, by)
    demand_of_others(row, by, deed)
    return row


def lock_place(school: Organization) -> Organization:
    """The school as the row now is, kept from others who bring a teacher there; locked before any teacher."""
    return locked(Organization.objects.select_related("parent"), school.pk)


def demand_room(school: Organization, teacher: Teacher) -> None:
    """Raises Refusal where the teacher would be the second in work at a school of one (一人一校)."""
    others = school.teachers.filter(status=Teacher.Status.ACTIVE).exclude(pk=teacher.pk)
    number = others.count() if school.is_sole_teacher_school else 0
    demand_no_problem([sole_teacher_finding(school.name, is_sole=school.is_sole_teacher_school, others=number)])


@step
def save_teacher(teacher: Teacher, by: User, *, seen: str = "") -> None:
    """Adds a teacher to a school that `by` works for, or changes what is known of one.

    Writes no event where nothing is changed.
    """
    if teacher.pk is None:
        _add(teacher, by)
        return
    before = lock_in_charge(teacher, by, "修改自己的资料")
    demand_seen(seen, before)
    _demand_facts(before, teacher, before.school, by)
    teacher.full_clean()
    note = what_changed(before, teacher)
    if note:
        # Only what was typed: school, account and status may have changed since the form was opened.
        _save(teacher, [*FACTS, "name_key", "letters"])
        record(teacher, "修改资料", by, note)


def _add(teacher: Teacher, by: User) -> None:
    demand(manages(by, teacher.school))
    demand_of_others(teacher, by, "登记自己的资料")
    _demand_facts(None, teacher, teacher.school, by)
    demand_room(lock_place(teacher.school), teacher)
    teacher.full_clean()
    _save(teacher)
    record(teacher, "新增教师", by)


def _save(teacher: Teacher, columns: Collection[str] | None = None) -> None:
    """Saves the teacher. Raises Refusal where somebody else took the number at this moment."""
    with refusing_doubles({"staff_number": NUMBER_TAKEN}):
        teacher.save(update_fields=columns)


def _demand_facts(before: Teacher | None, teacher: Teacher, school: Organization, by: User) -> None:
    reviewer = reviews(by, school)
    demand_no_problem(findings_on_facts(before, facts_of(teacher), school, reviewer=reviewer))


def facts_of(teacher: Teacher) -> TeacherFacts:
    return TeacherFacts(teacher.position, teacher.formally_employed_on)


def findings_on_facts(
    before: Teacher | None, asked: TeacherFacts, school: Organization, *, reviewer: bool
) -> list[Finding]:
    """Problems where a `school` settles by itself what takes a reviewer above, since a verdict hangs on it alone."""
    known = facts_of(before) if before else UNKNOWN
    body = school.reviewing_body or "系统管理员"
    return facts_findings(known, asked, reviewer=reviewer, body=str(body))


def what_changed(before: Teacher, teacher: Teacher) -> str:
    """Every changed fact with its old and its new value."""
    changed = []
    for name in FACTS:
        old, new = _shown(before, name), _shown(teacher, name)
        if old != new:
            label = Teacher._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            changed.append(f"{label}由“{old}”改为“{new}”")
    return "；".join(changed)


def _shown(teacher: Teacher, name: str) -> str:
    """A field as people read it; 空 where it is empty."""
    display = getattr(teacher, f"get_{name}_display", None)
    value = display() if display else getattr(teacher, name)
    return str(value or "空")


def numbers_of_namesakes(teacher: Teacher) -> list[str]:
    """The staff numbers of others of that name in the same school: perhaps one person is there twice."""
    others = Teacher.objects.filter(school=teacher.school, name=teacher.name).exclude(pk=teacher.pk)
    return list(others.order_by("pk").values_list("staff_number", flat=True))


@step
def transfer(teacher: Teacher, school: Organization, on: datetime.date, by: User) -> None:
    """Moves a teacher between two schools that `by` is responsible for; the history stays."""
    school = lock_place(school)
    row = lock_in_charge(teacher, by, "办理自己的调动")
    demand(manages(by, school))
    demand_transferable(row, school, on)
    before = row.school
    row.transfer(school, on)
    void_code(row)
    record(row, "调动", by, f"{on} 由{before}调到{school}。")


def demand_transferable(teacher: Teacher, school: Organization, on: datetime.date) -> None:
    """Raises Refusal where this transfer cannot be: not active, not employed yet, or a school of one that has one."""
    if teacher.status != Teacher.Status.ACTIVE:
        raise Refusal("只有在职教师可以调动。")
    employed = teacher.formally_employed_on
    if employed and on < employed:
        raise Refusal({"on": f"不能早于正式任教日期（{wording.date_in_words(employed)}）。"})
    demand_room(school, teacher)


def void_code(teacher: Teacher) -> None:
    """Voids the teacher's printed code, since the people who printed it are not responsible any more."""
    SignInCode.objects.filter(teacher=teacher).delete()


@step
def keep(teacher: Teacher, by: User) -> None:
    """Saves a teacher as a superuser typed the row into the admin; another school is a transfer of today."""
    demand(by.is_superuser)
    place = lock_place(teacher.school)
    if teacher.pk is None:
        demand_of_others(teacher, by, "登记自己的资料")
        demand_room_for_work(place, teacher)
        _save(teacher)
        record(teacher, "新增教师", by, "在管理后台。")
        return
    before = lock_in_charge(teacher, by, "修改自己的资料")
    school, teacher.school = teacher.school, before.school
    if school == before.school and before.status != Teacher.Status.ACTIVE:
        demand_room_for_work(place, teacher)
    _save(teacher)
    _tell_of_changes(before, teacher, by)
    if school != before.school:
        transfer(teacher, school, today(), by)
        teacher.school = school


def demand_room_for_work(school: Organization, teacher: Teacher) -> None:
    """Does as `demand_room` for a teacher who is in work; nobody else takes a place."""
    if teacher.status == Teacher.Status.ACTIVE:
        demand_room(school, teacher)


def _tell_of_changes(before: Teacher, teacher: Teacher, by: User) -> None:
    """Writes the history of a row that was changed as a whole, and voids the code where the work has ended."""
    note = what_changed(before, teacher)
    if note:
        record(teacher, "修改资料", by, note)
    if before.user_id != teacher.user_id:
        record(teacher, "更换账号", by, f"由“{before.user or '空'}”改为“{teacher.user or '空'}”")
    if before.status != teacher.status:
        record(teacher, teacher.get_status_display(), by, f"{teacher.ended_on or today()} 起。")
    if teacher.status != Teacher.Status.ACTIVE or before.user_id != teacher.user_id:
        void_code(teacher)


@step
def end(teacher: Teacher, status: str, on: datetime.date, by: User) -> None:
    """在职 → 已退休 or 已离开: off the roster, records and statement stay."""
    row = lock_in_charge(teacher, by, "登记自己的退休或离开")
    if row.status != Teacher.Status.ACTIVE:
        raise Refusal("这位教师已经不在职了。")
    row.status, row.ended_on = status, on
    row.full_clean()
    row.save(update_fields=["status", "ended_on"])
    void_code(row)
    record(row, row.get_status_display(), by, f"{on} 起。")


@step
def return_to_work(teacher: Teacher, by: User) -> None:
    """已退休 or 已离开 → 在职, as where it was entered by mistake."""
    place = lock_place(teacher.school)
    row = lock_in_charge(teacher, by, "给自己恢复在职")
    if row.status == Teacher.Status.ACTIVE:
        raise Refusal("这位教师本来就在职。")
    demand_room(place, row)
    row.status, row.ended_on = Teacher.Status.ACTIVE, None
    row.save(update_fields=["status", "ended_on"])
    record(row, "恢复在职", by)


def lock_all_in_charge(ids: Collection[int], by: User) -> list[Teacher]:
    """These teachers with their schools, kept from others. Raises PermissionDenied where `by` is not in charge of all.

    Others may go on adding rows that refer to them.
    """
    managed = Teacher.objects.managed_by(by).select_for_update(of=("self",), no_key=True)
    with_schools = managed.select_related("school").prefetch_related("postings__school")
    rows = list(with_schools.filter(pk__in=ids).order_by("pk"))
    demand(len(rows) == len(ids))
    return rows


def lock_teachers(ids: Collection[int]) -> list[Teacher]:
    """These teachers, kept from everybody else until this is done; in one order, so that no two wait for each other."""
    rows = Teacher.objects.select_for_update(of=("self",)).select_related("school", "user")
    return list(rows.filter(pk__in=ids).order_by("pk"))
