"""Shared rows, made once for all tests that need them in a row: Django's `setUpTestData` for fixtures.

Each thing is made inside a transaction that stays open around those of the tests. What a test changes is rolled back
to it, and the objects are handed out as deep copies. A test that commits (`transaction=True`, a live server) finds an
empty database and makes the thing for itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import pytest
from django.db import transaction

Maker = Callable[[], Any]
#: All that can be shared, in the order in which it is made. Each conftest adds what its tests share.
MAKERS: dict[str, Maker] = {}
COMMITTING = {"transactional_db", "live_server"}


class Layer:
    """One thing that was made, and the transaction in which its rows stand."""

    def __init__(self, name: str, make: Maker) -> None:
        self.name = name
        self._around = transaction.atomic()
        self._around.__enter__()
        try:
            self.value = make()
        except BaseException:
            self.undo()
            raise

    def undo(self) -> None:
        transaction.set_rollback(True)
        self._around.__exit__(None, None, None)


class Shared:
    """The things that stand at present, each resting on those before it."""

    def __init__(self) -> None:
        self._layers: list[Layer] = []

    def hold(self, names: Sequence[str]) -> None:
        """Makes these stand and no others. What stands already and rests on the same is kept."""
        standing = [layer.name for layer in self._layers]
        kept = 0
        while kept < min(len(standing), len(names)) and standing[kept] == names[kept]:
            kept += 1
        while len(self._layers) > kept:
            self._layers.pop().undo()
        for name in names[kept:]:
            self._layers.append(Layer(name, MAKERS[name]))

    def get(self, name: str) -> Any:
        """A copy of the thing as it was made; where it does not stand, a new one in the test's own transaction."""
        for layer in self._layers:
            if layer.name == name:
                return copy.deepcopy(layer.value)
        return MAKERS[name]()


def commits(item: pytest.Function) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or not COMMITTING.isdisjoint(item.fixturenames)


def uses_database(item: pytest.Function) -> bool:
    return bool(item.get_closest_marker("django_db")) or "db" in item.fixturenames or commits(item)


def wanted(item: pytest.Function) -> list[str]:
    """The shared things that a test asks for, in the order of making; none for a test that commits."""
    if commits(item):
        return []
    callspec = getattr(item, "callspec", None)
    own = callspec.params if callspec else {}  # parameters of the test, which may be called like a fixture
    return [name for name in MAKERS if name in item.fixturenames and name not in own]


def prepare(items: list[pytest.Item]) -> None:
    """Puts `shared` before each test's own transaction, and brings together what in a module needs the same."""
    tests = [item for item in items if isinstance(item, pytest.Function)]
    others = [item for item in items if not isinstance(item, pytest.Function)]
    for item in tests:
        if uses_database(item) and item.fixturenames[0] != "shared":
            item.fixturenames[:] = ["shared", *(name for name in item.fixturenames if name != "shared")]
    runs = groupby(tests, key=lambda item: (item.module.__name__, uses_database(item), commits(item)))
    in_order = [item for _, run in runs for item in sorted(run, key=wanted)]
    items[:] = [*in_order, *others]
