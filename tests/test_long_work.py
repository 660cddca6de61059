"""Real workers that are killed, told to end, or race, in the middle of each kind of long work."""

from __future__ import annotations

import datetime
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.db.models import F

from helpdesk.common import jobs, signs
from helpdesk.common import worker as workers
from helpdesk.common.models import Job
from tests.long_work import KINDS, World, make_cycles
from tests.workers import ended, start_worker, wait_until

NUMBER = 1200
QUICKLY = ("--lease", "4", "--grace", "0", "--nice", "0")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    make_cycles()
    return World(NUMBER)


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """Workers that a test has started; they are gone when it ends."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
    signs.sweep()


def is_running(job: Job, by: str = "") -> bool:
    return Job.objects.filter(pk=job.pk, state="running", claim__contains=by).exists()


def begins(job: Job, by: str = "") -> bool:
    """Waits until a worker is at the job, or has ended it already; false where neither happens."""
    return wait_until(lambda: is_running(job, by) or Job.objects.get(pk=job.pk).is_over, 120)


def is_interrupted(job: Job, with_signal: int, processes: list[subprocess.Popen[str]]) -> bool:
    """Starts a worker and signals to it at the job; tells whether the job was unfinished when the worker had ended."""
    process = start_worker(*QUICKLY)
    processes.append(process)
    assert begins(job, f"-{process.pid}-")
    if Job.objects.get(pk=job.pk).is_over:
        return False  # perhaps by the worker before, whose last word PostgreSQL took after it was killed
    time.sleep(random.uniform(0, 0.3))
    process.send_signal(with_signal)
    code = process.wait(120)
    assert code == (-signal.SIGKILL if with_signal == signal.SIGKILL else 0)
    return not Job.objects.get(pk=job.pk).is_over


@pytest.mark.parametrize("kind", KINDS)
def test_work_survives_kill_term_and_hup(world: World, kind: str, processes: list[subprocess.Popen[str]]) -> None:
    job = world.begin(kind)
    interrupted = 0
    for with_signal in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP):
        interrupted += is_interrupted(job, with_signal, processes)
        if Job.objects.get(pk=job.pk).is_over:
            break  # the worker was quick enough to end it before it obeyed
        assert "回去</a>" in world.page(job)
        assert "办完了" not in world.page(job)
    processes.append(start_worker(*QUICKLY))
    assert world.wrongs(kind, ended(job)) == []
    print(f"{kind}: interrupted {interrupted} of 3 times")


def test_a_worker_without_work_ends_cleanly_and_takes_its_sign_away(processes: list[subprocess.Popen[str]]) -> None:
    process = start_worker(*QUICKLY)
    processes.append(process)
    assert wait_until(lambda: any(str(process.pid) in sign.worker for sign in signs.fresh()), 120)
    process.terminate()
    assert process.wait(60) == 0
    assert not any(str(process.pid) in sign.worker for sign in signs.fresh())
    assert "Traceback" not in process.communicate()[1]


def test_the_page_says_when_work_stands_still_and_when_it_goes_on(
    world: World, processes: list[subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = world.begin("review")
    while not is_interrupted(job, signal.SIGKILL, processes):
        job = world.begin("review")
    second = datetime.timedelta(seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "SILENT", second)
        patch.setattr(signs, "SILENT", second)
        assert wait_until(lambda: "现在没有办理进程在运行，这件事停在" in world.page(job), 60)
    processes.append(start_worker(*QUICKLY))
    assert world.wrongs("review", ended(job)) == []


def test_a_job_that_kills_its_worker_three_times_has_failed(world: World) -> None:
    job = world.begin("recompute")
    Job.objects.filter(pk=job.pk).update(attempts=jobs.MOST_ATTEMPTS)
    workers.work_off()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "办了 3 次，每次都中断" in world.page(job)


def test_work_handed_back_counts_as_no_attempt(world: World) -> None:
    job = world.begin("recompute")
    claimed = workers.claim("one")
    assert claimed is not None
    jobs.perform(jobs.Work(claimed, must_stop=lambda: True))
    job.refresh_from_db()
    assert (job.state, job.attempts, job.claim, job.lease_until) == ("waiting", 0, "", None)


# --- several workers -----------------------------------------------------------------------------------------------


def make_jobs(number: int) -> None:
    owner = User.objects.create_user("owner")
    Job.objects.bulk_create(Job(kind="try", title=f"{at}", owner=owner, back="/") for at in range(number))


def test_workers_that_claim_at_once_each_get_another_job() -> None:
    make_jobs(40)
    claimed: list[int] = []
    together = threading.Barrier(4)

    def claim(name: str) -> None:
        together.wait()
        try:
            for _ in range(60):
                job = workers.claim(name)
                if job is not None:
                    claimed.append(job.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim, args=(f"worker-{at}",)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == 40
    assert max(Counter(claimed).values()) == 1


def test_several_worker_processes_double_nothing(world: World, processes: list[subprocess.Popen[str]]) -> None:
    processes += [start_worker(*QUICKLY) for _ in range(3)]
    for kind in ("review", "export"):
        assert world.wrongs(kind, ended(world.begin(kind))) == []


# --- the clock jumps -----------------------------------------------------------------------------------------------

HOUR = datetime.timedelta(hours=1)
#: Shorter than what ends an idle session.
MINUTES = datetime.timedelta(minutes=20)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
@pytest.mark.parametrize("kind", ["review", "import"])
def test_a_jump_of_the_clock_takes_work_from_nobody_twice(
    world: World, kind: str, jump: datetime.timedelta, processes: list[subprocess.Popen[str]]
) -> None:
    processes += [start_worker(*QUICKLY) for _ in range(2)]
    job = world.begin(kind)
    assert begins(job)
    # A clock that jumps ahead is the same as times that were all noted earlier.
    Job.objects.update(lease_until=F("lease_until") - jump, heard_at=F("heard_at") - jump)
    assert world.wrongs(kind, ended(job)) == []


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_work_of_a_dead_worker_is_taken_over_after_a_jump_too(world: World, jump: datetime.timedelta) -> None:
    job = world.begin("recompute")
    assert workers.claim("dead") is not None
    Job.objects.update(lease_until=F("lease_until") - jump, heard_at=F("heard_at") - jump)
    assert workers.work_off() == 1
    assert world.wrongs("recompute", ended(job)) == []


@pytest.mark.parametrize("jump", [MINUTES, -MINUTES])
def test_the_clock_of_a_web_server_changes_nothing_its_page_says(
    world: World, jump: datetime.timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    job = world.begin("review")
    assert workers.claim("alive") is not None
    signs.give(signs.Sign("alive", job.pk, 7, NUMBER))
    right = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: right + jump)
    body = world.page(job)
    signs.withdraw("alive")
    assert f"7 / {NUMBER}" in body
    assert "停住" not in body
