"""Long work: its thread, the page that shows how far it is, how it ends or dies, and who may see it."""

from __future__ import annotations

import datetime
import io
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from credits import bulk, jobs
from credits.models import Job, StatementAccess, StatementSummary, TrainingCycle
from credits.models.jobs import SILENT
from credits.processes.history import Refusal
from credits.views.jobs import in_words

from .county import County, signed_in
from .rows import make_result

STEPS = 4


class Gate:
    """Work that stops in the middle until the test has looked."""

    def __init__(self) -> None:
        self.in_the_middle, self.go_on = threading.Event(), threading.Event()

    def work(self, job: Job, progress: jobs.Progress) -> None:
        for done in range(1, STEPS + 1):
            progress(done, "正在试")
            if done == STEPS // 2:
                self.in_the_middle.set()
                assert self.go_on.wait(20)
        job.message, job.details = "都试过了。", ["第一条", "<b>第二条</b>"]


@pytest.fixture
def kinds() -> Iterator[dict[str, jobs.Runner]]:
    """What does which work; kinds that a test adds are gone afterwards."""
    known = dict(jobs.RUNNERS)
    yield jobs.RUNNERS
    jobs.RUNNERS.clear()
    jobs.RUNNERS.update(known)


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser("owner")


def begin(owner: User, kind: str = "try", total: int = STEPS, **parameters: Any) -> Job:
    return jobs.start(kind, "试一试", owner, back="/credits/teachers/?q=x", total=total, **parameters)


def make_job(owner: User, **fields: Any) -> Job:
    defaults = {"kind": "try", "title": "试一试", "owner": owner, "back": "/credits/teachers/", "total": STEPS}
    now = timezone.now()
    return Job.objects.create(**defaults | {"state": "running", "started_at": now, "heard_at": now} | fields)


def address(job: Job, name: str = "job") -> str:
    return reverse(f"credits:{name}", args=[job.public_id])


def page(user: User, job: Job) -> str:
    return signed_in(user).get(address(job)).content.decode()


def refresh(user: User, job: Job, query: str = "") -> str | None:
    """After how many seconds the browser asks again."""
    return signed_in(user).get(address(job) + query).headers.get("Refresh")


def join(job: Job) -> None:
    """Waits for the job's thread to end."""
    for thread in threading.enumerate():
        if thread.name == f"job-{job.pk}":
            thread.join(20)
            assert not thread.is_alive()


# --- in a thread of its own --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_larger_work_goes_on_in_a_thread_and_its_page_shows_how_far(
    owner: User, kinds: dict[str, jobs.Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    monkeypatch.setattr(jobs, "EVERY", 0)
    gate = Gate()
    kinds["try"] = gate.work
    job = begin(owner)
    assert gate.in_the_middle.wait(20)
    try:
        body = page(owner, job)
        assert "<title>50% 试一试" in body
        assert "2 / 4，正在试" in body
        assert '<progress class="job-progress" value="2" max="4"' in body
        assert "大约还要" in body
        assert refresh(owner, job) == "2"
        assert refresh(owner, job, "?still=1") is None
    finally:
        gate.go_on.set()
    join(job)
    body = page(owner, job)
    assert "都试过了。" in body
    assert "<li>&lt;b&gt;第二条&lt;/b&gt;</li>" in body
    assert 'href="/credits/teachers/?q=x"' in body
    assert refresh(owner, job) is None
    assert "<progress" not in body


@pytest.mark.django_db(transaction=True)
def test_work_begins_only_when_what_it_rests_on_is_saved(
    owner: User, kinds: dict[str, jobs.Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    began = threading.Event()
    kinds["try"] = lambda job, progress: began.set()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        begin(owner)
        raise ZeroDivisionError
    assert not Job.objects.exists()
    with transaction.atomic():
        job = begin(owner)
        assert not began.wait(0.2)
    join(job)
    assert began.is_set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cycles")
def test_an_export_and_a_recomputing_in_threads_do_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AT_ONCE", 0), ("EVERY", 0)):
        monkeypatch.setattr(jobs, name, value)
    monkeypatch.setattr(bulk, "EXPORTED_AT_ONCE", 0)
    place = County()
    make_result(place.teacher, credits=6)
    TrainingCycle.objects.filter(code="2018").update(coordinated_required=30)
    client = signed_in(place.reviewer)
    chosen = {"all": "1", "cycle": "2018", "sort": "coordinated"}
    client.post("/credits/teachers/recompute/", chosen)
    job = Job.objects.get(kind="recompute")
    join(job)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert StatementSummary.objects.get(cycle__code="2018", teacher=place.teacher).coordinated_missing == 24
    client.post("/credits/teachers/export/", chosen)
    job = Job.objects.get(kind="export")
    join(job)
    file = client.get(address(job, "job-file"))
    rows = list(load_workbook(io.BytesIO(file.content))["教师名单"].iter_rows(min_row=6, values_only=True))
    assert [(row[0], row[6]) for row in rows] == [("李四", 30), ("王五", 30), ("张三", 24)]
    assert StatementAccess.objects.filter(kind="export").count() == 3


# --- how it ends -------------------------------------------------------------------------------------------------


def test_small_work_is_over_at_once(owner: User, kinds: dict[str, jobs.Runner]) -> None:
    def work(job: Job, progress: jobs.Progress) -> None:
        job.message = "好了。"

    kinds["try"] = work
    job = begin(owner)
    assert (job.state, job.done, job.percent) == ("done", STEPS, 100)
    assert "好了。" in page(owner, job)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Refusal("这所学校的方案还没有通过。"), "这所学校的方案还没有通过。"),
        (PermissionDenied(), "您没有办这件事的权限，请找系统管理员。"),
        (RuntimeError("secret detail"), "系统出了点问题，没有办完，请稍后再试一次。"),
    ],
)
def test_an_error_becomes_a_sentence(
    owner: User, kinds: dict[str, jobs.Runner], error: Exception, sentence: str
) -> None:
    def work(job: Job, progress: jobs.Progress) -> None:
        raise error

    kinds["try"] = work
    job = begin(owner)
    assert job.state == "failed"
    body = page(owner, job)
    assert sentence in body
    assert 'role="alert"' in body
    assert "secret detail" not in body
    assert refresh(owner, job) is None
    assert signed_in(owner).get(address(job, "job-file")).status_code == 404


@pytest.mark.usefixtures("cycles")
def test_where_an_exports_file_cannot_be_kept_nobody_was_looked_at() -> None:
    place = County()
    job = make_job(place.reviewer, kind="export", parameters={"selection": "all=1&cycle=2018"})
    Job.objects.all().delete()
    with pytest.raises(DatabaseError):
        bulk.export_later(job, jobs.Progress(job))
    assert not StatementAccess.objects.exists()


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_work_that_died_says_so_and_how_to_go_on(owner: User, state: str) -> None:
    long_ago = timezone.now() - 2 * SILENT
    job = make_job(owner, state=state, done=1, heard_at=long_ago)
    body = page(owner, job)
    assert "这件事中途停了，办到 1 / 4" in body
    assert "请回去再办一次" in body
    assert refresh(owner, job) is None
    assert "<progress" not in body


def test_work_that_was_heard_of_lately_has_not_died(owner: User) -> None:
    job = make_job(owner, done=1, heard_at=timezone.now() - SILENT / 2)
    assert "中途停住" not in page(owner, job)
    assert refresh(owner, job) == "2"


def test_work_that_waits_shows_no_time_left(owner: User) -> None:
    body = page(owner, make_job(owner, state="waiting", started_at=None, heard_at=None))
    assert "0 / 4，马上开始" in body
    assert "大约还要" not in body


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (1, "大约还要 1 秒"), (89, "大约还要 89 秒"), (150, "大约还要 2 分钟")]
)
def test_how_long_still_is_said_in_words(seconds: int | None, words: str) -> None:
    assert in_words(seconds) == words


def test_the_time_left_follows_the_pace_so_far(owner: User) -> None:
    job = make_job(owner, total=1000, done=250, started_at=timezone.now() - datetime.timedelta(seconds=10))
    assert job.seconds_left == pytest.approx(30, abs=1)
    assert re.search(r"大约还要 (29|30|31) 秒", page(owner, job))


# --- who sees it, and how long it is kept ------------------------------------------------------------------------


def test_only_its_owner_sees_a_job_and_its_file(owner: User) -> None:
    job = make_job(owner, state="done", file=b"PK-secret", file_name="名单.xlsx")
    other = User.objects.create_superuser("other")
    for name in ("job", "job-file"):
        assert signed_in(owner).get(address(job, name)).status_code == 200
        assert signed_in(other).get(address(job, name)).status_code == 404
        answer = Client().get(address(job, name))
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={address(job, name)}")


def test_a_file_is_an_attachment_that_is_taken_for_nothing_else_and_kept_nowhere(owner: User) -> None:
    job = make_job(owner, state="done", file=b"PK-secret", file_name="名单.xlsx")
    answer = signed_in(owner).get(address(job, "job-file"))
    assert answer.content == b"PK-secret"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''%E5%90%8D%E5%8D%95.xlsx"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert signed_in(owner).post(address(job, "job-file")).status_code == 405


@pytest.mark.parametrize("public_id", ["%00", "..", "1", "x" * 300, "' OR 1=1 --"])
@pytest.mark.parametrize("end", ["", "file/"])
def test_no_address_breaks_it(owner: User, public_id: str, end: str) -> None:
    assert signed_in(owner).get(f"/credits/jobs/{public_id}/{end}").status_code == 404


def test_the_jobs_of_yesterday_go_with_their_files_when_another_begins(
    owner: User, kinds: dict[str, jobs.Runner]
) -> None:
    kinds["try"] = lambda job, progress: None
    old, fresh = (make_job(owner, state="done", file=b"x", file_name="x.xlsx") for _ in range(2))
    Job.objects.filter(pk=old.pk).update(created_at=timezone.now() - jobs.KEPT - datetime.timedelta(minutes=1))
    Job.objects.filter(pk=fresh.pk).update(created_at=timezone.now() - jobs.KEPT + datetime.timedelta(minutes=1))
    new = begin(owner)
    assert set(Job.objects.values_list("pk", flat=True)) == {fresh.pk, new.pk}
