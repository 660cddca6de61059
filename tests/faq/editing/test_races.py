"""The same step of editing at the same moment, on PostgreSQL: it is taken once, and the others read why not."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from faq.editing import steps
from faq.editing.steps import bin as bin_steps
from faq.editing.steps import caring, deciding, drafts, phrasing
from faq.models import Entry, EntryEvent
from tests.at_once import AT_ONCE, NOT_ON_SQLITE, at_once
from tests.cast import make_entry
from tests.faq.editing.authors import changed

Act = Callable[[Entry, str], Any]


def tomorrow() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=1)


def drafted(row: Entry, by: User) -> None:
    steps.write(row, changed(row, notice="草稿"), by)


def waiting(row: Entry, by: User) -> None:
    drafted(row, by)
    steps.submit(row, by)


def binned(row: Entry, by: User) -> None:
    steps.throw_away(row, by)


def rewritten(row: Entry, by: User) -> None:
    steps.write_and_publish(row, changed(row, notice="一"), by)


#: Step → what comes before it, and how it is taken.
RACES: dict[str, tuple[Callable[[Entry, User], object], Callable[[Entry, User, str], object]]] = {
    "write": (drafted, lambda row, by, seen: steps.write(row, changed(row, notice="又一版"), by, seen=seen)),
    "submit": (drafted, lambda row, by, seen: steps.submit(row, by, seen=seen)),
    "drop": (drafted, lambda row, by, seen: steps.drop(row, by, seen=seen)),
    "restore": (rewritten, lambda row, by, seen: steps.restore(row, 1, by, seen=seen)),
    "publish": (drafted, lambda row, by, seen: steps.publish(row, by, seen=seen)),
    "schedule": (drafted, lambda row, by, seen: steps.schedule(row, tomorrow(), by, seen=seen)),
    "send_back": (waiting, lambda row, by, seen: steps.send_back(row, "理由", by, seen=seen)),
    "withdraw": (rewritten, lambda row, by, seen: steps.withdraw(row, by, seen=seen)),
    "throw_away": (drafted, lambda row, by, seen: steps.throw_away(row, by, seen=seen)),
    "put_back": (binned, lambda row, by, seen: steps.put_back(row, by)),
    "write_and_publish": (
        drafted,
        lambda row, by, seen: steps.write_and_publish(row, changed(row, notice="马上"), by, seen=seen),
    ),
    "write_and_submit": (
        drafted,
        lambda row, by, seen: steps.write_and_submit(row, changed(row, notice="请看"), by, seen=seen),
    ),
    "add_phrasing": (rewritten, lambda row, by, seen: steps.add_phrasing(row, "怎么补修", by, seen=seen)),
    "care": (drafted, lambda row, by, seen: steps.care(row, by, seen=seen, checked_on=timezone.localdate())),
}


def run(name: str, by: User) -> tuple[int, int, list[str]]:
    """Takes a step from so many threads; returns the events it left, the refusals, and other errors."""
    before, act = RACES[name]
    entry = make_entry(ref=f"race-{name.replace('_', '-')}")
    before(entry, by)
    row = Entry.objects.get(pk=entry.pk)
    seen, since = steps.seen_of(row), EntryEvent.objects.count()
    together = at_once(lambda: act(Entry.objects.get(pk=row.pk), by, seen))
    return EntryEvent.objects.count() - since, len(together.refused), together.errors


@NOT_ON_SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_step_at_once_is_taken_once(content: None) -> None:
    by = User.objects.create_superuser("root")
    outcomes = {name: run(name, by) for name in RACES}
    assert {name: one for name, one in outcomes.items() if one != (1, AT_ONCE - 1, [])} == {}


def test_every_step_of_editing_has_its_race() -> None:
    modules = (bin_steps, caring, deciding, drafts, phrasing)
    named = {name: made for module in modules for name, made in inspect.getmembers(module, inspect.isfunction)}
    public = {name for name, made in named.items() if hasattr(made, "__wrapped__") and not name.startswith("_")}
    assert public == set(RACES)
