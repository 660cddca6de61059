"""Pages of the queue for the staff that answers: the list, the numbers, and the guard of all pages of theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from helpdesk.common import inboxes
from helpdesk.common.requests import user_of

from ... import opinions
from ...models import Question
from .. import numbers, queue
from ..people import name_of, office_names
from ..queue import CHIPS, LONGEST_SEARCH, Wanted
from ..rights import answers_questions, demand, visible_to
from ..suggesting import suggested_number

View = Callable[..., HttpResponseBase]
#: Offices that the page of numbers lists, those with most questions.
MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class Row:
    """A question of the queue as its list shows it."""

    question: Question
    #: Name of the office that has it.
    place: str
    #: Name of the person who has it; empty for nobody.
    person: str
    overdue: bool


def for_answerers(view: View) -> View:
    """Lets in those who answer questions, answers others with 403, and keeps the page out of caches."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        demand(answers_questions(user_of(request)))
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))


def question_for(request: HttpRequest, public_id: str) -> Question:
    """Returns the question of that address; raises Http404 for one that the user may not see."""
    rows = visible_to(user_of(request)).select_related("assignee", "entry")
    return get_object_or_404(rows, public_id=public_id)


@for_answerers
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """The queue of what the user may see, fifty questions a page."""
    user, wanted = user_of(request), _wanted(request)
    seen = queue.seen_by(user)
    page = queue.page_of(wanted, user, seen)
    month = numbers.asked_in(numbers.this_month(), seen, numbers.MOST_FOR_QUEUE)
    context = {
        "nav": "questions",
        "wanted": wanted,
        "chips": queue.chips_for(user),
        "rows": _rows(page.rows),
        "after": page.after,
        "counts": queue.counts(seen),
        "most_counted": queue.MOST_COUNTED,
        "most_searched": queue.MOST_SEARCHED,
        "longest_search": LONGEST_SEARCH,
        "month": numbers.line("", month),
        "most_for_queue": numbers.MOST_FOR_QUEUE,
        "target_days": settings.QUESTION_TARGET_DAYS,
        "suggested": suggested_number(user),
        "opinions": opinions.waiting_number(user),
        "inboxes": inboxes.waiting_for(user),
    }
    return render(request, "faq/questions/queue.html", context)


@for_answerers
@require_safe
def question_numbers(request: HttpRequest) -> HttpResponse:
    """Numbers of a month, in all and by school."""
    months = numbers.months()
    chosen = next((month for month in months if month.value == request.GET.get("month")), months[0])
    asked = numbers.asked_in(chosen, queue.seen_by(user_of(request)))
    lines = numbers.lines(asked)
    context = {
        "nav": "questions",
        "months": months,
        "chosen": chosen,
        "whole": numbers.line("合计", asked),
        "lines": lines[:MOST_LINES],
        "more": max(0, len(lines) - MOST_LINES),
        "most": numbers.MOST_MEASURED,
    }
    return render(request, "faq/questions/numbers.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    chip = request.GET.get("state", "")
    usual = queue.ALL if words else queue.WAITING
    return Wanted(chip if chip in CHIPS else usual, words, request.GET.get("after", "").replace("\x00", "")[:32])


def _rows(questions: list[Question]) -> list[Row]:
    names = office_names(question.office for question in questions)
    late = queue.overdue_before()
    return [
        Row(
            question,
            place=names[question.office],
            person=name_of(question.assignee) if question.assignee else "",
            overdue=question.waits and question.waiting_since < late,
        )
        for question in questions
    ]
