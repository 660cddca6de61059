from __future__ import annotations

from dataclasses import asdict

import pytest

from credits.models import TrainingCycle

from .make import make_cycle
from .place import Place


@pytest.fixture
def cycles(db: None) -> None:
    """Both training cycles as shipped, and nothing else. Where the entries matter too, `content` has both."""
    TrainingCycle.objects.bulk_create(TrainingCycle(**asdict(make_cycle(code))) for code in ("2018", "2023"))


@pytest.fixture
def place(db: None) -> Place:
    return Place()
