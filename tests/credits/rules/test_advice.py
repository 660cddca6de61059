"""The advice of a statement, in its order."""

from __future__ import annotations

from typing import Any

import pytest

from credits.rules.types import Record
from tests.credits.ledgers import (
    make_coordinated,
    make_degree,
    make_offset,
    make_self_directed,
    make_statement,
)
from tests.credits.rules.tables import ENOUGH, submitted

EVERY_TYPE: list[Record] = [
    make_coordinated(1, "provincial"),
    make_coordinated(1, "county"),
    make_coordinated(1, "all_staff"),
]
ADVICE: dict[str, tuple[list[Record], dict[str, Any], list[tuple[str, str | None]]]] = {
    "nothing at all": (
        [],
        {},
        [
            ("type_missing", "national_provincial"),
            ("type_missing", "municipal_county"),
            ("type_missing", "all_staff"),
        ],
    ),
    "every type, short": (EVERY_TYPE, {}, []),
    "the safety net is all-staff training too": (
        [make_coordinated(1, "national"), make_coordinated(1, "municipal"), make_coordinated(1, "safety_net")],
        {},
        [],
    ),
    "a type counts only where something is counted": (
        [*EVERY_TYPE[:2], make_coordinated(1, "all_staff", converted=False)],
        {},
        [("type_missing", "all_staff"), ("fix_conversion", None)],
    ),
    "a degree is no type": ([*EVERY_TYPE[1:], make_degree(8)], {}, [("type_missing", "national_provincial")]),
    "another offset is no type and does not help to skip": (
        [make_coordinated(20, "national"), make_offset(8), ENOUGH],
        {},
        [("type_missing", "municipal_county"), ("type_missing", "all_staff")],
    ),
    "a surplus does not help": ([*EVERY_TYPE, make_self_directed("10.01")], {}, [("surplus_not_transferable", None)]),
    "no surplus": ([*EVERY_TYPE, ENOUGH], {}, []),
    "a surplus beside enough training": (
        [*EVERY_TYPE, make_coordinated(23, "all_staff"), make_self_directed(11)],
        {},
        [],
    ),
    "26 of national to county training": (
        [make_coordinated(13, "national"), make_coordinated(13, "municipal"), ENOUGH],
        {},
        [("type_missing", "all_staff"), ("may_skip_all_staff", None)],
    ),
    "25.99 of national to county training": (
        [make_coordinated("12.99", "national"), make_coordinated(13, "municipal"), make_coordinated(5, "all_staff")],
        {},
        [],
    ),
    "a degree does not help to skip": (
        [make_coordinated(10, "national"), make_coordinated(10, "county"), make_degree(8)],
        {},
        [("type_missing", "all_staff")],
    ),
    "a plan is pending": ([*EVERY_TYPE, submitted(1, "workshop")], {}, [("plan_pending", None)]),
    "not converted": ([*EVERY_TYPE, make_coordinated(1, converted=False)], {}, [("fix_conversion", None)]),
    "not converted, but a duplicate": (
        [*EVERY_TYPE, make_coordinated(1, project="P"), make_coordinated(1, converted=False, project="P")],
        {},
        [],
    ),
    "everything for one who is short, in order": (
        [
            make_coordinated(1, "county", "2024-07-10"),
            make_coordinated(1, "all_staff", "2024-07-10", converted=False),
            make_self_directed(11, on="2024-10-12"),
            submitted(1, "workshop", "2024-10-12"),
        ],
        {"cycle": "2023", "as_of": "2025-01-01"},
        [
            ("type_missing", "national_provincial"),
            ("type_missing", "all_staff"),
            ("surplus_not_transferable", None),
            ("plan_pending", None),
            ("carried_forward", None),
            ("fix_conversion", None),
        ],
    ),
    "everything for one who has enough, in order": (
        [
            make_coordinated(26, "county", "2024-07-10"),
            make_coordinated(1, "all_staff", "2024-07-10", converted=False),
            make_self_directed(11, on="2024-10-12"),
            submitted(1, "workshop", "2024-10-12"),
        ],
        {"cycle": "2023", "as_of": "2025-01-01"},
        [
            ("type_missing", "national_provincial"),
            ("type_missing", "all_staff"),
            ("may_skip_all_staff", None),
            ("plan_pending", None),
            ("carried_forward", None),
            ("fix_conversion", None),
        ],
    ),
}
ADVICE_ENTRIES = {
    "type_missing": ["credits-02"],
    "surplus_not_transferable": ["credits-02"],
    "may_skip_all_staff": ["credits-13"],
    "plan_pending": ["credits-14", "credits-15"],
    "carried_forward": ["credits-05"],
    "fix_conversion": ["credits-01"],
}


@pytest.mark.parametrize("name", ADVICE)
def test_advice(name: str) -> None:
    records, about, expected = ADVICE[name]
    advice = make_statement(*records, **about)["advice"]
    assert [(item["code"], item["detail"]) for item in advice] == expected
    assert all(item["entries"] == ADVICE_ENTRIES[item["code"]] and item["text"].endswith("。") for item in advice)


@pytest.mark.parametrize("position", ["teaching", "administration", "seconded"])
def test_carried_forward_numbers_are_told_under_every_verdict(position: str) -> None:
    data = make_statement(cycle="2023", as_of="2025-01-01", position=position)
    assert data["confirmed"] is False
    assert "沿用上一周期" in data["advice"][-1]["text"]
