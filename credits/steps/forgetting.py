"""Step of forgetting: deletion of everything kept of teachers, at their request or when its time is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS
from django.db.models import CASCADE, QuerySet

from helpdesk.common import audit
from helpdesk.common.decisions import Refusal, step

from ..models import Event, Organization, Teacher
from . import traces
from .codes import WORKS
from .people import lock_teachers
from .rights import demand


def known_of(teachers: Collection[Teacher]) -> list[tuple[str, int]]:
    """Returns (kind of row, number) for everything that `forget` would delete, without empty kinds."""
    kept = [(str(rows.model._meta.verbose_name), rows.count()) for rows in _rows_of(teachers)]
    kept.append(("账号", len(_accounts_of(teachers))))
    return [(label, number) for label, number in kept if number]


@step
def forget(teachers: Collection[Teacher], by: User | None) -> None:
    """Deletes everything kept of these teachers; each school keeps one event, without names.

    An account that works for an organisation, or in the admin, only loses its tie. `by` is None on the command line.
    Raises Refusal while work on many rows is going on, which could write down again what is deleted here, and where
    all of them are gone already.
    """
    demand(by is None or by.is_superuser)
    if traces.work_goes_on():
        raise Refusal("正在批量办理或导出，请等办完（一般几分钟）再删除。")
    locked = lock_teachers([teacher.pk for teacher in teachers])
    if not locked:
        raise Refusal("这些教师的资料刚才已经删除了。")
    ids = [teacher.pk for teacher in locked]
    accounts = _accounts_of(locked)
    audit.note_each(audit.Kind.DELETE, by, locked, everything=True)
    traces.remove(locked, accounts, _rows_of(locked))
    for rows in _rows_of(locked):
        rows._raw_delete(DEFAULT_DB_ALIAS)  # no signals: each row's would compute summaries that are deleted anyway
    Teacher.objects.filter(pk__in=ids).delete()
    for account in accounts:
        account.delete()
    numbers = Counter(teacher.school for teacher in locked)
    for school, number in numbers.items():
        _note_deletion(school, number, by)


def _note_deletion(school: Organization, number: int, by: User | None) -> None:
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
    """Returns the rows of every model that hangs on a teacher, those of later models too."""
    ids = [teacher.pk for teacher in teachers]
    found = []
    for relation in Teacher._meta.related_objects:
        if relation.on_delete is CASCADE:
            manager = relation.related_model._base_manager
            found.append(manager.filter(**{f"{relation.field.name}__in": ids}))
    return found


def _accounts_of(teachers: Collection[Teacher]) -> list[User]:
    """Returns the accounts of these teachers, without those that somebody works with."""
    accounts = User.objects.filter(teacher__in=[teacher.pk for teacher in teachers])
    working = accounts.filter(WORKS).values("pk")
    return list(accounts.exclude(pk__in=working))
