"""Steps of the one-time codes with which teachers sign in for the first time.

A printed code rather than the sign-up of django-allauth, which goes by mail: neither a mail address nor a telephone
number of a teacher is stored.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from helpdesk.common import audit
from helpdesk.common.decisions import Refusal, step

from ..models import Event, SignInCode, Teacher
from .history import event, record
from .people import lock_teachers
from .rights import demand

#: Condition on an account: its owner does more with it than see their own statement.
WORKS = (
    Q(is_superuser=True)
    | Q(is_staff=True)
    | Q(memberships__isnull=False)
    | Q(groups__isnull=False)
    | Q(user_permissions__isnull=False)
)
SENT_ALREADY = "这些登录码刚才已经发过，没有重发，已经印好的仍然有效。要重新发，请在名单里再办一次。"
#: Actions in the history of a teacher that let somebody sign in as the teacher.
ISSUED, FIRST_SIGN_IN, NEW_PASSWORD = "发放登录码", "第一次登录", "用登录码重设密码"
OPENING = (ISSUED, FIRST_SIGN_IN, NEW_PASSWORD)
#: The key of no teacher, asked for where a staff number is unknown, so that as many queries are made.
NOBODY = 0


def without_code(teachers: Collection[Teacher]) -> dict[int, str]:
    """Returns a Chinese reason for each of these teachers, by id, who cannot have a code.

    A code must open nothing but the teacher's own statement.
    """
    ids = [teacher.pk for teacher in teachers]
    accounts = User.objects.filter(teacher__in=ids)
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


@step
def issue_codes(teachers: Collection[Teacher], by: User, form: str = "") -> list[tuple[Teacher, str]]:
    """Returns a new code for each teacher, to be printed now: afterwards nobody can read it. Earlier codes are void.

    `form` is a digest of the form that asks for them; the same form prints slips once, however often it is sent.
    Raises PermissionDenied where one of them is not in `by`'s charge, Refusal where one cannot have a code.
    """
    ids = [teacher.pk for teacher in teachers]
    now = lock_teachers(ids)
    in_charge = Teacher.objects.managed_by(by).filter(pk__in=ids)
    demand(in_charge.count() == len(ids))
    _demand_new_form(ids, by, form)
    reasons = without_code(now)
    if reasons:
        raise Refusal(list(reasons.values()))
    codes = []
    rows = []
    for teacher in teachers:
        row, code = SignInCode.issue(teacher, by)
        row.form = form
        rows.append(row)
        codes.append((teacher, code))
    SignInCode.objects.filter(teacher__in=ids).delete()
    SignInCode.objects.bulk_create(rows)
    Event.objects.bulk_create(event(teacher, ISSUED, by) for teacher in teachers)
    audit.note_each(audit.Kind.CODES, by, teachers)
    return codes


def _demand_new_form(teachers: Collection[int], by: User, form: str) -> None:
    """Raises Refusal where this form has printed one of the codes that are there."""
    printed = SignInCode.objects.filter(teacher__in=teachers, issued_by=by)
    if form and printed.filter(form=form).exists():
        raise Refusal(SENT_ALREADY)


@step
def redeem_code(staff_number: str, code: str, password: str) -> User | None:
    """Returns the account of the teacher whose code this is, from now on with `password`, which is hashed already.

    Returns None, whatever is wrong. A code is good for one use: of two requests at once the second waits for the
    first, and finds the code gone.
    """
    found = _opened_by(staff_number, code)
    if found is None:
        return None
    row, teacher, user = found
    row.delete()
    if user is None:
        user = _new_account(teacher.staff_number, password)
        teacher.user = user
        teacher.save(update_fields=["user"])
        record(teacher, FIRST_SIGN_IN, user)
    else:
        user.password = password
        user.save(update_fields=["password"])
        record(teacher, NEW_PASSWORD, user)
    return user


@step
def code_fits(staff_number: str, code: str) -> bool:
    """Returns true where this code opens that teacher's account, and leaves it good."""
    return _opened_by(staff_number, code) is not None


def _opened_by(staff_number: str, code: str) -> tuple[SignInCode, Teacher, User | None] | None:
    """Returns the code, its teacher and their account; None, whatever is wrong.

    The same queries are made either way, so that neither words nor time tell which staff numbers exist. How often one
    may try is counted before, by `helpdesk.common.guessing`.
    """
    teacher = _numbered(staff_number)
    teacher_id = teacher.pk if teacher else NOBODY
    row = SignInCode.objects.filter(teacher_id=teacher_id).first()
    account = User.objects.filter(teacher=teacher_id)
    cannot_have_code = account.filter(WORKS | Q(is_active=False)).exists()
    compared = row or SignInCode(digest="", expires_at=timezone.now())
    fits = compared.fits(code)
    active = teacher is not None and teacher.status == Teacher.Status.ACTIVE
    if row is None or teacher is None or cannot_have_code or not fits or not active:
        return None
    return row, teacher, account.first()


def _numbered(staff_number: str) -> Teacher | None:
    """Returns the teacher of that number, locked; no two differ only in capital and small letters."""
    locked = Teacher.objects.select_for_update(of=("self",))
    return locked.numbered([staff_number]).first()


def account_name(typed: str) -> str:
    """Returns the name of the account that is meant: that very name, else that of the teacher of this staff number.

    A name that is nobody's comes back as it was typed, after as many queries.
    """
    named = User.objects.filter(username=typed).exists()
    numbered = Teacher.objects.numbered([typed]).filter(user__isnull=False)
    of_teacher = numbered.values_list("user__username", flat=True).first()
    return typed if named or of_teacher is None else of_teacher


def _new_account(staff_number: str, password: str) -> User:
    """Returns a new account named by the staff number, or where that name is taken, by the next free variant."""
    variants = (f"{staff_number}-{number}" for number in itertools.count(2))
    for name in itertools.chain([staff_number], variants):
        try:
            with transaction.atomic():
                return User.objects.create(username=name, password=password)
        except IntegrityError:
            continue
    raise AssertionError("the variants never end")
