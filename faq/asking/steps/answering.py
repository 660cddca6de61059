"""Steps of the staff that answers: take, give back, assign, note, answer, hand on, close."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from helpdesk.common.decisions import Refusal, step
from helpdesk.common.offices import offices

from ...models import Question, QuestionMessage
from ..mail import address_in
from ..people import name_of
from ..rights import demand, demand_answers, visible_to
from .ground import Kind, State, demanded_text, locked_question, say

OWN = "这是您自己提的问题，要由别的同事来办。"
CLOSED = "这个提问已经关闭了。提问人补充以后会重新打开；现在想说什么，可以写成内部备注。"
LONGEST_REASON = 300


@step
def take(question: Question, by: User, *, seen: str = "") -> Question:
    """Makes `by` the one who answers; taking what one has already changes nothing."""
    row = _to_work_on(question, by, seen)
    if row.assignee_id != by.pk:
        say(row, Kind.TAKEN, by)
        _give_to(row, by)
    return row


@step
def release(question: Question, by: User, *, seen: str = "") -> Question:
    """Puts a question that somebody had back among those that wait."""
    row = _to_work_on(question, by, seen)
    if row.assignee_id is not None:
        say(row, Kind.RELEASED, by)
        row.assignee = None
        row.state = State.RECEIVED if row.waits else row.state
        row.save(update_fields=["assignee", "state"])
    return row


@step
def assign(question: Question, to: User, by: User, *, seen: str = "") -> Question:
    """Gives the question to a colleague, who must be able to answer it."""
    row = _to_work_on(question, by, seen)
    if not visible_to(to).filter(pk=row.pk).exists():
        raise Refusal({"to": "这位同事看不到这个提问，请另选一位，或者把提问转交过去。"})
    if to.pk == row.asker_id:
        raise Refusal({"to": "这是这位同事自己提的问题，请另选一位。"})
    if row.assignee_id != to.pk:
        say(row, Kind.ASSIGNED, by, name_of(to))
        _give_to(row, to)
    return row


@step
def note(question: Question, text: str, by: User) -> QuestionMessage:
    """Adds words for colleagues only, in any state."""
    row = locked_question(question)
    demand_answers(by, row)
    return say(row, Kind.NOTE, by, demanded_text("text", text, "请写上备注的内容。"))


@step
def answer(question: Question, text: str, by: User, *, seen: str = "") -> QuestionMessage:
    """Answers: the asker sees it at once, and is told by mail where they left an address."""
    row = _to_work_on(question, by, seen)
    said = say(row, Kind.ANSWER, by, demanded_text("text", text, "请写上答复的内容。"))
    row.state = State.ANSWERED
    row.assignee = row.assignee or by
    row.first_answered_at = row.first_answered_at or said.at
    row.mail_due, row.mail_failures = settings.MAIL and bool(address_in(row.contact)), 0
    row.save(update_fields=["state", "assignee", "first_answered_at", "mail_due", "mail_failures"])
    return said


@step
def hand_on(question: Question, office: str, reason: str, by: User, *, seen: str = "") -> Question:
    """Hands the question, with its history, to another office, or with an empty path to the portal's editors."""
    row = _to_work_on(question, by, seen)
    if office == row.office:
        raise Refusal({"office": "这个提问现在就在那里，请另选一处。"})
    if office and not offices().workers(office):
        raise Refusal({"office": "那里还没有人在本站办理，转过去没有人看得到，请另选一处。"})
    reason = demanded_text("reason", reason, "请写一句为什么转交，接手的人才知道怎么办。", LONGEST_REASON)
    name = offices().names([office]).get(office, "") if office else "本站编辑"
    say(row, Kind.HANDED_ON, by, f"转交{name}：{reason}")
    row.office, row.assignee = office, None
    row.state = State.RECEIVED if row.waits else row.state
    row.save(update_fields=["office", "assignee", "state"])
    return row


@step
def close(question: Question, reason: str, by: User, *, seen: str = "") -> Question:
    """Closes a question, with a word that the asker reads; one that was answered may be closed without."""
    row = _to_work_on(question, by, seen)
    needed = "" if row.state == State.ANSWERED else "还没有答复就关闭，请写一句原因，提问人会看到。"
    reason = demanded_text("reason", reason, needed, LONGEST_REASON) if needed or reason.strip() else ""
    say(row, Kind.CLOSED, by, reason)
    row.state, row.closed_at = State.CLOSED, timezone.now()
    row.save(update_fields=["state", "closed_at"])
    return row


def _to_work_on(question: Question, by: User, seen: str) -> Question:
    """Returns the locked question; raises Refusal where it is closed, one's own, or not as `seen` says."""
    demand_answers(by, question)
    row = locked_question(question, seen)
    demand(visible_to(by).filter(pk=row.pk).exists())  # it may have been handed on meanwhile
    if row.asker_id == by.pk:
        raise Refusal(OWN)
    if row.is_closed:
        raise Refusal(CLOSED)
    return row


def _give_to(question: Question, to: User) -> None:
    question.assignee = to
    question.state = State.WORKING if question.waits else question.state
    question.save(update_fields=["assignee", "state"])
