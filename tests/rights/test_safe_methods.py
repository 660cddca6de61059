"""A GET changes nothing but the records of looks and of refusals: every address × everybody, with overdue rows too."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from credits.models import SpreadsheetImport
from helpdesk.common.models import Job
from tests.rights.matrix import MATRIX, PEOPLE
from tests.rights.test_addresses import LOOKS, everything, path_of
from tests.rights.world import World

LONG_AGO = datetime.timedelta(days=400)


@pytest.fixture
def overdue(world: World) -> None:
    """An upload that nobody confirmed, a job that is long over, and one that has died."""
    staff = world.place.staff
    upload = SpreadsheetImport.objects.create(kind="teachers", state="ready", owner=staff, file_name="alt.xlsx")
    SpreadsheetImport.objects.filter(pk=upload.pk).update(created_at=timezone.now() - LONG_AGO)
    for state in ("done", "running"):
        Job.objects.create(kind="export", title="导出", owner=staff, back="/", state=state)
    Job.objects.exclude(pk=world.job.pk).update(created_at=timezone.now() - LONG_AGO)


def content() -> dict[str, list[Any]]:
    """Every row of every table but looks, sessions and counters."""
    rows = everything()
    for label in LOOKS:
        del rows[label]
    return rows


@pytest.mark.usefixtures("overdue")
@pytest.mark.parametrize("name", MATRIX)
def test_a_get_changes_no_row(world: World, name: str) -> None:
    path = path_of(MATRIX[name], world)
    clients = [world.client(who) for who in PEOPLE]
    before = content()
    for client in clients:
        client.get(path)
        client.head(path)
    assert content() == before
