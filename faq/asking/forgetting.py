"""Questions that nobody says anything more about are closed, and what was told of a person is deleted in time."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ..models import Question, QuestionMessage
from . import pictures

AT_ONCE = 500
NO_WORD = "答复以后没有再补充，自动关闭。还有问题可以接着写，提问会重新打开。"


def close_settled() -> int:
    """Closes what was answered and not spoken of since; returns how many. Safe to do twice at once."""
    before = timezone.now() - datetime.timedelta(days=settings.QUESTION_CLOSES_AFTER_DAYS)
    answered = Question.objects.filter(state=Question.State.ANSWERED, first_answered_at__lt=before)
    spoken_of = QuestionMessage.objects.filter(at__gte=before, question__state=Question.State.ANSWERED)
    due = answered.exclude(pk__in=spoken_of.values("question"))
    return sum(map(_close, due.order_by("id").values_list("pk", flat=True)[:AT_ONCE]))


def _close(pk: int) -> bool:
    with transaction.atomic():
        row = Question.objects.select_for_update().filter(pk=pk, state=Question.State.ANSWERED).first()
        if row is None:
            return False
        QuestionMessage.objects.create(question=row, kind=QuestionMessage.Kind.CLOSED, text=NO_WORD)
        row.state, row.closed_at = Question.State.CLOSED, timezone.now()
        row.save(update_fields=["state", "closed_at"])
    return True


def forget_due() -> int:
    """Deletes who asked what was closed long ago, and the pictures; returns how many. Safe to do twice at once."""
    before = timezone.now() - datetime.timedelta(days=settings.QUESTION_KEPT_DAYS)
    due = Question.objects.filter(closed_at__lt=before, forgotten_at=None).order_by("closed_at")
    return sum(map(_forget, due.values_list("pk", flat=True)[:AT_ONCE]))


def _forget(pk: int) -> bool:
    with transaction.atomic():
        row = Question.objects.select_for_update().filter(pk=pk, forgotten_at=None).first()
        if row is None:
            return False
        row.name = row.school = row.contact = ""
        row.asker, row.mail_due, row.forgotten_at = None, False, timezone.now()
        row.save(update_fields=["name", "school", "contact", "asker", "mail_due", "forgotten_at"])
        QuestionMessage.objects.create(question=row, kind=QuestionMessage.Kind.FORGOTTEN)
        pictures.delete(row.pictures.all())
    return True


def see_to_all() -> int:
    """Does all three duties of a day; returns how many questions were closed or stripped of personal data."""
    pictures.sweep()
    return close_settled() + forget_due()
