"""Uploaded spreadsheets that wait to be confirmed: for a day, then they do not exist any more."""

from __future__ import annotations

import datetime

from django.db.models import QuerySet
from django.utils import timezone

from ..models import SpreadsheetImport

#: Time within which an upload is to be confirmed.
WAITS = datetime.timedelta(days=1)


def overdue_uploads() -> QuerySet[SpreadsheetImport]:
    """Returns the uploads of anybody that were not confirmed in time."""
    begin = timezone.now() - WAITS
    return SpreadsheetImport.objects.filter(state=SpreadsheetImport.State.READY, created_at__lt=begin)


def forget_overdue_uploads() -> None:
    """Deletes the uploads of anybody that were not confirmed in time; pages hide them before that."""
    overdue_uploads().delete()
