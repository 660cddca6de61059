"""Fixtures of the credits tests."""

from __future__ import annotations

import pytest

from tests.cast import Place
from tests.credits.forgetting import Life
from tests.shared import MAKERS, Shared

MAKERS["life"] = lambda: Life(Place())


@pytest.fixture
def life(shared: Shared, cycles: None) -> Life:
    """A teacher who left all traces that one can leave, and a colleague of the same name."""
    return shared.get("life")
