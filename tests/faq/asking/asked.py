"""Questions that somebody asked, in any state, for the tests of asking."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from faq.asking import steps
from faq.models import Question
from tests.cast import Place

TEXT = "学历冲抵要交什么材料？"


def make_question(place: Place | None = None, **fields: Any) -> Question:
    """A question that waits at the first school of `place`; at the editors' where there is no place."""
    office = place.school.path if place else ""
    return Question.objects.create(**{"text": TEXT, "office": office} | fields)


def answered(question: Question, by: User, text: str = "毕业证复印件。") -> Question:
    steps.answer(question, text, by)
    return now(question)


def closed(question: Question, by: User) -> Question:
    steps.close(question, "重复了", by)
    return now(question)


def now(question: Question) -> Question:
    """The question as the database has it."""
    return Question.objects.get(pk=question.pk)


def history(question: Question) -> list[tuple[str, str]]:
    """Kind and text of all that was said and done."""
    return list(question.messages.values_list("kind", "text"))
