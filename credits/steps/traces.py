"""Traces of people outside rows of their own: in jobs, imports, histories and the admin's log.

`remove` deletes them. Text that people wrote in their own words is only pointed at (`mentions`).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import unquote

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from helpdesk.common.models import Job
from helpdesk.common.names import normal_name, normal_number, number_key

from ..models import (
    DegreeAward,
    Event,
    OffsetAward,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    SpreadsheetImport,
    StatementAccess,
    StoredChange,
    Teacher,
    TrainingProject,
    TrainingResult,
)

GONE = "（已按要求删除）"
#: The model whose primary keys an import of a kind keeps, to undo it.
IMPORTED: dict[str, type[Model]] = {
    SpreadsheetImport.Kind.TEACHERS: Teacher,
    SpreadsheetImport.Kind.RESULTS: TrainingResult,
    SpreadsheetImport.Kind.ACTIVITIES: SelfDirectedActivity,
    SpreadsheetImport.Kind.DEGREES: DegreeAward,
    SpreadsheetImport.Kind.OFFSETS: OffsetAward,
}
#: The columns that people fill in their own words.
OWN_WORDS: list[tuple[type[Model], tuple[str, ...]]] = [
    (TrainingProject, ("name",)),
    (SchoolPlan, ("content", "feedback")),
    (SafetyNetPlan, ("forecast", "content", "feedback")),
    (SelfDirectedActivity, ("evidence",)),
    (DegreeAward, ("title", "feedback")),
    (OffsetAward, ("basis", "evidence", "feedback")),
]


def work_goes_on() -> bool:
    """Returns true while a worker is at some work on many rows, which may hold what was read before.

    Work that waits, or stands still, reads everything anew when it is begun.
    """
    return Job.objects.in_hand().exists()


def mentions(teachers: Collection[Teacher]) -> list[str]:
    """Returns the rows in which people's own words hold one of these names, each as “kind：row”.

    Only a reader can tell whether the same person is meant.
    """
    ids = [teacher.pk for teacher in teachers]
    names = {teacher.name for teacher in teachers}
    found = []
    for model, columns in OWN_WORDS:
        rows = model._default_manager.filter(_contains(columns, names))
        if hasattr(model, "teacher"):
            rows = rows.exclude(teacher__in=ids)
        found += [f"{model._meta.verbose_name}：{row}" for row in rows]
    return found


def remove(teachers: Collection[Teacher], accounts: Collection[User], rows: Iterable[QuerySet]) -> None:
    """Removes every trace of these teachers, before their `rows` and `accounts` themselves are deleted."""
    people = People(teachers, accounts)
    keys: Keys = {queryset.model: set(queryset.values_list("pk", flat=True)) for queryset in rows}
    keys[Teacher] = set(people.ids)
    keys[User] = {account.pk for account in accounts}
    _from_jobs(people)
    _from_imports(people, keys)
    _from_histories(people)
    _from_the_admins_log(people, keys)


#: Primary keys by model.
Keys = dict[type[Model], set[int]]


class People:
    """The teachers to forget, by everything that they may be called in a text."""

    def __init__(self, teachers: Collection[Teacher], accounts: Collection[User]) -> None:
        self.ids = [teacher.pk for teacher in teachers]
        self.accounts = accounts
        self.names = {teacher.name for teacher in teachers}
        self.numbers = {teacher.staff_number for teacher in teachers}
        self.usernames = {account.username for account in accounts}
        self.titles = {str(teacher) for teacher in teachers}
        numbers = _any_of(self.numbers | self.usernames)
        #: Matches a number that stands by itself: 12 is not mentioned in 2012.
        self.by_number = re.compile(rf"(?<![0-9A-Za-z-])(?:{numbers})(?![0-9A-Za-z-])", re.IGNORECASE)
        self.by_name = re.compile(_any_of(self.names))

    def are_in(self, *values: Any) -> bool:
        """Returns true where a name or a number of theirs stands in these values."""
        text = _text(values)
        return bool(self.by_number.search(text) or self.by_name.search(text))

    def are_surely_in(self, *values: Any) -> bool:
        """Returns true where a number of theirs stands in these values: somebody else may have the same name."""
        return bool(self.by_number.search(_text(values)))

    def are_meant_by(self, values: dict[str, Any] | None) -> bool:
        """Returns true where these cells of a spreadsheet, or values of a row, are about one of them."""
        if not values:
            return False
        cell = str(values.get("staff_number", ""))
        keys = {number_key(number) for number in self.numbers}
        return number_key(cell) in keys or values.get("teacher_id") in self.ids


def _any_of(words: Collection[str]) -> str:
    """Returns a pattern that matches any of these words."""
    return "|".join(re.escape(word) for word in sorted(words))


def _text(values: Any) -> str:
    """Returns everything in these values as one text, addresses decoded: as it stands, and in its normal form."""
    text = unquote(json.dumps(values, ensure_ascii=False))
    normal = normal_number(normal_name(text))
    return text if normal == text else f"{text}\n{normal}"


def _from_jobs(people: People) -> None:
    """Deletes the jobs that name them, and all jobs with files: these can be made again at any time."""
    Job.objects.exclude(file_name="").delete()
    for job in Job.objects.iterator(chunk_size=100):
        if people.are_in(job.title, job.back, job.phase, job.message, job.file_name, job.parameters, job.details):
            job.delete()


def _from_imports(people: People, keys: Keys) -> None:
    """Removes rows read from a spreadsheet by their number, and rows kept to undo an import by their key too.

    Not by name, as somebody else may have the same name.
    """
    for row in SpreadsheetImport.objects.iterator(chunk_size=20):
        before = (row.file_name, row.rows, row.problems, row.done)
        deleted = keys.get(IMPORTED[row.kind], set())
        if people.are_in(row.file_name):
            row.file_name = GONE
        row.rows = [[number, cells] for number, cells in row.rows if not people.are_meant_by(cells)]
        row.problems = [problem for problem in row.problems if not people.are_in(problem)]
        row.done = [stored for stored in row.done if not _is_of(StoredChange.from_json(stored), people, deleted)]
        if before != (row.file_name, row.rows, row.problems, row.done):
            row.save()


def _is_of(change: StoredChange, people: People, deleted: set[int]) -> bool:
    """Returns true where a change that an import made is to a row of theirs."""
    return change.pk in deleted or people.are_meant_by(change.before) or people.are_meant_by(change.after)


def _from_histories(people: People) -> None:
    """Removes their names from events and looks: what they did themselves stays, and what others did as well."""
    numbers = people.numbers | people.usernames
    did = Q(actor__in=people.accounts) | Q(actor=None, actor_name__in=numbers)
    Event.objects.filter(did).update(actor_name=GONE)
    looked = Q(viewer__in=people.accounts) | Q(viewer=None, viewer_name__in=numbers)
    StatementAccess.objects.filter(looked).update(viewer_name=GONE)
    others = Event.objects.exclude(teacher__in=people.ids)
    words = people.names | people.numbers
    for event in others.filter(_contains(("title", "note"), words)):
        _remove_from_event(event, people)


def _remove_from_event(event: Event, people: People) -> None:
    """Removes them from an event that is about somebody else, or about no teacher."""
    are_meant_in = people.are_in if event.teacher_id is None else people.are_surely_in
    changed = [column for column in ("title", "note") if are_meant_in(getattr(event, column))]
    for column in changed:
        setattr(event, column, GONE)
    if changed:
        event.save(update_fields=changed)


def _from_the_admins_log(people: People, keys: Keys) -> None:
    """Deletes the log's lines on their rows, by key, and on rows deleted long ago, by what these were called."""
    for model, keys_of_model in keys.items():
        kind = ContentType.objects.get_for_model(model)
        texts = [str(key) for key in keys_of_model]
        LogEntry.objects.filter(content_type=kind, object_id__in=texts).delete()
    memberships = {f"{username}：" for username in people.usernames}
    titles = people.titles | memberships
    titles_in_json = {json.dumps(title)[1:-1] for title in titles}
    named = _contains(("object_repr",), titles) | _contains(("change_message",), titles_in_json)
    LogEntry.objects.filter(named).delete()
    accounts = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User))
    others = User.objects.exclude(pk__in=keys[User]).filter(username__in=people.numbers).values("username")
    accounts.filter(object_repr__in=people.numbers).exclude(object_repr__in=others).delete()


def _contains(columns: Iterable[str], words: Iterable[str]) -> Q:
    """Returns the condition that one of these columns holds one of these words; no row where there are none."""
    condition = Q(pk__in=[])
    for column, word in itertools.product(columns, words):
        condition |= Q(**{f"{column}__contains": word})
    return condition
