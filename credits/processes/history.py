"""The one place where events are written; and the refusal that steps raise."""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from ..models import (
    DegreeAward,
    Event,
    Organization,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    SpreadsheetImport,
    Teacher,
    TrainingProject,
    TrainingResult,
)

SUBJECTS: dict[type[Model], str] = {
    TrainingProject: Event.Subject.PROJECT,
    TrainingResult: Event.Subject.RESULT,
    SchoolPlan: Event.Subject.PLAN,
    SafetyNetPlan: Event.Subject.SAFETY_NET,
    SelfDirectedActivity: Event.Subject.ACTIVITY,
    DegreeAward: Event.Subject.DEGREE,
    Teacher: Event.Subject.TEACHER,
    SpreadsheetImport: Event.Subject.IMPORT,
}


class Refusal(ValidationError):
    """A step that cannot be taken, with the reason and the way out in Chinese."""

    @property
    def sentence(self) -> str:
        return " ".join(self.messages)


def event(row: Any, action: str, by: User, note: str = "") -> Event:
    """What happened to `row`, as an event that is not saved."""
    teacher = row if isinstance(row, Teacher) else getattr(row, "teacher", None)
    return Event(
        subject=SUBJECTS[type(row)],
        subject_id=row.pk,
        title=str(row)[:200],
        action=action,
        note=note[:500],
        organization=_organization(row, teacher),
        teacher=teacher,
        actor=by,
        actor_name=by.get_username(),
    )


def record(row: Any, action: str, by: User, note: str = "") -> None:
    event(row, action, by, note).save()


def _organization(row: Any, teacher: Teacher | None) -> Organization | None:
    if teacher is not None:
        return teacher.school
    for name in ("organizer", "school", "organization"):
        if (found := getattr(row, name, None)) is not None:
            return found
    return None


Row = TypeVar("Row", bound=Model)


def locked(rows: QuerySet[Row], pk: int) -> Row:
    """The row of that key as it is now, kept from others until this is done. Raises Refusal where it is gone."""
    row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Refusal("这一条刚才已经删除了，请回到列表看一看。")
    return row


def version(*rows: Any) -> str:
    """What `rows` are now, in a few letters, so that a decision can say what it was made on."""
    said = repr([[getattr(row, field.attname) for field in row._meta.concrete_fields] for row in rows])
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def demand_seen(seen: str, *rows: Any) -> None:
    """Refuses a step that was decided on something else than `rows` now are; without `seen` nobody asked."""
    if seen and seen != version(*rows):
        raise Refusal("您打开这一页以后，内容有变化，所以没有办成。请先看看现在的内容，再办一次。")


def events_of(row: Model) -> QuerySet[Event]:
    """The history of `row`, newest first."""
    return Event.objects.filter(subject=SUBJECTS[type(row)], subject_id=row.pk)
