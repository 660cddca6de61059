"""Helpers of the tests of steps: what counts afterwards, the history, and the words of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from credits.models import (
    StatementSummary,
    Teacher,
    TrainingCycle,
)
from credits.rules.evaluate import evaluate
from credits.rules.types import Statement
from credits.statements.calendar import rules_cycle
from credits.statements.from_rows import of_teachers
from credits.steps.history import events_of


def statement(teacher: Teacher) -> Statement:
    cycle = rules_cycle(TrainingCycle.objects.get(code="2018"))
    return evaluate(of_teachers([teacher.pk], cycle, date(2023, 8, 31))[teacher.pk])


def summary(teacher: Teacher) -> StatementSummary:
    return teacher.summaries.get(cycle__code="2018")


def history(row: Any) -> list[str]:
    return [event.action for event in events_of(row).order_by("pk")]


def refused(step: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        step()
    said = " ".join(caught.value.messages)
    assert words in said, said
