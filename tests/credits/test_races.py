"""Equal forms at the same moment, on PostgreSQL: every step is taken once, and the others read why not."""

from __future__ import annotations

import inspect
import threading
from types import ModuleType

import pytest
from django.db import connection, connections

from credits.steps import (
    activities,
    awards,
    codes,
    corrections,
    following,
    forgetting,
    people,
    plans,
    projects,
    safety_net,
)
from tests.cast import Place
from tests.races import RACES, Outcome, Race, browser, last_event, outcome

AT_ONCE = 3
#: A code is tried in the form that redeems it, and the admin's form is taken by the steps of people.
LEFT_OUT = {"codes.code_fits", "people.keep"}


def run(race: Race, place: Place) -> Outcome:
    """Sends the form from so many threads, each with a connection of its own."""
    who, path, data = race.prepare(place)
    browsers = [browser(place, who) for _ in range(AT_ONCE)]
    since, statuses = last_event(), []
    together = threading.Barrier(AT_ONCE)

    def send(number: int) -> None:
        together.wait()
        try:
            statuses.append(browsers[number].post(path, data).status_code)
        finally:
            connections.close_all()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(AT_ONCE)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return outcome(race, since, statuses)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite takes one transaction after the other anyway")
@pytest.mark.django_db(transaction=True)
def test_equal_forms_at_once_are_one_deed(cycles: None) -> None:
    place = Place()
    outcomes = {race.name: run(race, place) for race in RACES}
    assert {name: one for name, one in outcomes.items() if one.events != 1 or one.errors} == {}


def steps_of(module: ModuleType) -> set[str]:
    """The public steps of a module: functions that are one transaction and whose refusals are in words."""
    functions = inspect.getmembers(module, inspect.isfunction)
    own = [(name, made) for name, made in functions if made.__module__ == module.__name__]
    place = module.__name__.rpartition(".")[2]
    return {f"{place}.{name}" for name, made in own if hasattr(made, "__wrapped__")}


def test_every_step_has_its_race() -> None:
    modules = (activities, awards, codes, corrections, following, forgetting, people, plans, projects, safety_net)
    steps = {step for module in modules for step in steps_of(module)}
    raced = {race.step for race in RACES} - {"importing.apply", "undoing.undo"}
    assert steps - raced == LEFT_OUT
    assert raced - steps == set()
