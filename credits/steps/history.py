"""Events: the one place where they are made, and where a row's history is read.

The steps write their own events, rather than django-simple-history: a step is more than the difference of a row, as
it has a name, a sentence and an organisation that answers for it, and `.update()` and `bulk_update` escape that
library.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet

from helpdesk.common import audit

from ..models import (
    CorrectionRequest,
    DegreeAward,
    Event,
    OffsetAward,
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
    OffsetAward: Event.Subject.OFFSET,
    Teacher: Event.Subject.TEACHER,
    SpreadsheetImport: Event.Subject.IMPORT,
    CorrectionRequest: Event.Subject.CORRECTION,
}


def event(row: Any, action: str, by: User, note: str = "") -> Event:
    """Returns an unsaved event: `by` did `action` to `row`."""
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
    """Saves an event: `by` did `action` to `row`."""
    event(row, action, by, note).save()


def record_deletion(row: Any, action: str, by: User, note: str = "") -> None:
    """Saves an event, and a row of the audit log: `by` is about to delete `row`."""
    record(row, action, by, note)
    audit.note(audit.Kind.DELETE, by, row)


def _organization(row: Any, teacher: Teacher | None) -> Organization | None:
    """Returns the organization whose staff read the event in their histories."""
    if teacher is not None:
        return teacher.school
    for name in ("organizer", "school", "organization"):
        organization = getattr(row, name, None)
        if organization is not None:
            return organization
    return None


def events_of(row: Model) -> QuerySet[Event]:
    """Returns the history of `row`, newest first."""
    return Event.objects.filter(subject=SUBJECTS[type(row)], subject_id=row.pk)
