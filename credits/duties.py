"""Duties of the credits that come due by the clock."""

from __future__ import annotations

from .models import Teacher
from .statements.summaries import refresh
from .steps.uploads import forget_overdue_uploads


def refresh_all() -> int:
    """Computes every teacher's summary as of today; returns how many."""
    teachers = list(Teacher.objects.order_by("pk").values_list("pk", flat=True))
    refresh(teachers)
    return len(teachers)


def forget_uploads() -> None:
    """Deletes the uploads that were not confirmed in time."""
    forget_overdue_uploads()
