"""An office recommends an answered question of its own to the portal's editors, who see of it what may be published.

Who answers a question at the office reads all of it; the editors read question and answer with personal data struck.
"""

from __future__ import annotations

import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.utils import timezone

from helpdesk.common.decisions import Refusal, step

from ..editing.rights import may_write
from ..models import Question
from .rights import demand, demand_answers, visible_to
from .steps.answering import OWN
from .steps.ground import Kind, locked_question, say

NO_ANSWER = "这个提问还没有答复，不能推荐。请先答复提问人，再来推荐。"
NOT_AN_OFFICES = "这个提问就在本站编辑这里，可以直接整理，不用推荐。"

#: Moment before any question was recommended.
LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def may_make_entries(user: User | AnonymousUser) -> bool:
    """Tells whether `user` makes entries of questions: whoever writes entries and may add some."""
    return may_write(user) and user.has_perm("faq.add_entry")


def publishable_by(user: User | AnonymousUser) -> QuerySet[Question]:
    """Returns the questions of which `user` may make entries: those they answer, and those recommended to editors.

    Once the personal data of a question is deleted nobody knows which names to strike, so it is recommended no more.
    """
    if not may_make_entries(user):
        return Question.objects.none()
    own = visible_to(user).order_by().values("pk")
    return Question.objects.filter(Q(pk__in=own) | Q(suggested_at__isnull=False, forgotten_at=None))


def demand_publishable(user: User, question: Question) -> None:
    """Raises PermissionDenied unless `user` may make an entry of this question."""
    demand(publishable_by(user).filter(pk=question.pk).exists())


def suggested() -> QuerySet[Question]:
    """Returns the recommended questions of which nothing was made yet, the first recommended first."""
    # Written so that SQLite looks into the small index of the recommended ones: by tests for null it prefers others.
    recommended = Question.objects.filter(suggested_at__gt=LONG_AGO, forgotten_at=None)
    waiting = recommended.exclude(published_as__gt=0)
    return waiting.exclude(messages__kind=Kind.PHRASED).order_by("suggested_at", "id")


def suggested_number(user: User | AnonymousUser) -> int | None:
    """Returns how many questions are recommended; None for a user who makes no entries."""
    return suggested().count() if may_make_entries(user) else None


@step
def suggest(question: Question, by: User, *, seen: str = "") -> Question:
    """Recommends an answered question to the editors; a second press changes nothing.

    Raises Refusal where it is one's own, has no answer, belongs to the editors anyhow, or is not as `seen` says.
    """
    demand_answers(by, question)
    row = locked_question(question)
    demand_answers(by, row)  # it may have been handed on meanwhile
    if row.asker_id == by.pk:
        raise Refusal(OWN)
    if row.suggested_at is not None:
        return row
    row = locked_question(row, seen)
    if not row.office:
        raise Refusal(NOT_AN_OFFICES)
    if not row.messages.filter(kind=Kind.ANSWER).exists():
        raise Refusal(NO_ANSWER)
    say(row, Kind.SUGGESTED, by)
    _note(row, suggested=True)
    return row


@step
def set_aside(question: Question, by: User) -> Question:
    """Takes a question off the editors' list without making anything of it; a second press changes nothing."""
    demand(may_make_entries(by))
    row = locked_question(question)
    if row.suggested_at is not None:
        say(row, Kind.SET_ASIDE, by)
        _note(row, suggested=False)
    return row


def _note(row: Question, *, suggested: bool) -> None:
    row.suggested_at = timezone.now() if suggested else None
    row.save(update_fields=["suggested_at"])
