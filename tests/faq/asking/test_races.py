"""The same step of a question at the same moment, on PostgreSQL: it is taken once, and the others read why not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.contrib.auth.models import User

from faq.asking import steps
from faq.asking.steps import answering, askers
from faq.models import Question, QuestionMessage
from tests.at_once import AT_ONCE, NOT_ON_SQLITE, at_once
from tests.cast import Place
from tests.faq.asking.asked import answered, make_question

Before = Callable[[Place], Question]
Act = Callable[[Question, User, str], object]


class Race(NamedTuple):
    """A step, what comes before it, and how many of the equal calls leave a line in the history, or are refused."""

    before: Before
    act: Act
    lines: int = 1
    refused: int = AT_ONCE - 1


def waiting(place: Place) -> Question:
    return make_question(place)


def taken(place: Place) -> Question:
    return steps.take(make_question(place), place.reviewer)


def done(place: Place) -> Question:
    return answered(make_question(place), place.reviewer)


def nearly_full(place: Place) -> Question:
    """A question to which one word more may be added."""
    question = make_question(place)
    for number in range(askers.MOST_ADDED - 1):
        steps.add(question, f"第 {number} 句")
    return question


RACES: dict[str, Race] = {
    # A second press changes nothing more, so none is refused.
    "add": Race(nearly_full, lambda row, by, seen: steps.add(row, "最后一句"), refused=0),
    "not_helped": Race(done, lambda row, by, seen: steps.not_helped(row), refused=0),
    "solved": Race(done, lambda row, by, seen: steps.solved(row), refused=0),
    "take": Race(waiting, lambda row, by, seen: steps.take(row, by, seen=seen)),
    "release": Race(taken, lambda row, by, seen: steps.release(row, by, seen=seen)),
    "assign": Race(waiting, lambda row, by, seen: steps.assign(row, by, by, seen=seen)),
    # Notes of several people are all kept: they decide nothing.
    "note": Race(waiting, lambda row, by, seen: steps.note(row, "备注", by), lines=AT_ONCE, refused=0),
    "answer": Race(waiting, lambda row, by, seen: steps.answer(row, "毕业证。", by, seen=seen)),
    "hand_on": Race(waiting, lambda row, by, seen: steps.hand_on(row, "", "是网站的事", by, seen=seen)),
    "close": Race(waiting, lambda row, by, seen: steps.close(row, "重复了", by, seen=seen)),
}


def refusals(act: Callable[[], object]) -> tuple[int, list[str]]:
    """Does `act` several times at once; returns the number of refusals, and other errors."""
    together = at_once(act)
    return len(together.refused), together.errors


def run(race: Race, place: Place, by: User) -> tuple[int, int, list[str]]:
    """Returns the lines that the step left in the history, the refusals, and other errors."""
    row = race.before(place)
    seen, since = steps.seen_of(row), QuestionMessage.objects.count()
    refused, errors = refusals(lambda: race.act(Question.objects.get(pk=row.pk), by, seen))
    return QuestionMessage.objects.count() - since, refused, errors


@NOT_ON_SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_step_at_once_is_taken_once() -> None:
    place = Place()
    outcomes = {name: run(race, place, place.superuser) for name, race in RACES.items()}
    wanted: dict[str, tuple[int, int, list[str]]] = {
        name: (race.lines, race.refused, []) for name, race in RACES.items()
    }
    assert {name: one for name, one in outcomes.items() if one != wanted[name]} == {}


@NOT_ON_SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_form_at_once_is_one_question() -> None:
    asked = steps.Asked(text="密码忘了怎么办", form_key="race")
    assert refusals(lambda: steps.ask(asked)) == (0, [])
    assert Question.objects.count() == 1


def test_every_step_of_asking_has_its_race() -> None:
    modules = (answering, askers)
    named = {name: made for module in modules for name, made in inspect.getmembers(module, inspect.isfunction)}
    public = {name for name, made in named.items() if hasattr(made, "__wrapped__") and not name.startswith("_")}
    assert public == set(RACES)
