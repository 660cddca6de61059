"""Where else a person is written down than in rows of their own: in reports of work, imports, histories, the admin's
log and attempts to sign in. `remove` takes them out; what people wrote themselves is only pointed at (`mentions`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import unquote

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from ..models import (
    DegreeAward,
    Event,
    Job,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    SpreadsheetImport,
    StatementAccess,
    Teacher,
    TrainingProject,
    TrainingResult,
)

GONE = "（已按要求删除）"
#: Whose primary keys an import of a kind keeps, to undo it.
IMPORTED: dict[str, type[Model]] = {
    SpreadsheetImport.Kind.TEACHERS: Teacher,
    SpreadsheetImport.Kind.RESULTS: TrainingResult,
    SpreadsheetImport.Kind.ACTIVITIES: SelfDirectedActivity,
    SpreadsheetImport.Kind.DEGREES: DegreeAward,
}
#: What people write in their own words, and what it is called.
OWN_WORDS: list[tuple[type[Model], tuple[str, ...]]] = [
    (TrainingProject, ("name",)),
    (SchoolPlan, ("content", "feedback")),
    (SafetyNetPlan, ("forecast", "content", "feedback")),
    (SelfDirectedActivity, ("evidence",)),
    (DegreeAward, ("title", "feedback")),
]


def work_goes_on() -> bool:
    """Whether some work on many rows is under way; it may hold what was read before."""
    over = [Job.State.DONE, Job.State.FAILED]
    return any(not job.has_died for job in Job.objects.exclude(state__in=over).defer("file", "details"))


def mentions(teachers: Collection[Teacher]) -> list[str]:
    """Where in people's own words one of these names stands: whether the person is meant, only a reader can tell."""
    ids, names = [one.pk for one in teachers], {one.name for one in teachers}
    found = []
    for model, fields in OWN_WORDS:
        rows = model._default_manager.filter(_contains(fields, names))
        if hasattr(model, "teacher"):
            rows = rows.exclude(teacher__in=ids)
        found += [f"{model._meta.verbose_name}：{row}" for row in rows]
    return found


def remove(teachers: Collection[Teacher], accounts: Collection[User], rows: Iterable[QuerySet]) -> None:
    """Takes out every trace of these teachers, before their rows and accounts themselves are deleted."""
    person = Person(teachers, accounts)
    own = {queryset.model: set(queryset.values_list("pk", flat=True)) for queryset in rows}
    own |= {Teacher: set(person.ids), User: {account.pk for account in accounts}}
    _from_jobs(person)
    _from_imports(person, own)
    _from_histories(person)
    _from_the_admins_log(person, own)
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        # Whatever was typed as an account: in other letters, or with something before it.
        typed = person.numbers | person.names | person.usernames
        model.objects.filter(reduce(or_, (Q(username__icontains=one) for one in typed))).delete()


class Person:
    """How these teachers are called."""

    def __init__(self, teachers: Collection[Teacher], accounts: Collection[User]) -> None:
        self.ids = [one.pk for one in teachers]
        self.accounts = accounts
        self.names = {one.name for one in teachers}
        self.numbers = {one.staff_number for one in teachers}
        self.usernames = {account.username for account in accounts}
        self.called = {str(one) for one in teachers}
        numbers = "|".join(re.escape(number) for number in sorted(self.numbers | self.usernames))
        #: A number is one by itself: 12 is not mentioned in 2012.
        self.by_number = re.compile(rf"(?<![0-9A-Za-z-])(?:{numbers})(?![0-9A-Za-z-])")
        self.by_name = re.compile("|".join(re.escape(name) for name in sorted(self.names)))

    def is_in(self, *values: Any) -> bool:
        text = unquote(json.dumps(values, ensure_ascii=False))
        return bool(self.by_number.search(text) or self.by_name.search(text))

    def is_meant_by(self, values: dict[str, Any] | None) -> bool:
        """Whether these cells of a spreadsheet, or values of a row, are the person's."""
        number = unicodedata.normalize("NFKC", str((values or {}).get("staff_number", ""))).strip()
        return number in self.numbers or (values or {}).get("teacher_id") in self.ids

    def is_surely_in(self, *values: Any) -> bool:
        """By number: somebody else may have the same name."""
        return bool(self.by_number.search(unquote(json.dumps(values, ensure_ascii=False))))


def _from_jobs(person: Person) -> None:
    """Reports that name the person, and all files: these can be made again at any time."""
    Job.objects.filter(file__isnull=False).delete()
    for job in Job.objects.iterator(chunk_size=100):
        said = (job.title, job.back, job.phase, job.message, job.file_name, job.parameters, job.details)
        if person.is_in(*said):
            job.delete()


def _from_imports(person: Person, own: dict[type[Model], set[int]]) -> None:
    """Rows by their number, as somebody else may have the same name; a kind's own rows, to be undone, by their key."""
    for row in SpreadsheetImport.objects.iterator(chunk_size=20):
        before = (row.file_name, row.rows, row.problems, row.done)
        gone = own.get(IMPORTED[row.kind], set())
        row.file_name = GONE if person.is_in(row.file_name) else row.file_name
        row.rows = [one for one in row.rows if not person.is_meant_by(one[1])]
        row.problems = [one for one in row.problems if not person.is_in(one)]
        row.done = [one for one in row.done if one[0] not in gone and not any(map(person.is_meant_by, one[1:3]))]
        if before != (row.file_name, row.rows, row.problems, row.done):
            row.save()


def _from_histories(person: Person) -> None:
    """Steps and looks of the person's own keep what was done, without the name. So do others' that name the person."""
    by_account = Q(actor__in=person.accounts) | Q(actor=None, actor_name__in=person.numbers | person.usernames)
    Event.objects.filter(by_account).update(actor_name=GONE)
    by_account = Q(viewer__in=person.accounts) | Q(viewer=None, viewer_name__in=person.numbers | person.usernames)
    StatementAccess.objects.filter(by_account).update(viewer_name=GONE)
    others = Event.objects.exclude(teacher__in=person.ids)
    for event in others.filter(_contains(("title", "note"), person.names | person.numbers)):
        meant = person.is_in if event.teacher_id is None else person.is_surely_in
        changed = [name for name in ("title", "note") if meant(getattr(event, name))]
        for name in changed:
            setattr(event, name, GONE)
        if changed:
            event.save(update_fields=changed)


def _from_the_admins_log(person: Person, own: dict[type[Model], set[int]]) -> None:
    for model, keys in own.items():
        kind = ContentType.objects.get_for_model(model)
        LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in keys]).delete()
    # Rows deleted long ago, and whoever worked somewhere: they are called after the person.
    called = person.called | {f"{name}：" for name in person.usernames}
    escaped = {json.dumps(one)[1:-1] for one in called}
    LogEntry.objects.filter(_contains(("object_repr",), called) | _contains(("change_message",), escaped)).delete()
    accounts = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User))
    others = User.objects.exclude(pk__in=own[User]).filter(username__in=person.numbers).values("username")
    accounts.filter(object_repr__in=person.numbers).exclude(object_repr__in=others).delete()


def _contains(fields: Iterable[str], words: Iterable[str]) -> Q:
    return reduce(or_, (Q(**{f"{field}__contains": word}) for word in words for field in fields), Q(pk__in=[]))
