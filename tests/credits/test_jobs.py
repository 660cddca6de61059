"""Long work: at once or by a worker, the page that shows how it stands, how it ends, and who may see it."""

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
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from credits.models import StatementAccess, StatementSummary, TrainingCycle
from credits.spreadsheets import exporting
from credits.views.jobs import in_words
from helpdesk.common import jobs, models, signs, worker
from helpdesk.common.decisions import Refusal
from helpdesk.common.models import KEPT, SILENT, Job, JobFilePart
from tests.cast import Crowd, make_result, signed_in
from tests.workers import ended, wait_until, working

STEPS = 4

pytestmark = pytest.mark.usefixtures("no_signs")


class Gate:
    """Work that stops in the middle until the test has looked."""

    def __init__(self) -> None:
        self.in_the_middle, self.go_on = threading.Event(), threading.Event()

    def work(self, work: jobs.Work) -> None:
        for done in range(1, STEPS + 1):
            work(done, "正在试")
            if done == STEPS // 2:
                self.in_the_middle.set()
                assert self.go_on.wait(20)
        work.job.message = "都试过了。"
        work.job.details = ["第一条", "<b>第二条</b>"]


@pytest.fixture
def kinds() -> Iterator[dict[str, jobs.Runner]]:
    """The registry of jobs; kinds that a test adds are gone afterwards."""
    known = dict(jobs.RUNNERS)
    yield jobs.RUNNERS
    jobs.RUNNERS.clear()
    jobs.RUNNERS.update(known)


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser("owner")


def begin(owner: User, key: str = "try:1", total: int = STEPS, **parameters: Any) -> Job:
    return jobs.start("try", "试一试", owner, key=key, back="/credits/teachers/?q=x", total=total, **parameters)


def make_job(owner: User, file: bytes = b"", **fields: Any) -> Job:
    defaults = {"kind": "try", "title": "试一试", "owner": owner, "back": "/credits/teachers/", "total": STEPS}
    now = timezone.now()
    job = Job.objects.create(**defaults | {"state": "running", "started_at": now, "heard_at": now} | fields)
    if file:
        job.keep_file(io.BytesIO(file), "名单.xlsx")
        job.save()
    return job


def downloaded(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def address(job: Job, name: str = "job") -> str:
    return reverse(f"credits:{name}", args=[job.public_id])


def page(user: User, job: Job) -> str:
    return signed_in(user).get(address(job)).content.decode()


def refresh(user: User, job: Job, query: str = "") -> str | None:
    """Seconds after which the browser asks again, or None."""
    return signed_in(user).get(address(job) + query).headers.get("Refresh")


# --- by a worker -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_larger_work_shows_its_progress(
    owner: User, kinds: dict[str, jobs.Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    gate = Gate()
    kinds["try"] = gate.work
    job = begin(owner)
    with working():
        assert gate.in_the_middle.wait(20)
        try:
            assert wait_until(lambda: "2 / 4，正在试" in page(owner, job), 10)
            body = page(owner, job)
            assert "<title>50% 试一试" in body
            assert '<progress class="job-progress" value="2" max="4"' in body
            assert "大约还要" in body
            assert refresh(owner, job) == "2"
            assert refresh(owner, job, "?still=1") is None
        finally:
            gate.go_on.set()
        ended(job)
    body = page(owner, job)
    assert "都试过了。" in body
    assert "<li>&lt;b&gt;第二条&lt;/b&gt;</li>" in body
    assert 'href="/credits/teachers/?q=x"' in body
    assert refresh(owner, job) is None
    assert "<progress" not in body


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_inside_a_transaction(
    owner: User, kinds: dict[str, jobs.Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    gate = Gate()

    def work(work: jobs.Work) -> None:
        with work.ending():
            User.objects.create(username="saved")
            gate.work(work)

    kinds["try"] = work
    job = begin(owner)
    client = signed_in(owner)
    with working():
        assert gate.in_the_middle.wait(20)
        try:
            assert wait_until(lambda: "2 / 4，正在试" in client.get(address(job)).content.decode(), 10)
            assert not User.objects.filter(username="saved").exists()
        finally:
            gate.go_on.set()
        ended(job)
    assert User.objects.filter(username="saved").exists()


@pytest.mark.django_db(transaction=True)
def test_work_begins_after_the_commit(
    owner: User, kinds: dict[str, jobs.Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    kinds["try"] = lambda work: None
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        begin(owner)
        raise ZeroDivisionError
    assert not Job.objects.exists()
    assert worker.work_off() == 0
    begin(owner)
    assert worker.work_off() == 1


@pytest.mark.usefixtures("cycles")
def test_exports_and_recomputings_work_in_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    monkeypatch.setattr(exporting, "EXPORTED_AT_ONCE", 0)
    crowd = Crowd()
    make_result(crowd.teacher, credits=6)
    TrainingCycle.objects.filter(code="2018").update(coordinated_required=30)
    client = signed_in(crowd.reviewer)
    chosen = {"all": "1", "cycle": "2018", "sort": "coordinated"}
    client.post("/credits/teachers/recompute/", chosen)
    assert worker.work_off() == 1
    job = Job.objects.get(kind="recompute")
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert StatementSummary.objects.get(cycle__code="2018", teacher=crowd.teacher).coordinated_missing == 24
    client.post("/credits/teachers/export/", chosen)
    assert worker.work_off() == 1
    job = Job.objects.get(kind="export")
    content = downloaded(client.get(address(job, "job-file")))
    rows = list(load_workbook(io.BytesIO(content))["教师名单"].iter_rows(min_row=6, values_only=True))
    assert [(row[0], row[6]) for row in rows] == [("李四", 30), ("王五", 30), ("张三", 24)]
    assert StatementAccess.objects.filter(kind="export").count() == 3


# --- asked for again -----------------------------------------------------------------------------------------------


def test_work_asked_for_again_is_joined(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    first = begin(owner, results=[1, 2])
    assert begin(owner, results=[1, 2]).pk == first.pk
    assert Job.objects.count() == 1


def test_other_work_on_one_subject_is_refused(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    begin(owner, results=[1, 2])
    with pytest.raises(Refusal, match="“试一试”还没有办完，这一次没有办"):
        begin(owner, results=[3])
    with pytest.raises(Refusal, match="还没有办完"):
        begin(User.objects.create_superuser("other"), results=[1, 2])
    assert Job.objects.count() == 1


def test_another_subject_is_work_of_its_own(
    owner: User, kinds: dict[str, jobs.Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    done: list[str] = []
    kinds["try"] = lambda work: done.append(work.job.key)
    assert begin(owner, "project:1").pk != begin(owner, "project:2").pk
    worker.work_off()
    assert done == ["project:1", "project:2"]


def test_a_subject_can_be_worked_on_again(owner: User, kinds: dict[str, jobs.Runner]) -> None:
    kinds["try"] = lambda work: None
    assert begin(owner).pk != begin(owner).pk


def test_a_subject_has_one_unfinished_job(owner: User) -> None:
    make_job(owner, key="project:1", state="waiting")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_job(owner, key="project:1")
    make_job(owner, key="project:1", state="done")
    make_job(owner)
    make_job(owner)


# --- how it ends -------------------------------------------------------------------------------------------------


def test_small_work_is_over_at_once(owner: User, kinds: dict[str, jobs.Runner]) -> None:
    def work(work: jobs.Work) -> None:
        work.job.message = "好了。"

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
    def work(work: jobs.Work) -> None:
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
def test_a_lost_export_records_no_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd()
    make_job(crowd.reviewer, kind="export", state="waiting", parameters={"selection": "all=1&cycle=2018"})

    def keep_file(*_: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(Job, "keep_file", keep_file)
    worker.work_off()
    assert Job.objects.get().state == "failed"
    assert not StatementAccess.objects.exists()


# --- how its page says it stands -----------------------------------------------------------------------------------


def seen_worker(job: Job | None = None, **facts: Any) -> None:
    signs.give(signs.Sign("a-worker", job.pk if job else None, **facts))


@pytest.fixture
def no_signs(db: None) -> Iterator[None]:
    """No worker lives, neither before nor after the test."""
    for sign in signs.fresh():
        signs.withdraw(sign.worker)
    yield
    signs.withdraw("a-worker")


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_work_without_any_worker_says_so(owner: User, state: str) -> None:
    long_ago = timezone.now() - 2 * SILENT
    job = make_job(owner, state=state, done=1, heard_at=long_ago)
    body = page(owner, job)
    assert "现在没有办理进程在运行，这件事停在 1 / 4" in body
    assert "不用再点一次" in body
    assert refresh(owner, job) == "2"
    assert "<progress" not in body


def test_work_never_begun_is_not_called_stopped(owner: User) -> None:
    body = page(owner, make_job(owner, state="waiting", started_at=None, heard_at=None))
    assert "现在没有办理进程在运行，这件事还没有开始" in body


def test_work_of_a_dead_worker_stands_still(owner: User) -> None:
    seen_worker()
    job = make_job(owner, done=1, heard_at=timezone.now() - 2 * SILENT)
    body = page(owner, job)
    assert "这件事停住了，停在 1 / 4" in body
    assert "自动接着办" in body
    assert "<progress" not in body


def test_a_heartbeat_from_the_future_is_none(owner: User) -> None:
    seen_worker()
    job = make_job(owner, done=1, heard_at=timezone.now() + datetime.timedelta(hours=1))
    assert "这件事停住了" in page(owner, job)


def test_work_taken_over_says_so(owner: User) -> None:
    job = make_job(owner, done=1, attempts=2)
    seen_worker(job, done=3, total=STEPS, phase="正在试")
    body = page(owner, job)
    assert "3 / 4，正在试" in body
    assert "刚才中断过，已经接着办了" in body
    assert "大约还要" not in body


def test_work_in_the_queue_says_its_place(owner: User) -> None:
    seen_worker()
    make_job(owner)
    make_job(owner, state="waiting")
    make_job(owner, state="done")
    job = make_job(owner, state="waiting", started_at=None, heard_at=None)
    make_job(owner, state="waiting")
    assert "0 / 4，前面还有 2 件在办，正在排队" in page(owner, job)


def test_work_that_is_next_shows_no_time_left(owner: User) -> None:
    seen_worker()
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
    assert job.seconds_left(timezone.now()) == pytest.approx(30, abs=1)
    assert re.search(r"大约还要 (29|30|31) 秒", page(owner, job))


# --- who sees it, and how long it is kept ------------------------------------------------------------------------


def test_only_its_owner_sees_a_job(owner: User) -> None:
    job = make_job(owner, state="done", file=b"PK-secret")
    other = User.objects.create_superuser("other")
    for name in ("job", "job-file"):
        assert signed_in(owner).get(address(job, name)).status_code == 200
        assert signed_in(other).get(address(job, name)).status_code == 404
        answer = Client().get(address(job, name))
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={address(job, name)}")


def test_a_file_is_an_attachment_kept_nowhere(owner: User) -> None:
    job = make_job(owner, state="done", file=b"PK-secret")
    answer = signed_in(owner).get(address(job, "job-file"))
    assert downloaded(answer) == b"PK-secret"
    assert answer.headers["Content-Length"] == "9"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''%E5%90%8D%E5%8D%95.xlsx"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert signed_in(owner).post(address(job, "job-file")).status_code == 405


@pytest.mark.parametrize("public_id", ["%00", "..", "1", "x" * 300, "' OR 1=1 --"])
@pytest.mark.parametrize("end", ["", "file/"])
def test_no_address_breaks_it(owner: User, public_id: str, end: str) -> None:
    assert signed_in(owner).get(f"/credits/jobs/{public_id}/{end}").status_code == 404


def test_a_file_comes_back_from_its_parts(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PART", 1000)
    content = bytes(range(256)) * 40 + b"end"
    job = make_job(owner, state="done", file=content)
    answer = signed_in(owner).get(address(job, "job-file"))
    assert downloaded(answer) == content
    assert job.parts.count() == 11


def test_jobs_of_yesterday_go_with_their_files(owner: User) -> None:
    moment = datetime.timedelta(minutes=1)
    now = timezone.now()
    make_job(owner, state="done", file=b"x", heard_at=now - KEPT - moment)
    fresh = make_job(owner, state="done", file=b"x", heard_at=now - KEPT + moment)
    unfinished = make_job(owner, state="waiting", heard_at=None, created_at=now - 2 * KEPT)
    worker.sweep()
    assert set(Job.objects.values_list("pk", flat=True)) == {fresh.pk, unfinished.pk}
    assert JobFilePart.objects.count() == 1


def test_a_job_of_yesterday_is_gone_at_once(owner: User) -> None:
    job = make_job(owner, state="done", file=b"x", heard_at=timezone.now() - 2 * KEPT)
    assert signed_in(owner).get(address(job)).status_code == 404
    assert signed_in(owner).get(address(job, "job-file")).status_code == 404
