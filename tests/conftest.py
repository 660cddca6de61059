"""Fixtures of all tests: an index folder of one's own, and on request the content, the cast or a whole installation."""

from __future__ import annotations

import copy
import gc
import os
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import Client

from credits.models import TrainingCycle
from faq.models import Category, Document, Entry
from helpdesk.common import ratelimit
from helpdesk.management.commands.bootstrap import FIXTURES, load_once
from tests.cast import Crowd, Place, make_editor, signed_in
from tests.credits.ledgers import fields_of_cycle
from tests.installation import Installation, Server
from tests.shared import MAKERS, Shared, prepare, uses_database, wanted

DAY = 24 * 3600


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("REQUIRE_POSTGRESQL") and connection.vendor != "postgresql":
        raise pytest.UsageError(f"REQUIRE_POSTGRESQL is set, but DATABASE_URL names {connection.vendor}")
    # While tests are collected, pages must not look for the end of an outage that a server of this checkout noted.
    folder = TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    django_settings.VAR_DIR = Path(folder.name)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    prepare(items)
    for item in items:
        if isinstance(item, pytest.Function) and uses_database(item):
            item.add_marker("database")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keeps modules and collected tests out of every later collection of garbage, which takes a second otherwise."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = (time.time() // DAY + 1) * DAY  # no window of a limit ends in the middle of a test
    monkeypatch.setattr(ratelimit, "time", SimpleNamespace(time=lambda: tomorrow))
    settings.SEARCH_INDEX_DIR = tmp_path / "search"
    settings.VAR_DIR = tmp_path
    settings.RATE_LIMITS = True
    settings.WHITENOISE_AUTOREFRESH = True  # else every client lists the static files anew
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes its time


# --- made once for many tests ------------------------------------------------------------------------------------


@cache
def loaded_rows() -> list[Model]:
    """Every row that loading the fixtures leaves. Loading takes its time, so later tests get copies of these."""
    for name in FIXTURES:
        load_once(name)
    own = [apps.get_app_config(label) for label in ("faq", "credits", "helpdesk")]
    order = {Document: 0, Category: 1, Entry: 2}
    models = sorted((model for app in own for model in app.get_models()), key=lambda model: order.get(model, 3))
    return [row for model in models for row in model._default_manager.order_by("pk")]


def load_content() -> None:
    rows = [copy.copy(row) for row in loaded_rows()]
    if not Entry.objects.exists():
        for model in dict.fromkeys(type(row) for row in rows):
            model._default_manager.bulk_create([row for row in rows if type(row) is model])


def load_cycles() -> None:
    TrainingCycle.objects.bulk_create(TrainingCycle(**fields_of_cycle(code)) for code in ("2018", "2023"))


MAKERS.update(content=load_content, cycles=load_cycles, place=Place, crowd=Crowd)


@pytest.fixture(scope="session")
def shared_by_all(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shared]:
    shared = Shared()
    yield shared
    with django_db_blocker.unblock():
        shared.hold([])


@pytest.fixture
def shared(request: pytest.FixtureRequest, shared_by_all: Shared, surroundings: None, django_db_blocker: Any) -> Shared:
    """Makes stand what this test shares with others. `prepare` puts it first, outside the test's own transaction.

    `shared_by_all` must come before `surroundings`: setting the test environment up changes settings for good.
    """
    with django_db_blocker.unblock():
        shared_by_all.hold(wanted(request.node))
    return shared_by_all


@pytest.fixture
def content(shared: Shared, db: None) -> None:
    """Both documents, phrasings, synonyms and the training cycles, as bootstrap loads them."""
    shared.get("content")


@pytest.fixture
def cycles(shared: Shared, db: None) -> None:
    """Both training cycles as shipped, and nothing else. Where the entries matter too, `content` has both."""
    shared.get("cycles")


@pytest.fixture
def place(shared: Shared, db: None) -> Place:
    """The county of 桃源 and its people; its teachers have summaries only where cycles were loaded before."""
    return shared.get("place")


@pytest.fixture
def crowd(shared: Shared, db: None) -> Crowd:
    """The same county with two teachers more, of whom one teaches in another county."""
    return shared.get("crowd")


# --- the rest ----------------------------------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client, content: None) -> User:
    """An editor of questions and answers, who is signed in to `client`."""
    user = make_editor()
    client.force_login(user)
    return user


@pytest.fixture
def editor_client(content: None) -> Client:
    """A browser in which an editor is signed in, beside the `client` of somebody who is not."""
    return signed_in(make_editor())


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Content, demo accounts and static files, otherwise as in production. Tests leave it as they found it."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.set_up()
    return made


@pytest.fixture(scope="session")
def server(installation: Installation) -> Iterator[Server]:
    with installation.serve() as server:
        yield server
