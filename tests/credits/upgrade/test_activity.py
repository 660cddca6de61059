"""活跃度 of a county."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from credits.upgrade.activity import activity, activity_text


@pytest.mark.parametrize(
    ("points", "users", "items", "text"),
    [
        ("0", 1, 0, "0.00"),
        ("100", 3, 0, "33.33"),
        ("200", 3, 0, "66.67"),
        ("1", 200, 0, "0.01"),  # 0.005 goes up
        ("0.99", 200, 0, "0.00"),
        ("1234567", 1000, 5, "1259.57"),
        ("10", 4, 2, "12.50"),
    ],
)
def test_activity_is_points_a_user_and_items(points: str, users: int, items: int, text: str) -> None:
    value = activity(Decimal(points), users, items)
    assert value == Fraction(points) / users + 5 * items
    assert activity_text(value) == text


@pytest.mark.parametrize(("users", "items"), [(0, 0), (-1, 0), (1, 6), (1, -1)])
def test_impossible_sums_are_refused(users: int, items: int) -> None:
    with pytest.raises(ValueError, match="there"):
        activity(100, users, items)
