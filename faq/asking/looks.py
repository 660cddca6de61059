"""Looks at a question, so that two people do not answer it unawares."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from ..models import Question, QuestionLook
from .people import name_of

#: Looks of others that are told of.
LATELY = datetime.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody else who had the question open, and how many minutes ago."""

    name: str
    minutes: int


def note_look(question: Question, user: User) -> None:
    """Notes that `user` has the question open now, in one statement whether or not they had before."""
    look = QuestionLook(question=question, user=user, at=timezone.now())
    unique = ["question", "user"]
    QuestionLook.objects.bulk_create([look], update_conflicts=True, unique_fields=unique, update_fields=["at"])


def looks_of_others(question: Question, user: User) -> list[Look]:
    """Returns who else has had the question open in the last minutes, the latest first."""
    now = timezone.now()
    rows = question.looks.filter(at__gt=now - LATELY).exclude(user=user).select_related("user").order_by("-at")
    return [Look(name_of(row.user), int((now - row.at).total_seconds() // 60)) for row in rows]
