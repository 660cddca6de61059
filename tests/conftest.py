"""What every test finds: an index folder of its own, and on request the content or a whole installation."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from faq.models import Category, Document, Entry
from helpdesk.management.commands.bootstrap import FIXTURES, load_once

from .installation import Installation, Server


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("REQUIRE_POSTGRESQL") and connection.vendor != "postgresql":
        raise pytest.UsageError(f"REQUIRE_POSTGRESQL is set, but DATABASE_URL names {connection.vendor}")


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "search"
    settings.RATE_LIMITS = True
    settings.WHITENOISE_AUTOREFRESH = True  # else every client lists the static files anew
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes its time


@cache
def loaded_rows() -> list[Model]:
    """Every row that loading the fixtures leaves. Loading takes its time, so later tests get copies of these."""
    for name in FIXTURES:
        load_once(name)
    own = [apps.get_app_config(label) for label in ("faq", "credits", "helpdesk")]
    order = {Document: 0, Category: 1, Entry: 2}
    models = sorted((model for app in own for model in app.get_models()), key=lambda model: order.get(model, 3))
    return [row for model in models for row in model._default_manager.order_by("pk")]


@pytest.fixture
def content(db: None) -> None:
    """Both documents, phrasings, synonyms and the training cycles, as bootstrap loads them."""
    rows = [copy.copy(row) for row in loaded_rows()]
    if not Entry.objects.exists():
        for model in dict.fromkeys(type(row) for row in rows):
            model._default_manager.bulk_create([row for row in rows if type(row) is model])


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
