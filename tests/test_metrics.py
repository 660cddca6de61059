"""`/metrics` tells those whom a setting names how the portal stands, in the format of Prometheus."""

from __future__ import annotations

import datetime
import ipaddress
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from faq.models import Question
from helpdesk.care import disks
from helpdesk.common.models import Job
from helpdesk.metrics.exposition import labelled, written
from helpdesk.outages import outage
from tests.cast import Place
from tests.installation import Installation

#: A line with a value: name, labels, number.
SAMPLE = re.compile(r'([a-z_]+)((?:\{[a-z_]+="[^"\\\n]*"\})?) (-?[0-9.e+]+)')


@pytest.fixture
def on(settings: Any, tmp_path: Path) -> None:
    settings.METRICS = True
    settings.METRICS_FROM = [ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("10.1.0.0/16")]
    settings.VAR_DIR = tmp_path


def asked(address: str = "127.0.0.1", **environ: Any) -> Any:
    return Client(REMOTE_ADDR=address, **environ).get("/metrics")


def samples() -> dict[str, float]:
    """Name with labels → value, after looking that each line is well-formed and each gauge is told of first."""
    answer = asked()
    assert answer.status_code == 200
    found, told = {}, ""
    for line in answer.content.decode().splitlines():
        if line.startswith("#"):
            told = line.split()[2]
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample is not None, line
        assert sample[1] == told
        found[sample[1] + sample[2]] = float(sample[3])
    return found


@pytest.mark.django_db
def test_those_who_are_named_are_answered(on: None) -> None:
    answer = asked("10.1.2.3")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "no-store" in answer["Cache-Control"]
    assert asked("::ffff:10.1.2.3").status_code == 200


@pytest.mark.parametrize("address", ["192.0.2.7", "10.2.0.1", "::1", "unknown", ""])
def test_others_find_no_such_address(on: None, address: str) -> None:
    assert asked(address).content == Client().get("/no-such-page/").content
    assert asked(address).status_code == 404


def test_it_is_off_by_default(settings: Any) -> None:
    assert not settings.METRICS
    assert asked().status_code == 404


def test_who_comes_through_a_proxy_is_judged_by_where_they_are(on: None, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert asked(HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 404
    assert asked(HTTP_X_FORWARDED_FOR="127.0.0.1, 192.0.2.7").status_code == 404


def test_a_proxy_that_is_not_trusted_opens_nothing(on: None) -> None:
    """Everybody behind it seems to be this machine."""
    assert asked(HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 404
    assert asked(HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404


@pytest.mark.django_db
def test_only_reading_is_answered(on: None) -> None:
    assert Client().head("/metrics").status_code == 200
    assert Client().post("/metrics").status_code == 405


@pytest.mark.django_db
def test_jobs_and_questions_are_counted(on: None, place: Place) -> None:
    now = timezone.now()
    ago = now - datetime.timedelta(days=30)
    for state in ("waiting", "waiting", "failed"):
        Job.objects.create(
            kind="export", title="名单", owner=place.staff, back="/", state=state, heard_at=timezone.now()
        )
    Job.objects.update(created_at=now - datetime.timedelta(minutes=5))
    Question.objects.create(text="学分在哪里看？", waiting_since=ago)
    Question.objects.create(text="学分怎么算？")
    Question.objects.create(text="已经答复的。", state=Question.State.ANSWERED, waiting_since=ago)
    found = samples()
    assert found['helpdesk_jobs{state="waiting"}'] == 2
    assert found['helpdesk_jobs{state="running"}'] == 0
    assert found['helpdesk_jobs{state="failed"}'] == 1
    assert 300 <= found["helpdesk_job_oldest_waiting_seconds"] < 600
    assert (found["helpdesk_questions_waiting"], found["helpdesk_questions_overdue"]) == (2, 1)


@pytest.mark.django_db
def test_host_and_content_are_measured(on: None, content: None) -> None:
    found = samples()
    assert found["helpdesk_database_up"] == 1
    assert found["helpdesk_entries"] >= 40
    assert found['helpdesk_disk_free_bytes{folder="media"}'] > 0
    assert found["helpdesk_disk_least_free_bytes"] == disks.LEAST_FREE
    assert {"helpdesk_search_index_lag", "helpdesk_search_index_healthy", "helpdesk_job_workers"} <= set(found)


@pytest.mark.django_db
def test_an_outage_is_told(on: None) -> None:
    assert samples()["helpdesk_database_outage"] == 0
    outage.note_failure()
    assert samples()["helpdesk_database_outage"] == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_database_the_host_is_still_measured(on: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_job RENAME TO elsewhere")
    try:
        found = samples()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO common_job")
    assert found["helpdesk_database_up"] == 0
    assert 'helpdesk_disk_free_bytes{folder="var"}' in found
    assert "helpdesk_entries" not in found


def test_words_and_labels_cannot_break_a_line() -> None:
    text = written([labelled("x", "一行\n两行\\", "kind", {'a"b\n': 1})])
    assert text == '# HELP x 一行\\n两行\\\\\n# TYPE x gauge\nx{kind="a\\"b\\n"} 1\n'


def test_metrics_for_nobody_refuse_to_start(tmp_path: Path) -> None:
    done = Installation(tmp_path).run("-c", "import helpdesk.settings", METRICS="on")
    assert done.returncode != 0
    assert "就要写明谁可以看，例如 METRICS_FROM=" in done.stderr
