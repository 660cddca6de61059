"""Teachers come, change schools, retire and are forgotten; what they did stays theirs until then."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Collection
from functools import partial

from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models import CASCADE, F, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from ..models import Event, Organization, SignInCode, Teacher
from ..models.access import MOST_WRONG_CODES
from ..rights import demand, manages, reviews
from ..rules import wording
from ..rules.types import Position
from . import traces
from .history import Refusal, event, record

#: The account of somebody who does more with it than see their own statement.
WORKS = (
    Q(is_superuser=True)
    | Q(is_staff=True)
    | Q(memberships__isnull=False)
    | Q(groups__isnull=False)
    | Q(user_permissions__isnull=False)
)


#: What is known of a teacher, as the form has it.
FACTS = ("name", "staff_number", "position", "formally_employed_on", "subject", "stage")


def _demand_in_charge(teacher: Teacher, by: User) -> None:
    demand(Teacher.objects.managed_by(by).filter(pk=teacher.pk).exists())


@transaction.atomic
def save_teacher(teacher: Teacher, by: User) -> None:
    """Adds a teacher to a school that `by` works for, or changes what is known of one."""
    before = Teacher.objects.select_for_update(of=("self",)).filter(pk=teacher.pk).first()
    demand(manages(by, before.school if before else teacher.school))
    if refused := facts_refused(before, teacher, reviews(by, teacher.school)):
        raise Refusal(refused)
    teacher.full_clean()
    note = what_changed(before, teacher) if before else ""
    # Only what was typed: school, account and status may have changed since the form was opened.
    teacher.save(update_fields=[*FACTS, "name_key"] if before else None)
    record(teacher, "修改资料" if before else "新增教师", by, note)


def facts_refused(before: Teacher | None, teacher: Teacher, reviewer: bool) -> dict[str, str]:
    """What a school may not settle by itself, since a verdict hangs on it alone, by field.

    Positions that nothing is required of (C16, C17), and a day of formal employment (C7) other than the known one,
    take a reviewer above.
    """
    if reviewer:
        return {}
    body = teacher.school.reviewing_body or "系统管理员"
    refused = {}
    position = before.position if before else Position.TEACHING
    if teacher.position != position:
        refused["position"] = f"岗位关系到对学分有没有要求，要由{body}的审核员改。"
    known = before.formally_employed_on if before else None
    if known and teacher.formally_employed_on != known:
        refused["formally_employed_on"] = f"这个日期关系到学历能不能冲抵，要由{body}的审核员改。"
    return refused


def what_changed(before: Teacher, teacher: Teacher) -> str:
    """Every changed fact with its old and its new value."""
    changed = []
    for name in FACTS:
        shown = [
            getattr(row, f"get_{name}_display", partial(getattr, row, name))() or "空" for row in (before, teacher)
        ]
        if shown[0] != shown[1]:
            label = Teacher._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            changed.append(f"{label}由“{shown[0]}”改为“{shown[1]}”")
    return "；".join(changed)


def numbers_of_namesakes(teacher: Teacher) -> list[str]:
    """The staff numbers of others of that name in the same school: perhaps one person is there twice."""
    others = Teacher.objects.filter(school=teacher.school, name=teacher.name).exclude(pk=teacher.pk)
    return list(others.order_by("pk").values_list("staff_number", flat=True))


@transaction.atomic
def transfer(teacher: Teacher, school: Organization, on: datetime.date, by: User) -> None:
    """Moves a teacher between two schools that `by` is responsible for; the history stays."""
    teacher = Teacher.objects.select_for_update(of=("self",)).select_related("school").get(pk=teacher.pk)
    _demand_in_charge(teacher, by)
    demand(manages(by, school))
    if teacher.status != Teacher.Status.ACTIVE:
        raise Refusal("只有在职教师可以调动。")
    if teacher.formally_employed_on and on < teacher.formally_employed_on:
        raise Refusal({"on": f"不能早于正式任教日期（{wording.date_in_words(teacher.formally_employed_on)}）。"})
    if school.is_sole_teacher_school and school.teachers.filter(status=Teacher.Status.ACTIVE).exists():
        raise Refusal({"school": f"{school}登记为一人一校，已经有一位在职教师；情况有变的，请系统管理员先改学校资料。"})
    before = teacher.school
    teacher.transfer(school, on)
    _void_code(teacher)
    record(teacher, "调动", by, f"{on} 由{before}调到{school}。")


def _void_code(teacher: Teacher) -> None:
    """Whoever printed it is not responsible any more."""
    SignInCode.objects.filter(teacher=teacher).delete()


@transaction.atomic
def end(teacher: Teacher, status: str, on: datetime.date, by: User) -> None:
    """在职 → 已退休 or 已离开: off the roster, records and statement stay."""
    _demand_in_charge(teacher, by)
    row = Teacher.objects.select_for_update(of=("self",)).get(pk=teacher.pk)
    if row.status != Teacher.Status.ACTIVE:
        raise Refusal("这位教师已经不在职了。")
    row.status, row.ended_on = status, on
    row.full_clean()
    row.save(update_fields=["status", "ended_on"])
    _void_code(row)
    record(row, row.get_status_display(), by, f"{on} 起。")


@transaction.atomic
def return_to_work(teacher: Teacher, by: User) -> None:
    """已退休 or 已离开 → 在职, as where it was entered by mistake."""
    _demand_in_charge(teacher, by)
    row = Teacher.objects.select_for_update(of=("self",)).get(pk=teacher.pk)
    if row.status == Teacher.Status.ACTIVE:
        raise Refusal("这位教师本来就在职。")
    row.status, row.ended_on = Teacher.Status.ACTIVE, None
    row.save(update_fields=["status", "ended_on"])
    record(row, "恢复在职", by)


# --- codes with which teachers sign in for the first time ---------------------------------------------------------


def without_code(teachers: Collection[Teacher]) -> dict[int, str]:
    """Who of these cannot have a code, by id, with the reason: a code must open nothing but one's own statement."""
    accounts = User.objects.filter(teacher__in=[one.pk for one in teachers])
    working = set(accounts.filter(WORKS).values_list("teacher__pk", flat=True))
    closed = set(accounts.filter(is_active=False).values_list("teacher__pk", flat=True))
    reasons = {}
    for teacher in teachers:
        if teacher.status != Teacher.Status.ACTIVE:
            reasons[teacher.pk] = f"{teacher.name}不在职，不能发登录码。"
        elif teacher.pk in working:
            reasons[teacher.pk] = f"{teacher.name}的账号还用于管理工作，不能发登录码。要换密码，请找系统管理员。"
        elif teacher.pk in closed:
            reasons[teacher.pk] = f"{teacher.name}的账号已停用，不能发登录码。要恢复，请找系统管理员。"
    return reasons


@transaction.atomic
def issue_codes(teachers: Collection[Teacher], by: User) -> list[tuple[Teacher, str]]:
    """A new code for each teacher, to be printed now: afterwards nobody can read it. Earlier ones are void.

    Raises PermissionDenied where one of them is not in `by`'s charge, Refusal where one cannot have a code.
    """
    ids = [one.pk for one in teachers]
    demand(Teacher.objects.managed_by(by).filter(pk__in=ids).count() == len(ids))
    _lock(ids)
    if reasons := without_code(teachers):
        raise Refusal(list(reasons.values()))
    codes, rows = [], []
    for teacher in teachers:
        row, code = SignInCode.issue(teacher, by)
        rows.append(row)
        codes.append((teacher, code))
    SignInCode.objects.filter(teacher__in=ids).delete()
    SignInCode.objects.bulk_create(rows)
    Event.objects.bulk_create(event(teacher, "发放登录码", by) for teacher in teachers)
    return codes


@transaction.atomic
def redeem_code(staff_number: str, code: str, password: str) -> User | None:
    """The account of the teacher whose code this is, from now on with `password`, which is hashed already.

    None, whatever is wrong. A code is good for one use: who comes second waits, and finds it gone.
    """
    if (found := _opened_by(staff_number, code)) is None:
        return None
    row, teacher, user = found
    row.delete()
    if user is None:
        user = _new_account(teacher.staff_number, password)
        teacher.user = user
        teacher.save(update_fields=["user"])
        record(teacher, "第一次登录", user)
    else:
        user.password = password
        user.save(update_fields=["password"])
        record(teacher, "用登录码重设密码", user)
    return user


@transaction.atomic
def code_fits(staff_number: str, code: str) -> bool:
    """Whether this code opens that teacher's account; it stays good. A wrong one counts as in `redeem_code`."""
    return _opened_by(staff_number, code) is not None


def _opened_by(staff_number: str, code: str) -> tuple[SignInCode, Teacher, User | None] | None:
    """The code, whose it is, and their account; None, whatever is wrong, and a wrong try is counted.

    Then the same was asked of the database and as much was written, so that neither words nor time tell which staff
    numbers exist.
    """
    teacher = _numbered(staff_number)
    nobody = 0  # is asked for like anybody else
    row = SignInCode.objects.filter(teacher_id=teacher.pk if teacher else nobody).first()
    account = User.objects.filter(teacher=teacher.pk if teacher else nobody)
    taken = account.filter(WORKS | Q(is_active=False)).exists()
    fits = (row or SignInCode(digest="", expires_at=timezone.now())).fits(code)
    if row is None or teacher is None or taken or not fits or teacher.status != Teacher.Status.ACTIVE:
        _count_wrong(row)
        return None
    return row, teacher, account.first()


def _numbered(staff_number: str) -> Teacher | None:
    """The teacher of that number, locked; in small letters for capitals too, where that leaves no doubt."""
    spellings = {staff_number, staff_number.upper(), staff_number.lower()}
    found = list(Teacher.objects.select_for_update(of=("self",)).filter(staff_number__in=spellings))
    exactly = [teacher for teacher in found if teacher.staff_number == staff_number] or found
    return exactly[0] if len(exactly) == 1 else None


def _count_wrong(row: SignInCode | None) -> None:
    """One more wrong code; where there is none to count it at, some other is written as it is, which takes as long."""
    some = SignInCode.objects.order_by("pk").first()
    counted = Least(F("wrong") + (1 if row else 0), MOST_WRONG_CODES)
    if written := row or some:
        SignInCode.objects.filter(pk=written.pk).update(wrong=counted)


def _new_account(staff_number: str, password: str) -> User:
    """An account of that name, or where somebody else has it, of the next one that is free."""
    for name in itertools.chain([staff_number], (f"{staff_number}-{number}" for number in itertools.count(2))):
        try:
            with transaction.atomic():
                return User.objects.create(username=name, password=password)
        except IntegrityError:
            continue
    raise AssertionError


def _lock(ids: Collection[int]) -> list[Teacher]:
    """These teachers, kept from everybody else until this is done; in one order, so that no two wait for each other."""
    rows = Teacher.objects.select_for_update(of=("self",)).select_related("school", "user")
    return list(rows.filter(pk__in=ids).order_by("pk"))


# --- forgetting ---------------------------------------------------------------------------------------------------


def known_of(teachers: Collection[Teacher]) -> list[tuple[str, int]]:
    """What is kept of these teachers: what it is called and how many, as `forget` would delete them."""
    kept = [(rows.model._meta.verbose_name, rows.count()) for rows in _rows_of(teachers)]
    kept.append(("账号", len(_accounts_of(teachers))))
    return [(str(label), number) for label, number in kept if number]


@transaction.atomic
def forget(teachers: Collection[Teacher], by: User | None) -> None:
    """Deletes everything there is of these teachers; each school keeps that it was done, without names.

    An account that works for an organisation, or in the admin, only loses its tie. `by` is None on the command line.
    Raises Refusal while work on many rows is going on, which could write down again what is deleted here.
    """
    demand(by is None or by.is_superuser)
    if traces.work_goes_on():
        raise Refusal("正在批量办理或导出，请等办完（一般几分钟）再删除。")
    locked = _lock([one.pk for one in teachers])
    accounts = _accounts_of(locked)
    traces.remove(locked, accounts, _rows_of(locked))
    for rows in _rows_of(locked):
        rows._raw_delete(DEFAULT_DB_ALIAS)  # one by one, each would sum up anew what goes anyway
    Teacher.objects.filter(pk__in=[one.pk for one in locked]).delete()
    for account in accounts:
        account.delete()
    for school, number in Counter(one.school for one in locked).items():
        Event.objects.create(
            subject=Event.Subject.TEACHER,
            subject_id=0,
            title=school.name,
            action="按要求删除资料",
            note=f"按要求删除了 {number} 位教师的全部资料。",
            organization=school,
            actor=by,
            actor_name=by.get_username() if by else "命令行",
        )


def _rows_of(teachers: Collection[Teacher]) -> list[QuerySet]:
    """Everything that hangs on these teachers, whatever models there will be."""
    ids = [one.pk for one in teachers]
    related = [one for one in Teacher._meta.related_objects if one.on_delete is CASCADE]
    return [one.related_model._base_manager.filter(**{f"{one.field.name}__in": ids}) for one in related]


def _accounts_of(teachers: Collection[Teacher]) -> list[User]:
    """Their accounts, but those that somebody works with."""
    accounts = User.objects.filter(teacher__in=[one.pk for one in teachers])
    return list(accounts.exclude(pk__in=accounts.filter(WORKS).values("pk")))
