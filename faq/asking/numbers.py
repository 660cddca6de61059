"""Numbers of a month: questions asked, and how long the first answer took, in all and by office."""

from __future__ import annotations

import datetime
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from ..models import Question
from .people import office_names

#: Questions of a month that are measured, the newest of them: so a page takes the same time whatever is stored.
MOST_MEASURED = 5_000
#: Fewer, for the one number above the queue.
MOST_FOR_QUEUE = 300
#: Months that one may look at, this one included.
MONTHS = 12


class Month(NamedTuple):
    """A month of the calendar."""

    year: int
    month: int

    @property
    def value(self) -> str:
        """The month as an address has it: 2026-11."""
        return f"{self.year}-{self.month:02}"

    @property
    def label(self) -> str:
        return f"{self.year} 年 {self.month} 月"

    @property
    def begins(self) -> datetime.datetime:
        return datetime.datetime(self.year, self.month, 1, tzinfo=timezone.get_current_timezone())

    @property
    def before(self) -> Month:
        return Month(self.year, self.month - 1) if self.month > 1 else Month(self.year - 1, 12)

    @property
    def after(self) -> Month:
        return Month(self.year, self.month + 1) if self.month < 12 else Month(self.year + 1, 1)


class Asked(NamedTuple):
    """A question as far as it is measured; `took` is none before the first answer."""

    office: str
    took: datetime.timedelta | None


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers of one office, or of all."""

    name: str
    asked: int
    answered: int
    #: Median time to the first answer; none where nothing was answered.
    took: datetime.timedelta | None


def this_month() -> Month:
    today = timezone.localdate()
    return Month(today.year, today.month)


def months() -> list[Month]:
    """Returns the months that one may look at, the newest first."""
    found = [this_month()]
    while len(found) < MONTHS:
        found.append(found[-1].before)
    return found


def asked_in(month: Month, seen: QuerySet[Question], most: int = MOST_MEASURED) -> list[Asked]:
    """Returns the newest questions of a month, of those that somebody may see."""
    rows = seen.filter(asked_at__gte=month.begins, asked_at__lt=month.after.begins)
    values = rows.order_by("-asked_at", "-id").values_list("office", "asked_at", "first_answered_at")[:most]
    return [Asked(office, first - at if first else None) for office, at, first in values]


def line(name: str, asked: Iterable[Asked]) -> Line:
    """Returns the numbers of these questions."""
    questions = list(asked)
    seconds = [question.took.total_seconds() for question in questions if question.took is not None]
    took = datetime.timedelta(seconds=statistics.median(seconds)) if seconds else None
    return Line(name, len(questions), len(seconds), took)


def lines(asked: Iterable[Asked]) -> list[Line]:
    """Returns a line for each office, the one with most questions first."""
    by_office: defaultdict[str, list[Asked]] = defaultdict(list)
    for question in asked:
        by_office[question.office].append(question)
    names = office_names(by_office.keys())
    found = [line(names[path], questions) for path, questions in by_office.items()]
    return sorted(found, key=lambda one: (-one.asked, one.name))
