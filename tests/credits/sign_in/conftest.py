"""A teacher without an account, for the first sign-in."""

from __future__ import annotations

import pytest

from credits.models import Teacher
from tests.cast import Place, make_teacher


@pytest.fixture
def newcomer(place: Place) -> Teacher:
    return make_teacher(place.school, name="李四", staff_number="A-2")
