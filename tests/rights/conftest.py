"""The world that all rights are tried in."""

from __future__ import annotations

import pytest

from tests.rights.world import World
from tests.shared import MAKERS, Shared

MAKERS["world"] = World


@pytest.fixture
def world(shared: Shared, cycles: None) -> World:
    return shared.get("world")
