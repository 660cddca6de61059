"""The tone in which pages show each status of a row."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import engines

from credits.models import (
    DegreeAward,
    OffsetAward,
    SafetyNetPlan,
    SchoolPlan,
    SpreadsheetImport,
    TrainingProject,
    TrainingResult,
)

SHOWN = [
    (SchoolPlan, {"draft": "open", "filed": "open", "returned": "short", "approved": "good"}),
    (SafetyNetPlan, {"forecast": "open", "planned": "open", "filed": "open", "returned": "short"}),
    (SafetyNetPlan, {"recorded": "good", "under_way": "good"}),
    (TrainingProject, {"draft": "open", "published": "good"}),
    (TrainingResult, {"entered": "open", "reviewed": "good"}),
    (OffsetAward, {"entered": "open", "returned": "short", "credited": "good"}),
    (DegreeAward, {"entered": "open", "returned": "short", "credited": "good"}),
    (SpreadsheetImport, {"refused": "short", "ready": "open", "applied": "good", "undone": "open"}),
    (SpreadsheetImport, {"displaced": "short"}),
]
CASES = [(model, value, tone) for model, tones in SHOWN for value, tone in tones.items()]


@pytest.mark.parametrize(("model", "value", "tone"), CASES)
def test_a_state_is_shown_in_its_tone_with_its_label(model: Any, value: str, tone: str) -> None:
    name = "state" if model is SpreadsheetImport else "status"
    row = model(**{name: value})
    shown = engines["django"].from_string("{% load credit %}{% state row %}").render({"row": row})
    label = dict(row._meta.get_field(name).choices)[value]
    assert shown.strip() == f'<span class="state state-{tone}">{label}</span>'


def test_every_state_of_every_model_has_a_case() -> None:
    values = {(model, value) for model, value, _ in CASES}
    for model, _ in SHOWN:
        states = getattr(model, "State" if model is SpreadsheetImport else "Status")
        assert {(model, value) for value in states.values} <= values
