"""Ground of all steps: the locked question, the check of what a page showed, and the line in the history."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone

from helpdesk.common.decisions import Refusal, locked

from ...models import Question, QuestionMessage
from .. import wording
from ..people import name_of

Kind = QuestionMessage.Kind
State = Question.State

CHANGED = "您打开以后，这个提问有了新的变化，所以还没有办。您写的都还在；请先看看新的内容，再办一次。"


def seen_of(question: Question) -> str:
    """Returns the version of a question, by which a page says what it was opened on."""
    last = question.messages.order_by("-id").values_list("id", flat=True).first() if question.pk else None
    return f"{question.state}-{question.assignee_id or 0}-{last or 0}"


def locked_question(question: Question, seen: str = "") -> Question:
    """Returns the question's row, locked until the transaction ends; an empty `seen` is no check.

    Raises Refusal where the question is gone, or not as `seen` says.
    """
    row = locked(Question.objects.all(), question.pk)
    if seen and seen != seen_of(row):
        raise Refusal(CHANGED)
    return row


def demanded_text(field: str, text: str, missing: str, longest: int = QuestionMessage.LONGEST) -> str:
    """Returns the text in its normal form; raises Refusal at its field where it is empty or too long."""
    text = wording.normal(text)
    if not text:
        raise Refusal({field: missing})
    if len(text) > longest:
        raise Refusal({field: f"最多 {longest:,} 个字，现在有 {len(text):,} 个。"})
    return text


def say(question: Question, kind: str, by: User | None = None, text: str = "") -> QuestionMessage:
    """Adds a line to the history; `by` is none for the asker."""
    name = name_of(by) if by else ""
    return QuestionMessage.objects.create(question=question, kind=kind, text=text, author=by, author_name=name)


def open_again(question: Question) -> None:
    """Lets a question wait for staff again, from now on; with whoever had it."""
    question.state = State.WORKING if question.assignee_id else State.RECEIVED
    question.waiting_since = timezone.now()
    question.closed_at = None
    question.save(update_fields=["state", "waiting_since", "closed_at"])
