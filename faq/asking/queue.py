"""The queue of questions: which one wants to see, in which order, a page at a time, and how many wait.

Pages go on from the last question of the page before, so that none of them counts or skips rows.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from helpdesk.common.offices import offices
from helpdesk.common.prepared import Prepared

from ..models import Question
from ..models.questions import CODE_LENGTH
from .rights import EVERYTHING, is_at_the_desk, visible_to

#: Questions on one page.
A_PAGE = 50
#: Newest questions in which words are searched: looking at the text of all would read the whole table.
MOST_SEARCHED = 2_000
LONGEST_SEARCH = 100
#: Questions of small offices that are read by their keys: among all others a list would look for them in vain.
FEW = 1_000
#: Most that are counted: above it, pages say that there are more.
MOST_COUNTED = 1_000
#: The same for the menu, which every page for staff has.
MOST_SHOWN = 99

WAITING, OURS, MINE, ANSWERED, CLOSED, ALL = "waiting", "ours", "mine", "answered", "closed", "all"
#: Value in the address → label of its chip.
CHIPS = {
    WAITING: "等待办理",
    OURS: "等我们这里办的",
    MINE: "我在办的",
    ANSWERED: "已答复",
    CLOSED: "已关闭",
    ALL: "全部",
}
#: Those who have waited longest come first, which puts the overdue before all others.
LONGEST_WAITING, NEWEST = ("waiting_since", "id"), ("-id",)
#: What is answered or closed is read from its end, in the order that its index has.
LAST_WAITED = ("-waiting_since", "-id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue one wants to see."""

    chip: str = WAITING
    words: str = ""
    #: Public id of the last question of the page before; empty for the first page.
    after: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        if self.chip in (ANSWERED, CLOSED):
            return LAST_WAITED
        return NEWEST if self.chip == ALL else LONGEST_WAITING


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Questions of one page, and the public id after which the next page goes on; empty on the last page."""

    rows: list[Question]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions wait, and how many of them longer than the target; at most MOST_COUNTED and one more."""

    waiting: int
    overdue: int


def overdue_before() -> datetime.datetime:
    """Returns the moment before which a question that still waits should have been answered."""
    return timezone.now() - datetime.timedelta(days=settings.QUESTION_TARGET_DAYS)


def seen_by(user: User) -> QuerySet[Question]:
    """Returns the questions that `user` may see; where they are few, the database is told which they are.

    A list in the order of time otherwise goes through the questions of everybody until it has found a page of a
    school's own. Where there are more than FEW, it finds them soon.
    """
    seen = visible_to(user)
    keys = list(seen.order_by().values_list("pk", flat=True)[: FEW + 1])
    return seen.filter(pk__in=keys) if len(keys) <= FEW else seen


def page_of(wanted: Wanted, user: User, seen: QuerySet[Question]) -> QueuePage:
    """Returns the page of the queue of what `user` may see, which is `seen`."""
    rows = _in_words(_of_chip(seen, wanted.chip, user), wanted.words)
    keys = list(_after(rows, wanted).order_by(*wanted.order).values_list("pk", flat=True)[: A_PAGE + 1])
    found = Question.objects.select_related("assignee").in_bulk(keys[:A_PAGE])
    shown = [found[key] for key in keys[:A_PAGE] if key in found]
    return QueuePage(shown, shown[-1].public_id if shown and len(keys) > A_PAGE else "")


def counts(seen: QuerySet[Question]) -> Counts:
    """Returns how many of the questions that somebody may see wait."""
    waiting = seen.filter(state__in=Question.WAITING)
    return Counts(_number(waiting), _number(waiting.filter(waiting_since__lt=overdue_before())))


def waiting_number(user: User, most: int = MOST_COUNTED) -> int:
    """Returns the number of questions that wait for `user`, at most one more than `most`."""
    return _number(visible_to(user).filter(state__in=Question.WAITING), most)


def shown_number(user: User) -> int:
    """Returns the number of questions that wait for `user` as the menu shows it: at most one more than MOST_SHOWN."""
    paths = [] if is_at_the_desk(user) else offices().visible_to(user)
    if len(paths) == 1 and user.is_active:
        return len(_WAITING_BELOW.rows(path=paths[0]))
    return waiting_number(user, MOST_SHOWN)


#: For an account of one office, as nearly all are.
_WAITING_BELOW = Prepared(
    lambda path: (
        Question.objects.filter(office__below=path, state__in=Question.WAITING)
        .order_by()
        .values_list("pk", flat=True)[: MOST_SHOWN + 1]
    ),
    path=str,
)


def chips_for(user: User) -> dict[str, str]:
    """Returns the chips for `user`: what waits here is set apart for those who also see the offices below."""
    paths = offices().visible_to(user)
    sees_others = EVERYTHING in paths or len(paths) + is_at_the_desk(user) > 1 or offices().any_below(paths)
    return {value: label for value, label in CHIPS.items() if value != OURS or sees_others}


def next_waiting(user: User, done: Question) -> Question | None:
    """Returns the question that waits longest here and that no colleague has, but for the one that is done."""
    waiting = _ours(visible_to(user).filter(state__in=Question.WAITING), user).exclude(pk=done.pk)
    free = waiting.filter(Q(assignee=None) | Q(assignee=user))
    return free.exclude(asker=user).order_by(*LONGEST_WAITING).first()


def _ours(rows: QuerySet[Question], user: User) -> QuerySet[Question]:
    """Returns the questions at the offices that `user` works for, not those at the offices below."""
    paths = set(offices().visible_to(user))
    return rows.filter(office__in=paths | {""} if is_at_the_desk(user) else paths)


def _number(rows: QuerySet[Question], most: int = MOST_COUNTED) -> int:
    return rows.order_by()[: most + 1].count()


def _of_chip(rows: QuerySet[Question], chip: str, user: User) -> QuerySet[Question]:
    if chip == ALL:
        return rows
    if chip in (ANSWERED, CLOSED):
        return rows.filter(state=chip)
    waiting = rows.filter(state__in=Question.WAITING)
    if chip == OURS:
        return _ours(waiting, user)
    return waiting.filter(assignee=user) if chip == MINE else waiting


def _in_words(rows: QuerySet[Question], words: str) -> QuerySet[Question]:
    """Returns the question with this code, among all; else those with these words among the newest.

    The name of an office finds the questions there.
    """
    if not words:
        return rows
    code = "".join(words.split()).upper()
    by_code = rows.filter(code=code)
    if len(code) == CODE_LENGTH and by_code.exists():
        return by_code
    oldest = rows.order_by("-id").values_list("pk", flat=True)[MOST_SEARCHED - 1 : MOST_SEARCHED].first()
    holding = Q(text__icontains=words) | Q(school__icontains=words) | Q(name__icontains=words)
    path = offices().called(words)
    if path:
        holding |= Q(office__below=path)
    return rows.filter(holding, pk__gte=oldest or 0)


def _after(rows: QuerySet[Question], wanted: Wanted) -> QuerySet[Question]:
    """Returns the rows behind the last one of the page before; all, where that one is unknown."""
    last = Question.objects.filter(public_id=wanted.after).first() if wanted.after else None
    if last is None:
        return rows
    if wanted.order == NEWEST:
        return rows.filter(pk__lt=last.pk)
    since = last.waiting_since
    if wanted.order == LAST_WAITED:
        before = Q(waiting_since__lt=since) | Q(waiting_since=since, pk__lt=last.pk)
        return rows.filter(before, waiting_since__lte=since)
    behind = Q(waiting_since__gt=since) | Q(waiting_since=since, pk__gt=last.pk)
    return rows.filter(behind, waiting_since__gte=since)  # the latter lets the database begin at its place
