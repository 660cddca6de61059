"""`/readyz` says how the portal stands; only a database that is away takes a host out."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from helpdesk.care import disks, waiting
from helpdesk.care.doctor import work
from helpdesk.common import signs
from helpdesk.common.models import Job
from tests.cast import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker_lives(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker whose sign of life counts for as long as a test may take."""
    monkeypatch.setattr(signs, "SILENT", datetime.timedelta(hours=1))
    signs.give(signs.Sign("monitors-test"))
    yield
    signs.withdraw("monitors-test")


def ready() -> dict[str, Any]:
    """Returns what `/readyz` says, after looking that the host stays in."""
    answer = Client().get("/readyz")
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said["status"], said["database"]) == (200, "ok", "ok")
    return said


def asked(owner: Any, minutes: int) -> None:
    """Makes a job that was asked for so many minutes ago."""
    job = Job.objects.create(kind="export", title="名单", owner=owner, back="/")
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - datetime.timedelta(minutes=minutes))


def test_where_all_is_well_nothing_is_warned_of(worker_lives: None) -> None:
    said = ready()
    assert said["jobs"] == {"worker": True, "waiting": 0, "oldest_waiting_seconds": 0}
    assert set(said["disk"]) == {"var_free_gb", "media_free_gb"}


def test_what_the_index_says_stays() -> None:
    index = ready()["search"]
    assert {"database_version", "indexed_version", "lag", "healthy"} <= set(index)


def test_a_dead_worker_is_a_warning(place: Place) -> None:
    asked(place.staff, minutes=1)
    jobs = ready()["jobs"]
    assert (jobs["worker"], jobs["waiting"]) == (False, 1)
    assert jobs["warning"].startswith("没有办理进程在运行，有 1 件事等着")


def test_the_age_of_the_oldest_job_is_told(place: Place, worker_lives: None) -> None:
    asked(place.staff, minutes=3)
    asked(place.staff, minutes=2)
    jobs = ready()["jobs"]
    assert 180 <= jobs["oldest_waiting_seconds"] < 600
    assert "warning" not in jobs


def test_work_that_waits_too_long_is_a_warning_and_a_finding(place: Place, worker_lives: None) -> None:
    asked(place.staff, minutes=int(waiting.LONGEST_WAIT.total_seconds()) // 60 + 5)
    assert "等得最久的已经 20 分钟" in ready()["jobs"]["warning"]
    assert "等得最久的已经 20 分钟" in next(iter(work.look())).wrong


def test_a_job_in_hand_does_not_wait(place: Place, worker_lives: None) -> None:
    asked(place.staff, minutes=30)
    Job.objects.update(state="running", lease_until=timezone.now() + datetime.timedelta(seconds=20))
    assert ready()["jobs"]["waiting"] == 0


def test_a_disk_that_is_nearly_full_is_a_warning(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(disks, "LEAST_FREE", 2**60)
    said = ready()["disk"]
    assert said["warning"] == "磁盘快满了：media、var。"
    assert str(settings.VAR_DIR) not in str(said)


def test_a_folder_that_is_not_made_yet_is_looked_at_above(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "not" / "yet")
    assert ready()["disk"]["media_free_gb"] == shutil.disk_usage(tmp_path).free // 1024**3


@pytest.mark.django_db(transaction=True)
def test_a_table_of_jobs_that_cannot_be_read_takes_no_host_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_job RENAME TO elsewhere")
    try:
        assert "没有查成批量办理" in ready()["jobs"]["warning"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO common_job")


def test_it_stays_cheap(place: Place, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(5):
        ready()
